//! What a worker that decodes photos drives: `www/decoding.js`.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::values::{error, from_js, object};
use crate::data::{DecodeError, Decoded, Foreign, PixelLayout, Sizing, decode_measured};

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
    pub fn new(sizing: JsValue) -> Result<Self, JsValue> {
        console_error_panic_hook::set_once();
        Ok(Self(from_js(sizing)?))
    }

    /// Decodes a file by itself: `{ pixels, side }`, RGB and the shorter side that the photo has in the file.
    ///
    /// # Errors
    /// An `Error` for a file that is no photo.
    pub fn decode(&self, bytes: &[u8]) -> Result<JsValue, JsValue> {
        let Decoded { pixels, side } = decode_measured(bytes, self.0).map_err(error)?;
        Ok(object([("pixels", Uint8Array::from(&pixels[..]).into()), ("side", side.into())]))
    }

    /// Looks whether the browser may decode a file; `undefined` where it may not.
    ///
    /// # Errors
    /// An `Error` for a file that is no photo.
    pub fn look(&self, bytes: &[u8]) -> Result<Option<ForeignPhoto>, JsValue> {
        let found = Foreign::of(bytes).map_err(error)?;
        Ok(found.map(|photo| ForeignPhoto { photo, sizing: self.0 }))
    }
}

/// A photo that the browser decodes.
#[wasm_bindgen]
#[derive(Debug)]
pub struct ForeignPhoto {
    photo: Foreign,
    sizing: Sizing,
}

#[wasm_bindgen]
impl ForeignPhoto {
    /// Rows of the file.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> usize {
        self.photo.size()[0]
    }

    /// Columns of the file.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> usize {
        self.photo.size()[1]
    }

    /// The parts of the file that the browser must not see: where each begins and ends.
    pub fn hidden(&self) -> Vec<u32> {
        self.photo.to_be_hidden().iter().flat_map(|part| [part.start as u32, part.end as u32]).collect()
    }

    /// Resizes what the browser decoded, by the name that WebCodecs gives its format: RGB.
    ///
    /// # Errors
    /// An `Error` for an unknown format, or too few pixels.
    pub fn resize(&self, pixels: &[u8], format: &str) -> Result<Vec<u8>, JsValue> {
        let layout = match format {
            "RGBX" | "RGBA" => PixelLayout::Rgbx,
            "BGRX" | "BGRA" => PixelLayout::Bgrx,
            "I420" => PixelLayout::Planes { halved: [true, true] },
            "I422" => PixelLayout::Planes { halved: [false, true] },
            "I444" => PixelLayout::Planes { halved: [false, false] },
            _ => return Err(error(DecodeError::Unsupported { format: "JPEG", detail: format.to_owned() })),
        };
        self.photo.resize(pixels, layout, &self.sizing).map_err(error)
    }
}
