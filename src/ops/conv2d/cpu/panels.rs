//! Tiles of four pixels by eight filters. A window's rows lie side by side in the image, so the windows need not be laid
//! out; the kernel is, in panels of eight filters.

use super::super::{Forward, Geometry};
use super::canvas::Canvas;
use crate::ops::lanes::Lanes;
use crate::ops::matmul::{COLUMNS, Rows, panels, read, tile, write};
use crate::ops::{Clamp, product};

/// Values of a kernel in panels.
pub(super) fn panels_len(geometry: &Geometry) -> u64 {
    product([geometry.filters.div_ceil(COLUMNS), geometry.window_len(), COLUMNS])
}

/// A convolution with its kernel in panels.
pub(super) struct Convolution<'a> {
    pub(super) geometry: Geometry,
    pub(super) canvas: Canvas,
    /// Of eight filters each, `[panels, window, 8]`; filters that are missing in the last one are zero.
    pub(super) panels: &'a [f32],
    bias: Option<&'a [f32]>,
    clamp: Clamp,
}

impl<'a> Convolution<'a> {
    /// `weights` are the kernel and, where there is one, the bias.
    pub(super) fn new(op: &Forward, weights: &[&'a [f32]], scratch: &'a mut Vec<f32>) -> Self {
        let geometry = op.geometry;
        let panels = panels(weights[0], geometry.filters, scratch);
        Self::of_panels(geometry, panels, op.bias.then(|| weights[1]), op.clamp)
    }

    /// With a kernel that is in panels.
    pub(super) fn of_panels(
        geometry: Geometry,
        panels: &'a [f32],
        bias: Option<&'a [f32]>,
        clamp: Clamp,
    ) -> Self {
        Self { geometry, canvas: Canvas::new(&geometry), panels, bias, clamp }
    }

    /// Rows of one image's output from `first` on, as many as `output` has room for.
    pub(super) fn rows(&self, image: &[f32], first: usize, output: &mut [f32]) {
        let row_len = self.geometry.window.output[1] * self.geometry.filters;
        let panel_len = self.geometry.window_len() * COLUMNS;
        for (number, panel) in self.panels.chunks_exact(panel_len).enumerate() {
            for (y, row) in output.chunks_exact_mut(row_len).enumerate() {
                self.row(&image[self.canvas.place(first + y, 0)..], panel, number * COLUMNS, row);
            }
        }
    }

    /// The filters of one panel, from `first` on, along a row of the output.
    #[inline(never)]
    pub(super) fn row(&self, image: &[f32], panel: &[f32], first: usize, row: &mut [f32]) {
        let width = row.len() / self.geometry.filters;
        let mut x = 0;
        while x < width {
            let image = &image[self.canvas.place(0, x)..];
            let row = &mut row[x * self.geometry.filters + first..];
            if width - x >= 4 {
                self.pixels::<4>(image, panel, first, row);
                // What is left over is less than a tile: the last one begins earlier, and does some pixels again.
                x = if x + 4 < width { (x + 4).min(width - 4) } else { width };
            } else {
                self.pixels::<1>(image, panel, first, row);
                x += 1;
            }
        }
    }

    #[inline(always)]
    fn pixels<const M: usize>(&self, image: &[f32], panel: &[f32], first: usize, row: &mut [f32]) {
        let Geometry { window, channels, filters, .. } = self.geometry;
        let rows = Rows {
            row: window.strides[1] * channels,
            runs: window.kernel[0],
            run: self.canvas.row,
            len: self.canvas.run,
            step: 1,
        };
        let sums = tile::<M>(image, rows, panel, COLUMNS);
        let bias = self.bias.map_or([Lanes::all(0.0); 2], |bias| read(&bias[first..]));
        let count = COLUMNS.min(filters - first);
        for (m, sums) in sums.into_iter().enumerate() {
            let values = [0, 1].map(|half| self.clamp.lanes(sums[half].add(bias[half])));
            write(values, &mut row[m * filters..][..count]);
        }
    }
}
