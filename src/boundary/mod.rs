//! What the engine is opened with, and what it tells of devices and models: plain data, without wasm-bindgen.
//!
//! Together with the other rooms' options and answers these are all shapes that cross between the engine and the
//! page. `www/engine.d.ts` has them in TypeScript, written from here by this room's test, so that the page's type check
//! knows what the engine really takes and gives.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::data::Split;
use crate::device::DeviceInfo;
use crate::model::{GraphLayer, LayerSummary, Pooling, RecipeDefaults};

/// What the engine is opened with.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct OpenOptions {
    /// `"webgpu"`, `"cpu"`, or `"auto"` for whichever is faster.
    #[cfg_attr(test, ts(type = "\"auto\" | \"webgpu\" | \"cpu\""))]
    pub device: String,
    /// What everything random is drawn from, unless a call has a seed of its own.
    pub seed: u32,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { device: "auto".into(), seed: 0 }
    }
}

/// What computes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeviceReport {
    /// The device.
    #[serde(flatten)]
    pub info: DeviceInfo,
    /// Workers that compute, the engine's own among them.
    pub workers: usize,
    /// A sentence: why this device.
    pub reason: String,
}

/// What a model is made of: either a recipe or layers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ModelOptions {
    /// A recipe's name.
    #[cfg_attr(test, ts(optional))]
    pub recipe: Option<String>,
    /// The layers, one by one.
    #[cfg_attr(test, ts(optional, type = "LayerSpec[]"))]
    pub layers: Option<Vec<GraphLayer>>,
    /// The number of a model on top of which the layers are put: its own come first, frozen, with their weights. A base that
    /// is no model comes as a file instead.
    #[cfg_attr(test, ts(optional))]
    pub base: Option<u32>,
    /// The base's last layer; by default the last one whose output is an image, as with Keras' `include_top=False`.
    #[cfg_attr(test, ts(optional))]
    pub through: Option<String>,
    /// What stands between the base and a recipe's dense layers.
    #[cfg_attr(test, ts(optional))]
    pub pooling: Option<Pooling>,
    /// The first of the base's layers that is trained; by default none of them is.
    #[cfg_attr(test, ts(optional))]
    pub train_from: Option<String>,
    /// The number of the dataset whose photos and classes the model is for.
    pub dataset: u32,
}

/// A layer as Keras' `get_config` describes it.
#[cfg(test)]
#[derive(ts_rs::TS)]
#[allow(
    dead_code,
    reason = "only its TypeScript is used: `GraphLayer` reads many configurations by the class's name"
)]
struct LayerSpec {
    /// Keras' name of the layer's class.
    class_name: String,
    /// Keras' arguments; those that are left out have Keras' defaults.
    #[ts(optional, type = "Record<string, unknown>")]
    config: Option<serde_json::Value>,
    /// The names of the layers that it reads, "input_layer" for the network's input; left out for the layer before.
    #[ts(optional)]
    inbound: Option<Vec<String>>,
}

/// A model, as the page shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ModelReport {
    /// The number that the engine knows it by.
    pub id: u32,
    /// The network's name.
    pub name: String,
    /// The classes' names, in the order of the outputs.
    pub classes: Vec<String>,
    /// Epochs that it has been trained for.
    pub epochs: u32,
    /// Height, width and channels of an image.
    pub input_shape: [usize; 3],
    /// The layers in order.
    pub layers: Vec<LayerReport>,
    /// All parameters.
    pub total_params: usize,
    /// Those that training changes.
    pub trainable_params: usize,
    /// Those that it leaves alone.
    pub non_trainable_params: usize,
    /// The table of layers as Keras prints it.
    pub text: String,
    /// The share of right answers that its threshold lets through; none where it always answers.
    pub threshold: Option<f32>,
    /// What the recipe trains with, for a model of a recipe.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub recipe_defaults: Option<RecipeDefaults>,
}

/// A layer of a model.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LayerReport {
    /// A row of the summary.
    #[serde(flatten)]
    pub summary: LayerSummary,
    /// Keras' arguments.
    #[cfg_attr(test, ts(type = "Record<string, unknown>"))]
    pub config: serde_json::Value,
}

/// What `evaluate` is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct EvaluateOptions {
    /// The split whose photos are judged.
    pub split: Split,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        Self { split: Split::Test }
    }
}
