//! What lies within a network, and how its outputs depend on that, against the reference.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::reference::Reference;
use super::*;
use crate::model::INPUT;
use crate::plan::{Differentiate, Watch};

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn check(device: &Device, network: &Network, loss: Loss, names: &[&str]) {
    let samples = Samples::new(network, BATCH);
    let (parameters, frozen) = (network.initial_parameters(3), network.initial_frozen(3));
    let at_step = step(&Optimizer::default(), BATCH, 0);
    let reference = Reference::new(network, loss, &samples, &at_step, [&parameters, &frozen]);
    let last = network.layers().len();
    let wrt: Vec<&str> = names.iter().copied().chain([INPUT]).collect();
    let gradients = Differentiate { of: network.value_name(last).to_owned(), wrt: strings(&wrt) };
    let watch = Watch { outputs: strings(names), gradients: Some(gradients) };
    let plan = Plan::watching(network, BATCH, &watch).unwrap();
    let weights = device.weights(&parameters, &Rc::new(frozen)).unwrap();
    let mut program = until_done(device.program(plan, &weights)).unwrap();
    let seed = random(BATCH * network.output_units(), 4);
    program.write(Role::Seed, &seed).unwrap();
    assert!(program.write(Role::Seed, &seed[1..]).is_err());
    until_done(program.run(&samples.batch(), &at_step)).unwrap();
    for (number, name) in names.iter().enumerate() {
        let found = until_done(program.read(Role::Output(number))).unwrap();
        let expected = reference.value(network.value(name).unwrap());
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() < 1e-5, "{name}: {found} is not {expected}");
        }
    }
    let weighted =
        |output: &[f64]| output.iter().zip(&seed).map(|(y, seed)| y * f64::from(*seed)).sum::<f64>();
    for (number, name) in wrt.iter().enumerate() {
        let found = until_done(program.read(Role::GradientOf(number))).unwrap();
        let value = network.value(name).unwrap();
        assert_eq!(found.len(), reference.value(value).len());
        let largest = found.iter().fold(0.0_f32, |largest, gradient| largest.max(gradient.abs()));
        assert!(largest > 1e-4, "{name} has no gradient");
        let (mut skipped, step) = (0, found.len() / 16 + 1);
        for at in (0..found.len()).step_by(step) {
            let h = 1e-7;
            let middle = weighted(reference.value(last));
            let [above, below] =
                [h, -h].map(|h| (weighted(&reference.with_value(value, at, h)) - middle) / h);
            if (above - below).abs() > 1e-4 {
                // Where relu left zeros alone under a pooling, one of them only counts once it rises.
                skipped += 1;
                continue;
            }
            let (found, expected) = (f64::from(found[at]), (above + below) / 2.0);
            assert!((found - expected).abs() < 3e-5, "{name} at {at}: {found} is not {expected}");
        }
        assert!(skipped * 2 < found.len() / step, "{name}: {skipped} entries have no slope");
    }
}

#[test]
fn what_is_watched_is_what_the_reference_has() {
    let device = Device::cpu();
    #[cfg(not(target_arch = "wasm32"))]
    let gpu = Device::Gpu(crate::ops::tests::gpu());
    let book = (Recipe::CatsAndDogsSmall.network([48, 48, 3], 2).unwrap(), Loss::BinaryCrossentropy);
    let [_, residual, excited] = <[_; 3]>::try_from(gradients::graphs()).unwrap();
    for ((network, loss), names) in [
        (&book, &["conv2d_1", "max_pooling2d_2", "dense"][..]),
        (&residual, &["a", "sum", "smooth", "flat"]),
        (&excited, &["squeezed", "gate", "frozen", "wide"]),
    ] {
        check(&device, network, *loss, names);
        #[cfg(not(target_arch = "wasm32"))]
        check(&gpu, network, *loss, names);
    }
}

#[test]
fn what_a_value_does_not_depend_on_has_a_gradient_of_zeros() {
    let (network, _) = gradients::graphs().pop().unwrap();
    let gradients = Differentiate { of: "squeezed".into(), wrt: strings(&["a", "gate", "tall"]) };
    let plan =
        Plan::watching(&network, BATCH, &Watch { gradients: Some(gradients), ..Watch::default() }).unwrap();
    let device = Device::cpu();
    let frozen = Rc::new(network.initial_frozen(3));
    let weights = device.weights(&network.initial_parameters(3), &frozen).unwrap();
    let mut program = until_done(device.program(plan, &weights)).unwrap();
    program.write(Role::Seed, &[1.0; BATCH * 4]).unwrap();
    let samples = Samples::new(&network, BATCH);
    until_done(program.run(&samples.batch(), &step(&Optimizer::default(), BATCH, 0))).unwrap();
    let found = |number| until_done(program.read(Role::GradientOf(number))).unwrap();
    // A mean over 10 rows of 7 pixels.
    let [mean, none, above] = [0, 1, 2].map(found);
    assert!(mean.iter().all(|gradient| (gradient - 1.0 / 70.0).abs() < 1e-7));
    assert_eq!(none, [0.0; BATCH * 4]);
    assert!(above.len() > BATCH && above.iter().all(|gradient| *gradient == 0.0));
}

#[test]
fn a_layer_that_is_not_there_cannot_be_watched() {
    let watch = Watch { outputs: strings(&["conv2d_9"]), gradients: None };
    let error = Plan::watching(&small_network(), 1, &watch).unwrap_err();
    assert_eq!(error.to_string(), "the network has no layer \"conv2d_9\"");
    let error = Plan::watching(&small_network(), 0, &Watch::default()).unwrap_err();
    assert!(error.to_string().contains("at least 1"), "{error}");
}
