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

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn values_are_never_left_out_in_silence() {
    let updates = |optimizer, lens: &[usize]| {
        let mut buffers: Vec<Vec<f32>> = lens.iter().map(|len| vec![1.0; *len]).collect();
        let gradients = vec![1.0; 4];
        std::panic::catch_unwind(move || {
            let mut scratch = Default::default();
            let outputs = buffers.iter_mut().map(Vec::as_mut_slice).collect();
            let mut io = Io { inputs: vec![&gradients], outputs, scratch: &mut scratch };
            Update { optimizer, count: 4 }.cpu(&STEP, &mut io);
            assert!(buffers[0].iter().all(|parameter| *parameter != 1.0));
        })
        .map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
    };
    let adam = Optimizer::Adam(Adam::default());
    assert_eq!(updates(adam, &[4, 4, 4]), Ok(()));
    for wrong in [&[4, 4, 3][..], &[4, 4], &[3, 4, 4], &[4, 4, 4, 4], &[4, 4, 5]] {
        assert!(updates(adam, wrong).unwrap_err().contains("of 4 values got parameters and slots of"));
    }
    assert!(updates(Optimizer::Sgd(Sgd::default()), &[4, 4]).is_err());
    assert!(updates(Optimizer::Sgd(Sgd { momentum: 0.9, ..Sgd::default() }), &[4]).is_err());
    assert!(updates(Optimizer::rmsprop(1e-3), &[4]).is_err());
}

#[test]
fn adam_is_keras_3() {
    check(Optimizer::Adam(Adam::default()), |p, slots, g, rate| {
        slots[0] += (g - slots[0]) * 0.1;
        slots[1] += (g * g - slots[1]) * 0.001;
        *p -= slots[0] * rate / (slots[1].sqrt() + 1e-7);
    });
}
