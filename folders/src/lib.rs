//! Reads what a folder of photos means: what `www/worker/answers.js` asks.
//!
//! A WebAssembly of its own, since the engine takes what was found, and the built-in digits and classes that begin empty
//! need none of it: it is loaded with the first folder.

#[cfg(target_arch = "wasm32")]
mod contents;

#[cfg(target_arch = "wasm32")]
pub use contents::{Contents, is_photo, left_out, role};
