use serde::{Deserialize, Serialize};

use super::{Rule, Site, is_yes};
use crate::model::ModelError;

/// The largest value of each channel: `[h, w, c]` to `[c]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GlobalMaxPooling2D {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// Whether the output is `[1, 1, c]`.
    pub keepdims: bool,
}

impl Default for GlobalMaxPooling2D {
    fn default() -> Self {
        Self { name: None, trainable: true, keepdims: false }
    }
}

impl Rule for GlobalMaxPooling2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let [_, _, channels] = site.image()?;
        Ok(if self.keepdims { vec![1, 1, channels] } else { vec![channels] })
    }
}
