#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{assert_close, on_both, random};

fn cases() -> Vec<Pad> {
    [
        (1, [1, 1], 1, [0, 0], [0, 0]),
        (2, [4, 5], 3, [1, 2], [3, 0]),
        (2, [4, 5], 4, [1, 1], [1, 1]),
        (2, [7, 5], 8, [-1, -2], [-3, 0]),
        (1, [7, 6], 5, [-2, 3], [1, -4]),
        // All that is left is border.
        (1, [3, 4], 2, [4, -6], [-2, 5]),
    ]
    .map(|(batch, input, channels, before, after)| Pad { batch, input, channels, before, after })
    .to_vec()
}

fn len(pad: &Pad, [h, w]: [usize; 2]) -> usize {
    pad.batch * h * w * pad.channels
}

fn apply(pad: Pad, input: &[f32]) -> Vec<f32> {
    on_both(pad, &[input.to_vec()], &[vec![f32::NAN; len(&pad, pad.output())]]).remove(0)
}

#[test]
fn it_is_the_definition() {
    for pad in cases() {
        let input = random(len(&pad, pad.input), 1);
        let mut expected = Vec::new();
        for b in 0..pad.batch {
            for y in 0..pad.input[0] as isize + pad.before[0] + pad.after[0] {
                for x in 0..pad.input[1] as isize + pad.before[1] + pad.after[1] {
                    for c in 0..pad.channels {
                        let (y, x) = (y - pad.before[0], x - pad.before[1]);
                        let inside = (0..pad.input[0] as isize).contains(&y)
                            && (0..pad.input[1] as isize).contains(&x);
                        let at = |y: usize, x: usize| {
                            ((b * pad.input[0] + y) * pad.input[1] + x) * pad.channels + c
                        };
                        expected.push(if inside { input[at(y as usize, x as usize)] } else { 0.0 });
                    }
                }
            }
        }
        assert_eq!(apply(pad, &input), expected, "{pad:?}");
    }
}

#[test]
fn the_gradient_is_the_adjoint() {
    for pad in cases() {
        let (x, dy) = (random(len(&pad, pad.input), 2), random(len(&pad, pad.output()), 3));
        let (y, dx) = (apply(pad, &x), apply(pad.gradient(), &dy));
        let dot = |a: &[f32], b: &[f32]| {
            a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() as f32
        };
        assert_close(&[dot(&dx, &x)], &[dot(&dy, &y)], 1e-6);
        assert_eq!(pad.gradient().gradient(), pad);
    }
}

#[test]
fn nothing_is_left_where_more_is_cut_off() {
    let pad = Pad { batch: 1, input: [3, 3], channels: 1, before: [-2, 0], after: [-2, isize::MIN + 1] };
    assert_eq!(pad.output(), [0, 0]);
}
