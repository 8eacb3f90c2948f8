//! The store of decoded photos on the browser's own file system (OPFS), which reads and writes at once in a worker.

use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{FileSystemReadWriteOptions, FileSystemSyncAccessHandle};

use super::values::{error, from_js};
use crate::data::{Pack, PackFile, Sizing, record};

/// An open file of the browser's; closed when it is dropped.
#[derive(Debug)]
struct SyncFile(FileSystemSyncAccessHandle);

impl Drop for SyncFile {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn at(place: u64) -> FileSystemReadWriteOptions {
    let options = FileSystemReadWriteOptions::new();
    options.set_at_f64(place as f64);
    options
}

/// The browser's own sentence.
fn said(error: JsValue) -> String {
    let message =
        js_sys::Reflect::get(&error, &"message".into()).ok().and_then(|message| message.as_string());
    message.unwrap_or_else(|| "the browser gave no reason".to_owned())
}

fn all(done: f64, wanted: usize) -> Result<(), String> {
    // Chromium gives the number of an error where the disk is full.
    if done == wanted as f64 { Ok(()) } else { Err("the file is too short, or the disk is full".to_owned()) }
}

impl PackFile for SyncFile {
    fn read(&self, place: u64, into: &mut [u8]) -> Result<(), String> {
        let wanted = into.len();
        self.0
            .read_with_u8_array_and_options(into, &at(place))
            .map_err(said)
            .and_then(|read| all(read, wanted))
    }

    fn write(&self, place: u64, bytes: &[u8]) -> Result<(), String> {
        let written = self.0.write_with_u8_array_and_options(bytes, &at(place)).map_err(said)?;
        all(written, bytes.len())
    }

    fn size(&self) -> Result<u64, String> {
        self.0.get_size().map(|size| size as u64).map_err(said)
    }

    fn truncate(&self, size: u64) -> Result<(), String> {
        self.0.truncate_with_f64(size as f64).map_err(said)
    }

    fn flush(&self) -> Result<(), String> {
        self.0.flush().map_err(said)
    }
}

/// Decoded photos of one size, kept from visit to visit.
#[wasm_bindgen]
#[derive(Debug)]
pub struct PhotoStore(pub(super) Rc<Pack>);

#[wasm_bindgen]
impl PhotoStore {
    /// Of two open files, which it closes in the end.
    ///
    /// # Errors
    /// An `Error` where they cannot be read.
    #[wasm_bindgen(constructor)]
    pub fn new(
        pixels: FileSystemSyncAccessHandle,
        keys: FileSystemSyncAccessHandle,
        #[wasm_bindgen(unchecked_param_type = "Sizing")] sizing: JsValue,
    ) -> Result<Self, JsValue> {
        let (pixels, keys) = (Box::new(SyncFile(pixels)), Box::new(SyncFile(keys)));
        let sizing: Sizing = from_js(sizing)?;
        let pack = Pack::open(pixels, keys, sizing.image_size.rgb_bytes()).map_err(error)?;
        Ok(Self(Rc::new(pack)))
    }

    /// How many photos there are.
    pub fn photos(&self) -> usize {
        self.0.len()
    }

    /// Makes room for so many photos more.
    ///
    /// # Errors
    /// An `Error` where there is none.
    pub fn reserve(&self, photos: usize) -> Result<(), JsValue> {
        self.0.reserve(photos).map_err(error)
    }

    /// Whether a dataset or an import uses it.
    pub fn in_use(&self) -> bool {
        Rc::strong_count(&self.0) > 1
    }

    /// Frees all photos but those of these records, an array of `Uint8Array`s.
    ///
    /// # Errors
    /// An `Error` for a record that is none, or files that cannot be written.
    pub fn retain(&self, records: Vec<Uint8Array>) -> Result<(), JsValue> {
        let mut kept = Vec::new();
        for bytes in records {
            kept.extend(record::keys(&bytes.to_vec()).map_err(error)?);
        }
        self.0.retain(&kept).map_err(error)
    }

    /// Has everything written that is not yet.
    ///
    /// # Errors
    /// An `Error` where it cannot be written.
    pub fn flush(&self) -> Result<(), JsValue> {
        self.0.flush().map_err(error)
    }
}
