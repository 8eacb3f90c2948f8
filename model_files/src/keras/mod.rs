//! Keras' files: `.h5` of Keras 2 and 3 (`model.save("cats_and_dogs_small_1.h5")`), and Keras 3's `.keras` archive.
//!
//! Both hold the model's configuration as JSON, in which a model's layers may be models again (`tree`). All of it becomes
//! one graph of our layers (`flat`), whose settings are translated one by one (`layers`). The values lie in an HDF5
//! file, under the layers' names in `.h5` and under the layers' classes and order in `.keras`.

mod archive;
mod arranged;
mod calls;
pub(crate) mod config;
pub(crate) mod flat;
pub(crate) mod h5;
pub(crate) mod layers;
pub(crate) mod optimizer;
mod order;
pub(crate) mod place;
#[cfg(test)]
mod tests;
pub(crate) mod tree;

use crate::registry::Format;

/// Keras 3's archive: a zip of `config.json`, `metadata.json` and `model.weights.h5`.
pub const ARCHIVE: Format = Format {
    id: "keras",
    name: ".keras",
    extension: "keras",
    mime: "application/zip",
    recognises: archive::recognises,
    read: archive::read,
    write: archive::write,
};

/// One HDF5 file, as the book saves models.
pub const H5: Format = Format {
    id: "h5",
    name: ".h5",
    extension: "h5",
    mime: "application/x-hdf5",
    recognises: h5::recognises,
    read: h5::read,
    write: h5::write,
};
