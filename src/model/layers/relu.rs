use serde::{Deserialize, Serialize};

use super::{Rule, Site, is_yes};
use crate::model::ModelError;

/// `x`, at most `max_value`, where `x` is at least `threshold`, and `negative_slope * (x - threshold)` elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReLU {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of no effect: it has no parameters.
    #[serde(skip_serializing_if = "is_yes")]
    pub trainable: bool,
    /// The largest value there is; none where there is no limit.
    pub max_value: Option<f32>,
    /// The slope below the threshold.
    pub negative_slope: f32,
    /// Where the slope changes.
    pub threshold: f32,
}

impl Default for ReLU {
    fn default() -> Self {
        Self { name: None, trainable: true, max_value: None, negative_slope: 0.0, threshold: 0.0 }
    }
}

impl Rule for ReLU {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let most = self.max_value.unwrap_or(0.0);
        for (field, value) in
            [("max_value", most), ("negative_slope", self.negative_slope), ("threshold", self.threshold)]
        {
            if !(value.is_finite() && value >= 0.0) {
                return Err(site.wrong(format!("{field} is {value}; it must be at least 0")));
            }
        }
        Ok(site.input()?.to_vec())
    }
}
