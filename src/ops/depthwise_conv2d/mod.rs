//! `y[b,oy,ox,c*M+m] = bias[c*M+m] + sum over ky,kx of x[b, oy*sy+ky-py, ox*sx+kx-px, c] * kernel[ky,kx,c,m]`, with zeros
//! outside the image, and its two gradients: each channel is convolved by itself, with `M` kernels of its own.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

use std::fmt::{self, Display, Formatter};

use super::{Clamp, Io, Kernels, Operation, StepParams};
use crate::model::Window;

/// The sizes of a depthwise convolution over a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Images in the batch.
    pub batch: usize,
    /// The window and the image's height and width.
    pub window: Window,
    /// Input channels.
    pub channels: usize,
    /// Output channels for each input channel, Keras' `depth_multiplier`.
    pub multiplier: usize,
}

impl Geometry {
    /// Output channels.
    pub fn filters(&self) -> usize {
        self.channels * self.multiplier
    }

    /// Values in the input, `[batch, h, w, channels]`.
    pub fn input_len(&self) -> usize {
        self.batch * self.window.input_pixels() * self.channels
    }

    /// Values in the output, `[batch, h', w', channels * multiplier]`.
    pub fn output_len(&self) -> usize {
        self.batch * self.window.output_pixels() * self.filters()
    }

    /// Values in the kernel, `[kh, kw, channels, multiplier]`.
    pub fn kernel_len(&self) -> usize {
        self.window.taps() * self.filters()
    }

    /// Multiplications, forward and in each gradient.
    pub fn work(&self) -> f64 {
        self.output_len() as f64 * self.window.taps() as f64
    }
}

impl Display for Geometry {
    /// The input and the kernel: `4x64x64x32, 3x3x32x1`.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { batch, window, channels, multiplier } = self;
        let ([height, width], [kernel_height, kernel_width]) = (window.input, window.kernel);
        write!(
            formatter,
            "{batch}x{height}x{width}x{channels}, {kernel_height}x{kernel_width}x{channels}x{multiplier}"
        )
    }
}

/// Inputs: image, kernel and, where `bias`, bias. Output: the convolution, clamped.
#[derive(Debug, Clone, Copy)]
pub struct Forward {
    /// The sizes.
    pub geometry: Geometry,
    /// Whether a bias is added.
    pub bias: bool,
    /// What follows.
    pub clamp: Clamp,
}

/// Inputs: the output's gradient (before the clamp), kernel. Output: the image's gradient.
#[derive(Debug, Clone, Copy)]
pub struct GradInput {
    /// The sizes.
    pub geometry: Geometry,
}

/// Inputs: image, the output's gradient (before the clamp). Output: the kernel's gradient.
#[derive(Debug, Clone, Copy)]
pub struct GradKernel {
    /// The sizes.
    pub geometry: Geometry,
}

impl Operation for Forward {
    fn label(&self) -> String {
        "depthwise_conv2d forward".into()
    }

    fn sizes(&self) -> String {
        self.geometry.to_string()
    }

    fn work(&self) -> f64 {
        self.geometry.work()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::forward(self, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::forward_scratch(&self.geometry)
    }

    fn gpu(&self) -> Kernels {
        gpu::forward(self)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        gpu::forward_variants(self)
    }
}

impl Operation for GradInput {
    fn label(&self) -> String {
        "depthwise_conv2d input gradient".into()
    }

    fn sizes(&self) -> String {
        self.geometry.to_string()
    }

    fn work(&self) -> f64 {
        self.geometry.work()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::grad_input(&self.geometry, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::grad_input_scratch(&self.geometry)
    }

    fn gpu(&self) -> Kernels {
        gpu::grad_input(&self.geometry)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        gpu::grad_input_variants(&self.geometry)
    }
}

impl Operation for GradKernel {
    fn label(&self) -> String {
        "depthwise_conv2d kernel gradient".into()
    }

    fn sizes(&self) -> String {
        self.geometry.to_string()
    }

    fn work(&self) -> f64 {
        self.geometry.work()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::grad_kernel(&self.geometry, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::grad_kernel_scratch(&self.geometry)
    }

    fn gpu(&self) -> Kernels {
        gpu::grad_kernel(&self.geometry)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        gpu::grad_kernel_variants(&self.geometry)
    }
}
