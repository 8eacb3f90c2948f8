//! Depthwise convolutions on the CPU: four channels a vector, sums of several pixels in registers.
//!
//! Values lie in rows of `wide` channels, whole vectors of the output's channels. Where the network's own are so, they are
//! used as they are; else (few channels, or several kernels a channel) copies are laid out like that.

mod canvas;
mod correlate;
mod slide;

use super::{Forward, Geometry};
use crate::ops::lanes::LANES;
use crate::ops::{Clamp, Io, product, room};
use canvas::{Canvas, fold, widened};
use correlate::correlate;
use slide::{Pass, Slide};

pub(super) fn forward(op: &Forward, io: &mut Io<'_>) {
    let geometry = &op.geometry;
    let (wide, filters) = (wide(geometry), geometry.filters());
    let canvas = Canvas::new(geometry, [0, 0], geometry.window.input);
    let [canvases, kernels, outputs, biases] = io.scratch;
    let kernel = widened(io.inputs[1], filters, wide, kernels);
    let bias = if op.bias { widened(io.inputs[2], filters, wide, biases) } else { &[] };
    let slide = Slide { pass: Pass::Forward, window: geometry.window, wide, kernel, bias, clamp: op.clamp };
    let images = io.inputs[0].chunks_exact(geometry.input_len() / geometry.batch);
    for (image, output) in images.zip(io.outputs[0].chunks_exact_mut(geometry.output_len() / geometry.batch))
    {
        let image = canvas.of(image, canvases);
        if wide == filters {
            slide.run(image, output);
        } else {
            let all = room(outputs, geometry.window.output_pixels() * wide);
            slide.run(image, all);
            fold(all, wide, 1, output, filters);
        }
    }
}

pub(super) fn forward_scratch(geometry: &Geometry) -> [u64; 4] {
    let (wide, window) = (wide(geometry), &geometry.window);
    let copied = if wide == geometry.filters() { 0 } else { wide };
    [
        Canvas::new(geometry, [0, 0], window.input).scratch(),
        product([window.taps(), copied]),
        product([window.output[0], window.output[1], copied]),
        copied as u64,
    ]
}

pub(super) fn grad_input(geometry: &Geometry, io: &mut Io<'_>) {
    let (wide, filters, channels) = (wide(geometry), geometry.filters(), geometry.channels);
    let [gradients, kernels, outputs, _] = io.scratch;
    let kernel = widened(io.inputs[1], filters, wide, kernels);
    let slide =
        Slide { pass: Pass::Back, window: geometry.window, wide, kernel, bias: &[], clamp: Clamp::None };
    let images = io.outputs[0].chunks_exact_mut(geometry.input_len() / geometry.batch);
    for (gradient, image) in io.inputs[0].chunks_exact(geometry.output_len() / geometry.batch).zip(images) {
        let gradient = widened(gradient, filters, wide, gradients);
        if wide == channels {
            slide.run(gradient, image);
        } else {
            let all = room(outputs, geometry.window.input_pixels() * wide);
            slide.run(gradient, all);
            fold(all, wide, geometry.multiplier, image, channels);
        }
    }
}

pub(super) fn grad_input_scratch(geometry: &Geometry) -> [u64; 4] {
    let (wide, window) = (wide(geometry), &geometry.window);
    let copied = if wide == geometry.filters() { 0 } else { wide };
    let all = if wide == geometry.channels { 0 } else { wide };
    [
        product([window.output[0], window.output[1], copied]),
        product([window.taps(), copied]),
        product([window.input[0], window.input[1], all]),
        0,
    ]
}

pub(super) fn grad_kernel(geometry: &Geometry, io: &mut Io<'_>) {
    let (wide, filters) = (wide(geometry), geometry.filters());
    let canvas = padded(geometry);
    let [canvases, gradients, all, _] = io.scratch;
    let sums = if wide == filters { &mut *io.outputs[0] } else { room(all, geometry.window.taps() * wide) };
    sums.fill(0.0);
    let images = io.inputs[0].chunks_exact(geometry.input_len() / geometry.batch);
    for (image, gradient) in images.zip(io.inputs[1].chunks_exact(geometry.output_len() / geometry.batch)) {
        let image = canvas.of(image, canvases);
        let gradient = widened(gradient, filters, wide, gradients);
        correlate(&geometry.window, wide, [image, gradient], canvas.size[1] * wide, sums);
    }
    if wide != filters {
        fold(all, wide, 1, io.outputs[0], filters);
    }
}

pub(super) fn grad_kernel_scratch(geometry: &Geometry) -> [u64; 4] {
    let (wide, window) = (wide(geometry), &geometry.window);
    let copied = if wide == geometry.filters() { 0 } else { wide };
    [
        padded(geometry).scratch(),
        product([window.output[0], window.output[1], copied]),
        product([window.taps(), copied]),
        0,
    ]
}

/// Whole vectors of the output's channels.
fn wide(geometry: &Geometry) -> usize {
    geometry.filters().next_multiple_of(LANES)
}

/// A canvas in which every window lies inside.
fn padded(geometry: &Geometry) -> Canvas {
    let window = &geometry.window;
    let covered = window.covered();
    let size = [0, 1].map(|axis| {
        let end = (window.output[axis] - 1) * window.strides[axis] + covered[axis];
        end.max(window.before[axis] + window.input[axis])
    });
    Canvas::new(geometry, window.before, size)
}
