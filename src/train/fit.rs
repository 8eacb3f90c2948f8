use std::num::NonZeroUsize;

use super::feed::Feed;
use super::keep::Keeper;
use super::pace::Pace;
use super::programs::{Programs, prepared};
use super::{Event, FitOptions, History, Observer, Place, Progress, Spoilt, TrainError};
use crate::classifier::{Classifier, ClassifierError, Features, Gathered, Samples, Sums, Turn, over_split};
use crate::data::{Dataset, SplitData};
use crate::device::{Device, DeviceError, Kind, Program};
use crate::ops::StepParams;
use crate::ops::loss::METRIC_ROWS;
use crate::trained::Noted;

/// Seconds between two readings of a GPU's metrics: a reading makes the GPU wait.
const GPU_READING: f64 = 0.25;

/// Trains a classifier on a dataset. It continues from where its training is, and its weights change in place.
///
/// # Errors
/// A [`TrainError`]. Where the network is spoilt or the GPU is lost, it is then in its last good state; else in that of
/// the last step that was done.
pub async fn fit(
    device: &Device,
    classifier: &Classifier,
    dataset: &Dataset,
    options: &FitOptions,
    observer: &mut impl Observer,
) -> Result<History, TrainError> {
    options.check()?;
    classifier.check(dataset)?;
    let _busy = classifier.occupy()?;
    let mut history = History::default();
    let programs = match prepared(device, classifier, dataset, options, observer).await {
        Ok(Some(programs)) => programs,
        Ok(None) => {
            observer.event(&Event::Done { epoch: 0, stopped: true });
            return Ok(history);
        }
        Err(error) => {
            // The run may have changed already what it began with.
            classifier.go_back(&classifier.good());
            return Err(error);
        }
    };
    let mut run = Run::new(device, classifier, dataset, options, observer, programs);
    let mut stopped = false;
    for epoch in 1..=options.epochs {
        let progress = match run.epoch(epoch).await {
            Ok(progress) => progress,
            Err(failure) => return Err(run.recovered(failure).await),
        };
        let Some(progress) = progress else {
            stopped = true;
            break;
        };
        history.loss.push(progress.loss);
        history.accuracy.push(progress.accuracy);
        history.val_loss.extend(progress.val_loss);
        history.val_accuracy.extend(progress.val_accuracy);
        run.observer.event(&Event::Epoch(progress));
    }
    run.observer.event(&Event::Done { epoch: history.loss.len() as u32, stopped });
    Ok(history)
}

/// A split's photos, or what the frozen layers made of them.
fn samples(features: Option<Features>, split: &SplitData) -> Samples<'_> {
    features.map_or(split.into(), |features| features.samples(split))
}

/// Why a run ends early.
enum Failure {
    /// The network is not what it should be any more.
    Spoilt(Spoilt),
    /// Something else.
    Other(TrainError),
}

impl From<TrainError> for Failure {
    fn from(error: TrainError) -> Self {
        Self::Other(error)
    }
}

impl From<ClassifierError> for Failure {
    fn from(error: ClassifierError) -> Self {
        Self::Other(error.into())
    }
}

impl From<DeviceError> for Failure {
    fn from(error: DeviceError) -> Self {
        Self::Other(error.into())
    }
}

struct Run<'a, O> {
    device: &'a Device,
    classifier: &'a Classifier,
    dataset: &'a Dataset,
    options: &'a FitOptions,
    observer: &'a mut O,
    keeper: Keeper<'a>,
    train: Program,
    evaluate: Program,
    feed: Feed,
    steps: u32,
    reading: f64,
    pace: Pace,
    /// The last batch that was trained on.
    gathered: Gathered,
    /// Room for the next one.
    spare: Gathered,
    features: [Option<Features>; 2],
    probe: Option<Gathered>,
    /// The last step that was done.
    place: Place,
    noted: Noted,
}

/// What is known of an epoch that is under way.
#[derive(Default)]
struct Epoch {
    number: u32,
    /// Steps whose metrics have been read.
    read: u32,
    /// Steps that were started after those.
    unread: u32,
    last_reading: f64,
    sums: Sums,
}

impl<'a, O: Observer> Run<'a, O> {
    fn new(
        device: &'a Device,
        classifier: &'a Classifier,
        dataset: &'a Dataset,
        options: &'a FitOptions,
        observer: &'a mut O,
        programs: Programs,
    ) -> Self {
        let Programs { train, evaluate, gathered: [gathered, spare], features, probe } = programs;
        let photos = dataset.train.len();
        let batch_size = NonZeroUsize::new(train.plan().batch).unwrap_or(NonZeroUsize::MIN);
        let all = photos.div_ceil(batch_size.get()) as u32;
        let order = (options.seed.unwrap_or_default(), options.shuffle);
        Self {
            device,
            classifier,
            dataset,
            options,
            keeper: Keeper::new(classifier, observer.seconds()),
            observer,
            train,
            evaluate,
            feed: Feed::new(photos, batch_size, order, classifier.training().position),
            steps: options.steps_per_epoch.unwrap_or(all),
            reading: if device.info().kind == Kind::Cpu { 0.0 } else { GPU_READING },
            pace: Pace::default(),
            gathered,
            spare,
            features,
            probe,
            place: Place::default(),
            noted: Noted::none_of(photos),
        }
    }

    /// Trains an epoch and validates after it; `None` where it was stopped on the way.
    async fn epoch(&mut self, number: u32) -> Result<Option<Progress>, Failure> {
        if self.options.steps_per_epoch.is_none() {
            // An epoch shows each photo once, also after a run that was stopped in the middle of them.
            self.feed.end_pass();
        }
        self.classifier.note(|training| training.epochs_begun = training.epochs_begun.wrapping_add(1));
        let mut epoch = Epoch { number, last_reading: self.observer.seconds(), ..Epoch::default() };
        self.pace.start_epoch(epoch.last_reading);
        for step in 0..self.steps {
            self.step(step).await?;
            self.place = Place { epoch: number - 1, step: step + 1 };
            epoch.unread += 1;
            self.train.keep_pace().await?;
            let waited = self.observer.seconds() - epoch.last_reading;
            let full = epoch.unread as usize == METRIC_ROWS;
            if waited >= self.reading || full || step + 1 == self.steps {
                self.read(&mut epoch).await?;
            }
            let before = self.observer.seconds();
            let turn = self.observer.turn().await;
            self.pace.add_pause(self.observer.seconds() - before);
            if turn == Turn::Stop {
                self.read(&mut epoch).await?;
                self.settle().await?;
                return Ok(None);
            }
        }
        let mut progress = self.progress(&epoch, 0.0);
        if self.dataset.validation.is_empty() {
            self.probe().await?;
        } else {
            let before = self.observer.seconds();
            let validation = samples(self.features[1], &self.dataset.validation);
            let Some(sums) = over_split(&mut self.evaluate, None, validation, self.observer, None).await?
            else {
                self.settle().await?;
                return Ok(None);
            };
            if !sums.loss().is_finite() {
                return Err(Failure::Spoilt(Spoilt::ValidationLoss));
            }
            self.pace.validation = self.observer.seconds() - before;
            progress.val_loss = Some(sums.loss());
            progress.val_accuracy = Some(sums.accuracy());
        }
        self.classifier.note(|training| training.epochs = training.epochs.wrapping_add(1));
        let last = number == self.options.epochs;
        self.keep_end(Place { epoch: number, step: 0 }, last).await?;
        progress.trained_epochs = self.classifier.of_training(|now| now.epochs);
        Ok(Some(progress))
    }

    /// Keeps the network where a loss has been computed with it as it is.
    async fn keep_end(&mut self, place: Place, last: bool) -> Result<(), Failure> {
        let observer = &*self.observer;
        match self.keeper.at_an_end(place, last, || observer.seconds()).await? {
            true => Ok(()),
            false => Err(Failure::Spoilt(Spoilt::Parameters)),
        }
    }

    /// Keeps the last state of a run that ends within an epoch, if it is good.
    async fn settle(&mut self) -> Result<(), Failure> {
        if self.keeper.is_clean() {
            return Ok(());
        }
        self.probe().await?;
        self.keep_end(self.place, true).await
    }

    /// Computes the loss of the last batch, or of the one for that, as the network is now.
    async fn probe(&mut self) -> Result<(), Failure> {
        let probe = self.probe.as_ref().unwrap_or(&self.gathered);
        self.evaluate.run(&probe.batch(), &StepParams::default()).await?;
        match self.evaluate.metrics().await?.first() {
            Some(metrics) if !metrics.loss.is_finite() => Err(Failure::Spoilt(Spoilt::Loss)),
            _ => Ok(()),
        }
    }

    /// Leaves the network in a state that is good, and tells why the run failed.
    async fn recovered(&mut self, failure: Failure) -> TrainError {
        let failure = match failure {
            // A photo that cannot be read is not the network's fault: it keeps what it has learnt.
            Failure::Other(error) if self.device.lost().is_none() => match self.settle().await {
                Ok(()) => return error,
                Err(spoilt) => spoilt,
            },
            failure => failure,
        };
        let back = self.keeper.go_back(match failure {
            Failure::Spoilt(what) => what,
            Failure::Other(_) => Spoilt::Loss,
        });
        let trained_epochs = self.classifier.of_training(|now| now.epochs);
        let Place { epoch, step } = back;
        self.observer.event(&Event::Restored { epoch, step, steps: self.steps, trained_epochs });
        let Place { epoch, step } = self.place;
        match failure {
            Failure::Spoilt(what) => TrainError::Diverged { what, epoch: epoch + 1, step, back },
            Failure::Other(error) => match self.device.lost() {
                Some(DeviceError::Lost(reason)) => TrainError::Lost { reason, back },
                _ => error,
            },
        }
    }

    async fn step(&mut self, step: u32) -> Result<(), TrainError> {
        let (iteration, epochs_begun) =
            self.classifier.of_training(|now| (now.iteration.wrapping_add(1), now.epochs_begun));
        let first = step.wrapping_mul(self.options.batch_size as u32);
        let photos = self.feed.next().iter().map(|photo| *photo as usize);
        // The last batch stays until the next one is whole.
        self.spare.gather(samples(self.features[0], &self.dataset.train), photos, first)?;
        std::mem::swap(&mut self.gathered, &mut self.spare);
        self.gathered.weigh(self.options.class_weight.as_deref());
        let params = StepParams {
            rate: self.options.optimizer.rate(iteration),
            scale: 1.0 / self.gathered.len() as f32,
            seed: self.options.seed.unwrap_or_default(),
            epoch: epochs_begun,
            row: iteration % METRIC_ROWS as u32,
            ..StepParams::default()
        };
        self.pace.add_photos(self.gathered.len() as f64);
        self.train.run(&self.gathered.batch(), &params).await?;
        // There is no await in between, so that nobody reads parameters and counts of different steps.
        let photos = self.noted.new_in(self.feed.next(), |place| self.gathered.fingerprint(place));
        let position = self.feed.advance();
        self.classifier.note(|training| {
            (training.iteration, training.position) = (iteration, position);
            training.photos.add(photos.into_iter());
        });
        self.keeper.changed();
        Ok(())
    }

    /// Reads the metrics of the steps since the last reading and tells the observer of each.
    async fn read(&mut self, epoch: &mut Epoch) -> Result<(), Failure> {
        if epoch.unread == 0 {
            return Ok(());
        }
        let metrics = self.train.metrics().await?;
        let iteration = self.classifier.of_training(|now| now.iteration);
        epoch.last_reading = self.observer.seconds();
        for back in (0..epoch.unread).rev() {
            let row = iteration.wrapping_sub(back) % METRIC_ROWS as u32;
            let of_step = metrics[row as usize];
            epoch.read += 1;
            epoch.sums.add(of_step);
            if !of_step.loss.is_finite() {
                self.place = Place { epoch: epoch.number - 1, step: epoch.read };
                return Err(Failure::Spoilt(Spoilt::Loss));
            }
            let batch_loss = f64::from(of_step.loss) / f64::from(of_step.count).max(1.0);
            let progress = self.progress(epoch, batch_loss);
            self.observer.event(&Event::Step(progress));
        }
        epoch.unread = 0;
        if epoch.read == self.steps {
            // The end of the epoch comes next, and is kept anyway.
            return Ok(());
        }
        let observer = &*self.observer;
        match self.keeper.within(self.place, || observer.seconds()).await? {
            true => Ok(()),
            false => Err(Failure::Spoilt(Spoilt::Parameters)),
        }
    }

    fn progress(&self, epoch: &Epoch, batch_loss: f64) -> Progress {
        let now = self.observer.seconds();
        let epochs_left = f64::from(self.options.epochs - epoch.number);
        let steps_left = f64::from(self.steps - epoch.read) + epochs_left * f64::from(self.steps);
        let photos_left = steps_left * self.options.batch_size.min(self.dataset.train.len()) as f64;
        Progress {
            epoch: epoch.number,
            epochs: self.options.epochs,
            step: epoch.read,
            steps: self.steps,
            loss: epoch.sums.loss(),
            accuracy: epoch.sums.accuracy(),
            batch_loss,
            val_loss: None,
            val_accuracy: None,
            trained_epochs: self.classifier.of_training(|now| now.epochs),
            images_per_second: self.pace.images_per_second(now),
            eta_seconds: self.pace.eta_seconds(now, photos_left, epochs_left + 1.0),
        }
    }
}
