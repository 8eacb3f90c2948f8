//! Between Rust's values and JavaScript's.

use std::fmt::Display;

use js_sys::Uint8Array;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::json;

/// The TypeScript of what methods take and give: the plain data is declared in `www/engine.d.ts`, what holds bytes here.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type {
  Answer, Augmentation, DatasetSummary, DeviceReport, DigitsOptions, EvaluateOptions, Evaluation, Event, FitOptions, History,
  CrossValidation, ImportOptions, Memory, ModelOptions, ModelReport, OpenOptions, RecipeInfo, Sizing, Split, ThresholdReport, Timing, Tuning,
} from "./www/engine.d.ts";

/** Four bytes per pixel, row by row. */
export type Image = { width: number, height: number, rgba: Uint8Array<ArrayBuffer> };
export type LabelledImage = Image & { label: string, path: string };
export type ModelFile = { bytes: Uint8Array<ArrayBuffer>, filename: string, mime: string };
export type NamedBytes = { name: string, bytes: Uint8Array };
"#;

/// An `Error` with this message.
pub(super) fn error(message: impl Display) -> JsValue {
    js_sys::Error::new(&message.to_string()).into()
}

/// An `Error` that a program can tell from others by its `code`.
pub(super) fn coded(message: impl Display, code: &str) -> JsValue {
    let error = error(message);
    // Setting a field of a fresh object cannot fail.
    let _ = js_sys::Reflect::set(&error, &"code".into(), &code.into());
    error
}

/// Plain objects, arrays and numbers. By way of JSON's text, in which an `f32` of 0.001 is 0.001 and not
/// the double nearest to it.
pub(super) fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    js_sys::JSON::parse(&serde_json::to_string(value).map_err(error)?)
}

/// Reads an argument; where it is left out, the default of all its fields. By way of JSON's text, in which fields that
/// are there but undefined count as left out.
pub(super) fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    let text = if value.is_null() { None } else { js_sys::JSON::stringify(&value)?.as_string() };
    json::read(text.as_deref().unwrap_or("{}")).map_err(error)
}

/// An object with these fields.
pub(super) fn object<const N: usize>(fields: [(&str, JsValue); N]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        // Setting a field of a fresh plain object cannot fail.
        let _ = js_sys::Reflect::set(&object, &name.into(), &value);
    }
    object.into()
}

/// Four bytes a pixel, as a canvas wants them, from three or from one of grey.
pub(super) fn rgba(pixels: &[u8], channels: usize) -> JsValue {
    let opaque = |pixel: &[u8]| match *pixel {
        [r, g, b] => [r, g, b, 255],
        _ => [pixel[0], pixel[0], pixel[0], 255],
    };
    let rgba: Vec<u8> = pixels.chunks_exact(channels).flat_map(opaque).collect();
    Uint8Array::from(rgba.as_slice()).into()
}
