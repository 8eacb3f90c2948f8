#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{assert_close, on_both, random};

/// The last has pixels enough for several parts.
fn geometries() -> [Geometry; 5] {
    [(1, 1, 1), (3, 4, 5), (2, 63, 8), (5, 35, 3), (2, 1000, 7)].map(|(batch, pixels, channels)| Geometry {
        batch,
        pixels,
        channels,
    })
}

/// What is there of a channel of a photo, in double precision.
fn channel(geometry: &Geometry, input: &[f32], result: usize) -> Vec<f64> {
    let Geometry { pixels, channels, .. } = *geometry;
    let (photo, channel) = (result / channels, result % channels);
    (0..pixels).map(|pixel| f64::from(input[(photo * pixels + pixel) * channels + channel])).collect()
}

/// The gradient of `sum(gradient * results)` by finite differences of what one channel gives.
fn slopes(
    geometry: &Geometry,
    input: &[f32],
    gradient: &[f32],
    h: f64,
    of: impl Fn(&[f64]) -> f64,
) -> Vec<f32> {
    let Geometry { pixels, channels, .. } = *geometry;
    let mut slopes = vec![0.0; input.len()];
    for (result, dy) in gradient.iter().enumerate() {
        let mut values = channel(geometry, input, result);
        for pixel in 0..pixels {
            let value = values[pixel];
            let mut at = |moved: f64| {
                values[pixel] = moved;
                of(&values)
            };
            let slope = (at(value + h) - at(value - h)) / (2.0 * h);
            values[pixel] = value;
            slopes[(result / channels * pixels + pixel) * channels + result % channels] = slope as f32 * dy;
        }
    }
    slopes
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn largest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn results(geometry: &Geometry, input: &[f32], of: impl Fn(&[f64]) -> f64) -> Vec<f32> {
    (0..geometry.output_len()).map(|result| of(&channel(geometry, input, result)) as f32).collect()
}

#[test]
fn means_are_the_definition_and_their_gradient_the_slope() {
    for geometry in geometries() {
        let input = random(geometry.input_len(), 1);
        let gradient = random(geometry.output_len(), 2);
        let room = [vec![f32::NAN; geometry.output_len()]];
        let found = on_both(Average { geometry }, std::slice::from_ref(&input), &room);
        assert_close(&found[0], &results(&geometry, &input, mean), 1e-6);
        let expected = slopes(&geometry, &input, &gradient, 1e-3, mean);
        let found = on_both(AverageGrad { geometry }, &[gradient], &[vec![f32::NAN; input.len()]]);
        assert_close(&found[0], &expected, 1e-6);
    }
}

#[test]
fn maxima_are_the_definition_and_their_gradient_the_slope() {
    for geometry in geometries() {
        // All below zero: nothing but a pixel may win.
        let input: Vec<f32> = random(geometry.input_len(), 3).iter().map(|value| value - 2.0).collect();
        let gradient = random(geometry.output_len(), 4);
        let room = vec![f32::NAN; geometry.output_len()];
        let inputs = std::slice::from_ref(&input);
        let expected = results(&geometry, &input, largest);
        assert_eq!(
            on_both(Max { geometry, places: false }, inputs, std::slice::from_ref(&room))[0],
            expected
        );
        let mut found = on_both(Max { geometry, places: true }, inputs, &[room.clone(), room]);
        let places = found.remove(1);
        assert_eq!(found[0], expected);
        let expected = slopes(&geometry, &input, &gradient, 1e-9, largest);
        let found = on_both(MaxGrad { geometry }, &[gradient, places], &[vec![f32::NAN; input.len()]]);
        assert_close(&found[0], &expected, 1e-5);
    }
}

#[test]
fn of_equal_values_the_first_one_wins() {
    for pixels in [4, 1000] {
        let geometry = Geometry { batch: 1, pixels, channels: 1 };
        let inputs = [vec![0.5; pixels]];
        let found = on_both(Max { geometry, places: true }, &inputs, &[vec![1.0], vec![1.0]]);
        let found = on_both(MaxGrad { geometry }, &[vec![5.0], found[1].clone()], &[vec![1.0; pixels]]);
        assert_eq!((found[0][0], found[0][1..].iter().all(|value| *value == 0.0)), (5.0, true));
    }
}
