#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{assert_close, on_both, random};

const fn relu(negative_slope: f32, max_value: Option<f32>, threshold: f32) -> Function {
    Function::Relu { negative_slope, max_value, threshold }
}

const ALL: [Function; 18] = [
    Function::Linear,
    Function::RELU,
    Function::leaky(0.2),
    relu(0.0, Some(4.0), 0.0),
    relu(0.0, None, 1.5),
    relu(0.25, Some(3.5), 0.5),
    relu(0.1, Some(2.0), -1.0),
    relu(-0.5, None, 0.0),
    relu(0.3, Some(0.0), 0.0),
    Function::Elu,
    Function::Tanh,
    Function::Sigmoid,
    Function::HardSigmoid,
    Function::Silu,
    Function::HardSilu,
    Function::Gelu,
    Function::Softmax,
    relu(0.0, Some(4.0), 1.0),
];

/// In double precision and without care for large numbers.
fn reference(function: Function, x: &[f64]) -> Vec<f64> {
    let sum: f64 = x.iter().map(|x| x.exp()).sum();
    x.iter()
        .map(|&x| match function {
            Function::Linear => x,
            Function::Relu { negative_slope, max_value, threshold } => {
                let threshold = f64::from(threshold);
                match max_value.map(f64::from) {
                    _ if x <= threshold => f64::from(negative_slope) * (x - threshold),
                    Some(most) if x > most => most,
                    _ => x,
                }
            }
            Function::Elu => {
                if x > 0.0 {
                    x
                } else {
                    x.exp_m1()
                }
            }
            Function::Tanh => x.tanh(),
            Function::Sigmoid => 1.0 / (1.0 + (-x).exp()),
            Function::HardSigmoid => hard_sigmoid(x),
            Function::Silu => x / (1.0 + (-x).exp()),
            Function::HardSilu => x * hard_sigmoid(x),
            Function::Gelu => x * normal(x),
            Function::Softmax => x.exp() / sum,
        })
        .collect()
}

fn hard_sigmoid(x: f64) -> f64 {
    (x + 3.0).clamp(0.0, 6.0) / 6.0
}

/// The normal distribution's cumulative function: a half, and its density's integral from 0 by Simpson's rule.
fn normal(x: f64) -> f64 {
    let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let step = x / 1000.0;
    let simpson = |n: i32| {
        let at = |n: i32| density(f64::from(n) * step);
        (at(2 * n) + 4.0 * at(2 * n + 1) + at(2 * n + 2)) * step / 3.0
    };
    0.5 + (0..500).map(simpson).sum::<f64>()
}

fn rows(function: Function, x: &[f32], units: usize) -> Vec<f32> {
    let wide: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    wide.chunks(units).flat_map(|row| reference(function, row)).map(|y| y as f32).collect()
}

fn forward(function: Function, x: Vec<f32>, units: usize) -> Vec<f32> {
    let operation = Forward { function, rows: x.len() / units, units };
    let room = vec![f32::NAN; x.len()];
    on_both(operation, &[x], &[room]).remove(0)
}

/// The slope at each place, by a gradient of ones.
fn slopes(function: Function, x: Vec<f32>) -> Vec<f32> {
    let ones = vec![1.0; x.len()];
    let read = match function.grad_reads() {
        Reads::Input => x,
        Reads::Output => rows(function, &x, 1),
    };
    on_both(Grad { function, rows: ones.len(), units: 1 }, &[read], &[ones]).remove(0)
}

#[test]
fn forward_is_the_definition() {
    for function in ALL {
        for (count, units) in [(7, 1), (7, 5), (70, 10), (4, 16)] {
            let x: Vec<f32> = random(count * units, 1).iter().map(|x| 6.0 * x).collect();
            let expected = rows(function, &x, units);
            assert_close(&forward(function, x, units), &expected, 1e-6);
        }
    }
}

#[test]
fn each_value_is_within_a_millionth_of_the_definition() {
    let x: Vec<f32> = (-2400..=2400).map(|step| step as f32 * 0.005).collect();
    for function in ALL.into_iter().filter(|function| *function != Function::Softmax) {
        let expected = rows(function, &x, 1);
        for (x, (found, expected)) in x.iter().zip(forward(function, x.clone(), 1).into_iter().zip(expected))
        {
            let wrong = (found - expected).abs();
            assert!(wrong < 1e-6, "{function:?} of {x}: {found} is not {expected}");
        }
    }
}

#[test]
fn small_values_keep_their_digits() {
    for function in [Function::Tanh, Function::Elu] {
        let x: Vec<f32> = (0..40).map(|n| -0.25 * 0.7_f32.powi(n)).collect();
        let expected = rows(function, &x, 1);
        let found = forward(function, x, 1);
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found / expected - 1.0).abs() < 1e-6, "{function:?}: {found} is not {expected}");
        }
    }
}

#[test]
fn numbers_beyond_the_exponential_stay_finite() {
    let x = vec![1000.0, -1000.0, 0.0, 88.0, -88.0, 3.0];
    for (function, expected) in [
        (Function::Sigmoid, [1.0, 0.0, 0.5, 1.0, 0.0, 0.952_574_13]),
        (Function::Softmax, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]),
        (Function::Tanh, [1.0, -1.0, 0.0, 1.0, -1.0, 0.995_054_8]),
        (Function::Elu, [1000.0, -1.0, 0.0, 88.0, -1.0, 3.0]),
        (Function::Silu, [1000.0, 0.0, 0.0, 88.0, 0.0, 2.857_722_3]),
        (Function::Gelu, [1000.0, 0.0, 0.0, 88.0, 0.0, 2.995_950_3]),
    ] {
        assert_close(&forward(function, x.clone(), 3), &expected, 1e-6);
    }
    for function in [Function::Silu, Function::Gelu] {
        let slopes = slopes(function, x.clone());
        assert_close(&slopes[..5], &[1.0, 0.0, 0.5, 1.0, 0.0], 1e-6);
    }
}

#[test]
fn what_is_no_number_stays_none_where_it_is_computed_with() {
    // Hidden, it would not end the training.
    for function in [Function::Elu, Function::Tanh, Function::Sigmoid, Function::Silu, Function::Gelu] {
        let operation = Forward { function, rows: 1, units: 1 };
        let found =
            crate::ops::tests::on_cpu(&crate::ops::tests::STEP, &operation, &[vec![f32::NAN]], &[vec![1.0]]);
        assert!(found[0][0].is_nan(), "{function:?}");
    }
}

#[test]
fn the_gradient_is_that_of_finite_differences() {
    let units = 6;
    for function in ALL {
        let x: Vec<f32> = random(4 * units, 2).iter().map(|x| 5.0 * x).collect();
        let gradient = random(4 * units, 3);
        let mut expected = Vec::new();
        for (x, gradient) in x.chunks(units).zip(gradient.chunks(units)) {
            for unit in 0..units {
                let at = |h: f64| {
                    let mut x: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
                    x[unit] += h;
                    let y = reference(function, &x);
                    y.iter().zip(gradient).map(|(y, dy)| y * f64::from(*dy)).sum::<f64>()
                };
                expected.push(((at(1e-6) - at(-1e-6)) / 2e-6) as f32);
            }
        }
        let read = match function.grad_reads() {
            Reads::Output => rows(function, &x, units),
            Reads::Input => x,
        };
        let found = on_both(Grad { function, rows: 4, units }, &[read], &[gradient]);
        assert_close(&found[0], &expected, 1e-5);
    }
}

#[test]
fn where_a_flat_piece_begins_or_ends_the_slope_is_0() {
    assert_eq!(slopes(Function::RELU, vec![0.0]), [0.0]);
    assert_eq!(slopes(Function::leaky(0.2), vec![0.0]), [0.2]);
    assert_eq!(slopes(relu(0.0, Some(6.0), 0.0), vec![0.0, 6.0]), [0.0, 0.0]);
    assert_eq!(slopes(Function::HardSigmoid, vec![-3.0, 3.0]), [0.0, 0.0]);
}

#[test]
fn keras_names_mean_keras_functions() {
    for (name, function) in [
        ("linear", Function::Linear),
        ("relu", Function::RELU),
        ("relu6", relu(0.0, Some(6.0), 0.0)),
        ("leaky_relu", relu(0.2, None, 0.0)),
        ("elu", Function::Elu),
        ("tanh", Function::Tanh),
        ("sigmoid", Function::Sigmoid),
        ("hard_sigmoid", Function::HardSigmoid),
        ("silu", Function::Silu),
        ("swish", Function::Silu),
        ("hard_silu", Function::HardSilu),
        ("hard_swish", Function::HardSilu),
        ("gelu", Function::Gelu),
        ("softmax", Function::Softmax),
    ] {
        let activation: Activation = serde_json::from_value(name.into()).unwrap();
        assert_eq!(Function::from(activation), function, "{name}");
        let written = serde_json::to_value(activation).unwrap();
        assert_eq!(written, activation.name());
        assert_eq!(serde_json::from_value::<Activation>(written).unwrap(), activation);
    }
}
