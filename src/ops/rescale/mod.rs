//! `y = x / 255`: the bytes of photos to numbers in [0, 1], as Keras' `rescale=1./255`.

#[cfg(test)]
mod tests;

use super::wgsl::{Binding, Kernels, Source};
use super::{Io, Operation, StepParams};
use crate::ops::embedded::wgsl;

/// Input: `count` bytes, four a buffer's value, the lowest first. Output: `count` values.
#[derive(Debug, Clone, Copy)]
pub struct Rescale {
    /// Bytes.
    pub count: usize,
}

impl Operation for Rescale {
    fn label(&self) -> String {
        "rescale".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        let bytes: &[u8] = bytemuck::cast_slice(io.inputs[0]);
        for (value, byte) in io.outputs[0].iter_mut().zip(&bytes[..self.count]) {
            *value = f32::from(*byte) * (1.0 / 255.0);
        }
    }

    fn gpu(&self) -> Kernels {
        Source::new(self.label(), wgsl!("rescale.wgsl"))
            .sizes([("COUNT", self.count)])
            .threads(self.count.div_ceil(4), [Binding::Input(0), Binding::Output(0)])
            .into()
    }
}
