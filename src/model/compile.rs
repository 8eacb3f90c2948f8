//! What Keras' `compile` takes: the optimizer and the loss.

use serde::{Deserialize, Serialize};

use super::{Activation, ModelError};

/// The loss, always the mean over a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// For two classes and one sigmoid unit (or several independent ones), from logits.
    BinaryCrossentropy,
    /// For any number of classes and softmax, from logits.
    CategoricalCrossentropy,
}

impl Loss {
    /// The name Keras gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::BinaryCrossentropy => "binary_crossentropy",
            Self::CategoricalCrossentropy => "categorical_crossentropy",
        }
    }

    /// The loss that goes with a last activation.
    pub fn of(activation: Activation) -> Option<Self> {
        match activation {
            Activation::Sigmoid => Some(Self::BinaryCrossentropy),
            Activation::Softmax => Some(Self::CategoricalCrossentropy),
            _ => None,
        }
    }

    /// Checks that the last activation is the one whose logits this loss is computed from.
    ///
    /// # Errors
    /// [`ModelError::LossActivation`] where it is another.
    pub fn check(self, activation: Activation) -> Result<(), ModelError> {
        let wanted = match self {
            Self::BinaryCrossentropy => Activation::Sigmoid,
            Self::CategoricalCrossentropy => Activation::Softmax,
        };
        if activation == wanted {
            return Ok(());
        }
        Err(ModelError::LossActivation { loss: self.name(), wanted: wanted.name(), found: activation.name() })
    }
}

/// How parameters follow their gradients; fields and defaults are those of Keras 3.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "name", rename_all = "lowercase")]
pub enum Optimizer {
    /// Divides by a running mean of the gradient's size (Tieleman and Hinton 2012).
    RmsProp(RmsProp),
    /// Gradient descent with momentum, Nesterov's if asked.
    Sgd(Sgd),
    /// Running means of the gradient and of its square (Kingma and Ba 2015).
    Adam(Adam),
}

/// RMSprop as in Keras 3: the epsilon stands inside the root.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct RmsProp {
    /// Step size.
    pub learning_rate: f32,
    /// Share of the old mean that stays.
    pub rho: f32,
    /// Momentum on the scaled gradient; 0 for none.
    pub momentum: f32,
    /// Keeps the root away from zero.
    pub epsilon: f32,
}

impl Default for RmsProp {
    fn default() -> Self {
        Self { learning_rate: 1e-3, rho: 0.9, momentum: 0.0, epsilon: 1e-7 }
    }
}

/// Stochastic gradient descent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct Sgd {
    /// Step size.
    pub learning_rate: f32,
    /// Share of the last step that is taken again; 0 for none.
    pub momentum: f32,
    /// Whether the gradient is taken to be that of the place the momentum leads to.
    pub nesterov: bool,
}

impl Default for Sgd {
    fn default() -> Self {
        Self { learning_rate: 1e-2, momentum: 0.0, nesterov: false }
    }
}

/// Adam.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct Adam {
    /// Step size.
    pub learning_rate: f32,
    /// Decay of the gradient's mean.
    pub beta_1: f32,
    /// Decay of the squared gradient's mean.
    pub beta_2: f32,
    /// Added to the root.
    pub epsilon: f32,
}

impl Default for Adam {
    fn default() -> Self {
        Self { learning_rate: 1e-3, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }
}

impl Default for Optimizer {
    fn default() -> Self {
        Self::RmsProp(RmsProp::default())
    }
}

impl Optimizer {
    /// RMSprop with this learning rate.
    pub fn rmsprop(learning_rate: f32) -> Self {
        Self::RmsProp(RmsProp { learning_rate, ..RmsProp::default() })
    }

    /// The step size as it is set.
    pub fn learning_rate(&self) -> f32 {
        match self {
            Self::RmsProp(config) => config.learning_rate,
            Self::Sgd(config) => config.learning_rate,
            Self::Adam(config) => config.learning_rate,
        }
    }

    /// Whether this is the same optimizer, be it with another learning rate: its slots and its iteration go on then, as
    /// with `optimizer.learning_rate = ...` in Keras.
    pub fn goes_on_from(&self, before: &Self) -> bool {
        let mut before = *before;
        match &mut before {
            Self::RmsProp(config) => config.learning_rate = self.learning_rate(),
            Self::Sgd(config) => config.learning_rate = self.learning_rate(),
            Self::Adam(config) => config.learning_rate = self.learning_rate(),
        }
        before == *self
    }

    /// How many state values a parameter has (Keras' slots).
    pub fn slots(&self) -> usize {
        match self {
            Self::RmsProp(config) => 1 + usize::from(config.momentum != 0.0),
            Self::Sgd(config) => usize::from(config.momentum != 0.0),
            Self::Adam(_) => 2,
        }
    }

    /// Which of the slots is a running mean of squares, and so never below 0.
    pub fn slot_of_squares(&self) -> Option<usize> {
        match self {
            Self::RmsProp(_) => Some(0),
            Self::Sgd(_) => None,
            Self::Adam(_) => Some(1),
        }
    }

    /// The step size at `iteration` (from 1), with Adam's correction for its means' start at zero.
    pub fn rate(&self, iteration: u32) -> f32 {
        match self {
            Self::RmsProp(config) => config.learning_rate,
            Self::Sgd(config) => config.learning_rate,
            Self::Adam(config) => {
                let left = |beta: f32| 1.0 - f64::from(beta).powi(iteration.min(i32::MAX as u32) as i32);
                (f64::from(config.learning_rate) * left(config.beta_2).sqrt() / left(config.beta_1)) as f32
            }
        }
    }

    /// Checks that every number is in its range.
    ///
    /// # Errors
    /// [`ModelError::Setting`] naming the field and what it may be.
    pub fn check(&self) -> Result<(), ModelError> {
        let (name, rate, shares, epsilon): (_, _, Vec<(&str, f32)>, _) = match self {
            Self::RmsProp(c) => {
                ("rmsprop", c.learning_rate, vec![("rho", c.rho), ("momentum", c.momentum)], c.epsilon)
            }
            Self::Sgd(c) => ("sgd", c.learning_rate, vec![("momentum", c.momentum)], 0.0),
            Self::Adam(c) => {
                ("adam", c.learning_rate, vec![("beta_1", c.beta_1), ("beta_2", c.beta_2)], c.epsilon)
            }
        };
        let wrong = |reason: String| Err(ModelError::Setting { layer: name.to_owned(), reason });
        if !(rate.is_finite() && rate > 0.0) {
            return wrong(format!("learning_rate is {rate}; it must be above 0"));
        }
        for (field, share) in shares {
            if !(0.0..1.0).contains(&share) {
                return wrong(format!("{field} is {share}; it must be at least 0 and below 1"));
            }
        }
        if !(epsilon.is_finite() && epsilon >= 0.0) {
            return wrong(format!("epsilon is {epsilon}; it must be at least 0"));
        }
        Ok(())
    }
}
