#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{assert_close, on_both, random};

fn apply(operation: impl Operation, inputs: &[Vec<f32>]) -> Vec<f32> {
    let room = vec![f32::NAN; inputs[0].len()];
    on_both(operation, inputs, &[room]).remove(0)
}

#[test]
fn values_are_scaled_and_shifted_by_constants() {
    for (scale, offset) in [
        (vec![1.0 / 127.5], vec![-1.0]),
        (vec![0.5, -2.0, 1e-20], vec![0.25]),
        (vec![3.0], vec![-1.5, 0.0, 2.5]),
        (vec![-1.0, 2.0, 3.5], vec![4.0, -5.0, 0.125]),
    ] {
        for count in [3, 12, 300, 999] {
            let x: Vec<f32> = random(count, 1).iter().map(|x| 255.0 * x).collect();
            let rescaling = Rescaling { count, scale: scale.clone(), offset: offset.clone() };
            let of = |values: &[f32], at: usize| f64::from(values[at % values.len()]);
            let expected = |at: usize| (f64::from(x[at]) * of(&scale, at) + of(&offset, at)) as f32;
            let expected: Vec<f32> = (0..count).map(expected).collect();
            let slopes: Vec<f32> = (0..count).map(|at| of(&scale, at) as f32).collect();
            assert_close(&apply(rescaling.gradient(), &[vec![1.0; count]]), &slopes, 1e-7);
            assert_close(&apply(rescaling, &[x]), &expected, 1e-6);
        }
    }
}

#[test]
fn values_get_a_mean_of_0_and_a_variance_of_1() {
    for (rows, channels) in [(1, 1), (100, 1), (7, 3), (33, 4), (50, 70), (9, 128)] {
        let x = random(rows * channels, 1);
        let mean = random(channels, 2);
        let variance: Vec<f32> = random(channels, 3).iter().map(|value| 1.5 + value).collect();
        let deviation = |at: usize| f64::from(variance[at % channels]).sqrt();
        let normal = |at: usize| (f64::from(x[at]) - f64::from(mean[at % channels])) / deviation(at);
        let expected: Vec<f32> = (0..x.len()).map(|at| normal(at) as f32).collect();
        let slopes: Vec<f32> = (0..x.len()).map(|at| (1.0 / deviation(at)) as f32).collect();
        let ones = vec![1.0; x.len()];
        let found = apply(NormalizationGrad { rows, channels }, &[ones, variance.clone()]);
        assert_close(&found, &slopes, 1e-6);
        assert_close(&apply(Normalization { rows, channels }, &[x, mean, variance]), &expected, 1e-6);
    }
}

#[test]
fn a_variance_of_nothing_does_not_divide_by_nothing() {
    let (x, zeros) = (vec![1.0, 0.0, -2.0], vec![0.0; 3]);
    let found = apply(Normalization { rows: 1, channels: 3 }, &[x, zeros.clone(), zeros]);
    assert_close(&found, &[1e7, 0.0, -2e7], 1e-6);
}
