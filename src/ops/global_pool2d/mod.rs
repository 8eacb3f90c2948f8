//! The mean or the largest of each channel over all pixels of a photo, as Keras' `GlobalAveragePooling2D` and
//! `GlobalMaxPooling2D`. The pixel of each maximum (the first of equals) is kept for the way back, as
//! [`super::max_pool2d`] does.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

use super::{Io, Kernels, Operation, StepParams};

/// The sizes of a pooling over whole photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Photos in the batch.
    pub batch: usize,
    /// Pixels of a photo.
    pub pixels: usize,
    /// Channels.
    pub channels: usize,
}

impl Geometry {
    /// Values in the input, `[batch, pixels, channels]`.
    pub fn input_len(&self) -> usize {
        self.batch * self.pixels * self.channels
    }

    /// Values in the output, `[batch, channels]`.
    pub fn output_len(&self) -> usize {
        self.batch * self.channels
    }
}

/// Input: images. Output: the means.
#[derive(Debug, Clone, Copy)]
pub struct Average {
    /// The sizes.
    pub geometry: Geometry,
}

/// Input: the means' gradient. Output: the images' gradient.
#[derive(Debug, Clone, Copy)]
pub struct AverageGrad {
    /// The sizes.
    pub geometry: Geometry,
}

/// Input: images. Outputs: the maxima and, if `places`, the pixel of each as `u32`.
#[derive(Debug, Clone, Copy)]
pub struct Max {
    /// The sizes.
    pub geometry: Geometry,
    /// Whether the pixels are kept, for the way back.
    pub places: bool,
}

/// Inputs: the maxima's gradient, their pixels. Output: the images' gradient.
#[derive(Debug, Clone, Copy)]
pub struct MaxGrad {
    /// The sizes.
    pub geometry: Geometry,
}

impl Operation for Average {
    fn label(&self) -> String {
        "global average forward".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::average(&self.geometry, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::average(&self.geometry)
    }
}

impl Operation for AverageGrad {
    fn label(&self) -> String {
        "global average gradient".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::average_grad(&self.geometry, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::average_grad(&self.geometry)
    }
}

impl Operation for Max {
    fn label(&self) -> String {
        "global max forward".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::max(&self.geometry, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::max(self)
    }
}

impl Operation for MaxGrad {
    fn label(&self) -> String {
        "global max gradient".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::max_grad(&self.geometry, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::max_grad(&self.geometry)
    }
}
