//! Crossentropies from logits, their gradients, and what Keras' progress bar shows of them.
//!
//! `categorical_crossentropy`: `log(sum(exp(z))) - z[label]`, gradient `softmax(z) - onehot`.
//! `binary_crossentropy`: the mean over units of `max(z,0) - z t + log(1 + exp(-|z|))`, gradient
//! `(sigmoid(z) - t) / units`, the target `t` being the label itself for one unit and its one-hot form
//! for several. Both are finite for any finite logit.
//!
//! Accuracy counts the samples that are told rightly: the label's unit is the most likely one (the first of equals), as in
//! Keras' `categorical_accuracy`. One sigmoid unit tells by the threshold 0.5, as in `binary_accuracy`. That counts several
//! sigmoid units one by one; here they are told as those of softmax are.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

use super::{Io, Kernels, Operation, StepParams};
use crate::model::Loss;

/// Rows of the metrics before they are written over: how many steps may pass between two readings.
pub const METRIC_ROWS: usize = 256;
/// Values in a row of the metrics: the sums of loss, of samples told rightly and of samples, and one unused.
pub const METRIC_COLUMNS: usize = 4;

/// Inputs: logits `[batch, units]`, labels as `u32` `[batch]`, weights `[batch]` (a sample's share in
/// the loss; 0 where a short batch is filled up). Outputs: the metrics `[METRIC_ROWS, METRIC_COLUMNS]`,
/// of which row `step.row` is written (added to by all but the batch's first micro-batch), and, where `gradient`, the logits' gradient of the mean loss
/// (`step.scale` times the weighted sum).
#[derive(Debug, Clone, Copy)]
pub struct Crossentropy {
    /// Which crossentropy.
    pub loss: Loss,
    /// Samples in the batch.
    pub batch: usize,
    /// Logits a sample.
    pub units: usize,
    /// Whether the gradient is wanted.
    pub gradient: bool,
}

impl Operation for Crossentropy {
    fn label(&self) -> String {
        self.loss.name().into()
    }

    fn cpu(&self, step: &StepParams, io: &mut Io<'_>) {
        cpu::crossentropy(self, step, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::crossentropy(self)
    }
}
