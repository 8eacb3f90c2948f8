use super::Geometry;
use crate::ops::Io;

pub(super) fn average(geometry: &Geometry, io: &mut Io<'_>) {
    let share = 1.0 / geometry.pixels as f32;
    let outputs = io.outputs[0].chunks_exact_mut(geometry.channels);
    for (image, means) in images(geometry, io.inputs[0]).zip(outputs) {
        means.fill(0.0);
        for pixel in image.chunks_exact(geometry.channels) {
            for (mean, value) in means.iter_mut().zip(pixel) {
                *mean += value;
            }
        }
        for mean in means {
            *mean *= share;
        }
    }
}

pub(super) fn average_grad(geometry: &Geometry, io: &mut Io<'_>) {
    let share = 1.0 / geometry.pixels as f32;
    let to = &mut io.outputs[0][..geometry.input_len()];
    let photos = to.chunks_exact_mut(geometry.pixels * geometry.channels);
    for (image, gradient) in photos.zip(io.inputs[0].chunks_exact(geometry.channels)) {
        for pixel in image.chunks_exact_mut(geometry.channels) {
            for (to, value) in pixel.iter_mut().zip(gradient) {
                *to = value * share;
            }
        }
    }
}

pub(super) fn max(geometry: &Geometry, io: &mut Io<'_>) {
    let (maxima, places) = io.outputs.split_at_mut(1);
    let mut places = places.first_mut().map(|places| places.chunks_exact_mut(geometry.channels));
    let outputs = maxima[0].chunks_exact_mut(geometry.channels);
    for (image, maxima) in images(geometry, io.inputs[0]).zip(outputs) {
        let places = places.as_mut().and_then(Iterator::next).unwrap_or_default();
        let places: &mut [u32] = bytemuck::cast_slice_mut(places);
        maxima.fill(f32::NEG_INFINITY);
        places.fill(0);
        for (number, pixel) in (0..).zip(image.chunks_exact(geometry.channels)) {
            for (channel, (maximum, value)) in maxima.iter_mut().zip(pixel).enumerate() {
                if value > maximum {
                    *maximum = *value;
                    if let Some(place) = places.get_mut(channel) {
                        *place = number;
                    }
                }
            }
        }
    }
}

pub(super) fn max_grad(geometry: &Geometry, io: &mut Io<'_>) {
    let to = &mut io.outputs[0][..geometry.input_len()];
    to.fill(0.0);
    let places: &[u32] = bytemuck::cast_slice(io.inputs[1]);
    let maxima = io.inputs[0].chunks_exact(geometry.channels).zip(places.chunks_exact(geometry.channels));
    for (image, (gradient, places)) in to.chunks_exact_mut(geometry.pixels * geometry.channels).zip(maxima) {
        for (channel, (value, place)) in gradient.iter().zip(places).enumerate() {
            image[*place as usize * geometry.channels + channel] = *value;
        }
    }
}

fn images<'a>(geometry: &Geometry, input: &'a [f32]) -> impl Iterator<Item = &'a [f32]> + use<'a> {
    input[..geometry.input_len()].chunks_exact(geometry.pixels * geometry.channels)
}
