use super::{Rule, Site, settings};
use crate::model::ModelError;

settings! {
    /// `x`, at most `max_value`, where `x` is at least `threshold`, and `negative_slope * (x - threshold)` elsewhere.
    ReLU {
        /// The largest value there is; none where there is no limit.
        max_value: Option<f32> = None,
        /// The slope below the threshold.
        negative_slope: f32 = 0.0,
        /// Where the slope changes.
        threshold: f32 = 0.0,
    }
}

impl Rule for ReLU {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.not_negative("max_value", self.max_value.unwrap_or(0.0))?;
        site.not_negative("negative_slope", self.negative_slope)?;
        site.not_negative("threshold", self.threshold)?;
        Ok(site.input()?.to_vec())
    }
}
