use serde::{Deserialize, Serialize};

use super::{Initial, Rule, Site, Weight, is_yes};
use crate::model::{Axis, ModelError};

/// `(x - mean) / sqrt(variance + epsilon) * gamma + beta` for each channel (Ioffe and Szegedy 2015). In training mean and
/// variance are those of the photos that one thread or micro-batch holds, as in Keras without `synchronized`; else, and
/// where it is frozen, they are the moving averages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BatchNormalization {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether training changes its parameters; if not, it always uses the moving averages.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// The axis of the channels; only the last one, -1.
    #[serde(skip_serializing_if = "Axis::is_last")]
    pub axis: Axis,
    /// What stays of a moving average at each step.
    pub momentum: f32,
    /// Added to the variance.
    pub epsilon: f32,
    /// Whether there is a beta.
    pub center: bool,
    /// Whether there is a gamma.
    pub scale: bool,
}

impl Default for BatchNormalization {
    fn default() -> Self {
        Self {
            name: None,
            trainable: true,
            axis: Axis(-1),
            momentum: 0.99,
            epsilon: 1e-3,
            center: true,
            scale: true,
        }
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
