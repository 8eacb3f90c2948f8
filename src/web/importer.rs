use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::store::Store;
use super::values::{error, to_js};
use crate::data::{self, Dataset};

/// A folder on its way into a dataset: see [`crate::data::Importer`].
#[wasm_bindgen]
#[derive(Debug)]
pub struct Importer {
    importer: data::Importer,
    datasets: Rc<Store<Dataset>>,
}

impl Importer {
    pub(super) fn new(importer: data::Importer, datasets: Rc<Store<Dataset>>) -> Self {
        Self { importer, datasets }
    }
}

#[wasm_bindgen]
impl Importer {
    /// Whether the file with this index has to be read.
    pub fn wants(&self, index: usize) -> bool {
        self.importer.wants(index)
    }

    /// How photos become images: `{ imageSize, interpolation, cropToAspectRatio }`.
    ///
    /// # Errors
    /// None that are known.
    pub fn sizing(&self) -> Result<JsValue, JsValue> {
        to_js(&self.importer.sizing())
    }

    /// Takes a photo's pixels.
    ///
    /// # Errors
    /// An `Error` for a file that is not wanted, or another number of bytes.
    pub fn add(&mut self, index: usize, pixels: &[u8]) -> Result<(), JsValue> {
        self.importer.add_pixels(index, pixels).map_err(error)
    }

    /// Leaves a file out for this reason.
    pub fn reject(&mut self, index: usize, reason: String) {
        self.importer.reject(index, reason);
    }

    /// Splits what was read and gives back the dataset's number.
    ///
    /// # Errors
    /// An `Error` where too few classes are left.
    pub fn finish(self) -> Result<u32, JsValue> {
        Ok(self.datasets.add(self.importer.finish().map_err(error)?))
    }
}

/// What is known of a folder's files besides their paths: see [`crate::data::Contents`].
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Contents {
    pub(super) contents: data::Contents,
}

#[wasm_bindgen]
impl Contents {
    /// Nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// The text of a table, by the number of its path.
    pub fn table(&mut self, file: usize, text: String) {
        self.contents.tables.push((file, text));
    }

    /// A file that is not read, and why.
    pub fn refuse(&mut self, file: usize, reason: String) {
        self.contents.refused.push((file, reason));
    }
}
