/// How fast training goes: photos and seconds of the current epoch, pauses left out.
#[derive(Debug, Default)]
pub(super) struct Pace {
    started: f64,
    paused: f64,
    photos: f64,
    /// Seconds that the last validation took.
    pub(super) validation: f64,
}

impl Pace {
    pub(super) fn start_epoch(&mut self, now: f64) {
        (self.started, self.paused, self.photos) = (now, 0.0, 0.0);
    }

    pub(super) fn add_pause(&mut self, seconds: f64) {
        self.paused += seconds;
    }

    pub(super) fn add_photos(&mut self, photos: f64) {
        self.photos += photos;
    }

    pub(super) fn images_per_second(&self, now: f64) -> f64 {
        let seconds = now - self.started - self.paused;
        if seconds > 0.0 { self.photos / seconds } else { 0.0 }
    }

    /// Seconds for that many more photos and validations.
    pub(super) fn eta_seconds(&self, now: f64, photos: f64, validations: f64) -> f64 {
        let rate = self.images_per_second(now);
        if rate > 0.0 { photos / rate + validations * self.validation } else { 0.0 }
    }
}
