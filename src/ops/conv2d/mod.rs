//! `y[b,oy,ox,f] = bias[f] + sum over ky,kx,c of x[b, oy*sy+ky-py, ox*sx+kx-px, c] * kernel[ky,kx,c,f]`,
//! with zeros outside the image, and its two gradients. Dilated, a window's taps lie `dilation` pixels apart; in groups, a
//! filter sees the channels of its group alone.

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
    /// How many groups the channels and the filters fall into, each convolved by itself: it divides both. 1 is plain.
    pub groups: usize,
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

    /// Input channels of a group.
    pub fn group_channels(&self) -> usize {
        self.channels / self.groups
    }

    /// Output channels of a group.
    pub fn group_filters(&self) -> usize {
        self.filters / self.groups
    }

    /// Values that a filter's window covers.
    pub fn window_len(&self) -> usize {
        self.window.taps() * self.group_channels()
    }

    /// Whether each filter sees all channels, of pixels beside each other: what all but the plain kernels are for.
    pub(in crate::ops) fn is_plain(&self) -> bool {
        let Window { kernel, dilation, .. } = self.window;
        self.groups == 1 && (0..2).all(|axis| kernel[axis] == 1 || dilation[axis] == 1)
    }

    /// Multiplications, forward and in each gradient.
    pub fn work(&self) -> f64 {
        self.output_len() as f64 * self.window_len() as f64
    }

    /// The same as a dense layer's, where each pixel is a row by itself: windows of one pixel, at stride 1.
    pub(in crate::ops) fn product(&self) -> Option<dense::Geometry> {
        let Self { batch, window, channels, filters, groups } = *self;
        let alone = groups == 1 && window.kernel == [1, 1] && window.strides == [1, 1];
        alone.then(|| dense::Geometry {
            rows: batch * window.input_pixels(),
            inputs: channels,
            units: filters,
        })
    }

    /// Values in the kernel, `[kh, kw, channels / groups, filters]`.
    pub fn kernel_len(&self) -> usize {
        self.window_len() * self.filters
    }
}

impl Display for Geometry {
    /// The input and the kernel: `4x64x64x3, 3x3x3x32`.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { batch, window, channels, filters, .. } = self;
        let window_channels = self.group_channels();
        let ([height, width], [kernel_height, kernel_width]) = (window.input, window.kernel);
        write!(
            formatter,
            "{batch}x{height}x{width}x{channels}, {kernel_height}x{kernel_width}x{window_channels}x{filters}"
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

/// Inputs: image, kernel and, where `bias`, bias. Outputs: the maxima of the convolution over the pooling's
/// windows and, where `places`, the place of each as `u32`.
#[derive(Debug, Clone, Copy)]
pub struct ForwardPooled {
    /// The convolution.
    pub convolution: Forward,
    /// The pooling of its output.
    pub pool: max_pool2d::Forward,
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
