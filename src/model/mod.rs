//! What a network is: layers, shapes, parameters, summary, recipes. No device, no files, no browser.
//!
//! The words and the rules are Keras': a [`Network`] is a functional model, or a `Sequential`, of [`Layer`]s with an input
//! shape; what it is trained with ([`Optimizer`], [`Loss`]) is what `compile` takes there, and how photos are changed
//! meanwhile ([`Augmentation`]) what `ImageDataGenerator` does.

mod augmentation;
mod compile;
mod cuts;
mod error;
mod initializer;
mod layers;
mod names;
mod network;
mod parameter;
mod recipe;
mod settings;
mod summary;
mod window;

pub use augmentation::{Amount, Augmentation, FillMode, Transform};
pub use compile::{Adam, Loss, Optimizer, RmsProp, Sgd};
pub use error::ModelError;
pub use initializer::glorot_uniform;
pub(crate) use layers::all_layers;
pub use layers::{
    ActivationLayer, Add, AveragePooling2D, BatchNormalization, Concatenate, Conv2D, Cropping2D, Dense,
    DepthwiseConv2D, Dropout, Flatten, GlobalAveragePooling2D, GlobalMaxPooling2D, Layer, LayerConfig,
    LeakyReLU, MaxPooling2D, Multiply, Normalization, ReLU, Rescaling, Reshape, SeparableConv2D, Softmax,
    ZeroPadding2D,
};
pub use names::INPUT;
pub use network::{GraphLayer, Network, PlacedLayer};
pub use parameter::{Initial, Parameter, Region, Weight};
pub use recipe::{Pooling, Recipe, RecipeDefaults, RecipeInfo};
pub use settings::{Activation, Axis, Margins, Pair, PerChannel};
pub use summary::{LayerSummary, Summary};
pub use window::{Padding, Window};

#[cfg(test)]
mod tests;
