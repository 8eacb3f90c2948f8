//! `y(r, c) = x(A (r, c)) / 255`: each photo of a batch under an affine map of its own, bilinear between the four
//! bytes nearest, then a shift of all its values and a brightness; as Keras' `ImageDataGenerator` makes it by scipy's
//! `affine_transform`, and with the rescaling to [0, 1] in the same step.
//!
//! What is drawn for a photo comes in eight numbers ([`row`]): the columns and the rows of the place that a pixel is
//! read from, `x = r[0] column + r[1] row + r[2]` and `y = r[4] column + r[5] row + r[6]`, the shift `r[3]` and the
//! brightness `r[7]`. Flips are part of the map.

mod cpu;
mod gpu;
mod line;
mod row;
#[cfg(test)]
mod tests;

pub use row::row;

use super::{Io, Kernels, Operation, StepParams};
use crate::model::{Augmentation, FillMode};

/// Numbers a photo.
pub const ROW: usize = 8;

/// Inputs: bytes of the photos, four a value, the lowest first, `[batch, height, width, channels]`; a [`row`] each,
/// `[batch, ROW]`. Output: values, `[batch, height, width, channels]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Augment {
    /// Photos.
    pub batch: usize,
    /// Height, width and channels of each; the channels are 1 or 3.
    pub shape: [usize; 3],
    /// What is seen beyond a photo's edge.
    pub fill_mode: FillMode,
    /// The byte that [`FillMode::Constant`] shows.
    pub cval: f32,
    /// Whether values are shifted; what a photo spans stays as it is.
    pub channel_shift: bool,
    /// Whether there is a brightness; values are then cut to whole bytes before and after it, as Pillow does.
    pub brightness: bool,
}

impl Augment {
    /// The operation that does what `augmentation` draws.
    pub fn new(batch: usize, shape: [usize; 3], augmentation: &Augmentation) -> Self {
        Self {
            batch,
            shape,
            fill_mode: augmentation.fill_mode,
            cval: augmentation.cval as f32,
            channel_shift: augmentation.channel_shift_range != 0.0,
            brightness: augmentation.brightness_range.is_some(),
        }
    }

    fn image_len(&self) -> usize {
        self.shape.iter().product()
    }
}

impl Operation for Augment {
    fn label(&self) -> String {
        "augment".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        cpu::augment(self, io);
    }

    fn cpu_scratch(&self) -> [u64; 4] {
        cpu::scratch(self)
    }

    fn gpu(&self) -> Kernels {
        gpu::augment(self)
    }
}
