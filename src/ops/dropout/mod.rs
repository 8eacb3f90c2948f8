//! `y = x / (1 - rate)` where a number drawn for the sample and the value is at least `rate`, else 0, as
//! Keras' `Dropout`. No mask is kept: the way back is the same operation on the gradient, which draws
//! the same numbers again.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

use super::{Io, Kernels, Operation, StepParams};

/// Inputs: values `[batch, sample_len]`, the samples' numbers in the epoch as `u32` `[batch]`. Output:
/// the values that stay, scaled.
#[derive(Debug, Clone, Copy)]
pub struct Dropout {
    /// Samples in the batch.
    pub batch: usize,
    /// Values a sample.
    pub sample_len: usize,
    /// The share that is dropped.
    pub rate: f32,
    /// Which dropout layer of the network this is.
    pub layer: u32,
}

impl Operation for Dropout {
    fn label(&self) -> String {
        "dropout".into()
    }

    fn cpu(&self, step: &StepParams, io: &mut Io<'_>) {
        cpu::dropout(self, step, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::dropout(self)
    }
}
