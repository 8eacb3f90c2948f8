//! Grouped and dilated convolutions: for each pixel and tap, a row of the kernel times a value.

use super::super::{Forward, ForwardPooled, Geometry, GradInput, GradKernel};
use crate::ops::matmul::finish_rows;
use crate::ops::{Io, max_pool2d, room};

pub(super) fn forward(op: &Forward, inputs: &[&[f32]], output: &mut [f32]) {
    let filters = op.geometry.group_filters();
    output.fill(0.0);
    each_row(&op.geometry, |value, weights, sums| {
        let weights = &inputs[1][weights..weights + filters];
        add(inputs[0][value], weights, &mut output[sums..sums + filters]);
    });
    finish_rows(output, op.bias.then(|| inputs[2]), op.clamp);
}

pub(super) fn forward_pooled(op: &ForwardPooled, io: &mut Io<'_>) {
    let full = room(&mut io.scratch[0], op.convolution.geometry.output_len());
    forward(&op.convolution, &io.inputs, full);
    let (maxima, places) = io.outputs.split_at_mut(1);
    let places = places.first_mut().map_or(&mut [][..], |places| bytemuck::cast_slice_mut(places));
    max_pool2d::pool_on_cpu(&op.pool, full, maxima[0], places);
}

pub(super) fn grad_input(op: &GradInput, io: &mut Io<'_>) {
    let filters = op.geometry.group_filters();
    let Some((kernel, gradient)) = io.inputs.split_last() else { return };
    let gradient = full_size(op.pool, gradient, &mut io.scratch[0]);
    let image = &mut io.outputs[0];
    image.fill(0.0);
    each_row(&op.geometry, |value, weights, sums| {
        let products = gradient[sums..sums + filters].iter().zip(&kernel[weights..weights + filters]);
        image[value] += products.map(|(gradient, weight)| gradient * weight).sum::<f32>();
    });
}

pub(super) fn grad_kernel(op: &GradKernel, io: &mut Io<'_>) {
    let filters = op.geometry.group_filters();
    let gradient = full_size(op.pool, &io.inputs[1..], &mut io.scratch[0]);
    let kernel = &mut io.outputs[0];
    kernel.fill(0.0);
    each_row(&op.geometry, |value, weights, sums| {
        let gradient = &gradient[sums..sums + filters];
        add(io.inputs[0][value], gradient, &mut kernel[weights..weights + filters]);
    });
}

/// What an output of full size takes, where it was pooled.
pub(super) fn scratch(geometry: &Geometry, pooled: bool) -> [u64; 4] {
    [if pooled { geometry.output_len() as u64 } else { 0 }, 0, 0, 0]
}

/// The gradient of an output that may have been pooled.
fn full_size<'a>(
    pool: Option<max_pool2d::Geometry>,
    gradient: &[&'a [f32]],
    scratch: &'a mut Vec<f32>,
) -> &'a [f32] {
    let Some(pool) = pool else { return gradient[0] };
    let full = room(scratch, pool.input_len());
    max_pool2d::spread_on_cpu(&pool, gradient[0], bytemuck::cast_slice(gradient[1]), full);
    full
}

/// Adds values, `factor` times.
#[inline(always)]
fn add(factor: f32, values: &[f32], sums: &mut [f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

/// Calls `visit(value of the image, weights, values of the output)` for what belongs together: the first weight and the
/// first value of the output of a group.
fn each_row(geometry: &Geometry, mut visit: impl FnMut(usize, usize, usize)) {
    let Geometry { batch, window, channels, filters, groups } = *geometry;
    let (group_channels, group_filters) = (geometry.group_channels(), geometry.group_filters());
    let [height, width] = window.output;
    for place in 0..batch * height * width {
        let (image, y, x) = (place / (height * width), place / width % height, place % width);
        for tap in 0..window.taps() {
            let (tap_y, tap_x) = (tap / window.kernel[1], tap % window.kernel[1]);
            let (Some(from_y), Some(from_x)) = (window.source(0, y, tap_y), window.source(1, x, tap_x))
            else {
                continue;
            };
            let pixel = image * window.input_pixels() + from_y * window.input[1] + from_x;
            for group in 0..groups {
                for channel in 0..group_channels {
                    visit(
                        pixel * channels + group * group_channels + channel,
                        (tap * group_channels + channel) * filters + group * group_filters,
                        place * filters + group * group_filters,
                    );
                }
            }
        }
    }
}
