use serde::{Deserialize, Serialize};

use super::{Rule, Site, is_yes};
use crate::model::ModelError;

/// `x` above 0, else `negative_slope * x`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeakyReLU {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// The slope below 0.
    pub negative_slope: f32,
}

impl Default for LeakyReLU {
    fn default() -> Self {
        Self { name: None, trainable: true, negative_slope: 0.3 }
    }
}

impl Rule for LeakyReLU {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        if !(self.negative_slope.is_finite() && self.negative_slope >= 0.0) {
            return Err(
                site.wrong(format!("negative_slope is {}; it must be at least 0", self.negative_slope))
            );
        }
        Ok(site.input()?.to_vec())
    }
}
