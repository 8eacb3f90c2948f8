//! Photos for the page to show.

use std::str::FromStr;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Engine;
use super::values::{error, from_js, object, rgba};
use crate::data::Split;
use crate::model::Augmentation;
use crate::train::augmented;

#[wasm_bindgen]
impl Engine {
    /// A photo of a split as augmentation would show it to the network: `{ width, height, rgba }`, where `rgba` has
    /// `count` versions one after the other.
    ///
    /// # Errors
    /// An `Error` where there is no such photo, or a setting is out of range.
    #[wasm_bindgen(unchecked_return_type = "Image")]
    pub fn augmented(
        &self,
        dataset: u32,
        #[wasm_bindgen(unchecked_param_type = "Split")] split: &str,
        index: usize,
        #[wasm_bindgen(unchecked_param_type = "Partial<Augmentation> | undefined")] augmentation: JsValue,
        count: usize,
        seed: u32,
    ) -> Result<JsValue, JsValue> {
        let augmentation: Augmentation = from_js(augmentation)?;
        let dataset = self.datasets.get(dataset)?;
        let data = dataset.split(Split::from_str(split).map_err(error)?);
        if index >= data.len() {
            return Err(error(format!("there is no photo {index} in the {split} split")));
        }
        let shape = dataset.image_shape;
        let mut photo = Vec::new();
        data.append_pixels(index, &mut photo).map_err(error)?;
        let versions = augmented(&photo, shape, &augmentation, seed, count).map_err(error)?;
        Ok(object([
            ("width", shape[1].into()),
            ("height", shape[0].into()),
            ("rgba", rgba(&versions, shape[2])),
        ]))
    }
}
