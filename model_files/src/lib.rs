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
//! | `hdf5` | HDF5 as Keras uses it |
//! | [`keras`] | Keras' `.h5` and `.keras` |
//! | [`registry`] | all formats, and how a file's format is recognised |

pub mod draft;
pub mod error;
mod hdf5;
pub mod keras;
pub mod registry;
pub mod tensor;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use error::{FileError, Reason};
pub use registry::{NamedBytes, Opened, open, save};
#[cfg(target_arch = "wasm32")]
pub use wasm::{Converted, SavedFile, open_model, save_model};
