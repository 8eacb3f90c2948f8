//! What `www/worker` calls.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use crate::{NamedBytes, Opened, Project, open, save};

/// A model that was opened, as the engine's own file.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Converted(Opened);

#[wasm_bindgen]
impl Converted {
    /// The engine's own file.
    #[wasm_bindgen(getter)]
    pub fn own(&self) -> Uint8Array {
        Uint8Array::from(self.0.own.as_slice())
    }

    /// Whether the file named its classes.
    #[wasm_bindgen(getter)]
    pub fn named_classes(&self) -> bool {
        self.0.named_classes
    }

    /// What photos become for it, by its name in `Preprocessing`.
    #[wasm_bindgen(getter)]
    pub fn preprocessing(&self) -> String {
        self.0.preprocessing.name().to_owned()
    }

    /// What was left out or understood in another way, in sentences for the user.
    #[wasm_bindgen(getter)]
    pub fn notes(&self) -> Vec<String> {
        self.0.notes.clone()
    }
}

/// A file for the user.
#[wasm_bindgen]
#[derive(Debug)]
pub struct SavedFile {
    file: NamedBytes,
    mime: &'static str,
}

#[wasm_bindgen]
impl SavedFile {
    /// Its name.
    #[wasm_bindgen(getter)]
    pub fn filename(&self) -> String {
        self.file.name.clone()
    }

    /// Its media type.
    #[wasm_bindgen(getter)]
    pub fn mime(&self) -> String {
        self.mime.to_owned()
    }

    /// Its content.
    #[wasm_bindgen(getter)]
    pub fn bytes(&self) -> Uint8Array {
        Uint8Array::from(self.file.bytes.as_slice())
    }
}

/// A project: its files, and what makes its tables and photos.
#[wasm_bindgen]
#[derive(Debug)]
pub struct ProjectFiles(Project);

#[wasm_bindgen]
impl ProjectFiles {
    /// Of a model, given as the engine's own file, and of JSON: what `fit` takes, and how photos became images, if that is known.
    ///
    /// # Errors
    /// An `Error` for options that no training can have, or a model that Keras cannot hold.
    #[wasm_bindgen(constructor)]
    pub fn new(own: &[u8], options: &str, sizing: Option<String>) -> Result<Self, JsValue> {
        let sizing = sizing.map(|sizing| serde_json::from_str(&sizing)).transpose().map_err(error)?;
        Project::new(own, options, sizing).map(Self).map_err(error)
    }

    /// The folder that everything lies in.
    #[wasm_bindgen(getter)]
    pub fn folder(&self) -> String {
        self.0.folder().to_owned()
    }

    /// The names of all files but tables and photos.
    pub fn names(&self) -> Vec<String> {
        self.0.files().iter().map(|file| file.name.clone()).collect()
    }

    /// The content of one of them, by its place among the names.
    pub fn bytes(&self, nth: usize) -> Option<Uint8Array> {
        self.0.files().get(nth).map(|file| Uint8Array::from(file.bytes.as_slice()))
    }

    /// The table of a split, of each photo's path and label.
    pub fn table(&self, split: &str, paths: Vec<String>, labels: &[u32], photos: bool) -> String {
        self.0.table(split, &paths, labels, photos)
    }

    /// Where a photo of a split lies.
    pub fn photo(&self, split: &str, nth: usize) -> String {
        Project::photo_name(split, nth)
    }

    /// A photo as PNG.
    ///
    /// # Errors
    /// An `Error` for another number of bytes.
    pub fn png(&self, pixels: &[u8]) -> Result<Vec<u8>, JsValue> {
        self.0.png(pixels).map_err(error)
    }
}

/// Opens the model among files, given as an array of `{ name, bytes }`; `preprocessing` is one of
/// [`crate::Preprocessing::ALL`] or nothing.
///
/// # Errors
/// An `Error` that names the file and what is wrong with it.
#[wasm_bindgen]
pub fn open_model(
    #[wasm_bindgen(unchecked_param_type = "{ name: string, bytes: Uint8Array }[]")] files: &Array,
    preprocessing: Option<String>,
) -> Result<Converted, JsValue> {
    let preprocessing = preprocessing.map(|name| name.parse()).transpose().map_err(error)?;
    let files = files.iter().map(|file| {
        let field = |name: &str| Reflect::get(&file, &name.into());
        let name = field("name")?.as_string().unwrap_or_default();
        let bytes: Uint8Array = field("bytes")?.dyn_into().map_err(|_| error(format!("{name}: no bytes")))?;
        Ok(NamedBytes { name, bytes: bytes.to_vec() })
    });
    let files = files.collect::<Result<Vec<_>, JsValue>>()?;
    open(&files, preprocessing).map(Converted).map_err(error)
}

/// Saves a model, given as the engine's own file, in another format.
///
/// # Errors
/// An `Error` for a format that there is none of, or that cannot hold the model.
#[wasm_bindgen]
pub fn save_model(own: &[u8], format: &str) -> Result<SavedFile, JsValue> {
    let (file, mime) = save(own, format).map_err(error)?;
    Ok(SavedFile { file, mime })
}

/// Shows a panic's place in the console.
#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

fn error(error: impl std::fmt::Display) -> JsValue {
    js_sys::Error::new(&error.to_string()).into()
}
