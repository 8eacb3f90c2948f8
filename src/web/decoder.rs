//! What a worker that decodes photos drives: `www/decoder.js`.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::values::{error, from_js, object};
use crate::data::{Decoded, Sizing, decode_measured, from_rgba};

/// Decodes photos and brings them to one size.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Decoder(Sizing);

#[wasm_bindgen]
impl Decoder {
    /// For images of `{ imageSize, interpolation, cropToAspectRatio }`.
    ///
    /// # Errors
    /// An `Error` for other options.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "Sizing")] sizing: JsValue) -> Result<Self, JsValue> {
        console_error_panic_hook::set_once();
        Ok(Self(from_js(sizing)?))
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

fn answer(pixels: &[u8], side: u16) -> JsValue {
    object([("pixels", Uint8Array::from(pixels).into()), ("side", side.into())])
}
