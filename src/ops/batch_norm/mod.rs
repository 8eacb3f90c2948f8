//! `y[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon) * gamma[c] + beta[c]` as Keras' `BatchNormalization` over
//! the last axis: with the moving statistics ([`Infer`], or [`Fold`]ed into the layer before), or with those of the
//! photos at hand ([`Train`]), mean and biased variance, whose moving averages [`UpdateMoving`] keeps.
//!
//! A micro-batch may hold fewer photos than its plan is for ([`StepParams::photos`]): the rows of those that are missing
//! count in no statistic, and their outputs and gradients are 0.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

use super::wgsl::in_fours;
use super::{Io, Kernels, Operation, StepParams};

/// Inputs: x `[rows, channels]`, mean, variance, if `scale` gamma, if `center` beta, each `[channels]`. Output: y.
#[derive(Debug, Clone, Copy)]
pub struct Infer {
    /// Pixels of all photos.
    pub rows: usize,
    /// Channels.
    pub channels: usize,
    /// Added to the variance.
    pub epsilon: f32,
    /// Whether there is a gamma.
    pub scale: bool,
    /// Whether there is a beta.
    pub center: bool,
}

/// Inputs: y's gradient `[rows, channels]`, variance, if `scale` gamma. Output: x's gradient while statistics and
/// gamma stay as they are.
#[derive(Debug, Clone, Copy)]
pub struct GradInfer {
    /// Pixels of all photos.
    pub rows: usize,
    /// Channels.
    pub channels: usize,
    /// Added to the variance.
    pub epsilon: f32,
    /// Whether there is a gamma.
    pub scale: bool,
}

/// Inputs: x `[photos * rows_per_photo, channels]`, if `scale` gamma, if `center` beta. Outputs: y, mean and variance
/// of each channel, for [`Grad`] and for [`Share`].
#[derive(Debug, Clone, Copy)]
pub struct Train {
    /// Photos in a micro-batch, at the most.
    pub photos: usize,
    /// Pixels of a photo.
    pub rows_per_photo: usize,
    /// Channels.
    pub channels: usize,
    /// Added to the variance.
    pub epsilon: f32,
    /// Whether there is a gamma.
    pub scale: bool,
    /// Whether there is a beta.
    pub center: bool,
}

/// Inputs: x, y's gradient, [`Train`]'s mean and variance, if `scale` gamma. Outputs: the gradients of x, if `scale` of
/// gamma, if `center` of beta.
#[derive(Debug, Clone, Copy)]
pub struct Grad(pub Train);

/// Inputs: the kernel `[rows, channels]` of a layer without activation, if `bias` its bias, mean, variance, if `scale`
/// gamma, if `center` beta. Outputs: the kernel and the bias with which the layer gives what the batch norm makes of
/// its output.
#[derive(Debug, Clone, Copy)]
pub struct Fold {
    /// Weights of a channel of the output.
    pub rows: usize,
    /// Channels of the output: the kernel's last axis, and of a depthwise kernel the last two.
    pub channels: usize,
    /// Added to the variance.
    pub epsilon: f32,
    /// Whether the layer has a bias.
    pub bias: bool,
    /// Whether there is a gamma.
    pub scale: bool,
    /// Whether there is a beta.
    pub center: bool,
}

/// Inputs: the gradient of [`Fold`]'s kernel, if `bias` that of its bias, variance, if `scale` gamma. Outputs: the
/// gradients of the layer's own kernel and, if `bias`, its own bias.
#[derive(Debug, Clone, Copy)]
pub struct FoldGrad(pub Fold);

/// Input: a statistic of this micro-batch, `[count]`. Output: its share in the batch's, by the number of photos; those of
/// all micro-batches of all threads add up to their mean.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// Values.
    pub count: usize,
}

/// Input: the batch's statistic, `[count]`. Output, changed in place: its moving average,
/// `moving * momentum + statistic * (1 - momentum)`.
#[derive(Debug, Clone, Copy)]
pub struct UpdateMoving {
    /// Values.
    pub count: usize,
    /// What stays of the average.
    pub momentum: f32,
}

impl Train {
    /// Rows of real photos.
    fn rows(&self, step: &StepParams) -> usize {
        self.photos.min(step.photos as usize) * self.rows_per_photo
    }
}

impl Operation for Infer {
    fn label(&self) -> String {
        "batch_norm inference".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::infer(self, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::scratch(self.channels)
    }

    fn gpu(&self) -> Kernels {
        gpu::infer(self, 1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        in_fours(self.channels, |lanes| gpu::infer(self, lanes))
    }
}

impl Operation for GradInfer {
    fn label(&self) -> String {
        "batch_norm inference gradient".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::grad_infer(self, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::scratch(self.channels)
    }

    fn gpu(&self) -> Kernels {
        gpu::grad_infer(self, 1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        in_fours(self.channels, |lanes| gpu::grad_infer(self, lanes))
    }
}

impl Operation for Train {
    fn label(&self) -> String {
        "batch_norm forward".into()
    }

    fn cpu(&self, step: &StepParams, io: &mut Io<'_>) {
        cpu::train(self, step, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::scratch(self.channels)
    }

    fn gpu(&self) -> Kernels {
        gpu::train(self, 1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        in_fours(self.channels, |lanes| gpu::train(self, lanes))
    }
}

impl Operation for Grad {
    fn label(&self) -> String {
        "batch_norm gradient".into()
    }

    fn cpu(&self, step: &StepParams, io: &mut Io<'_>) {
        cpu::grad(&self.0, step, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::scratch(self.0.channels)
    }

    fn gpu(&self) -> Kernels {
        gpu::grad(&self.0, 1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        in_fours(self.0.channels, |lanes| gpu::grad(&self.0, lanes))
    }
}

impl Operation for Fold {
    fn label(&self) -> String {
        "batch_norm fold".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::fold(self, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::scratch(self.channels)
    }

    fn gpu(&self) -> Kernels {
        gpu::fold(self)
    }
}

impl Operation for FoldGrad {
    fn label(&self) -> String {
        "batch_norm fold gradient".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::fold_grad(&self.0, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::scratch(self.0.channels)
    }

    fn gpu(&self) -> Kernels {
        gpu::fold_grad(&self.0)
    }
}

impl Operation for Share {
    fn label(&self) -> String {
        "batch_norm share".into()
    }

    fn cpu(&self, step: &StepParams, io: &mut Io<'_>) {
        let share = step.photos as f32 * step.scale;
        for (to, value) in io.outputs[0].iter_mut().zip(&io.inputs[0][..self.count]) {
            *to = value * share;
        }
    }

    fn gpu(&self) -> Kernels {
        gpu::share(self)
    }
}

impl Operation for UpdateMoving {
    fn label(&self) -> String {
        "batch_norm moving average".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        for (moving, value) in io.outputs[0].iter_mut().zip(&io.inputs[0][..self.count]) {
            *moving = *moving * self.momentum + value * (1.0 - self.momentum);
        }
    }

    fn gpu(&self) -> Kernels {
        gpu::update_moving(self)
    }
}
