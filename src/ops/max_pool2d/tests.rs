#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::model::Padding::{Same, Valid};
use crate::ops::tests::{assert_close, on_both, random};

fn geometries() -> Vec<Geometry> {
    [
        (2, [6, 6], [2, 2], [2, 2], Valid, 3),
        (1, [7, 5], [2, 2], [2, 2], Valid, 2),
        (1, [7, 5], [2, 2], [2, 2], Same, 2),
        (2, [9, 8], [3, 3], [2, 2], Valid, 4),
        (1, [9, 8], [3, 3], [2, 1], Same, 1),
        (1, [6, 7], [2, 3], [3, 4], Valid, 5),
    ]
    .map(|(batch, input, kernel, strides, padding, channels)| Geometry {
        batch,
        window: Window::new(input, kernel, strides, padding).unwrap(),
        channels,
    })
    .to_vec()
}

/// The maxima and for each the place in the image that it comes from.
fn reference(geometry: &Geometry, input: &[f32]) -> Vec<(f32, usize)> {
    let Geometry { batch, window, channels } = geometry;
    let mut maxima = Vec::new();
    for b in 0..*batch {
        for oy in 0..window.output[0] {
            for ox in 0..window.output[1] {
                for c in 0..*channels {
                    let mut best = (f32::NEG_INFINITY, 0);
                    for ky in 0..window.kernel[0] {
                        for kx in 0..window.kernel[1] {
                            let iy = (oy * window.strides[0] + ky) as isize - window.before[0] as isize;
                            let ix = (ox * window.strides[1] + kx) as isize - window.before[1] as isize;
                            let rows = 0..window.input[0] as isize;
                            if rows.contains(&iy) && (0..window.input[1] as isize).contains(&ix) {
                                let row = b * window.input[0] + iy as usize;
                                let at = (row * window.input[1] + ix as usize) * channels + c;
                                if input[at] > best.0 {
                                    best = (input[at], at);
                                }
                            }
                        }
                    }
                    maxima.push(best);
                }
            }
        }
    }
    maxima
}

#[test]
fn forward_is_the_definition() {
    for geometry in geometries() {
        // All below zero: padding must not win.
        let input: Vec<f32> = random(geometry.input_len(), 1).iter().map(|x| x - 2.0).collect();
        let expected: Vec<f32> = reference(&geometry, &input).iter().map(|(maximum, _)| *maximum).collect();
        let (inputs, room) = ([input], vec![f32::NAN; geometry.output_len()]);
        let found = on_both(Forward { geometry, places: false }, &inputs, std::slice::from_ref(&room));
        assert_close(&found[0], &expected, 0.0);
        let found = on_both(Forward { geometry, places: true }, &inputs, &[room.clone(), room]);
        assert_close(&found[0], &expected, 0.0);
    }
}

#[test]
fn the_gradient_goes_to_where_the_maxima_come_from() {
    for geometry in geometries() {
        let input = random(geometry.input_len(), 2);
        let gradient = random(geometry.output_len(), 3);
        let mut expected = vec![0.0; geometry.input_len()];
        for ((_, at), value) in reference(&geometry, &input).iter().zip(&gradient) {
            expected[*at] += value;
        }
        let room = vec![f32::NAN; geometry.output_len()];
        let mut found = on_both(Forward { geometry, places: true }, &[input], &[room.clone(), room]);
        let places = found.remove(1);
        let outputs = [vec![f32::NAN; geometry.input_len()]];
        let found = on_both(Grad { geometry }, &[gradient, places], &outputs);
        assert_close(&found[0], &expected, 1e-6);
    }
}

#[test]
fn of_equal_values_the_first_one_wins() {
    let window = Window::new([2, 2], [2, 2], [2, 2], Valid).unwrap();
    let geometry = Geometry { batch: 1, window, channels: 1 };
    let found = on_both(Forward { geometry, places: true }, &[vec![0.0; 4]], &[vec![1.0], vec![1.0]]);
    let found = on_both(Grad { geometry }, &[vec![5.0], found[1].clone()], &[vec![1.0; 4]]);
    assert_eq!(found[0], [5.0, 0.0, 0.0, 0.0]);
}
