//! Gradients of values on their way back through the graph.

use super::builder::{Builder, Value};
use crate::model::{Network, PlacedLayer, Region, Weight};
use crate::ops::activation::{self, Function, Reads};
use crate::plan::Role;

/// The gradient of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gradient {
    pub(super) value: Value,
    /// Whether nothing else reads it, so that it may be changed in place.
    is_own: bool,
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
}

impl Builder<'_> {
    /// Whether the gradient of a value is of use.
    pub(super) fn wants(&self, value: usize) -> bool {
        self.gradients.wanted[value]
    }

    /// Hands a gradient to a value of the network, which may get several: one from each of its readers.
    pub(super) fn pass(&mut self, value: usize, gradient: Gradient) {
        if self.wants(value) {
            self.gradients.of_values[value].push(gradient);
        }
    }

    /// The sum of what a value was handed; none where its gradient is of no use.
    pub(super) fn take_gradient(&mut self, value: usize) -> Option<Gradient> {
        let gradients = std::mem::take(&mut self.gradients.of_values[value]);
        match &gradients[..] {
            [] => None,
            [gradient] => Some(*gradient),
            several => {
                let several: Vec<Value> = several.iter().map(|gradient| gradient.value).collect();
                Some(Gradient::own(self.sum(&several)))
            }
        }
    }

    /// Where the gradient of a layer's parameter goes; none where it is frozen or the layer has none.
    pub(super) fn weight_gradient(&mut self, placed: &PlacedLayer, weight: Weight) -> Option<Value> {
        let index = placed.weight(weight).filter(|_| self.trains())?;
        let trained = self.network.parameters()[index].region == Region::Trainable;
        trained.then(|| self.parameter(Role::Gradients, index))
    }

    /// Changes the gradient of activated values into that of the values before the activation.
    pub(super) fn undo(&mut self, activated: &Activated, gradient: Gradient) -> Gradient {
        let Activated { function, units, before, after } = *activated;
        if function == Function::Linear {
            return gradient;
        }
        let gradient = if gradient.is_own { gradient } else { Gradient::own(self.sum(&[gradient.value])) };
        let rows = self.len(gradient.value) / units;
        let read = match function.grad_reads() {
            Reads::Input => before,
            Reads::Output => after,
        };
        self.step(activation::Grad { function, rows, units }, [read], [gradient.value]);
        gradient
    }
}
