use std::ops::Range;

use super::{Forward, Geometry};
use crate::ops::Io;
use crate::ops::lanes::{LANES, Lanes};

pub(super) fn forward(op: &Forward, io: &mut Io<'_>) {
    let (maxima, places) = io.outputs.split_at_mut(1);
    let places = places.first_mut().map_or(&mut [][..], |places| bytemuck::cast_slice_mut(places));
    pool(op, io.inputs[0], maxima[0], places);
}

/// `places` may be empty where none are wanted.
pub(super) fn pool(op: &Forward, input: &[f32], maxima: &mut [f32], places: &mut [u32]) {
    let geometry = &op.geometry;
    let channels = geometry.channels;
    let mut first = 0;
    each_place(geometry, |image, place_y, place_x| {
        let won = first..first + channels;
        first += channels;
        let taps = Taps::new(geometry, image, place_y, place_x);
        let maxima = &mut maxima[won.clone()];
        let places = if op.places { &mut places[won] } else { &mut [] };
        let Some(last) = channels.checked_sub(LANES) else {
            return taps.pool_few(input, maxima, places);
        };
        // The last four channels may have been done in part by those before them.
        for channel in (0..last).step_by(LANES).chain([last]) {
            taps.pool(
                &input[channel..],
                &mut maxima[channel..],
                places.get_mut(channel..).unwrap_or_default(),
            );
        }
    });
}

/// The taps of a window that lie inside the image.
struct Taps {
    y: Range<usize>,
    x: Range<usize>,
    /// Taps in a row of the window.
    width: usize,
    /// Where the first of them lies.
    first: usize,
    /// Values in a row of the image, and in a pixel.
    row: usize,
    channels: usize,
}

impl Taps {
    fn new(geometry: &Geometry, image: usize, place_y: usize, place_x: usize) -> Self {
        let Geometry { window, channels, .. } = *geometry;
        let inside = |axis: usize, place: usize| {
            let start = place * window.strides[axis];
            let first = window.before[axis].saturating_sub(start);
            let end =
                (window.input[axis] + window.before[axis]).saturating_sub(start).min(window.kernel[axis]);
            first..end.max(first)
        };
        let (y, x) = (inside(0, place_y), inside(1, place_x));
        let pixel =
            |axis: usize, place: usize, tap: usize| place * window.strides[axis] + tap - window.before[axis];
        let row = window.input[1] * channels;
        let first = (image * window.input[0] + pixel(0, place_y, y.start)) * row
            + pixel(1, place_x, x.start) * channels;
        Self { y, x, width: window.kernel[1], first, row, channels }
    }

    /// Four channels.
    #[allow(unsafe_code)]
    #[inline(always)]
    fn pool(&self, input: &[f32], maxima: &mut [f32], places: &mut [u32]) {
        let mut maximum = Lanes::all(f32::NEG_INFINITY);
        let mut place = Lanes::all(0.0);
        for (y, tap_y) in self.y.clone().enumerate() {
            let row = &input[self.first + y * self.row..];
            for (x, tap_x) in self.x.clone().enumerate() {
                let pixel = &row[x * self.channels..][..LANES];
                // SAFETY: these are four values.
                let value = unsafe { Lanes::load(pixel.as_ptr()) };
                let tap = Lanes::all(f32::from_bits((tap_y * self.width + tap_x) as u32));
                place = place.where_less(maximum, value, tap);
                maximum = maximum.where_less(maximum, value, value);
            }
        }
        // SAFETY: these are four values.
        unsafe { maximum.store(maxima[..LANES].as_mut_ptr()) };
        if let Some(places) = places.get_mut(..LANES) {
            // SAFETY: as above.
            unsafe { place.store(places.as_mut_ptr().cast()) };
        }
    }

    /// Less than four channels.
    fn pool_few(&self, input: &[f32], maxima: &mut [f32], places: &mut [u32]) {
        for (channel, maximum) in maxima.iter_mut().enumerate() {
            *maximum = f32::NEG_INFINITY;
            let mut place = 0;
            for (y, tap_y) in self.y.clone().enumerate() {
                for (x, tap_x) in self.x.clone().enumerate() {
                    let value = input[self.first + y * self.row + x * self.channels + channel];
                    if value > *maximum {
                        *maximum = value;
                        place = (tap_y * self.width + tap_x) as u32;
                    }
                }
            }
            if let Some(to) = places.get_mut(channel) {
                *to = place;
            }
        }
    }
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
