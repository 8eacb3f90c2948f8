//! What a network is: layers, shapes, parameters, summary, recipes. No device, no files, no browser.
//!
//! The words and the rules are Keras': a [`Network`] is a `Sequential` of [`Layer`]s with an input
//! shape; what it is trained with ([`Optimizer`], [`Loss`]) is what `compile` takes there, and how photos are changed
//! meanwhile ([`Augmentation`]) what `ImageDataGenerator` does.

mod augmentation;
mod compile;
mod error;
mod initializer;
mod layer;
mod network;
mod recipe;
mod summary;
mod window;

pub use augmentation::{Amount, Augmentation, FillMode, Transform};
pub use compile::{Adam, Loss, Optimizer, RmsProp, Sgd};
pub use error::ModelError;
pub use initializer::glorot_uniform;
pub use layer::{Activation, Conv2D, Dense, Dropout, Flatten, Layer, MaxPooling2D, Pair};
pub use network::{Network, Parameter, PlacedLayer};
pub use recipe::{Recipe, RecipeDefaults, RecipeInfo};
pub use summary::{LayerSummary, Summary};
pub use window::{Padding, Window};

#[cfg(test)]
mod tests;
