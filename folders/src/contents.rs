use std::fmt::Display;

use fovea::data::{self, Layout, Reading, Wanted};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { LeftOut, Reading } from "./www/engine.d.ts";
"#;

/// What is known of a folder's files besides their paths: see [`fovea::data::Contents`].
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Contents(data::Contents);

#[wasm_bindgen]
impl Contents {
    /// Nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        console_error_panic_hook::set_once();
        Self::default()
    }

    /// The text of a table, by the number of its path.
    pub fn table(&mut self, file: usize, text: String) {
        self.0.tables.push((file, text));
    }

    /// A file that is a photo, though its name says nothing of it.
    pub fn photo(&mut self, file: usize) {
        self.0.photos.push(file);
    }

    /// The bytes of each file.
    pub fn sizes(&mut self, sizes: Vec<f64>) {
        self.0.sizes = sizes.into_iter().map(|size| size as u64).collect();
    }

    /// A file that is not read, and why.
    pub fn refuse(&mut self, file: usize, reason: String) {
        self.0.refused.push((file, reason));
    }

    /// What a folder of these paths means, as text for the engine's importer; `wanted` is what the engine makes of the
    /// options of an import, as JSON.
    ///
    /// # Errors
    /// An `Error` for a folder that holds no classes.
    pub fn layout(&self, paths: Vec<String>, wanted: &str) -> Result<String, JsValue> {
        let wanted: Wanted = serde_json::from_str(wanted).map_err(error)?;
        serde_json::to_string(&Layout::of(&paths, &self.0, wanted).map_err(error)?).map_err(error)
    }

    /// The ways in which a folder of these paths can be read: `[{ layout, table, column, by, classes }]`.
    ///
    /// # Errors
    /// An `Error` for a folder without photos.
    #[wasm_bindgen(unchecked_return_type = "Reading[]")]
    pub fn readings(&self, paths: Vec<String>) -> Result<JsValue, JsValue> {
        to_js(&Reading::all(&paths, &self.0).map_err(error)?)
    }
}

/// What a path tells of its file: "photo", "table", "left" by a system or a program, "rejected", or "unknown" where its
/// content has to be asked.
#[wasm_bindgen(unchecked_return_type = "'photo' | 'table' | 'left' | 'rejected' | 'unknown'")]
pub fn role(path: &str) -> String {
    data::role(path).to_owned()
}

/// Whether a file begins as a photo that is read.
#[wasm_bindgen]
pub fn is_photo(head: &[u8]) -> bool {
    data::is_photo(head)
}

/// What was left out of a folder, or of what was added, of these files: `{ kind, files, example }` of each kind.
///
/// # Errors
/// None that are known.
#[wasm_bindgen(unchecked_return_type = "LeftOut[]")]
pub fn left_out(paths: Vec<String>) -> Result<JsValue, JsValue> {
    to_js(&data::left_out(&paths))
}

fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    js_sys::JSON::parse(&serde_json::to_string(value).map_err(error)?)
}

/// An `Error` with this message.
fn error(message: impl Display) -> JsValue {
    js_sys::Error::new(&message.to_string()).into()
}
