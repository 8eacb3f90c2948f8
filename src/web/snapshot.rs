//! A dataset as it was at one moment, for what takes longer than that.

use std::rc::Rc;
use std::str::FromStr;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Engine;
use super::values::{error, to_js};
use crate::data::{Dataset, Split, SplitData};

/// A dataset that later changes leave as it is. No photo is copied.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Snapshot(Rc<Dataset>);

#[wasm_bindgen]
impl Engine {
    /// A dataset as it is now, that this model can be trained with.
    ///
    /// # Errors
    /// An `Error` for a dataset of other classes or images, or one that has not all that training needs.
    pub fn snapshot(&self, model: u32, dataset: u32) -> Result<Snapshot, JsValue> {
        let (model, dataset) = (self.models.get(model)?, self.datasets.get(dataset)?);
        model.check(&dataset).map_err(error)?;
        dataset.roster().check().map_err(error)?;
        Ok(Snapshot(dataset))
    }
}

#[wasm_bindgen]
impl Snapshot {
    /// How photos became images, `null` for photos that come with the page.
    ///
    /// # Errors
    /// None that are known.
    #[wasm_bindgen(unchecked_return_type = "Sizing | null")]
    pub fn sizing(&self) -> Result<JsValue, JsValue> {
        to_js(&self.0.sizing)
    }

    /// Bytes of a photo.
    #[wasm_bindgen(getter)]
    pub fn image_bytes(&self) -> usize {
        self.0.image_shape.iter().product()
    }

    /// The path of each photo of a split, as it was given.
    ///
    /// # Errors
    /// An `Error` for a split that there is none of.
    pub fn paths(&self, split: &str) -> Result<Vec<String>, JsValue> {
        Ok(self.split(split)?.paths.clone())
    }

    /// The class of each photo of a split: an index into the classes.
    ///
    /// # Errors
    /// An `Error` for a split that there is none of.
    pub fn labels(&self, split: &str) -> Result<Vec<u32>, JsValue> {
        Ok(self.split(split)?.labels.clone())
    }

    /// The pixels of photos `from..to` of a split, `[height, width, channels]` each, one after the other.
    ///
    /// # Errors
    /// An `Error` where a photo cannot be read, or there are not so many.
    #[wasm_bindgen(unchecked_return_type = "Uint8Array<ArrayBuffer>")]
    pub fn pixels(&self, split: &str, from: usize, to: usize) -> Result<Vec<u8>, JsValue> {
        let split = self.split(split)?;
        let mut pixels = Vec::new();
        (from..to).try_for_each(|photo| split.append_pixels(photo, &mut pixels)).map_err(error)?;
        Ok(pixels)
    }
}

impl Snapshot {
    fn split(&self, name: &str) -> Result<&SplitData, JsValue> {
        Ok(self.0.split(Split::from_str(name).map_err(error)?))
    }
}
