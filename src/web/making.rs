//! The engine's way to make models: from scratch, or on top of a base.

use std::str::FromStr;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Engine;
use super::values::{error, from_js};
use crate::boundary::ModelOptions;
use crate::classifier::Classifier;
use crate::data::{DataError, Dataset};
use crate::formats;
use crate::model::{ModelError, Network, Recipe, RecipeDefaults};
use crate::trained::Model;

/// What messages call the file of a base, which the page chooses by its name.
const BASE_FILE: &str = "the base's file";

#[wasm_bindgen]
impl Engine {
    /// Makes an untrained model, of a recipe or of layers, for a dataset's photos and classes; `base` is the file of a base
    /// that it is put on top of.
    ///
    /// # Errors
    /// An `Error` that names the layer, or the file, and what is wrong with it.
    #[wasm_bindgen(unchecked_return_type = "ModelReport")]
    pub fn create_model(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ModelOptions")] options: JsValue,
        base: Option<Vec<u8>>,
    ) -> Result<JsValue, JsValue> {
        let options: ModelOptions = from_js(options)?;
        let dataset = self.datasets.get(options.dataset)?;
        if dataset.classes.len() < 2 {
            return Err(error(DataError::OneClassYet));
        }
        let base = match (options.base, base) {
            (Some(number), _) => {
                let base = self.models.get(number)?;
                Some(base.model(&base.good()))
            }
            (None, Some(file)) => Some(formats::read_base(BASE_FILE, &file).map_err(error)?),
            (None, None) => None,
        };
        let device = self.computing();
        let (model, defaults) = match base {
            Some(base) => {
                let (model, defaults) = on_base(&base, options, &dataset, self.seed).map_err(error)?;
                (Classifier::of(&device, model), defaults)
            }
            None => {
                let (network, defaults) = from_scratch(options, &dataset)?;
                (Classifier::untrained(&device, network, dataset.classes.clone(), self.seed), defaults)
            }
        };
        let model = Classifier { sizing: dataset.sizing, ..model.map_err(error)? };
        self.report(model, defaults)
    }
}

/// A recipe's network, or one of layers.
fn from_scratch(
    options: ModelOptions,
    dataset: &Dataset,
) -> Result<(Network, Option<RecipeDefaults>), JsValue> {
    let ModelOptions { recipe, layers, through, pooling, train_from, .. } = options;
    if through.is_some() || train_from.is_some() || pooling.is_some() {
        return Err(error("`through`, `trainFrom` and `pooling` are about a base: give the base, too"));
    }
    match (recipe, layers) {
        (Some(recipe), None) => {
            let recipe = Recipe::from_str(&recipe).map_err(error)?;
            let classes = dataset.classes.len();
            let network = recipe.network(dataset.image_shape, classes).map_err(error)?;
            Ok((network, Some(recipe.defaults(classes))))
        }
        (None, Some(layers)) => {
            let graph = layers.iter().any(|layer| layer.inbound.is_some());
            let name = if graph { "functional" } else { "sequential" };
            Ok((Network::graph(name, dataset.image_shape, layers).map_err(error)?, None))
        }
        _ => Err(error("a model is made of a recipe or of layers: give one of the two")),
    }
}

/// A recipe's layers, or others, on top of a base.
fn on_base(
    base: &Model,
    options: ModelOptions,
    dataset: &Dataset,
    seed: u32,
) -> Result<(Model, Option<RecipeDefaults>), ModelError> {
    let ModelOptions { recipe, layers, through, pooling, train_from, .. } = options;
    let classes = dataset.classes.len();
    let (head, recipe) = match (recipe, layers) {
        (_, Some(layers)) => (layers, None),
        (recipe, None) => {
            let recipe = Recipe::from_str(&recipe.unwrap_or_default())?;
            (recipe.head(pooling.unwrap_or_default(), classes)?, Some(recipe))
        }
    };
    let defaults = recipe.map(|recipe| recipe.defaults(classes));
    // Its own last layers are for these classes: fine-tuning goes on with what they have learned.
    let has_head = base.classes == dataset.classes && base.network.input_shape() == dataset.image_shape;
    let model = if recipe == Some(Recipe::FineTuning) && has_head && through.is_none() {
        base.clone()
    } else {
        base.with_head(through.as_deref(), head, dataset.image_shape, dataset.classes.clone(), seed)?
    };
    match train_from {
        Some(first) => Ok((model.trained_from(&first)?, defaults)),
        None => Ok((model, defaults)),
    }
}
