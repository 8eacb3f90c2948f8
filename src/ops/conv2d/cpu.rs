//! Convolutions as matrix products: the windows of a block of output pixels are laid out as the rows
//! of a matrix small enough to stay in the cache.

use std::ops::Range;

use super::{Forward, ForwardPooled, Geometry, GradInput, GradKernel};
use crate::ops::matmul::{Matrix, finish_rows, multiply};
use crate::ops::{Io, max_pool2d};

/// Values in a block of windows: 512 KiB, which a second-level cache holds.
const BLOCK: usize = 128 << 10;

pub(super) fn forward(op: &Forward, io: &mut Io<'_>) {
    convolve(op, io.inputs[0], &io.inputs[1..], io.outputs[0], &mut io.scratch[0]);
}

/// An image at a time, so that a full-size output stays in the cache until it is pooled.
pub(super) fn forward_pooled(op: &ForwardPooled, io: &mut Io<'_>) {
    let (convolution, pool) = op.of_one_image();
    let [windows, full] = io.scratch;
    full.resize(convolution.geometry.output_len(), 0.0);
    let (maxima, places) = io.outputs.split_at_mut(1);
    let mut places = places.first_mut().map(|places| bytemuck::cast_slice_mut(places));
    let images = io.inputs[0].chunks_exact(convolution.geometry.input_len());
    let pooled_len = pool.geometry.output_len();
    for ((number, image), maxima) in images.enumerate().zip(maxima[0].chunks_exact_mut(pooled_len)) {
        convolve(&convolution, image, &io.inputs[1..], full, windows);
        let places = places.as_mut().map_or(&mut [][..], |places: &mut &mut [u32]| {
            &mut places[number * pooled_len..(number + 1) * pooled_len]
        });
        max_pool2d::pool_on_cpu(&pool, full, maxima, places);
    }
}

/// `weights` are the kernel and, where there is one, the bias.
fn convolve(op: &Forward, input: &[f32], weights: &[&[f32]], output: &mut [f32], scratch: &mut Vec<f32>) {
    let geometry = &op.geometry;
    let kernel = Matrix::new(weights[0], geometry.window_len(), geometry.filters);
    let bias = op.bias.then(|| weights[1]);
    for block in Blocks::new(geometry) {
        let windows = gather(geometry, &block, input, scratch);
        let output = &mut output[block.outputs(geometry)];
        multiply(windows, kernel, output, false);
        finish_rows(output, bias, op.relu);
    }
}

pub(super) fn grad_kernel(op: &GradKernel, io: &mut Io<'_>) {
    let geometry = &op.geometry;
    let [windows, full] = io.scratch;
    io.outputs[0].fill(0.0);
    let mut gradients = Gradients::new(geometry, op.pool, &io.inputs[1..], full);
    for block in Blocks::new(geometry) {
        let windows = gather(geometry, &block, io.inputs[0], windows);
        let gradient = Matrix::new(gradients.of(&block), block.pixels.len(), geometry.filters);
        multiply(windows.transposed(), gradient, io.outputs[0], true);
    }
}

pub(super) fn grad_input(op: &GradInput, io: &mut Io<'_>) {
    let geometry = &op.geometry;
    let [windows, full] = io.scratch;
    let (kernel, gradients) = match io.inputs.split_last() {
        Some((kernel, gradients)) => {
            (Matrix::new(kernel, geometry.window_len(), geometry.filters), gradients)
        }
        None => return,
    };
    io.outputs[0].fill(0.0);
    let mut gradients = Gradients::new(geometry, op.pool, gradients, full);
    for block in Blocks::new(geometry) {
        let gradient = Matrix::new(gradients.of(&block), block.pixels.len(), geometry.filters);
        windows.resize(block.pixels.len() * geometry.window_len(), 0.0);
        multiply(gradient, kernel.transposed(), windows, false);
        scatter(geometry, &block, windows, io.outputs[0]);
    }
}

/// The output's gradient, block by block; where it was pooled, spread over one image at a time.
struct Gradients<'a> {
    geometry: &'a Geometry,
    pool: Option<max_pool2d::Geometry>,
    inputs: &'a [&'a [f32]],
    full: &'a mut Vec<f32>,
    /// The image that `full` is of.
    image: Option<usize>,
}

impl<'a> Gradients<'a> {
    fn new(
        geometry: &'a Geometry,
        pool: Option<max_pool2d::Geometry>,
        inputs: &'a [&'a [f32]],
        full: &'a mut Vec<f32>,
    ) -> Self {
        let pool = pool.map(|pool| max_pool2d::Geometry { batch: 1, ..pool });
        Self { geometry, pool, inputs, full, image: None }
    }

    fn of(&mut self, block: &Block) -> &[f32] {
        let Some(pool) = &self.pool else { return &self.inputs[0][block.outputs(self.geometry)] };
        if self.image != Some(block.image) {
            self.image = Some(block.image);
            let len = pool.output_len();
            let of_image = block.image * len..(block.image + 1) * len;
            let places = bytemuck::cast_slice(&self.inputs[1][of_image.clone()]);
            self.full.resize(pool.input_len(), 0.0);
            max_pool2d::spread_on_cpu(pool, &self.inputs[0][of_image], places, self.full);
        }
        &self.full[Block { image: 0, pixels: block.pixels.clone() }.outputs(self.geometry)]
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
