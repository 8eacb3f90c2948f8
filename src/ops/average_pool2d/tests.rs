#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::model::Padding::{Same, Valid};
use crate::model::Window;
use crate::ops::tests::{assert_close, on_both, random};

fn geometries() -> Vec<Geometry> {
    [
        (2, [6, 6], [2, 2], [2, 2], Valid, 3),
        (1, [7, 5], [2, 2], [2, 2], Same, 2),
        (2, [9, 8], [3, 3], [2, 2], Valid, 4),
        (1, [9, 8], [3, 3], [2, 1], Same, 1),
        (3, [5, 7], [4, 3], [1, 1], Same, 8),
        (1, [6, 7], [2, 3], [3, 4], Valid, 5),
        (2, [3, 4], [7, 9], [2, 3], Same, 4),
    ]
    .map(|(batch, input, kernel, strides, padding, channels)| Geometry {
        batch,
        window: Window::new(input, kernel, strides, padding).unwrap(),
        channels,
    })
    .to_vec()
}

/// The definition.
fn reference(geometry: &Geometry, input: &[f64]) -> Vec<f64> {
    let Geometry { batch, window, channels } = geometry;
    let mut means = Vec::new();
    for b in 0..*batch {
        for oy in 0..window.output[0] {
            for ox in 0..window.output[1] {
                for c in 0..*channels {
                    let (mut sum, mut count) = (0.0, 0.0);
                    for ky in 0..window.kernel[0] {
                        for kx in 0..window.kernel[1] {
                            let iy = (oy * window.strides[0] + ky) as isize - window.before[0] as isize;
                            let ix = (ox * window.strides[1] + kx) as isize - window.before[1] as isize;
                            let rows = 0..window.input[0] as isize;
                            if rows.contains(&iy) && (0..window.input[1] as isize).contains(&ix) {
                                let row = b * window.input[0] + iy as usize;
                                sum += input[(row * window.input[1] + ix as usize) * channels + c];
                                count += 1.0;
                            }
                        }
                    }
                    means.push(sum / count);
                }
            }
        }
    }
    means
}

#[test]
fn forward_is_the_definition() {
    for geometry in geometries() {
        let input = random(geometry.input_len(), 1);
        let wide: Vec<f64> = input.iter().map(|value| f64::from(*value)).collect();
        let expected: Vec<f32> = reference(&geometry, &wide).iter().map(|mean| *mean as f32).collect();
        let found = on_both(Forward { geometry }, &[input], &[vec![f32::NAN; geometry.output_len()]]);
        assert_close(&found[0], &expected, 1e-6);
    }
}

#[test]
fn the_gradient_is_the_slope() {
    for geometry in geometries() {
        let gradient = random(geometry.output_len(), 2);
        let loss = |input: &[f64]| -> f64 {
            reference(&geometry, input).iter().zip(&gradient).map(|(y, dy)| y * f64::from(*dy)).sum()
        };
        let mut input: Vec<f64> = random(geometry.input_len(), 3).into_iter().map(f64::from).collect();
        let mut expected = Vec::new();
        for at in 0..input.len() {
            let value = input[at];
            input[at] = value + 1e-3;
            let more = loss(&input);
            input[at] = value - 1e-3;
            expected.push(((more - loss(&input)) / 2e-3) as f32);
            input[at] = value;
        }
        let found =
            on_both(Grad { geometry }, std::slice::from_ref(&gradient), &[vec![f32::NAN; input.len()]]);
        assert_close(&found[0], &expected, 1e-6);
    }
}
