//! `y[b,oy,ox,f] = bias[f] + sum over ky,kx,c of x[b, oy*sy+ky-py, ox*sx+kx-px, c] * kernel[ky,kx,c,f]`,
//! with zeros outside the image, and its two gradients.

mod cpu;
mod gpu;
mod pooled;
mod shared;
#[cfg(test)]
mod tests;
mod tiled;
mod variants;
mod window;

use std::fmt::{self, Display, Formatter};

pub use pooled::ForwardPooled;

use super::{Clamp, Io, Kernels, Operation, StepParams, dense, max_pool2d};
use crate::model::Window;

/// The sizes of a convolution over a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Images in the batch.
    pub batch: usize,
    /// The window and the image's height and width.
    pub window: Window,
    /// Input channels.
    pub channels: usize,
    /// Output channels.
    pub filters: usize,
}

impl Geometry {
    /// Values in the input, `[batch, h, w, channels]`.
    pub fn input_len(&self) -> usize {
        self.batch * self.window.input_pixels() * self.channels
    }

    /// Values in the output, `[batch, h', w', filters]`.
    pub fn output_len(&self) -> usize {
        self.batch * self.window.output_pixels() * self.filters
    }

    /// Values that a window covers.
    pub fn window_len(&self) -> usize {
        self.window.taps() * self.channels
    }

    /// Multiplications, forward and in each gradient.
    pub fn work(&self) -> f64 {
        self.output_len() as f64 * self.window_len() as f64
    }

    /// The same as a dense layer's, where each pixel is a row by itself: windows of one pixel, at stride 1.
    pub(in crate::ops) fn product(&self) -> Option<dense::Geometry> {
        let Self { batch, window, channels, filters } = *self;
        let alone = window.kernel == [1, 1] && window.strides == [1, 1];
        alone.then(|| dense::Geometry {
            rows: batch * window.input_pixels(),
            inputs: channels,
            units: filters,
        })
    }

    /// Values in the kernel, `[kh, kw, channels, filters]`.
    pub fn kernel_len(&self) -> usize {
        self.window_len() * self.filters
    }
}

impl Display for Geometry {
    /// The input and the kernel: `4x64x64x3, 3x3x3x32`.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { batch, window, channels, filters } = self;
        let ([height, width], [kernel_height, kernel_width]) = (window.input, window.kernel);
        write!(
            formatter,
            "{batch}x{height}x{width}x{channels}, {kernel_height}x{kernel_width}x{channels}x{filters}"
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
///
/// Where `pool` is given, the output was pooled, and in the place of its gradient there are two inputs: the
/// maxima's gradient (before the clamp) and their places.
#[derive(Debug, Clone, Copy)]
pub struct GradInput {
    /// The sizes.
    pub geometry: Geometry,
    /// The pooling of the output; its windows [lie apart](max_pool2d::Geometry::is_apart).
    pub pool: Option<max_pool2d::Geometry>,
}

/// Inputs: image, the output's gradient (before the clamp). Output: the kernel's gradient.
///
/// For `pool` see [`GradInput`].
#[derive(Debug, Clone, Copy)]
pub struct GradKernel {
    /// The sizes.
    pub geometry: Geometry,
    /// The pooling of the output; its windows [lie apart](max_pool2d::Geometry::is_apart).
    pub pool: Option<max_pool2d::Geometry>,
}

impl Operation for Forward {
    fn label(&self) -> String {
        "conv2d forward".into()
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
        cpu::forward_scratch(self)
    }

    fn gpu(&self) -> Kernels {
        gpu::forward(self)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        variants::forward(self)
    }
}

impl Operation for GradInput {
    fn label(&self) -> String {
        "conv2d input gradient".into()
    }

    fn sizes(&self) -> String {
        self.geometry.to_string()
    }

    fn work(&self) -> f64 {
        self.geometry.work()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::grad_input(self, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::grad_input_scratch(self)
    }

    fn gpu(&self) -> Kernels {
        gpu::grad_input(self)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        variants::grad_input(self)
    }
}

impl Operation for GradKernel {
    fn label(&self) -> String {
        "conv2d kernel gradient".into()
    }

    fn sizes(&self) -> String {
        self.geometry.to_string()
    }

    fn work(&self) -> f64 {
        self.geometry.work()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::grad_kernel(self, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::grad_kernel_scratch(self)
    }

    fn gpu(&self) -> Kernels {
        gpu::grad_kernel(self)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        variants::grad_kernel(self)
    }
}
