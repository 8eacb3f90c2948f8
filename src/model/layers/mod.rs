//! A file for each layer: its settings, its shape rule and its parameters. How it is computed stands under the same name
//! in [`crate::plan`].
//!
//! To add a layer, write its file here and in `plan/layers`, and name it in [`all_layers`].

mod activation;
mod add;
mod average_pooling2d;
mod batch_normalization;
mod concatenate;
mod conv2d;
mod cropping2d;
mod dense;
mod depthwise_conv2d;
mod dropout;
mod flatten;
mod global_average_pooling2d;
mod global_max_pooling2d;
mod leaky_relu;
mod max_pooling2d;
mod multiply;
mod normalization;
mod relu;
mod rescaling;
mod reshape;
mod separable_conv2d;
mod site;
mod softmax;
mod zero_padding2d;

use serde::{Deserialize, Serialize};

pub use activation::ActivationLayer;
pub use add::Add;
pub use average_pooling2d::AveragePooling2D;
pub use batch_normalization::BatchNormalization;
pub use concatenate::Concatenate;
pub use conv2d::Conv2D;
pub use cropping2d::Cropping2D;
pub use dense::Dense;
pub use depthwise_conv2d::DepthwiseConv2D;
pub use dropout::Dropout;
pub use flatten::Flatten;
pub use global_average_pooling2d::GlobalAveragePooling2D;
pub use global_max_pooling2d::GlobalMaxPooling2D;
pub use leaky_relu::LeakyReLU;
pub use max_pooling2d::MaxPooling2D;
pub use multiply::Multiply;
pub use normalization::Normalization;
pub use relu::ReLU;
pub use rescaling::Rescaling;
pub use reshape::Reshape;
pub use separable_conv2d::SeparableConv2D;
pub(super) use site::{NewWeight, Site};
pub use softmax::Softmax;
pub use zero_padding2d::ZeroPadding2D;

use super::{Activation, Initial, ModelError, Weight};

/// Calls a macro with Keras' classes of all layers, and the type of the settings of each.
macro_rules! all_layers {
    ($with:ident) => {
        $with! {
            Conv2D(Conv2D),
            DepthwiseConv2D(DepthwiseConv2D),
            SeparableConv2D(SeparableConv2D),
            MaxPooling2D(MaxPooling2D),
            AveragePooling2D(AveragePooling2D),
            GlobalAveragePooling2D(GlobalAveragePooling2D),
            GlobalMaxPooling2D(GlobalMaxPooling2D),
            Flatten(Flatten),
            Dropout(Dropout),
            Dense(Dense),
            Activation(ActivationLayer),
            ReLU(ReLU),
            LeakyReLU(LeakyReLU),
            Softmax(Softmax),
            BatchNormalization(BatchNormalization),
            Add(Add),
            Multiply(Multiply),
            Concatenate(Concatenate),
            ZeroPadding2D(ZeroPadding2D),
            Cropping2D(Cropping2D),
            Reshape(Reshape),
            Rescaling(Rescaling),
            Normalization(Normalization)
        }
    };
}
pub(crate) use all_layers;

/// A layer's settings with Keras' names and defaults; those that are left out in JSON have them, too.
macro_rules! settings {
    (
        $(#[$doc:meta])+
        $class:ident { $($(#[$attribute:meta])+ $field:ident: $type:ty = $default:expr,)* }
    ) => {
        $(#[$doc])+
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $class {
            /// The layer's name; by default its class' and a number.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub name: Option<String>,
            /// Whether training changes its parameters, where it has some.
            #[serde(skip_serializing_if = "crate::model::layers::is_yes")]
            pub trainable: bool,
            $($(#[$attribute])+ pub $field: $type,)*
        }

        impl Default for $class {
            fn default() -> Self {
                Self { name: None, trainable: true, $($field: $default,)* }
            }
        }
    };
}
use settings;

/// What a layer makes of its inputs' shapes.
pub(super) trait Rule {
    /// Checks the settings, asks the site for the layer's parameters, and returns the shape of one sample at its output.
    ///
    /// # Errors
    /// A [`ModelError`] that names the layer and what is wrong with it.
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError>;

    /// The function that the output goes through.
    fn activation(&self) -> Activation {
        Activation::Linear
    }
}

macro_rules! define_layer {
    ($($class:ident($config:ident)),+ $(,)?) => {
        /// A layer, in JSON `{ "class_name": "Conv2D", "config": { "filters": 32, ... } }` as Keras has it.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(try_from = "LayerJson", tag = "class_name", content = "config")]
        pub enum Layer {
            $(
                #[doc = concat!("See [`", stringify!($config), "`].")]
                $class($config),
            )+
        }

        impl Layer {
            /// Keras' names of all classes of layers that there are.
            pub const CLASSES: &[&str] = &[$(stringify!($class)),+];

            /// Keras' class name.
            pub fn class_name(&self) -> &'static str {
                match self { $(Self::$class(_) => stringify!($class)),+ }
            }

            /// The name that the user gave it.
            pub(super) fn given_name(&self) -> Option<&str> {
                match self { $(Self::$class(config) => config.name.as_deref()),+ }
            }

            /// Whether training changes its parameters.
            pub fn trainable(&self) -> bool {
                match self { $(Self::$class(config) => config.trainable),+ }
            }

            /// Has training change its parameters, or leave them as they are.
            pub(super) fn set_trainable(&mut self, trainable: bool) {
                match self { $(Self::$class(config) => config.trainable = trainable),+ }
            }

            pub(super) fn set_name(&mut self, name: &str) {
                match self { $(Self::$class(config) => config.name = Some(name.to_owned())),+ }
            }

            pub(super) fn rule(&self) -> &dyn Rule {
                match self { $(Self::$class(config) => config),+ }
            }

            /// A layer of a class with these settings.
            ///
            /// # Errors
            /// [`ModelError::UnknownLayer`], or [`ModelError::Config`] naming the setting.
            pub fn read(class_name: String, config: LayerConfig) -> Result<Self, ModelError> {
                let read = match class_name.as_str() {
                    $(stringify!($class) => serde_json::from_value(config.into()).map(Self::$class),)+
                    _ => return Err(ModelError::UnknownLayer(class_name, Self::CLASSES.join(", "))),
                };
                read.map_err(|error| ModelError::Config { class_name, reason: error.to_string() })
            }
        }
    };
}
all_layers!(define_layer);

/// A layer's settings by their names.
pub type LayerConfig = serde_json::Map<String, serde_json::Value>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerJson {
    class_name: String,
    #[serde(default)]
    config: LayerConfig,
}

impl TryFrom<LayerJson> for Layer {
    type Error = ModelError;

    fn try_from(LayerJson { class_name, config }: LayerJson) -> Result<Self, ModelError> {
        Self::read(class_name, config)
    }
}

impl Layer {
    /// What Keras makes a layer's default name from: its class in snake case.
    pub(super) fn stem(&self) -> String {
        let mut stem = String::new();
        let mut letters = self.class_name().chars().peekable();
        let mut before: Option<char> = None;
        while let Some(letter) = letters.next() {
            let begins = letters.peek().is_some_and(char::is_ascii_lowercase);
            let word = letter.is_ascii_uppercase()
                && before.is_some_and(|before| begins || before.is_ascii_lowercase());
            if word {
                stem.push('_');
            }
            stem.push(letter.to_ascii_lowercase());
            before = Some(letter);
        }
        stem
    }
}

/// Whether `trainable` need not be written.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_yes(value: &bool) -> bool {
    *value
}
