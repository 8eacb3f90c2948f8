//! The layers' settings: Keras' names, Keras' defaults, Keras' JSON.

use serde::{Deserialize, Deserializer, Serialize};

use super::{ModelError, Padding};

/// A height and a width; in JSON a pair or, for both the same, one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Pair(pub [usize; 2]);

impl<'de> Deserialize<'de> for Pair {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            One(usize),
            Two([usize; 2]),
        }
        match Form::deserialize(deserializer) {
            Ok(Form::One(size)) => Ok(Self([size, size])),
            Ok(Form::Two(pair)) => Ok(Self(pair)),
            Err(_) => Err(serde::de::Error::custom("a size must be a whole number or a pair of them")),
        }
    }
}

/// The function a layer's output goes through, by the name that Keras 3 gives it or by an alias of Keras'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// None.
    #[default]
    Linear,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
    /// `x` above 0, else `0.2 x`.
    LeakyRelu,
    /// `x` above 0, else `exp(x) - 1`.
    Elu,
    /// `(exp(x) - exp(-x)) / (exp(x) + exp(-x))`.
    Tanh,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// `relu6(x + 3) / 6`.
    HardSigmoid,
    /// `x sigmoid(x)`.
    #[serde(alias = "swish")]
    Silu,
    /// `x hard_sigmoid(x)`.
    #[serde(alias = "hard_swish")]
    HardSilu,
    /// `x P(x)`, `P` being the normal distribution's cumulative function.
    Gelu,
    /// `exp(x) / sum(exp(x))` over the last axis.
    Softmax,
}

impl Activation {
    /// The name Keras gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Relu => "relu",
            Self::Relu6 => "relu6",
            Self::LeakyRelu => "leaky_relu",
            Self::Elu => "elu",
            Self::Tanh => "tanh",
            Self::Sigmoid => "sigmoid",
            Self::HardSigmoid => "hard_sigmoid",
            Self::Silu => "silu",
            Self::HardSilu => "hard_silu",
            Self::Gelu => "gelu",
            Self::Softmax => "softmax",
        }
    }
}

/// A 2D convolution: `[h, w, c]` to `[h', w', filters]`; its kernel is `[kh, kw, c, filters]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conv2D {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Output channels.
    pub filters: usize,
    /// The window's height and width.
    pub kernel_size: Pair,
    /// How far the window moves.
    pub strides: Pair,
    /// How the border is treated.
    pub padding: Padding,
    /// What the output goes through.
    pub activation: Activation,
    /// Whether each filter has a bias.
    pub use_bias: bool,
}

impl Default for Conv2D {
    fn default() -> Self {
        Self {
            name: None,
            filters: 32,
            kernel_size: Pair([3, 3]),
            strides: Pair([1, 1]),
            padding: Padding::Valid,
            activation: Activation::Linear,
            use_bias: true,
        }
    }
}

/// The largest value in each window, for each channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaxPooling2D {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The window's height and width.
    pub pool_size: Pair,
    /// How far the window moves; by default its size.
    pub strides: Option<Pair>,
    /// How the border is treated; padding never wins.
    pub padding: Padding,
}

impl Default for MaxPooling2D {
    fn default() -> Self {
        Self { name: None, pool_size: Pair([2, 2]), strides: None, padding: Padding::Valid }
    }
}

/// `[h, w, c]` to `[h * w * c]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flatten {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// In training, sets a share of the values to zero and scales the others up by `1 / (1 - rate)`
/// (Srivastava and others 2014).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dropout {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The share, at least 0 and below 1.
    pub rate: f32,
}

impl Default for Dropout {
    fn default() -> Self {
        Self { name: None, rate: 0.5 }
    }
}

/// A fully connected layer over the last axis; its kernel is `[inputs, units]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dense {
    /// The layer's name; by default its class' and a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Outputs.
    pub units: usize,
    /// What the output goes through.
    pub activation: Activation,
    /// Whether each unit has a bias.
    pub use_bias: bool,
}

impl Default for Dense {
    fn default() -> Self {
        Self { name: None, units: 1, activation: Activation::Linear, use_bias: true }
    }
}

/// A layer, in JSON `{ "class_name": "Conv2D", "config": { "filters": 32, ... } }` as Keras has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "LayerJson", tag = "class_name", content = "config")]
pub enum Layer {
    /// See [`Conv2D`].
    Conv2D(Conv2D),
    /// See [`MaxPooling2D`].
    MaxPooling2D(MaxPooling2D),
    /// See [`Flatten`].
    Flatten(Flatten),
    /// See [`Dropout`].
    Dropout(Dropout),
    /// See [`Dense`].
    Dense(Dense),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerJson {
    class_name: String,
    #[serde(default)]
    config: serde_json::Map<String, serde_json::Value>,
}

impl TryFrom<LayerJson> for Layer {
    type Error = ModelError;

    fn try_from(json: LayerJson) -> Result<Self, ModelError> {
        fn config<T: for<'de> Deserialize<'de>>(json: LayerJson) -> Result<T, ModelError> {
            serde_json::from_value(json.config.into()).map_err(|error| ModelError::Config {
                class_name: json.class_name,
                reason: error.to_string(),
            })
        }
        match json.class_name.as_str() {
            "Conv2D" => config(json).map(Self::Conv2D),
            "MaxPooling2D" => config(json).map(Self::MaxPooling2D),
            "Flatten" => config(json).map(Self::Flatten),
            "Dropout" => config(json).map(Self::Dropout),
            "Dense" => config(json).map(Self::Dense),
            _ => Err(ModelError::UnknownLayer(json.class_name)),
        }
    }
}

impl Layer {
    /// Keras' class name.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::Conv2D(_) => "Conv2D",
            Self::MaxPooling2D(_) => "MaxPooling2D",
            Self::Flatten(_) => "Flatten",
            Self::Dropout(_) => "Dropout",
            Self::Dense(_) => "Dense",
        }
    }

    /// The stem that Keras makes a layer's default name from.
    pub(super) fn stem(&self) -> &'static str {
        match self {
            Self::Conv2D(_) => "conv2d",
            Self::MaxPooling2D(_) => "max_pooling2d",
            Self::Flatten(_) => "flatten",
            Self::Dropout(_) => "dropout",
            Self::Dense(_) => "dense",
        }
    }

    /// The name the user gave it.
    pub(super) fn given_name(&self) -> Option<&str> {
        match self {
            Self::Conv2D(config) => config.name.as_deref(),
            Self::MaxPooling2D(config) => config.name.as_deref(),
            Self::Flatten(config) => config.name.as_deref(),
            Self::Dropout(config) => config.name.as_deref(),
            Self::Dense(config) => config.name.as_deref(),
        }
    }
}
