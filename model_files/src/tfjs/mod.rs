//! TensorFlow.js' layers model: `model.json`, which describes the network in Keras 2's words, and the weights' bytes in
//! files beside it. We write both into one zip.

mod config;
mod read;
mod write;

use crate::registry::Format;

/// The layers model.
pub const FORMAT: Format = Format {
    id: "tfjs",
    name: "TensorFlow.js model.json",
    extension: "tfjs.zip",
    mime: "application/zip",
    recognises: read::recognises,
    read: read::read,
    write: write::write,
};
