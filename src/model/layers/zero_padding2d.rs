use serde::{Deserialize, Serialize};

use super::{Rule, Site, is_yes};
use crate::model::{Margins, ModelError};

/// Zeros around an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ZeroPadding2D {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// How many, on each side.
    pub padding: Margins,
}

impl Default for ZeroPadding2D {
    fn default() -> Self {
        Self { name: None, trainable: true, padding: Margins([[1, 1], [1, 1]]) }
    }
}

impl Rule for ZeroPadding2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let [height, width, channels] = site.image()?;
        let [rows, columns] = self.padding.0.map(|[before, after]| before.saturating_add(after));
        Ok(vec![height.saturating_add(rows), width.saturating_add(columns), channels])
    }
}
