//! Decodes photos and brings them to one size: what `www/worker/decoder_worker.js` drives, and the engine's worker for a photo that is to
//! be classified.
//!
//! A WebAssembly of its own, since the engine takes pixels: it is loaded with the first photo, and each decoder's worker
//! compiles this and not the engine.

#[cfg(target_arch = "wasm32")]
mod decoder;

#[cfg(target_arch = "wasm32")]
pub use decoder::{Decoder, digits};
