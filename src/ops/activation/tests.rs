#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{assert_close, on_both, random};

const ALL: [Activation; 4] = [Activation::Linear, Activation::Relu, Activation::Sigmoid, Activation::Softmax];

/// In double precision and without care for large numbers.
fn reference(activation: Activation, x: &[f64]) -> Vec<f64> {
    let sum: f64 = x.iter().map(|x| x.exp()).sum();
    x.iter()
        .map(|x| match activation {
            Activation::Linear => *x,
            Activation::Relu => x.max(0.0),
            Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Activation::Softmax => x.exp() / sum,
        })
        .collect()
}

fn rows(activation: Activation, x: &[f32], units: usize) -> Vec<f32> {
    let wide: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    wide.chunks(units).flat_map(|row| reference(activation, row)).map(|y| y as f32).collect()
}

#[test]
fn forward_is_the_definition() {
    for activation in ALL {
        for (count, units) in [(1, 1), (7, 5), (70, 10)] {
            let x: Vec<f32> = random(count * units, 1).iter().map(|x| 6.0 * x).collect();
            let expected = rows(activation, &x, units);
            let operation = Forward { activation, rows: count, units };
            let found = on_both(operation, &[x], &[vec![f32::NAN; count * units]]);
            assert_close(&found[0], &expected, 1e-6);
        }
    }
}

#[test]
fn numbers_beyond_the_exponential_stay_finite() {
    let x = vec![1000.0, -1000.0, 0.0, 88.0, -88.0, 3.0];
    for (activation, expected) in [
        (Activation::Sigmoid, [1.0, 0.0, 0.5, 1.0, 0.0, 0.952_574_13]),
        (Activation::Softmax, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]),
    ] {
        let operation = Forward { activation, rows: 2, units: 3 };
        let found = on_both(operation, std::slice::from_ref(&x), &[vec![f32::NAN; 6]]);
        assert_close(&found[0], &expected, 1e-6);
    }
}

#[test]
fn the_gradient_is_that_of_finite_differences() {
    let units = 6;
    for activation in ALL {
        let x: Vec<f32> = random(4 * units, 2).iter().map(|x| 3.0 * x).collect();
        let gradient = random(4 * units, 3);
        let y = rows(activation, &x, units);
        let mut expected = Vec::new();
        for (x, gradient) in x.chunks(units).zip(gradient.chunks(units)) {
            for unit in 0..units {
                let at = |h: f64| {
                    let mut x: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
                    x[unit] += h;
                    let y = reference(activation, &x);
                    y.iter().zip(gradient).map(|(y, dy)| y * f64::from(*dy)).sum::<f64>()
                };
                expected.push(((at(1e-6) - at(-1e-6)) / 2e-6) as f32);
            }
        }
        let found = on_both(Grad { activation, rows: 4, units }, &[y], &[gradient]);
        assert_close(&found[0], &expected, 1e-5);
    }
}
