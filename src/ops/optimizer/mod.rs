//! One update of all parameters by their gradients; the formulas are those of Keras 3.
//!
//! RMSprop: `v = rho v + (1-rho) g²`, `p -= rate g / sqrt(v + epsilon)`, with momentum through `m`.
//! SGD: `m = momentum m - rate g`, `p += m`, or Nesterov's `p += momentum m - rate g`.
//! Adam: `m += (1-beta_1)(g - m)`, `v += (1-beta_2)(g² - v)`, `p -= rate m / (sqrt(v) + epsilon)`.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

use super::{Io, Kernels, Operation, StepParams};
use crate::model::Optimizer;

/// Input: gradients. Outputs, all changed in place: parameters, then [`Optimizer::slots`] slots, all
/// `[count]`; the slots start at zero.
#[derive(Debug, Clone, Copy)]
pub struct Update {
    /// Which optimizer.
    pub optimizer: Optimizer,
    /// Values.
    pub count: usize,
}

impl Operation for Update {
    fn label(&self) -> String {
        match self.optimizer {
            Optimizer::RmsProp(_) => "rmsprop".into(),
            Optimizer::Sgd(_) => "sgd".into(),
            Optimizer::Adam(_) => "adam".into(),
        }
    }

    fn cpu(&self, step: &StepParams, io: &mut Io<'_>) {
        cpu::update(self, step, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::update(self)
    }
}
