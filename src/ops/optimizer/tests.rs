#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::model::{Adam, RmsProp, Sgd};
use crate::ops::tests::{STEP, assert_close, on_both, random};

const COUNT: usize = 100;

/// Runs three updates with three gradients and compares each with `reference`, which changes a
/// parameter and its slots (in double precision) by a gradient at a rate.
fn check(optimizer: Optimizer, reference: impl Fn(&mut f64, &mut [f64], f64, f64)) {
    let parameters = random(COUNT, 1);
    let mut state: Vec<Vec<f32>> = vec![parameters.clone()];
    state.extend((0..optimizer.slots()).map(|_| vec![0.0; COUNT]));
    let mut expected: Vec<(f64, Vec<f64>)> =
        parameters.iter().map(|p| (f64::from(*p), vec![0.0; optimizer.slots()])).collect();
    for turn in 0..3 {
        let gradients = random(COUNT, 10 + turn);
        for ((parameter, slots), gradient) in expected.iter_mut().zip(&gradients) {
            reference(parameter, slots, f64::from(*gradient), f64::from(STEP.rate));
        }
        state = on_both(Update { optimizer, count: COUNT }, &[gradients], &state);
        let wanted: Vec<f32> = expected.iter().map(|(parameter, _)| *parameter as f32).collect();
        assert_close(&state[0], &wanted, 1e-5);
    }
}

#[test]
fn rmsprop_is_keras_3() {
    for momentum in [0.0, 0.9] {
        let optimizer = Optimizer::RmsProp(RmsProp { momentum, ..RmsProp::default() });
        check(optimizer, |p, slots, g, rate| {
            slots[0] = 0.9 * slots[0] + 0.1 * g * g;
            let increment = rate * g / (slots[0] + 1e-7).sqrt();
            if momentum > 0.0 {
                slots[1] = f64::from(momentum) * slots[1] + increment;
                *p -= slots[1];
            } else {
                *p -= increment;
            }
        });
    }
}

#[test]
fn sgd_is_keras_3() {
    for (momentum, nesterov) in [(0.0, false), (0.9, false), (0.9, true)] {
        let optimizer = Optimizer::Sgd(Sgd { momentum, nesterov, ..Sgd::default() });
        check(optimizer, |p, slots, g, rate| {
            let Some(m) = slots.first_mut() else {
                *p -= rate * g;
                return;
            };
            *m = *m * f64::from(momentum) - g * rate;
            *p += if nesterov { *m * f64::from(momentum) - g * rate } else { *m };
        });
    }
}

#[test]
fn adam_is_keras_3() {
    check(Optimizer::Adam(Adam::default()), |p, slots, g, rate| {
        slots[0] += (g - slots[0]) * 0.1;
        slots[1] += (g * g - slots[1]) * 0.001;
        *p -= slots[0] * rate / (slots[1].sqrt() + 1e-7);
    });
}
