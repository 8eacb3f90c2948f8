use serde::{Deserialize, Serialize};

use super::{Rule, Site, is_yes};
use crate::model::ModelError;

/// The sum of several inputs of one shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Add {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
}

impl Default for Add {
    fn default() -> Self {
        Self { name: None, trainable: true }
    }
}

impl Rule for Add {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.alike()
    }
}
