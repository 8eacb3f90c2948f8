use serde::{Deserialize, Serialize};

use super::{Rule, Site, is_yes};
use crate::model::{ModelError, PerChannel};

/// `x * scale + offset`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rescaling {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// What values are multiplied by: one number, or one for each channel.
    pub scale: PerChannel,
    /// What is added then: one number, or one for each channel.
    pub offset: PerChannel,
}

impl Default for Rescaling {
    fn default() -> Self {
        Self { name: None, trainable: true, scale: PerChannel(vec![1.0]), offset: PerChannel(vec![0.0]) }
    }
}

impl Rule for Rescaling {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let shape = site.input()?;
        let channels = shape.last().copied().unwrap_or(1);
        for (field, numbers) in [("scale", &self.scale.0), ("offset", &self.offset.0)] {
            if !(numbers.len() == 1 || numbers.len() == channels)
                || numbers.iter().any(|number| !number.is_finite())
            {
                return Err(site.wrong(format!(
                    "{field} must be one finite number, or one for each of {channels} channels"
                )));
            }
        }
        Ok(shape.to_vec())
    }
}
