use serde::{Deserialize, Serialize};

use super::{Rule, Site, is_yes};
use crate::model::{ModelError, Padding, Pair};

/// The mean of each window, for each channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AveragePooling2D {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// The window's height and width.
    pub pool_size: Pair,
    /// How far the window moves; by default its size.
    pub strides: Option<Pair>,
    /// How the border is treated; padding counts in no mean.
    pub padding: Padding,
}

impl Default for AveragePooling2D {
    fn default() -> Self {
        Self { name: None, trainable: true, pool_size: Pair([2, 2]), strides: None, padding: Padding::Valid }
    }
}

impl Rule for AveragePooling2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let strides = self.strides.unwrap_or(self.pool_size).0;
        let window = site.window(("pool_size", self.pool_size.0), strides, self.padding)?;
        let [_, _, channels] = site.image()?;
        Ok(vec![window.output[0], window.output[1], channels])
    }
}
