#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{assert_close, on_both, random};

#[test]
fn the_gradient_is_the_sum_over_rows() {
    for (rows, units) in [(1, 1), (1, 9), (300, 1), (1000, 32), (5000, 3)] {
        let gradient = random(rows * units, 1);
        let mut expected = vec![0.0_f64; units];
        for (at, value) in gradient.iter().enumerate() {
            expected[at % units] += f64::from(*value);
        }
        let expected: Vec<f32> = expected.into_iter().map(|sum| sum as f32).collect();
        let found = on_both(Grad { rows, units }, &[gradient], &[vec![f32::NAN; units]]);
        assert_close(&found[0], &expected, 1e-4);
    }
}
