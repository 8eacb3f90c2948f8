use super::super::Geometry;
use super::wide;
use crate::ops::{product, room};

/// How an image is laid out: with padding around it, and each channel as often as it has kernels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas {
    geometry: Geometry,
    /// Rows above the image, and columns to its left.
    before: [usize; 2],
    /// Pixels, `[height, width]`.
    pub(super) size: [usize; 2],
    wide: usize,
}

impl Canvas {
    pub(super) fn new(geometry: &Geometry, before: [usize; 2], size: [usize; 2]) -> Self {
        Self { geometry: *geometry, before, size, wide: wide(geometry) }
    }

    /// Whether an image is laid out like that as it is.
    fn is_image(&self) -> bool {
        self.size == self.geometry.window.input && self.wide == self.geometry.channels
    }

    /// Values that a canvas takes beside its image.
    pub(super) fn scratch(&self) -> u64 {
        if self.is_image() { 0 } else { product([self.size[0], self.size[1], self.wide]) }
    }

    /// The canvas of an image, in `scratch` where it is not the image itself.
    pub(super) fn of<'a>(&self, image: &'a [f32], scratch: &'a mut Vec<f32>) -> &'a [f32] {
        if self.is_image() {
            return image;
        }
        let Geometry { window, channels, multiplier, .. } = self.geometry;
        let row_len = self.size[1] * self.wide;
        let canvas = room(scratch, self.size[0] * row_len);
        canvas.fill(0.0);
        let rows = canvas.chunks_exact_mut(row_len).skip(self.before[0]);
        for (from, to) in image.chunks_exact(window.input[1] * channels).zip(rows) {
            let to = &mut to[self.before[1] * self.wide..];
            if self.wide == channels {
                to[..from.len()].copy_from_slice(from);
                continue;
            }
            for (from, to) in from.chunks_exact(channels).zip(to.chunks_exact_mut(self.wide)) {
                for (value, to) in from.iter().zip(to.chunks_mut(multiplier)) {
                    to.fill(*value);
                }
            }
        }
        canvas
    }
}

/// Rows of `len` values as rows of `wide` with zeros behind them, in `scratch` where they are not such.
pub(super) fn widened<'a>(
    values: &'a [f32],
    len: usize,
    wide: usize,
    scratch: &'a mut Vec<f32>,
) -> &'a [f32] {
    if len == wide {
        return values;
    }
    let rows = room(scratch, values.len() / len * wide);
    for (from, to) in values.chunks_exact(len).zip(rows.chunks_exact_mut(wide)) {
        to[..len].copy_from_slice(from);
        to[len..].fill(0.0);
    }
    rows
}

/// From rows of `wide` values to rows of `len`: each the sum of so many beside each other.
pub(super) fn fold(from: &[f32], wide: usize, together: usize, to: &mut [f32], len: usize) {
    for (from, to) in from.chunks_exact(wide).zip(to.chunks_exact_mut(len)) {
        for (values, to) in from.chunks(together).zip(to) {
            *to = values.iter().sum();
        }
    }
}
