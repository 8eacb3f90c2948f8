//! Model files: a network with its parameters, how far its training is, and the names of its classes.

mod safetensors;
#[cfg(test)]
mod tests;

use crate::memory::Full;
use crate::model::ModelError;
pub use crate::trained::Model;

/// A file on its way to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, made of the network's.
    pub name: String,
    /// Its media type.
    pub mime: &'static str,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// Writes a model in the format of this name.
///
/// # Errors
/// [`FormatError::Unknown`] for a format that is not written.
pub fn write(model: &Model, format: &str) -> Result<File, FormatError> {
    match format {
        "safetensors" => safetensors::write(model),
        _ => Err(FormatError::Unknown(format.to_owned())),
    }
}

/// Reads a model from a file; `name` is for errors.
///
/// # Errors
/// A [`FormatError`] that names the file and what is wrong with it.
pub fn read(name: &str, bytes: &[u8]) -> Result<Model, FormatError> {
    read_either(name, bytes, false)
}

/// Reads a model that another one is built on, so that it needs no classes: a file whose list of them is empty is a base
/// without a top.
///
/// # Errors
/// As [`read`], but for the classes.
pub fn read_base(name: &str, bytes: &[u8]) -> Result<Model, FormatError> {
    read_either(name, bytes, true)
}

fn read_either(name: &str, bytes: &[u8], bases: bool) -> Result<Model, FormatError> {
    safetensors::read(bytes, bases).map_err(|reason| FormatError::File { name: name.to_owned(), reason })
}

/// Why a model file cannot be written or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// A format that is not written.
    #[error("models are not saved as \"{0}\"; there is \"safetensors\"")]
    Unknown(String),
    /// What the library that writes says.
    #[error("the model cannot be saved: {0}")]
    Write(String),
    /// A file that is no model, or a broken one.
    #[error("{name}: {reason}")]
    File {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        reason: Reason,
    },
}

/// What is wrong with a model file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Not the format.
    #[error("not a safetensors file, or one that ends too early ({0})")]
    NotSafetensors(String),
    /// A file of another program's.
    #[error(
        "a safetensors file without a description of its network; only models saved by Fovea can be opened"
    )]
    NoDescription,
    /// A description that does not make sense.
    #[error("the description of the network in it cannot be read: {0}")]
    Description(String),
    /// A network without its top.
    #[error("this file is a base without classes: build a network on top of it rather than opening it")]
    Base,
    /// A network that cannot be.
    #[error("the network in it cannot be built: {0}")]
    Network(#[from] ModelError),
    /// A parameter that is not there.
    #[error("the parameter {0} is missing")]
    Missing(String),
    /// A parameter of another shape or type.
    #[error("the parameter {name} is {found}, and the network wants {wanted}")]
    Parameter {
        /// Its name.
        name: String,
        /// Its type and shape.
        found: String,
        /// What they should be.
        wanted: String,
    },
    /// More parameters than there is memory for.
    #[error("{0}; close datasets and networks that you do not need, and open it again")]
    Memory(#[from] Full),
    /// A parameter that is infinite or not a number.
    #[error("{0} holds values that are NaN or infinite")]
    NotFinite(String),
    /// A training that cannot be.
    #[error("its record of the training is invalid: {0}")]
    Training(String),
    /// A threshold that cannot be.
    #[error("its threshold is invalid: {0}")]
    Threshold(String),
}
