//! Gradients of values on their way back through the graph.

use super::value::Value;
use crate::model::{Network, PlacedLayer, Region};
use crate::ops::activation::Function;

/// The gradient of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gradient {
    pub(super) value: Value,
    /// Whether nothing else reads it, so that it may be changed in place.
    pub(super) is_own: bool,
}

impl Gradient {
    /// One that was made for this value alone.
    pub(super) fn own(value: Value) -> Self {
        Self { value, is_own: true }
    }

    /// One that other values have, too.
    pub(super) fn shared(value: Value) -> Self {
        Self { value, is_own: false }
    }
}

/// Values before and after an activation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Activated {
    pub(super) function: Function,
    /// The last axis of the values.
    pub(super) units: usize,
    /// The same as after it where it was fused: then nobody reads what was before.
    pub(super) before: Value,
    pub(super) after: Value,
}

/// The gradients that the values have got so far, and which of them are of use.
#[derive(Debug)]
pub(super) struct Gradients {
    of_values: Vec<Vec<Gradient>>,
    wanted: Vec<bool>,
}

impl Gradients {
    /// Those that lead to what is trained: below the lowest trained layer none is of use.
    pub(super) fn to_trained(network: &Network) -> Self {
        let trained = |placed: &PlacedLayer| {
            let mut weights = placed.weights.iter().map(|(_, index)| &network.parameters()[*index]);
            weights.any(|parameter| parameter.region == Region::Trainable)
        };
        let trained = network.layers().iter().map(trained);
        Self::to(network, std::iter::once(false).chain(trained).collect())
    }

    /// Those that lead to some of the network's values; for each value, whether it is one of them.
    pub(super) fn to(network: &Network, mut wanted: Vec<bool>) -> Self {
        for (index, placed) in network.layers().iter().enumerate() {
            wanted[index + 1] |= placed.inputs.iter().any(|value| wanted[*value]);
        }
        Self { of_values: vec![Vec::new(); wanted.len()], wanted }
    }

    /// Whether the gradient of a value is of use.
    pub(super) fn wants(&self, value: usize) -> bool {
        self.wanted[value]
    }

    /// Adds one to those of a value.
    pub(super) fn add(&mut self, value: usize, gradient: Gradient) {
        self.of_values[value].push(gradient);
    }

    /// All that a value was handed so far.
    pub(super) fn take(&mut self, value: usize) -> Vec<Gradient> {
        std::mem::take(&mut self.of_values[value])
    }
}
