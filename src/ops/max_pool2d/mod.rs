//! `y[b,oy,ox,c] = max over ky,kx of x[b, oy*sy+ky-py, ox*sx+kx-px, c]`, padding never winning.
//!
//! The place of each maximum (`ky * kw + kx`, the first of equals as in TensorFlow) is kept, so that
//! the way back needs neither input nor output: each pixel collects from the windows that it won.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

use super::{Io, Kernels, Operation, StepParams};
use crate::model::Window;

/// The sizes of a pooling over a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Images in the batch.
    pub batch: usize,
    /// The window and the image's height and width.
    pub window: Window,
    /// Channels.
    pub channels: usize,
}

impl Geometry {
    /// Whether each pixel is in one window at most, and no window reaches beyond the image.
    pub fn is_apart(&self) -> bool {
        self.window.strides == self.window.kernel && !self.window.is_padded()
    }

    /// Values in the input, `[batch, h, w, channels]`.
    pub fn input_len(&self) -> usize {
        self.batch * self.window.input_pixels() * self.channels
    }

    /// Values in the output, `[batch, h', w', channels]`.
    pub fn output_len(&self) -> usize {
        self.batch * self.window.output_pixels() * self.channels
    }
}

/// Input: images. Outputs: the maxima and, where `places`, the place of each as `u32`.
#[derive(Debug, Clone, Copy)]
pub struct Forward {
    /// The sizes.
    pub geometry: Geometry,
    /// Whether the places are kept, for the way back.
    pub places: bool,
}

/// Inputs: the maxima's gradient, their places. Output: the images' gradient.
#[derive(Debug, Clone, Copy)]
pub struct Grad {
    /// The sizes.
    pub geometry: Geometry,
}

/// Spreads gradients of maxima over the images on this thread.
pub(super) fn spread_on_cpu(geometry: &Geometry, gradient: &[f32], places: &[u32], images: &mut [f32]) {
    cpu::spread(geometry, gradient, places, images);
}

/// Pools on this thread; `places` may be empty where none are wanted.
pub(super) fn pool_on_cpu(op: &Forward, input: &[f32], maxima: &mut [f32], places: &mut [u32]) {
    cpu::pool(op, input, maxima, places);
}

impl Operation for Forward {
    fn label(&self) -> String {
        "max_pool2d forward".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::forward(self, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::forward(self)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        gpu::forward_variants(self)
    }
}

impl Operation for Grad {
    fn label(&self) -> String {
        "max_pool2d gradient".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::grad(&self.geometry, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::grad(&self.geometry)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        gpu::grad_variants(&self.geometry)
    }
}
