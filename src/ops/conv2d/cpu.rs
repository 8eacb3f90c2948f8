//! Convolutions as matrix products: the windows of a block of output pixels are laid out as the rows
//! of a matrix small enough to stay in the cache.

use std::ops::Range;

use super::{Forward, Geometry};
use crate::ops::Io;
use crate::ops::matmul::{Matrix, finish_rows, multiply};

/// Values in a block of windows: 512 KiB, which a second-level cache holds.
const BLOCK: usize = 128 << 10;

pub(super) fn forward(op: &Forward, io: &mut Io<'_>) {
    let geometry = &op.geometry;
    let kernel = Matrix::new(io.inputs[1], geometry.window_len(), geometry.filters);
    let bias = op.bias.then(|| io.inputs[2]);
    for block in Blocks::new(geometry) {
        let windows = gather(geometry, &block, io.inputs[0], io.scratch);
        let output = &mut io.outputs[0][block.outputs(geometry)];
        multiply(windows, kernel, output, false);
        finish_rows(output, bias, op.relu);
    }
}

pub(super) fn grad_kernel(geometry: &Geometry, io: &mut Io<'_>) {
    io.outputs[0].fill(0.0);
    for block in Blocks::new(geometry) {
        let windows = gather(geometry, &block, io.inputs[0], io.scratch);
        let gradient =
            Matrix::new(&io.inputs[1][block.outputs(geometry)], block.pixels.len(), geometry.filters);
        multiply(windows.transposed(), gradient, io.outputs[0], true);
    }
}

pub(super) fn grad_input(geometry: &Geometry, io: &mut Io<'_>) {
    let kernel = Matrix::new(io.inputs[1], geometry.window_len(), geometry.filters);
    io.outputs[0].fill(0.0);
    for block in Blocks::new(geometry) {
        let gradient =
            Matrix::new(&io.inputs[0][block.outputs(geometry)], block.pixels.len(), geometry.filters);
        io.scratch.resize(block.pixels.len() * geometry.window_len(), 0.0);
        multiply(gradient, kernel.transposed(), io.scratch, false);
        scatter(geometry, &block, io.scratch, io.outputs[0]);
    }
}

/// Some output pixels of one image.
struct Block {
    image: usize,
    pixels: Range<usize>,
}

impl Block {
    fn outputs(&self, geometry: &Geometry) -> Range<usize> {
        let first = self.image * geometry.window.output_pixels();
        (first + self.pixels.start) * geometry.filters..(first + self.pixels.end) * geometry.filters
    }
}

struct Blocks {
    image: usize,
    images: usize,
    pixel: usize,
    pixels: usize,
    most: usize,
}

impl Blocks {
    fn new(geometry: &Geometry) -> Self {
        Self {
            image: 0,
            images: geometry.batch,
            pixel: 0,
            pixels: geometry.window.output_pixels(),
            most: (BLOCK / geometry.window_len()).max(1),
        }
    }
}

impl Iterator for Blocks {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        if self.pixel == self.pixels {
            self.pixel = 0;
            self.image += 1;
        }
        if self.image == self.images {
            return None;
        }
        let end = (self.pixel + self.most).min(self.pixels);
        let block = Block { image: self.image, pixels: self.pixel..end };
        self.pixel = end;
        Some(block)
    }
}

/// The windows of a block as rows; taps outside the image are zero.
fn gather<'a>(geometry: &Geometry, block: &Block, input: &[f32], scratch: &'a mut Vec<f32>) -> Matrix<'a> {
    scratch.resize(block.pixels.len() * geometry.window_len(), 0.0);
    each_tap_row(geometry, block, |row, column, count, source| {
        let at = row * geometry.window_len() + column;
        let to = &mut scratch[at..at + count];
        match source {
            Some(from) => to.copy_from_slice(&input[from..from + count]),
            None => to.fill(0.0),
        }
    });
    Matrix::new(scratch, block.pixels.len(), geometry.window_len())
}

/// Adds the rows' values back to the pixels that the windows cover.
fn scatter(geometry: &Geometry, block: &Block, rows: &[f32], output: &mut [f32]) {
    each_tap_row(geometry, block, |row, column, count, source| {
        let Some(to) = source else { return };
        let at = row * geometry.window_len() + column;
        for (sum, value) in output[to..to + count].iter_mut().zip(&rows[at..at + count]) {
            *sum += value;
        }
    });
}

/// Calls `visit(row, column, count, place in the image)` for each run of values of each window that
/// is contiguous in the image, or is padding altogether.
fn each_tap_row(
    geometry: &Geometry,
    block: &Block,
    mut visit: impl FnMut(usize, usize, usize, Option<usize>),
) {
    let Geometry { window, channels, .. } = geometry;
    let [_, width] = window.input;
    let [_, kernel_width] = window.kernel;
    let image = block.image * window.input_pixels() * channels;
    for (row, pixel) in block.pixels.clone().enumerate() {
        let (place_y, place_x) = (pixel / window.output[1], pixel % window.output[1]);
        // The taps from `left` to before `right` lie inside the image.
        let start = place_x * window.strides[1];
        let left = window.before[1].saturating_sub(start).min(kernel_width);
        let right = (width + window.before[1]).saturating_sub(start).min(kernel_width).max(left);
        for tap_y in 0..window.kernel[0] {
            let column = tap_y * kernel_width;
            let Some(y) = window.source(0, place_y, tap_y) else {
                visit(row, column * channels, kernel_width * channels, None);
                continue;
            };
            if left > 0 {
                visit(row, column * channels, left * channels, None);
            }
            if right > left {
                let x = start + left - window.before[1];
                let from = image + (y * width + x) * channels;
                visit(row, (column + left) * channels, (right - left) * channels, Some(from));
            }
            if right < kernel_width {
                visit(row, (column + right) * channels, (kernel_width - right) * channels, None);
            }
        }
    }
}
