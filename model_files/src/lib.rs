//! Reads and writes the model files of other programs. The engine knows only its own file, so everything here turns into
//! that file and out of it.
//!
//! A WebAssembly of its own, loaded with the first such file. One way runs through it:
//!
//! | file | what is in it |
//! |---|---|
//! | [`error`] | why a file cannot be read or written |
//! | [`tensor`] | named values of any shape |
//! | [`draft`] | a network as a file describes it, which becomes a [`fovea::trained::Model`] when it is checked |
//! | `normalization` | a layer that only Keras has, as factors |
//! | `beside` | what other programs' files have no place for |
//! | `hdf5`, `zipped` | HDF5 as Keras uses it, and zip archives |
//! | [`preprocessing`] | what a network wants photos to be |
//! | `labels` | the classes' names in files beside a model |
//! | [`keras`] | Keras' `.h5` and `.keras` |
//! | [`tfjs`] | TensorFlow.js' `model.json` |
//! | [`onnx`] | ONNX |
//! | [`registry`] | all formats, and how a file's format is recognised |
//! | [`project`] | a folder to go on with in Python: model, splits, photos, programs |

mod beside;
pub mod draft;
pub mod error;
mod hdf5;
pub mod keras;
mod labels;
mod normalization;
pub mod onnx;
pub mod preprocessing;
pub mod project;
pub mod registry;
pub mod tensor;
pub mod tfjs;
mod vgg16;
#[cfg(target_arch = "wasm32")]
mod wasm;
mod zipped;

pub use error::{FileError, Reason};
pub use preprocessing::Preprocessing;
pub use project::Project;
pub use registry::{NamedBytes, Opened, open, save};
#[cfg(target_arch = "wasm32")]
pub use wasm::{Converted, ProjectFiles, SavedFile, open_model, save_model};
