use serde::{Deserialize, Serialize};

use super::{Rule, Site, is_yes};
use crate::model::ModelError;

/// In training, sets a share of the values to zero and scales the others up by `1 / (1 - rate)`
/// (Srivastava and others 2014).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dropout {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// The share, at least 0 and below 1.
    pub rate: f32,
}

impl Default for Dropout {
    fn default() -> Self {
        Self { name: None, trainable: true, rate: 0.5 }
    }
}

impl Rule for Dropout {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        if !(0.0..1.0).contains(&self.rate) {
            return Err(site.wrong(format!("rate is {}; it must be at least 0 and below 1", self.rate)));
        }
        Ok(site.input()?.to_vec())
    }
}
