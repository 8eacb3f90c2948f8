use std::ops::Range;

use super::Geometry;
use crate::model::Window;
use crate::ops::Io;

pub(super) fn forward(geometry: &Geometry, io: &mut Io<'_>) {
    let (input, output) = (io.inputs[0], &mut io.outputs[0][..geometry.output_len()]);
    for (means, covered) in output.chunks_exact_mut(geometry.channels).zip(places(geometry)) {
        means.fill(0.0);
        for row in covered.values(geometry) {
            for pixel in input[row].chunks_exact(geometry.channels) {
                for (mean, value) in means.iter_mut().zip(pixel) {
                    *mean += value;
                }
            }
        }
        let share = covered.share();
        for mean in means {
            *mean *= share;
        }
    }
}

pub(super) fn grad(geometry: &Geometry, io: &mut Io<'_>) {
    let (gradient, output) = (io.inputs[0], &mut io.outputs[0][..geometry.input_len()]);
    output.fill(0.0);
    for (gradient, covered) in gradient.chunks_exact(geometry.channels).zip(places(geometry)) {
        let share = covered.share();
        for row in covered.values(geometry) {
            for pixel in output[row].chunks_exact_mut(geometry.channels) {
                for (sum, value) in pixel.iter_mut().zip(gradient) {
                    *sum += value * share;
                }
            }
        }
    }
}

/// What a place of the window covers of the images.
struct Covered {
    /// Rows, counted through all images.
    rows: Range<usize>,
    columns: Range<usize>,
}

impl Covered {
    /// One over the number of pixels.
    fn share(&self) -> f32 {
        1.0 / (self.rows.len() * self.columns.len()) as f32
    }

    /// Where the values of each row lie.
    fn values(&self, geometry: &Geometry) -> impl Iterator<Item = Range<usize>> + use<> {
        let (width, channels) = (geometry.window.input[1], geometry.channels);
        let Range { start, end } = self.columns;
        self.rows.clone().map(move |row| (row * width + start) * channels..(row * width + end) * channels)
    }
}

/// All places, in the order of the output.
fn places(geometry: &Geometry) -> impl Iterator<Item = Covered> + use<> {
    let Geometry { batch, window, .. } = *geometry;
    let [high, wide] = window.output;
    (0..batch * high * wide).map(move |place| {
        let Range { start, end } = inside(&window, 0, place / wide % high);
        let first = place / (wide * high) * window.input[0];
        Covered { rows: first + start..first + end, columns: inside(&window, 1, place % wide) }
    })
}

/// The pixels along an axis that a place of the window covers.
fn inside(window: &Window, axis: usize, place: usize) -> Range<usize> {
    let (start, before) = (place * window.strides[axis], window.before[axis]);
    let end = (start + window.kernel[axis]).min(window.input[axis] + before);
    start.max(before) - before..end - before
}
