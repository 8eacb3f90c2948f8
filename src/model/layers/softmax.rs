use serde::{Deserialize, Serialize};

use super::{Rule, Site, is_yes};
use crate::model::{Activation, ModelError};

/// `exp(x) / sum(exp(x))` over the last axis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Softmax {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// The axis; only the last one, -1.
    pub axis: isize,
}

impl Default for Softmax {
    fn default() -> Self {
        Self { name: None, trainable: true, axis: -1 }
    }
}

impl Rule for Softmax {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let shape = site.input()?;
        if self.axis != -1 && usize::try_from(self.axis) != Ok(shape.len()) {
            return Err(site.wrong(format!("axis is {}; it must be -1, the last one", self.axis)));
        }
        Ok(shape.to_vec())
    }

    fn activation(&self) -> Activation {
        Activation::Softmax
    }
}
