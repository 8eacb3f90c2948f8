//! Both gradients from those values of the output's gradient that are not zero.
//!
//! Where the output was pooled, only the maxima have any: one in four of 2x2 windows, and of those relu has undone
//! some. So it pays to list them, and to add a row of the window, or of the kernel, for each: an eighth of the products.

use std::ops::Range;

use super::super::{Geometry, GradInput, GradKernel};
use super::canvas::Canvas;
use super::{grouped, pointwise};
use crate::model::Window;
use crate::ops::lanes::LANES;
use crate::ops::terms::{Term, add, room_for, together, values_of};
use crate::ops::{Io, max_pool2d, product, room};

/// Pixels of the output that are done at a time: what they read of a few channels stays in the first-level cache.
const PIXELS: usize = 128;

pub(in super::super) fn grad_kernel(op: &GradKernel, io: &mut Io<'_>) {
    if !op.geometry.is_plain() {
        return grouped::grad_kernel(op, io);
    }
    if is_product(&op.geometry, op.pool) {
        return pointwise::grad_kernel(op, io);
    }
    let output = Output::new(&op.geometry, op.pool);
    let Output { geometry, canvas, pool } = &output;
    let filters = geometry.filters;
    let [canvases, terms, counts, sums] = io.scratch;
    let filter_len = output.filter_len();
    let sums = room(sums, filters * filter_len);
    sums.fill(0.0);
    let (rows, width) = (output.rows_at_once(), pool.window.output[1]);
    let most = rows * width;
    let terms = room_for(terms, filters * most);
    let counts: &mut [u32] = bytemuck::cast_slice_mut(room(counts, filters));
    let images = io.inputs[0].chunks_exact(geometry.input_len() / geometry.batch);
    for (number, image) in images.enumerate() {
        let image = canvas.of(image, canvases);
        for row in (0..pool.window.output[0]).step_by(rows) {
            // The terms of each filter's kernel: the places of windows.
            counts.fill(0);
            output.each_pixel(&io.inputs[1..], number, row..row + rows, |pixel| {
                for (filter, count) in counts.iter_mut().enumerate() {
                    let (value, tap) = pixel.gradient(filter);
                    terms[filter * most + *count as usize] =
                        Term { at: (pixel.at + output.tap(tap)) as u32, value };
                    *count += u32::from(value != 0.0);
                }
            });
            output.each_piece(|in_image, in_filter, vectors| {
                let sums = sums[in_filter..].chunks_mut(filter_len);
                for ((terms, count), sums) in terms.chunks_exact(most).zip(counts.iter()).zip(sums) {
                    add(&terms[..*count as usize], &image[in_image..], vectors, sums);
                }
            });
        }
    }
    // From [filters, window] to [window, filters].
    for (place, gradient) in output.filter_places().zip(io.outputs[0].chunks_exact_mut(filters)) {
        for (filter, value) in gradient.iter_mut().enumerate() {
            *value = sums[filter * filter_len + place];
        }
    }
}

pub(in super::super) fn grad_kernel_scratch(op: &GradKernel) -> [u64; 4] {
    if !op.geometry.is_plain() {
        return grouped::scratch(&op.geometry, op.pool.is_some());
    }
    if is_product(&op.geometry, op.pool) {
        return pointwise::grad_kernel_scratch(op);
    }
    let output = Output::new(&op.geometry, op.pool);
    let (filters, width) = (op.geometry.filters, output.pool.window.output[1]);
    let terms = values_of(product([filters, output.rows_at_once(), width]));
    [output.canvas.scratch(), terms, filters as u64, product([filters, output.filter_len()])]
}

pub(in super::super) fn grad_input_scratch(op: &GradInput) -> [u64; 4] {
    if !op.geometry.is_plain() {
        return grouped::scratch(&op.geometry, op.pool.is_some());
    }
    if is_product(&op.geometry, op.pool) {
        return pointwise::grad_input_scratch(op);
    }
    let output = Output::new(&op.geometry, op.pool);
    let (filters, window) = (op.geometry.filters, &output.pool.window);
    let counts = product([output.rows_at_once(), window.output[1], window.taps()]);
    let terms = values_of(counts.saturating_mul(filters as u64));
    [output.canvas.scratch(), terms, counts, product([filters, output.filter_len()])]
}

pub(in super::super) fn grad_input(op: &GradInput, io: &mut Io<'_>) {
    if !op.geometry.is_plain() {
        return grouped::grad_input(op, io);
    }
    if is_product(&op.geometry, op.pool) {
        return pointwise::grad_input(op, io);
    }
    let output = Output::new(&op.geometry, op.pool);
    let Output { geometry, canvas, pool } = &output;
    let Some((kernel, gradients)) = io.inputs.split_last() else { return };
    let filters = geometry.filters;
    let [canvases, terms, counts, turned] = io.scratch;
    let filter_len = output.filter_len();
    let turned = room(turned, filters * filter_len);
    turned.fill(0.0);
    for (place, weights) in output.filter_places().zip(kernel.chunks_exact(filters)) {
        for (filter, weight) in weights.iter().enumerate() {
            turned[filter * filter_len + place] = *weight;
        }
    }
    let (rows, width, taps) = (output.rows_at_once(), pool.window.output[1], pool.window.taps());
    let terms = room_for(terms, rows * width * taps * filters);
    let counts: &mut [u32] = bytemuck::cast_slice_mut(room(counts, rows * width * taps));
    for (number, image) in io.outputs[0].chunks_exact_mut(geometry.input_len() / geometry.batch).enumerate() {
        let sums = if canvas.is_image() { &mut *image } else { room(canvases, canvas.len()) };
        sums.fill(0.0);
        for row in (0..pool.window.output[0]).step_by(rows) {
            // The terms of each pixel: the places of filters.
            counts.fill(0);
            let mut pixels = terms.chunks_exact_mut(taps * filters).zip(counts.chunks_exact_mut(taps));
            output.each_pixel(gradients, number, row..row + rows, |pixel| {
                let Some((terms, counts)) = pixels.next() else { return };
                for filter in 0..filters {
                    let (value, tap) = pixel.gradient(filter);
                    let count = &mut counts[tap as usize];
                    terms[tap as usize * filters + *count as usize] =
                        Term { at: (filter * filter_len) as u32, value };
                    *count += u32::from(value != 0.0);
                }
            });
            output.each_piece(|in_image, in_filter, vectors| {
                let mut lists = terms.chunks_exact(filters).zip(counts.iter());
                for y in row..(row + rows).min(pool.window.output[0]) {
                    for x in 0..width {
                        let at = in_image + output.place(y, x);
                        for (tap, (terms, count)) in (0..taps as u32).zip(&mut lists) {
                            let sums = &mut sums[at + output.tap(tap)..];
                            add(&terms[..*count as usize], &turned[in_filter..], vectors, sums);
                        }
                    }
                }
            });
        }
        if !canvas.is_image() {
            canvas.crop(canvases, image);
        }
    }
}

/// Whether these are better done as products of whole matrices: where few of the values are zero.
fn is_product(geometry: &Geometry, pool: Option<max_pool2d::Geometry>) -> bool {
    pool.is_none() && geometry.product().is_some()
}

/// What a gradient of the output is laid out by. One that was not pooled counts as pooled by windows of one pixel.
struct Output {
    geometry: Geometry,
    canvas: Canvas,
    pool: max_pool2d::Geometry,
}

/// The gradient of a pixel of the pooled output.
struct Pixel<'a> {
    /// Where the window of its first tap begins.
    at: usize,
    values: &'a [f32],
    /// Which tap each of them belongs to; empty where there is one alone.
    taps: &'a [u32],
}

impl Pixel<'_> {
    #[inline(always)]
    fn gradient(&self, filter: usize) -> (f32, u32) {
        (self.values[filter], self.taps.get(filter).copied().unwrap_or(0))
    }
}

impl Output {
    fn new(geometry: &Geometry, pool: Option<max_pool2d::Geometry>) -> Self {
        let single = || max_pool2d::Geometry {
            batch: geometry.batch,
            window: Window {
                input: geometry.window.output,
                kernel: [1, 1],
                strides: [1, 1],
                dilation: [1, 1],
                before: [0, 0],
                output: geometry.window.output,
            },
            channels: geometry.filters,
        };
        Self { geometry: *geometry, canvas: Canvas::new(geometry), pool: pool.unwrap_or_else(single) }
    }

    /// Rows of the pooled output that are done at a time.
    fn rows_at_once(&self) -> usize {
        let window = &self.pool.window;
        (PIXELS / (window.output[1] * window.taps())).clamp(1, window.output[0])
    }

    /// Where the window of the first pixel begins that was pooled to this one.
    fn place(&self, y: usize, x: usize) -> usize {
        self.canvas.place(y * self.pool.window.strides[0], x * self.pool.window.strides[1])
    }

    /// How far from there the window of another of these pixels begins.
    #[inline(always)]
    fn tap(&self, tap: u32) -> usize {
        let width = self.pool.window.kernel[1];
        self.canvas.place(tap as usize / width, tap as usize % width)
    }

    /// The pixels in some rows of an image; `inputs` are their gradients and, where they were pooled, the places.
    fn each_pixel(
        &self,
        inputs: &[&[f32]],
        image: usize,
        rows: Range<usize>,
        mut visit: impl FnMut(Pixel<'_>),
    ) {
        let [height, width] = self.pool.window.output;
        let filters = self.geometry.filters;
        for y in rows.start..rows.end.min(height) {
            for x in 0..width {
                let first = ((image * height + y) * width + x) * filters;
                visit(Pixel {
                    at: self.place(y, x),
                    values: &inputs[0][first..first + filters],
                    taps: inputs
                        .get(1)
                        .map_or(&[], |taps| bytemuck::cast_slice(&taps[first..first + filters])),
                });
            }
        }
    }

    /// Values of a filter with the rows of its window in whole vectors.
    fn filter_len(&self) -> usize {
        self.geometry.window.kernel[0] * self.canvas.run.next_multiple_of(LANES)
    }

    /// Where each value of a window lies in there.
    fn filter_places(&self) -> impl Iterator<Item = usize> {
        let run = self.canvas.run;
        let rows = 0..self.geometry.window.kernel[0];
        rows.flat_map(move |row| (0..run).map(move |value| row * run.next_multiple_of(LANES) + value))
    }

    /// A window in pieces of a few vectors: `visit(place in the image, place in the filter, vectors)`.
    fn each_piece(&self, mut visit: impl FnMut(usize, usize, usize)) {
        let vectors = self.canvas.run.div_ceil(LANES);
        for row in 0..self.geometry.window.kernel[0] {
            let mut first = 0;
            while first < vectors {
                let (at, count) = (first * LANES, together(vectors - first));
                visit(row * self.canvas.row + at, row * vectors * LANES + at, count);
                first += count;
            }
        }
    }
}
