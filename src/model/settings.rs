//! Settings that several layers have.

use serde::{Deserialize, Deserializer, Serialize};

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

/// Rows above and below, and columns to the left and to the right; in JSON as Keras has them: one number for all, a number
/// for rows and one for columns, or a pair for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Margins(pub [[usize; 2]; 2]);

impl<'de> Deserialize<'de> for Margins {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            One(usize),
            Two([usize; 2]),
            Four([[usize; 2]; 2]),
        }
        match Form::deserialize(deserializer) {
            Ok(Form::One(size)) => Ok(Self([[size; 2]; 2])),
            Ok(Form::Two(sizes)) => Ok(Self(sizes.map(|size| [size; 2]))),
            Ok(Form::Four(sizes)) => Ok(Self(sizes)),
            Err(_) => Err(serde::de::Error::custom(
                "borders must be a whole number, a pair of them, or two pairs: rows, then columns",
            )),
        }
    }
}

/// Numbers that are for all channels, or one for each; in JSON a number or a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct PerChannel(pub Vec<f32>);

impl<'de> Deserialize<'de> for PerChannel {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            One(f32),
            Each(Vec<f32>),
        }
        match Form::deserialize(deserializer) {
            Ok(Form::One(number)) => Ok(Self(vec![number])),
            Ok(Form::Each(numbers)) => Ok(Self(numbers)),
            Err(_) => Err(serde::de::Error::custom("it must be a number, or a list of one for each channel")),
        }
    }
}

/// An axis counted as Keras does: 0 is the batch, -1 the last one; in JSON a number or a list of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Axis(pub isize);

impl Axis {
    /// Whether it is the last axis under the number that needs no writing.
    pub(super) fn is_last(&self) -> bool {
        self.0 == -1
    }
}

impl<'de> Deserialize<'de> for Axis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            One(isize),
            List([isize; 1]),
        }
        match Form::deserialize(deserializer) {
            Ok(Form::One(axis) | Form::List([axis])) => Ok(Self(axis)),
            Err(_) => Err(serde::de::Error::custom("axis must be a whole number, or a list of one")),
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
