//! Why a model file cannot be read or written.

use fovea::formats::FormatError;
use fovea::memory::Full;
use fovea::model::ModelError;

/// What went wrong, and with which file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FileError {
    /// No file at all.
    #[error("no file was given")]
    None,
    /// A wish for photos that there is none of.
    #[error("preprocessing is \"{found}\"; it must be one of {known}")]
    Preprocessing {
        /// What was asked for.
        found: String,
        /// What there is.
        known: String,
    },
    /// A file of no known format.
    #[error("{name}: its content is none of the model files that can be opened: {known}")]
    Unknown {
        /// The file's name.
        name: String,
        /// The formats that can be read.
        known: String,
    },
    /// A format that is not written.
    #[error("models are not saved as \"{format}\"; there are {known}")]
    NotWritten {
        /// What was asked for.
        format: String,
        /// The formats that can be written.
        known: String,
    },
    /// Our own file, which came from the engine or goes to it.
    #[error(transparent)]
    Own(#[from] FormatError),
    /// A model that the format cannot hold, or a library that failed.
    #[error("the model cannot be saved as {format}: {reason}")]
    Write {
        /// The format's name.
        format: &'static str,
        /// What it cannot hold.
        reason: String,
    },
    /// Settings, or photos, that no project can be made of.
    #[error("the project cannot be made: {0}")]
    Project(String),
    /// A file that cannot be read.
    #[error("{name}: {}", shortened(reason))]
    Read {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        reason: Reason,
    },
}

/// The longest reason that is told, in characters: names and types in a file may be of any length.
const LONGEST: usize = 1000;

fn shortened(reason: &Reason) -> String {
    let whole = reason.to_string();
    match whole.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &whole[..end]),
        None => whole,
    }
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Reason {
    /// A damaged container.
    #[error("the {kind} file is damaged, or ends too early ({detail})")]
    Damaged {
        /// The container's kind: HDF5, zip, JSON.
        kind: &'static str,
        /// What the library says.
        detail: String,
    },
    /// Something that takes more memory than a model may.
    #[error("{what} would take {bytes} bytes; at most {most} are read")]
    TooLarge {
        /// What.
        what: String,
        /// Bytes that the file claims.
        bytes: u64,
        /// Bytes that are allowed.
        most: u64,
    },
    /// Weights without the network that they are of.
    #[error("it holds weights without a network; save the whole model, with `model.save(...)`")]
    WeightsOnly,
    /// A description of the network that cannot be understood.
    #[error("the description of its network cannot be read: {0}")]
    Description(String),
    /// Networks that are nested or long beyond all measure.
    #[error("its network is {0}")]
    TooDeep(String),
    /// A network of another kind than those that classify images.
    #[error(
        "its network {0}; only networks with one image as input and one list of classes as output are opened"
    )]
    NotAClassifier(String),
    /// Code, which is never run.
    #[error("layer {0} is a Lambda: it holds program code, which is never run")]
    Code(String),
    /// A layer that there is none of.
    #[error("layer {name} is of the class {class}, which is not supported; it stands {place}")]
    UnknownLayer {
        /// The layer's name.
        name: String,
        /// Its class.
        class: String,
        /// What it reads and who reads it.
        place: String,
    },
    /// A layer with a setting that is not supported.
    #[error("layer {name} ({class}): {reason}")]
    Layer {
        /// The layer's name.
        name: String,
        /// Its class.
        class: String,
        /// What is not supported.
        reason: String,
    },
    /// A network that cannot be.
    #[error("its network cannot be built: {0}")]
    Network(#[from] ModelError),
    /// More values than there is memory for.
    #[error("{0}; close datasets and networks that you do not need, and open it again")]
    Memory(#[from] Full),
    /// Values that are not there.
    #[error("{0} is missing")]
    Missing(String),
    /// Values of another shape.
    #[error("{name} has the shape {found:?}, and the network wants {wanted:?}")]
    Shape {
        /// The parameter.
        name: String,
        /// Its shape in the file.
        found: Vec<usize>,
        /// The shape that it should have.
        wanted: Vec<usize>,
    },
    /// Values of a type that is not read.
    #[error("{name} holds values of the type {found}, which is not supported")]
    Type {
        /// The tensor.
        name: String,
        /// Its type.
        found: String,
    },
    /// A parameter that is infinite or not a number.
    #[error("{0} holds values that are NaN or infinite")]
    NotFinite(String),
}

impl Reason {
    /// With the name of the file that it is about.
    pub fn of(self, name: &str) -> FileError {
        FileError::Read { name: name.to_owned(), reason: self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_reason_is_cut() {
        let told = |length: usize| Reason::Missing("층".repeat(length)).of("a.onnx").to_string();
        assert_eq!(told(3), "a.onnx: 층층층 is missing");
        let long = told(100_000);
        assert_eq!(long.chars().count(), "a.onnx: ".len() + LONGEST + 1);
        assert!(long.ends_with("층…"));
    }
}
