use std::collections::HashMap;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::pack::PhotoStore;
use super::store::Store;
use super::values::{error, to_js};
use crate::data::{self, Dataset, Key};

/// A folder on its way into a dataset: see [`crate::data::Importer`].
#[wasm_bindgen]
#[derive(Debug)]
pub struct Importer {
    importer: data::Importer,
    paths: Vec<String>,
    /// Of the files that may go to a store, without their contents.
    keys: HashMap<usize, Key>,
    datasets: Rc<Store<Dataset>>,
}

impl Importer {
    pub(super) fn new(importer: data::Importer, paths: Vec<String>, datasets: Rc<Store<Dataset>>) -> Self {
        Self { importer, paths, keys: HashMap::new(), datasets }
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
    #[wasm_bindgen(unchecked_return_type = "Sizing")]
    pub fn sizing(&self) -> Result<JsValue, JsValue> {
        to_js(&self.importer.sizing())
    }

    /// Bytes of a decoded photo.
    pub fn image_bytes(&self) -> usize {
        self.importer.sizing().image_size.rgb_bytes()
    }

    /// Makes room in memory for all photos.
    ///
    /// # Errors
    /// An `Error` where there is too little.
    pub fn hold_in_memory(&mut self) -> Result<(), JsValue> {
        self.importer.hold_in_memory().map_err(error)
    }

    /// Has the photos go to a store.
    pub fn keep_in(&mut self, store: &PhotoStore) {
        self.importer.keep_in(Rc::clone(&store.0));
    }

    /// Whether the store has a photo of a file of this size and date in milliseconds. Its content tells whether it is
    /// the same.
    pub fn knows(&mut self, index: usize, size: f64, modified: Option<f64>) -> bool {
        let Some(path) = self.paths.get(index) else { return false };
        let file = Key::of_file(path, size as u64, modified.map(|date| date as u64));
        self.keys.insert(index, file);
        self.importer.knows(file)
    }

    /// Takes a file's photo from the store, if it has the one with this sign of its content.
    pub fn find(&mut self, index: usize, sign: &[u8]) -> bool {
        let key = self.keys.get(&index).map(|file| file.with(sign));
        key.is_some_and(|key| self.importer.find(index, key))
    }

    /// Takes a photo's pixels, how many the shorter side has in its file, and a sign of the file's content.
    ///
    /// # Errors
    /// An `Error` for a file that is not wanted, another number of bytes, or a store that is full.
    pub fn add(&mut self, index: usize, pixels: &[u8], side: u16, sign: &[u8]) -> Result<(), JsValue> {
        let key = self.keys.remove(&index).map(|file| file.with(sign)).unwrap_or_default();
        self.importer.add_pixels(index, pixels, side, key).map_err(error)
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
