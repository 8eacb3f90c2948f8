//! Windows of one pixel at stride 1: all pixels of a batch are rows of one matrix product, and both gradients are products,
//! too.

use super::super::{Geometry, GradInput, GradKernel};
use super::panels::{Convolution, panels_len};
use crate::ops::matmul::{COLUMNS, Rows, panels, read, tile, write};
use crate::ops::{Clamp, Io, product, room};

/// Pixels that are done at a time: eight channels of them stay in the first-level cache, all of them in the second-level
/// one. Panels of so many do not begin in the same few lines of the cache.
const PIXELS: usize = 120;
/// Channels of a tile of a kernel's gradient.
const CHANNELS: usize = 4;

/// Convolves all images, so many pixels at a time that what they read and write stays in the caches.
pub(super) fn convolve(convolution: &Convolution<'_>, images: &[f32], outputs: &mut [f32]) {
    let Geometry { channels, filters, .. } = convolution.geometry;
    let images = images.chunks(PIXELS * channels);
    for (image, output) in images.zip(outputs.chunks_mut(PIXELS * filters)) {
        for (first, panel) in (0..).step_by(COLUMNS).zip(convolution.panels.chunks_exact(channels * COLUMNS))
        {
            convolution.row(image, panel, first, output);
        }
    }
}

/// Forward's sizes with the output's gradient for the image.
fn back(geometry: &Geometry) -> Geometry {
    let Geometry { channels, filters, .. } = *geometry;
    Geometry { channels: filters, filters: channels, ..*geometry }
}

pub(super) fn grad_input(op: &GradInput, io: &mut Io<'_>) {
    let geometry = back(&op.geometry);
    let (filters, kernel) = (op.geometry.filters, io.inputs[1]);
    let panels = room(&mut io.scratch[0], panels_len(&geometry) as usize);
    // The kernel's rows become the panels' columns.
    for (panel, rows) in panels.chunks_exact_mut(filters * COLUMNS).zip(kernel.chunks(filters * COLUMNS)) {
        panel.fill(0.0);
        for (column, row) in rows.chunks_exact(filters).enumerate() {
            for (to, weight) in panel.iter_mut().skip(column).step_by(COLUMNS).zip(row) {
                *to = *weight;
            }
        }
    }
    let convolution = Convolution::of_panels(geometry, panels, None, Clamp::None);
    convolve(&convolution, io.inputs[0], io.outputs[0]);
}

pub(super) fn grad_input_scratch(op: &GradInput) -> [u64; 4] {
    [panels_len(&back(&op.geometry)), 0, 0, 0]
}

pub(super) fn grad_kernel(op: &GradKernel, io: &mut Io<'_>) {
    let Geometry { channels, filters, .. } = op.geometry;
    io.outputs[0].fill(0.0);
    let images = io.inputs[0].chunks(PIXELS * channels);
    for (image, gradient) in images.zip(io.inputs[1].chunks(PIXELS * filters)) {
        let gradient = panels(gradient, filters, &mut io.scratch[0]);
        for (first, gradient) in
            (0..).step_by(COLUMNS).zip(gradient.chunks_exact(image.len() / channels * COLUMNS))
        {
            let mut sums = io.outputs[0].chunks_exact_mut(filters).map(|row| {
                let end = row.len().min(first + COLUMNS);
                &mut row[first..end]
            });
            let whole = channels / CHANNELS * CHANNELS;
            for channel in (0..whole).step_by(CHANNELS) {
                add::<CHANNELS>(&image[channel..], channels, gradient, &mut sums);
            }
            for channel in whole..channels {
                add::<1>(&image[channel..], channels, gradient, &mut sums);
            }
        }
    }
}

/// Adds the products of `M` channels with a panel of the gradient.
#[inline(always)]
fn add<'a, const M: usize>(
    image: &[f32],
    channels: usize,
    gradient: &[f32],
    sums: &mut impl Iterator<Item = &'a mut [f32]>,
) {
    let rows = Rows { row: 1, runs: 1, run: 0, len: gradient.len() / COLUMNS, step: channels };
    for (products, sums) in tile::<M>(image, rows, gradient, COLUMNS).into_iter().zip(sums) {
        let before = read(sums);
        write([0, 1].map(|half| before[half].add(products[half])), sums);
    }
}

pub(super) fn grad_kernel_scratch(op: &GradKernel) -> [u64; 4] {
    let Geometry { batch, window, filters, .. } = op.geometry;
    let pixels = PIXELS.min(batch * window.output_pixels());
    [product([pixels, filters.next_multiple_of(COLUMNS)]), 0, 0, 0]
}
