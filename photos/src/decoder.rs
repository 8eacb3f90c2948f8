use std::fmt::Display;

use fovea::data::digits;
use fovea::data::{Decoded, ImageSize, Interpolation, Sizing, decode_measured, from_rgba};
use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** RGB, and the shorter side that the photo has in its file. */
export type DecodedPhoto = { pixels: Uint8Array<ArrayBuffer>, side: number };
"#;

/// Decodes photos and brings them to one size.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Decoder(Sizing);

#[wasm_bindgen]
impl Decoder {
    /// For images of `height` x `width` pixels; `nearest` and `crop` as Keras' `interpolation` and `crop_to_aspect_ratio`.
    ///
    /// # Errors
    /// An `Error` for a size that no image can have.
    #[wasm_bindgen(constructor)]
    pub fn new(height: u32, width: u32, nearest: bool, crop: bool) -> Result<Self, JsValue> {
        console_error_panic_hook::set_once();
        let image_size = ImageSize::new(height, width).map_err(error)?;
        let interpolation = if nearest { Interpolation::Nearest } else { Interpolation::Bilinear };
        Ok(Self(Sizing { image_size, interpolation, crop_to_aspect_ratio: crop }))
    }

    /// Decodes a file: `{ pixels, side }`, RGB and the shorter side that the photo has in the file.
    ///
    /// # Errors
    /// An `Error` for a file that is no photo.
    #[wasm_bindgen(unchecked_return_type = "DecodedPhoto")]
    pub fn decode(&self, bytes: &[u8]) -> Result<JsValue, JsValue> {
        let Decoded { pixels, side } = decode_measured(bytes, self.0).map_err(error)?;
        Ok(answer(&pixels, side))
    }

    /// Brings what the browser decoded, RGBA, to the size: as [`Decoder::decode`].
    ///
    /// # Errors
    /// An `Error` where there are not `4 * width * height` bytes, or none.
    #[wasm_bindgen(unchecked_return_type = "DecodedPhoto")]
    pub fn resize(&self, width: u32, height: u32, rgba: &[u8]) -> Result<JsValue, JsValue> {
        let pixels = from_rgba(rgba, width as usize, height as usize, self.0).map_err(error)?;
        Ok(answer(&pixels, width.min(height).try_into().unwrap_or(u16::MAX)))
    }
}

/// The grey values of the built-in digits, of their file: see [`fovea::data::digits`].
///
/// # Errors
/// An `Error` for bytes that are not the digits' file.
#[wasm_bindgen]
pub fn digits(png: &[u8]) -> Result<Vec<u8>, JsValue> {
    digits::read(png).map_err(error)
}

fn answer(pixels: &[u8], side: u16) -> JsValue {
    let answer = Object::new();
    let fields: [(&str, JsValue); 2] = [("pixels", Uint8Array::from(pixels).into()), ("side", side.into())];
    for (name, value) in fields {
        // Setting a field of a fresh plain object cannot fail.
        let _ = Reflect::set(&answer, &name.into(), &value);
    }
    answer.into()
}

/// An `Error` with this message.
fn error(message: impl Display) -> JsValue {
    js_sys::Error::new(&message.to_string()).into()
}
