//! Which way a convolution is computed, alone and with a pooling behind it: by Winograd's tiles, or from a kernel in panels.

use super::super::{Forward, ForwardPooled};
use super::canvas::Canvas;
use super::panels::{Convolution, panels_len};
use super::winograd::{self, SIDE, Winograd, load, store};
use super::{grouped, pointwise};
use crate::model::Window;
use crate::ops::lanes::Lanes;
use crate::ops::{Clamp, Io, max_pool2d, product, room};

pub(in super::super) fn forward(op: &Forward, io: &mut Io<'_>) {
    if !op.geometry.is_plain() {
        return grouped::forward(op, &io.inputs, io.outputs[0]);
    }
    if winograd::pays(&op.geometry, op.geometry.window.output) {
        return winograd_forward(op, io);
    }
    let [panels, canvas, ..] = io.scratch;
    let geometry = &op.geometry;
    let convolution = Convolution::new(op, &io.inputs[1..], panels);
    if geometry.product().is_some() {
        return pointwise::convolve(&convolution, io.inputs[0], io.outputs[0]);
    }
    let images = io.inputs[0].chunks_exact(geometry.input_len() / geometry.batch);
    let outputs = io.outputs[0].chunks_exact_mut(geometry.output_len() / geometry.batch);
    for (image, output) in images.zip(outputs) {
        convolution.rows(convolution.canvas.of(image, canvas), 0, output);
    }
}

pub(in super::super) fn forward_scratch(op: &Forward) -> [u64; 4] {
    if !op.geometry.is_plain() {
        return grouped::scratch(&op.geometry, false);
    }
    if winograd::pays(&op.geometry, op.geometry.window.output) {
        return winograd::scratch(&op.geometry);
    }
    let canvas = if op.geometry.product().is_some() { 0 } else { Canvas::new(&op.geometry).scratch() };
    [panels_len(&op.geometry), canvas, 0, 0]
}

pub(in super::super) fn forward_pooled_scratch(op: &ForwardPooled) -> [u64; 4] {
    let geometry = &op.convolution.geometry;
    if !geometry.is_plain() {
        return grouped::scratch(geometry, true);
    }
    if pays_pooled(op) {
        return winograd::scratch(geometry);
    }
    let pool = &op.pool.geometry;
    let full = product([rows_at_once(pool), pool.window.input[1], pool.channels]);
    [panels_len(geometry), Canvas::new(geometry).scratch(), full, 0]
}

/// Whether a tile's windows of the pooling are whole, and it pays.
fn pays_pooled(op: &ForwardPooled) -> bool {
    let pool = &op.pool.geometry;
    pool.is_apart() && pool.window.kernel == [2, 2] && winograd::pays(&op.convolution.geometry, doubled(pool))
}

/// Rows of the full-size output that are there at a time.
fn rows_at_once(pool: &max_pool2d::Geometry) -> usize {
    if pool.is_apart() { pool.window.kernel[0] } else { pool.window.input[0] }
}

/// So many rows at a time as a row of the pooling takes: a full-size output stays in the cache until it is pooled.
pub(in super::super) fn forward_pooled(op: &ForwardPooled, io: &mut Io<'_>) {
    let pool = &op.pool.geometry;
    if !op.convolution.geometry.is_plain() {
        return grouped::forward_pooled(op, io);
    }
    if pays_pooled(op) {
        return winograd_pooled(op, io);
    }
    let [panels, canvas, full, _] = io.scratch;
    let convolution = Convolution::new(&op.convolution, &io.inputs[1..], panels);
    let geometry = &op.convolution.geometry;
    let rows = rows_at_once(pool);
    let full_row = pool.window.input[1] * pool.channels;
    let full = room(full, rows * full_row);
    // The pooling of these rows alone.
    let window = if pool.is_apart() {
        let [_, width] = pool.window.input;
        Window { input: [rows, width], output: [1, pool.window.output[1]], ..pool.window }
    } else {
        pool.window
    };
    let part = max_pool2d::Forward {
        geometry: max_pool2d::Geometry { batch: 1, window, channels: pool.channels },
        places: op.pool.places,
    };
    let part_len = part.geometry.output_len();
    let parts = pool.window.output[0] / window.output[0];
    let (maxima, places) = io.outputs.split_at_mut(1);
    let mut maxima = maxima[0].chunks_exact_mut(part_len);
    let mut places =
        places.first_mut().map(|places| bytemuck::cast_slice_mut(places).chunks_exact_mut(part_len));
    for image in io.inputs[0].chunks_exact(geometry.input_len() / geometry.batch) {
        let image = convolution.canvas.of(image, canvas);
        for (number, maxima) in (0..parts).zip(&mut maxima) {
            convolution.rows(image, number * rows, full);
            let places = places.as_mut().and_then(Iterator::next).unwrap_or_default();
            max_pool2d::pool_on_cpu(&part, full, maxima, places);
        }
    }
}

fn winograd_forward(op: &Forward, io: &mut Io<'_>) {
    let [kernel, canvas, values, _] = io.scratch;
    let winograd = Winograd::new(&op.geometry, io.inputs[1], kernel);
    let ([height, width], filters) = (op.geometry.window.output, op.geometry.filters);
    let output = &mut io.outputs[0];
    let bias = op.bias.then(|| io.inputs[2]);
    winograd.run(io.inputs[0], [height, width], [canvas, values], &mut |place, tile| {
        finish(tile, bias, op.clamp, place.filter);
        for (y, row) in (place.y..height).zip(tile) {
            for (x, value) in (place.x..width).zip(row) {
                store(
                    *value,
                    &mut output[((place.image * height + y) * width + x) * filters + place.filter..],
                );
            }
        }
    });
}

/// A tile has four windows of 2x2 pixels: it is pooled before it is written.
fn winograd_pooled(op: &ForwardPooled, io: &mut Io<'_>) {
    let (convolution, pool) = (&op.convolution, &op.pool.geometry);
    let [kernel, canvas, values, _] = io.scratch;
    let winograd = Winograd::new(&convolution.geometry, io.inputs[1], kernel);
    let ([height, width], filters) = (pool.window.output, pool.channels);
    let bias = convolution.bias.then(|| io.inputs[2]);
    let (maxima, places) = io.outputs.split_at_mut(1);
    let mut places = places.first_mut();
    let taps: [Lanes; 4] = std::array::from_fn(|tap| Lanes::all(f32::from_bits(tap as u32)));
    winograd.run(io.inputs[0], doubled(pool), [canvas, values], &mut |place, tile| {
        finish(tile, bias, convolution.clamp, place.filter);
        for (y, rows) in (place.y / 2..height).zip(tile.as_chunks::<2>().0) {
            for (x, at) in (place.x / 2..width).zip([0, 2]) {
                let (mut maximum, mut won) = (rows[0][at], taps[0]);
                for (value, tap) in
                    [rows[0][at + 1], rows[1][at], rows[1][at + 1]].into_iter().zip(&taps[1..])
                {
                    won = won.where_less(maximum, value, *tap);
                    maximum = maximum.where_less(maximum, value, value);
                }
                let at = ((place.image * height + y) * width + x) * filters + place.filter;
                store(maximum, &mut maxima[0][at..]);
                if let Some(places) = &mut places {
                    store(won, &mut places[at..]);
                }
            }
        }
    });
}

/// The pixels that are pooled.
fn doubled(pool: &max_pool2d::Geometry) -> [usize; 2] {
    pool.window.output.map(|size| 2 * size)
}

/// Adds the bias, and clamps.
fn finish(tile: &mut [[Lanes; SIDE]; SIDE], bias: Option<&[f32]>, clamp: Clamp, filter: usize) {
    let bias = bias.map_or(Lanes::all(0.0), |bias| load(&bias[filter..]));
    for value in tile.as_flattened_mut() {
        *value = clamp.lanes(value.add(bias));
    }
}
