//! Fovea trains convolutional image classifiers in the browser.
//!
//! One direction runs through the crate; a room imports only from rooms above it in this list.
//!
//! | room | what is in it |
//! |---|---|
//! | [`random`] | the counter-based generator that every random number comes from |
//! | `sorting` | one sort for all types |
//! | `json` | one way to read JSON |
//! | [`memory`] | large pieces of memory, which are refused rather than the end of the program |
//! | [`model`] | what a network is: layers, shapes, parameters, summary, recipes |
//! | [`data`] | what a folder of photos means: classes, splits, decoding, resizing, batch order |
//! | [`trained`] | a network with its parameters, and how far its training is |
//! | [`formats`] | model files |
//! | [`ops`] | one folder an operation: what it computes, CPU, GPU, its tests |
//! | [`plan`] | a network and a batch size as a fixed list of steps over fixed buffers |
//! | [`device`] | runs a plan, on the CPU or on WebGPU |
//! | [`classifier`] | a model on a device, its batches, and how it scores on a split |
//! | [`train`] | the loop: epochs, steps, validation, history, pause and stop |
//! | [`evaluate`] | a photo's classes; a split's accuracy and confusion matrix |
//! | [`boundary`] | the remaining shapes that cross between engine and page, and their TypeScript |
//! | `web` | the engine that the page's worker drives; the only room that knows wasm-bindgen |

#[cfg(all(target_arch = "wasm32", not(target_feature = "simd128")))]
compile_error!(
    "Fovea computes with simd128 in wasm, and .cargo/config.toml turns it on. The environment's RUSTFLAGS or \
     CARGO_ENCODED_RUSTFLAGS replaces the flags there: unset it, or build with `cargo xtask`, which leaves it out."
);

pub mod boundary;
pub mod classifier;
pub mod data;
pub mod device;
pub mod evaluate;
pub mod formats;
mod json;
pub mod memory;
pub mod model;
pub mod ops;
pub mod plan;
pub mod random;
mod sorting;
pub mod train;
pub mod trained;
#[cfg(all(target_arch = "wasm32", feature = "engine"))]
pub mod web;
