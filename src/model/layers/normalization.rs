use super::{Initial, Rule, Site, Weight, settings};
use crate::model::{Axis, ModelError, PerChannel};

settings! {
    /// `(x - mean) / sqrt(variance)` for each channel. What Keras' `adapt` found are its parameters; no training changes
    /// them.
    Normalization {
        /// The axis that is kept; only the last one, -1.
        #[serde(skip_serializing_if = "Axis::is_last")]
        axis: Axis = Axis(-1),
        /// The means, where they are settings and not parameters.
        #[serde(skip_serializing_if = "Option::is_none")]
        mean: Option<PerChannel> = None,
        /// The variances, where they are settings and not parameters.
        #[serde(skip_serializing_if = "Option::is_none")]
        variance: Option<PerChannel> = None,
    }
}

impl Rule for Normalization {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let shape = site.input()?;
        site.last_axis(self.axis)?;
        match (&self.mean, &self.variance) {
            (Some(mean), Some(variance)) => {
                site.per_channel("mean", mean)?;
                site.per_channel("variance", variance)?;
                variance.0.iter().try_for_each(|variance| site.not_negative("variance", *variance))?;
            }
            (None, None) => {
                let channels = shape.last().copied().unwrap_or(1);
                site.weight(Weight::Mean, vec![channels], Initial::Zeros);
                site.weight(Weight::Variance, vec![channels], Initial::Ones);
            }
            _ => return Err(site.wrong("mean and variance go together: give both or none")),
        }
        Ok(shape.to_vec())
    }
}
