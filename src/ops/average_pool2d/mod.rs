//! `y[b,oy,ox,c] = mean over ky,kx of x[b, oy*sy+ky-py, ox*sx+kx-px, c]` over those that lie inside the image: padding
//! does not count, as in TensorFlow and Keras' `AveragePooling2D`.

mod cpu;
mod gpu;
#[cfg(test)]
mod tests;

pub use super::max_pool2d::Geometry;
use super::wgsl::in_fours;
use super::{Io, Kernels, Operation, StepParams};

/// Input: images `[batch, h, w, channels]`. Output: the means `[batch, h', w', channels]`.
#[derive(Debug, Clone, Copy)]
pub struct Forward {
    /// The sizes.
    pub geometry: Geometry,
}

/// Input: the means' gradient. Output: the images' gradient.
#[derive(Debug, Clone, Copy)]
pub struct Grad {
    /// The sizes.
    pub geometry: Geometry,
}

impl Operation for Forward {
    fn label(&self) -> String {
        "average_pool2d forward".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::forward(&self.geometry, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::forward(&self.geometry, 1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        in_fours(self.geometry.channels, |lanes| gpu::forward(&self.geometry, lanes))
    }
}

impl Operation for Grad {
    fn label(&self) -> String {
        "average_pool2d gradient".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::grad(&self.geometry, io);
    }

    fn gpu(&self) -> Kernels {
        gpu::grad(&self.geometry, 1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        in_fours(self.geometry.channels, |lanes| gpu::grad(&self.geometry, lanes))
    }
}
