use serde::{Deserialize, Serialize};

use super::{Initial, Rule, Site, Weight, is_yes};
use crate::model::{Axis, ModelError, PerChannel};

/// `(x - mean) / sqrt(variance)` for each channel. What Keras' `adapt` found are its parameters; no training changes
/// them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Normalization {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// The axis that is kept; only the last one, -1.
    #[serde(skip_serializing_if = "Axis::is_last")]
    pub axis: Axis,
    /// The means, where they are settings and not parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<PerChannel>,
    /// The variances, where they are settings and not parameters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variance: Option<PerChannel>,
}

impl Default for Normalization {
    fn default() -> Self {
        Self { name: None, trainable: true, axis: Axis(-1), mean: None, variance: None }
    }
}

impl Rule for Normalization {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let shape = site.input()?;
        let channels = shape.last().copied().unwrap_or(1);
        site.last_axis(self.axis)?;
        for (field, numbers) in [("mean", &self.mean), ("variance", &self.variance)] {
            let Some(PerChannel(numbers)) = numbers else { continue };
            if !(numbers.len() == 1 || numbers.len() == channels)
                || numbers.iter().any(|number| !number.is_finite())
            {
                return Err(site.wrong(format!(
                    "{field} must be one finite number, or one for each of {channels} channels"
                )));
            }
        }
        if self.mean.is_some() != self.variance.is_some() {
            return Err(site.wrong("mean and variance go together: give both or none"));
        }
        if self.mean.is_none() {
            site.weight(Weight::Mean, vec![channels], Initial::Zeros);
            site.weight(Weight::Variance, vec![channels], Initial::Ones);
        }
        Ok(shape.to_vec())
    }
}
