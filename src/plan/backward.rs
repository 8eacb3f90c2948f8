//! How a plan in the making hands gradients on.

use super::Role;
use super::builder::Builder;
use super::gradients::{Activated, Gradient};
use super::value::Value;
use crate::model::{PlacedLayer, Region, Weight};
use crate::ops::activation::{self, Function, Reads};

impl Builder<'_> {
    /// Whether the gradient of a value is of use.
    pub(super) fn wants(&self, value: usize) -> bool {
        self.gradients.wants(value)
    }

    /// Hands a gradient to a value of the network, which may get several: one from each of its readers.
    pub(super) fn pass(&mut self, value: usize, gradient: Gradient) {
        if self.wants(value) {
            self.gradients.add(value, gradient);
        }
    }

    /// The sum of what a value was handed; none where its gradient is of no use.
    pub(super) fn take_gradient(&mut self, value: usize) -> Option<Gradient> {
        let gradients = self.gradients.take(value);
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
