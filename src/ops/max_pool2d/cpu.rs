use super::{Forward, Geometry};
use crate::ops::Io;

pub(super) fn forward(op: &Forward, io: &mut Io<'_>) {
    let (maxima, places) = io.outputs.split_at_mut(1);
    let places = places.first_mut().map_or(&mut [][..], |places| bytemuck::cast_slice_mut(places));
    pool(op, io.inputs[0], maxima[0], places);
}

/// `places` may be empty where none are wanted.
pub(super) fn pool(op: &Forward, input: &[f32], maxima: &mut [f32], mut places: &mut [u32]) {
    let geometry = &op.geometry;
    let channels = geometry.channels;
    let mut maxima = &mut maxima[..geometry.output_len()];
    each_place(geometry, |image, place_y, place_x| {
        let (maximum, rest) = std::mem::take(&mut maxima).split_at_mut(channels);
        maxima = rest;
        maximum.fill(f32::NEG_INFINITY);
        let mut place: &mut [u32] = &mut [];
        if op.places {
            (place, places) = std::mem::take(&mut places).split_at_mut(channels);
            place.fill(0);
        }
        each_tap(geometry, image, place_y, place_x, |tap, at| {
            let pixel = &input[at..at + channels];
            if op.places {
                for ((maximum, place), value) in maximum.iter_mut().zip(place.iter_mut()).zip(pixel) {
                    if *value > *maximum {
                        *maximum = *value;
                        *place = tap;
                    }
                }
            } else {
                for (maximum, value) in maximum.iter_mut().zip(pixel) {
                    *maximum = maximum.max(*value);
                }
            }
        });
    });
}

pub(super) fn grad(geometry: &Geometry, io: &mut Io<'_>) {
    spread(geometry, io.inputs[0], bytemuck::cast_slice(io.inputs[1]), io.outputs[0]);
}

pub(super) fn spread(geometry: &Geometry, gradient: &[f32], places: &[u32], images: &mut [f32]) {
    let channels = geometry.channels;
    let output = &mut images[..geometry.input_len()];
    output.fill(0.0);
    let mut first = 0;
    each_place(geometry, |image, place_y, place_x| {
        let won = first..first + channels;
        first += channels;
        each_tap(geometry, image, place_y, place_x, |tap, at| {
            let windows = gradient[won.clone()].iter().zip(&places[won.clone()]);
            for (sum, (value, place)) in output[at..at + channels].iter_mut().zip(windows) {
                *sum += if *place == tap { *value } else { 0.0 };
            }
        });
    });
}

fn each_place(geometry: &Geometry, mut visit: impl FnMut(usize, usize, usize)) {
    for image in 0..geometry.batch {
        for place_y in 0..geometry.window.output[0] {
            for place_x in 0..geometry.window.output[1] {
                visit(image, place_y, place_x);
            }
        }
    }
}

/// Calls `visit(tap, where the pixel's channels begin)` for the taps that lie inside the image.
fn each_tap(
    geometry: &Geometry,
    image: usize,
    place_y: usize,
    place_x: usize,
    mut visit: impl FnMut(u32, usize),
) {
    let window = &geometry.window;
    for tap_y in 0..window.kernel[0] {
        let Some(y) = window.source(0, place_y, tap_y) else { continue };
        for tap_x in 0..window.kernel[1] {
            let Some(x) = window.source(1, place_x, tap_x) else { continue };
            let pixel = image * window.input_pixels() + y * window.input[1] + x;
            visit((tap_y * window.kernel[1] + tap_x) as u32, pixel * geometry.channels);
        }
    }
}
