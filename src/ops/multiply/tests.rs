#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{assert_close, on_both, random};

/// Samples, and the shapes of the factors with all axes.
const CASES: [(usize, [[usize; 3]; 2]); 12] = [
    (1, [[1, 1, 1], [1, 1, 1]]),
    (2, [[3, 4, 5], [3, 4, 5]]),
    (3, [[1, 1, 7], [1, 1, 7]]),
    // Squeeze and excite.
    (2, [[15, 16, 16], [1, 1, 16]]),
    (3, [[17, 19, 5], [1, 1, 5]]),
    (1, [[1, 1, 12], [8, 7, 12]]),
    // A map over the pixels.
    (2, [[4, 5, 8], [4, 5, 1]]),
    (2, [[4, 5, 1], [4, 5, 7]]),
    // One number per sample.
    (2, [[6, 7, 9], [1, 1, 1]]),
    // Stretched in turns.
    (2, [[3, 1, 4], [1, 5, 4]]),
    (2, [[3, 1, 4], [1, 5, 1]]),
    (1, [[1, 30, 3], [20, 30, 1]]),
];

/// Calls `visit` with the places of each product's value and of its two factors.
fn each_value(batch: usize, [a, b]: [[usize; 3]; 2], mut visit: impl FnMut(usize, [usize; 2])) {
    let sizes: [usize; 3] = std::array::from_fn(|axis| a[axis].max(b[axis]));
    let mut at = 0;
    for sample in 0..batch {
        for i in 0..sizes[0] {
            for j in 0..sizes[1] {
                for k in 0..sizes[2] {
                    // Along an axis of size 1 there is one place only.
                    let place = |[h, w, c]: [usize; 3]| {
                        ((sample * h + i.min(h - 1)) * w + j.min(w - 1)) * c + k.min(c - 1)
                    };
                    visit(at, [place(a), place(b)]);
                    at += 1;
                }
            }
        }
    }
}

fn case((batch, shapes): (usize, [[usize; 3]; 2])) -> (Geometry, [Vec<f32>; 2]) {
    let geometry = Geometry::new(batch, shapes.each_ref().map(|shape| &shape[..])).unwrap();
    let factors = [0, 1].map(|factor| {
        let len = batch * shapes[factor].iter().product::<usize>();
        assert_eq!(geometry.factor_len(factor), len);
        random(len, 1 + factor as u32)
    });
    (geometry, factors)
}

#[test]
fn forward_is_the_definition() {
    for (batch, shapes) in CASES {
        let (geometry, factors) = case((batch, shapes));
        let mut expected = Vec::new();
        each_value(batch, shapes, |_, [a, b]| expected.push(factors[0][a] * factors[1][b]));
        assert_eq!(geometry.output_len(), expected.len());
        let found = on_both(Forward { geometry }, &factors, &[vec![f32::NAN; expected.len()]]);
        assert_close(&found[0], &expected, 1e-7);
    }
}

#[test]
fn each_gradient_is_the_sum_over_all_that_the_value_is_a_factor_of() {
    for (batch, shapes) in CASES {
        let (geometry, factors) = case((batch, shapes));
        let gradient = random(geometry.output_len(), 3);
        for of in 0..2 {
            let mut expected = vec![0.0_f64; factors[of].len()];
            each_value(batch, shapes, |at, places| {
                let other = factors[1 - of][places[1 - of]];
                expected[places[of]] += f64::from(gradient[at]) * f64::from(other);
            });
            let expected: Vec<f32> = expected.into_iter().map(|sum| sum as f32).collect();
            let inputs = [gradient.clone(), factors[1 - of].clone()];
            let found = on_both(Grad { geometry, of }, &inputs, &[vec![f32::NAN; expected.len()]]);
            assert_close(&found[0], &expected, 1e-5);
        }
    }
}

#[test]
fn shorter_shapes_get_axes_in_front() {
    let long = Geometry::new(2, [&[5, 6, 7], &[1, 1, 7]]);
    assert!(long.is_some());
    assert_eq!(Geometry::new(2, [&[5, 6, 7], &[7]]), long);
    assert_eq!(Geometry::new(2, [&[5, 6, 7], &[1, 7]]), long);
}

#[test]
fn shapes_that_do_not_go_together_have_no_product() {
    assert_eq!(Geometry::new(2, [&[5, 6, 7], &[5, 6, 8]]), None);
    assert_eq!(Geometry::new(2, [&[5, 6, 7], &[6]]), None);
    assert_eq!(Geometry::new(2, [&[2, 1, 2, 1], &[1, 2, 1, 2]]), None);
    assert!(Geometry::new(2, [&[2, 3, 4, 5, 6], &[1, 1, 4, 5, 6]]).is_some());
}
