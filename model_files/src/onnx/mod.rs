//! ONNX: a graph of operators in a protobuf message.
//!
//! Ours is written as ONNX has images, with their channels first (`write`, `layers`). A file that is read may be of any
//! exporter (`read`): where its values lie differently from ours is tracked (`value`), so that a `Transpose` costs
//! nothing, and each operator becomes a layer (`operators` and the files beside).

mod activations;
mod arithmetic;
mod graph;
mod layers;
mod nodes;
mod numbers;
mod operators;
mod proto;
mod read;
mod shapes;
mod tensors;
#[cfg(test)]
mod tests;
mod value;
mod windows;
mod write;

use crate::registry::Format;

/// One file.
pub const FORMAT: Format = Format {
    id: "onnx",
    name: "ONNX",
    extension: "onnx",
    mime: "application/octet-stream",
    recognises: read::recognises,
    read: read::read,
    write: write::write,
};
