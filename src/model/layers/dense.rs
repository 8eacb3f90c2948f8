use serde::{Deserialize, Serialize};

use super::{Initial, Rule, Site, Weight, is_yes};
use crate::model::{Activation, ModelError};

/// A fully connected layer over the last axis; its kernel is `[inputs, units]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dense {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether training changes its parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// Outputs.
    pub units: usize,
    /// What the output goes through.
    pub activation: Activation,
    /// Whether each unit has a bias.
    pub use_bias: bool,
}

impl Default for Dense {
    fn default() -> Self {
        Self { name: None, trainable: true, units: 1, activation: Activation::Linear, use_bias: true }
    }
}

impl Rule for Dense {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.positive("units", self.units)?;
        let mut shape = site.input()?.to_vec();
        let inputs = shape.last().copied().unwrap_or(0);
        site.kernel(Weight::Kernel, vec![inputs, self.units]);
        if self.use_bias {
            site.weight(Weight::Bias, vec![self.units], Initial::Zeros);
        }
        if let Some(last) = shape.last_mut() {
            *last = self.units;
        }
        Ok(shape)
    }

    fn activation(&self) -> Activation {
        self.activation
    }
}
