use super::{Initial, Rule, Site, Weight, settings};
use crate::model::{Axis, ModelError};

settings! {
    /// `(x - mean) / sqrt(variance + epsilon) * gamma + beta` for each channel (Ioffe and Szegedy 2015). In training mean and
    /// variance are those of the photos that one thread or micro-batch holds, as in Keras without `synchronized`; else, and
    /// where it is frozen, they are the moving averages.
    BatchNormalization {
        /// The axis of the channels; only the last one, -1.
        #[serde(skip_serializing_if = "Axis::is_last")]
        axis: Axis = Axis(-1),
        /// What stays of a moving average at each step.
        momentum: f32 = 0.99,
        /// Added to the variance.
        epsilon: f32 = 1e-3,
        /// Whether there is a beta.
        center: bool = true,
        /// Whether there is a gamma.
        scale: bool = true,
    }
}

impl Rule for BatchNormalization {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let shape = site.input()?;
        let channels = shape.last().copied().unwrap_or(1);
        site.last_axis(self.axis)?;
        if !(0.0..=1.0).contains(&self.momentum) {
            return Err(site.wrong(format!("momentum is {}; it must be from 0 to 1", self.momentum)));
        }
        if !(self.epsilon.is_finite() && self.epsilon > 0.0) {
            return Err(site.wrong(format!("epsilon is {}; it must be above 0", self.epsilon)));
        }
        if self.scale {
            site.weight(Weight::Gamma, vec![channels], Initial::Ones);
        }
        if self.center {
            site.weight(Weight::Beta, vec![channels], Initial::Zeros);
        }
        site.weight(Weight::MovingMean, vec![channels], Initial::Zeros);
        site.weight(Weight::MovingVariance, vec![channels], Initial::Ones);
        Ok(shape.to_vec())
    }
}
