use serde::{Deserialize, Serialize};

use super::{Rule, Site, is_yes};
use crate::model::{Margins, ModelError};

/// An image without its borders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cropping2D {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// How many pixels are cut off, on each side.
    pub cropping: Margins,
}

impl Default for Cropping2D {
    fn default() -> Self {
        Self { name: None, trainable: true, cropping: Margins([[0, 0], [0, 0]]) }
    }
}

impl Rule for Cropping2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let [height, width, channels] = site.image()?;
        let [rows, columns] = self.cropping.0.map(|[before, after]| before.saturating_add(after));
        match (height.checked_sub(rows), width.checked_sub(columns)) {
            (Some(height), Some(width)) if height > 0 && width > 0 => Ok(vec![height, width, channels]),
            _ => Err(site
                .wrong(format!("cropping {:?} leaves nothing of {height}x{width} pixels", self.cropping.0))),
        }
    }
}
