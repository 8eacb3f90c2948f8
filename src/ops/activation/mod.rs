//! relu `max(x, 0)`, sigmoid `1 / (1 + exp(-x))` and softmax `exp(x) / sum(exp(x))` over rows, where no
//! other operation has them fused into it, and their gradients from the output.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

use super::{Io, Kernels, Operation, StepParams};
use crate::model::Activation;

pub(in crate::ops) use cpu::sigmoid;

/// Input: `[rows, units]`. Output: the same shape, activated.
#[derive(Debug, Clone, Copy)]
pub struct Forward {
    /// The function.
    pub activation: Activation,
    /// Rows.
    pub rows: usize,
    /// Values in a row.
    pub units: usize,
}

/// Input: the activated output `y`. Output: its gradient, changed in place into the gradient before
/// the activation: relu `dy` where `y > 0`, sigmoid `dy y (1 - y)`, softmax `y (dy - sum(y dy))`.
#[derive(Debug, Clone, Copy)]
pub struct Grad {
    /// The function.
    pub activation: Activation,
    /// Rows.
    pub rows: usize,
    /// Values in a row.
    pub units: usize,
}

impl Operation for Forward {
    fn label(&self) -> String {
        format!("{} forward", self.activation.name())
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::forward(self, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::forward(self)
    }
}

impl Operation for Grad {
    fn label(&self) -> String {
        format!("{} gradient", self.activation.name())
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::grad(self, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::grad(self)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        gpu::grad_variants(self)
    }
}
