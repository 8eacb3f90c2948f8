use serde::{Deserialize, Serialize};

use super::{Rule, Site, is_yes};
use crate::model::{Activation, ModelError};

/// A function as a layer of its own; Keras' `Activation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActivationLayer {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// The function.
    pub activation: Activation,
}

impl Default for ActivationLayer {
    fn default() -> Self {
        Self { name: None, trainable: true, activation: Activation::Linear }
    }
}

impl Rule for ActivationLayer {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        Ok(site.input()?.to_vec())
    }

    fn activation(&self) -> Activation {
        self.activation
    }
}
