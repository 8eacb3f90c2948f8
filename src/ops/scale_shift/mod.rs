//! `y[r,c] = x[r,c] * scale[c] + offset[c]`: the layers Rescaling, by constants, and Normalization, by a mean and a
//! variance that are weights: `(x[r,c] - mean[c]) / max(sqrt(variance[c]), 1e-7)` as in Keras 3.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

use super::wgsl::in_fours;
use super::{Io, Kernels, Operation, StepParams};

/// The least standard deviation that is divided by: Keras' `epsilon()`.
const LEAST_DEVIATION: f32 = 1e-7;

/// Input: `[count]`, the last axis' values side by side. Output: the same shape, scaled, then shifted.
#[derive(Debug, Clone)]
pub struct Rescaling {
    /// Values.
    pub count: usize,
    /// One finite factor for all values, or one for each place along the last axis.
    pub scale: Vec<f32>,
    /// One finite number for all values, or one for each place along the last axis.
    pub offset: Vec<f32>,
}

impl Rescaling {
    /// What [`Normalization`] computes, by means and variances that are constants: one for all values, or one for each
    /// place along the last axis.
    pub fn normalizing(count: usize, means: &[f32], variances: &[f32]) -> Self {
        let scale = cpu::factors(variances);
        let places = means.len().max(scale.len());
        let offset = (0..places).map(|at| -means[at % means.len()] * scale[at % scale.len()]).collect();
        Self { count, scale, offset }
    }

    /// From the output's gradient to the input's: scaled alike.
    pub fn gradient(&self) -> Self {
        Self { offset: vec![0.0], ..self.clone() }
    }
}

/// Inputs: `[rows, channels]`, the channels' means and variances. Output: the same shape, with a mean of 0 and a variance
/// of 1 where the input has these.
#[derive(Debug, Clone, Copy)]
pub struct Normalization {
    /// Rows: pixels, or samples.
    pub rows: usize,
    /// Values in a row, each with its mean; 1 where all have the same.
    pub channels: usize,
}

/// Inputs: the output's gradient, `[rows, channels]`, the channels' variances. Output: the input's gradient.
#[derive(Debug, Clone, Copy)]
pub struct NormalizationGrad {
    /// Rows: pixels, or samples.
    pub rows: usize,
    /// Values in a row.
    pub channels: usize,
}

impl Operation for Rescaling {
    fn label(&self) -> String {
        "rescaling".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        let values = [&io.inputs[0][..self.count], &self.scale[..], &self.offset[..]];
        cpu::by_channel(values, io.outputs[0], |x, scale, offset| x * scale + offset);
    }

    fn gpu(&self) -> Kernels {
        gpu::rescaling(self, 1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        match (self.scale.len(), self.offset.len()) {
            (1, 1) => in_fours(self.count, |lanes| gpu::rescaling(self, lanes)),
            _ => Vec::new(),
        }
    }
}

impl Operation for Normalization {
    fn label(&self) -> String {
        "normalization".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        let factors = cpu::factors(io.inputs[2]);
        let values = [&io.inputs[0][..self.rows * self.channels], io.inputs[1], &factors[..]];
        cpu::by_channel(values, io.outputs[0], |x, mean, factor| (x - mean) * factor);
    }

    fn gpu(&self) -> Kernels {
        gpu::normalization(self.label(), self.rows, self.channels, true, 1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        let kernels = |lanes| gpu::normalization(self.label(), self.rows, self.channels, true, lanes);
        in_fours(self.channels, kernels)
    }
}

impl Operation for NormalizationGrad {
    fn label(&self) -> String {
        "normalization gradient".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        let factors = cpu::factors(io.inputs[1]);
        let values = [&io.inputs[0][..self.rows * self.channels], &[0.0][..], &factors[..]];
        cpu::by_channel(values, io.outputs[0], |dy, _, factor| dy * factor);
    }

    fn gpu(&self) -> Kernels {
        gpu::normalization(self.label(), self.rows, self.channels, false, 1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        let kernels = |lanes| gpu::normalization(self.label(), self.rows, self.channels, false, lanes);
        in_fours(self.channels, kernels)
    }
}
