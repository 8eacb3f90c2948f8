use super::super::Geometry;
use crate::ops::lanes::LANES;
use crate::ops::{product, room};

/// An image as the windows see it: with its padding, so that each of them lies inside.
#[derive(Debug, Clone, Copy)]
pub(super) struct Canvas {
    geometry: Geometry,
    /// Pixels, `[height, width]`.
    pub(super) size: [usize; 2],
    /// Values from a window's first row to its second one.
    pub(super) row: usize,
    /// Values in a row of a window, which lie side by side.
    pub(super) run: usize,
}

impl Canvas {
    pub(super) fn new(geometry: &Geometry) -> Self {
        let window = &geometry.window;
        let size = [0, 1].map(|axis| {
            let end = (window.output[axis] - 1) * window.strides[axis] + window.kernel[axis];
            end.max(window.before[axis] + window.input[axis])
        });
        let row = size[1] * geometry.channels;
        Self { geometry: *geometry, size, row, run: window.kernel[1] * geometry.channels }
    }

    /// Where the window of an output pixel begins.
    pub(super) fn place(&self, y: usize, x: usize) -> usize {
        let [down, right] = self.geometry.window.strides;
        y * down * self.row + x * right * self.geometry.channels
    }

    /// Whether images are canvases as they are: without padding, and with rows of windows in whole vectors, so that none
    /// is read beyond the last one.
    pub(super) fn is_image(&self) -> bool {
        self.size == self.geometry.window.input && self.run.is_multiple_of(LANES)
    }

    /// Values, and behind them those that a vector may reach beyond the last window.
    pub(super) fn len(&self) -> usize {
        self.size[0] * self.row + LANES
    }

    /// Values that a canvas takes beside its image.
    pub(super) fn scratch(&self) -> u64 {
        if self.is_image() { 0 } else { product([self.size[0], self.row]).saturating_add(LANES as u64) }
    }

    /// The canvas of an image, in `scratch` where it is not the image itself.
    pub(super) fn of<'a>(&self, image: &'a [f32], scratch: &'a mut Vec<f32>) -> &'a [f32] {
        if self.is_image() {
            return image;
        }
        let canvas = room(scratch, self.len());
        canvas.fill(0.0);
        for (image, canvas) in image.chunks_exact(self.image_row()).zip(self.rows(canvas)) {
            canvas.copy_from_slice(image);
        }
        canvas
    }

    /// The image on a canvas.
    pub(super) fn crop(&self, canvas: &mut [f32], image: &mut [f32]) {
        for (image, canvas) in image.chunks_exact_mut(self.image_row()).zip(self.rows(canvas)) {
            image.copy_from_slice(canvas);
        }
    }

    fn image_row(&self) -> usize {
        self.geometry.window.input[1] * self.geometry.channels
    }

    /// The image's rows on a canvas.
    fn rows<'a>(&self, canvas: &'a mut [f32]) -> impl Iterator<Item = &'a mut [f32]> {
        let Geometry { window, channels, .. } = self.geometry;
        let (left, len) = (window.before[1] * channels, self.image_row());
        let rows = canvas.chunks_exact_mut(self.row).skip(window.before[0]).take(window.input[0]);
        rows.map(move |row| &mut row[left..left + len])
    }
}
