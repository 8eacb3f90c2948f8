//! The engine's wasm: all that [`fovea::web`] hands to the page's worker, and nothing of its own.
//!
//! It is a program and the library is one for Rust alone, so that cargo compiles the library once for all parts that
//! are linked with it.

use fovea as _;

fn main() {}
