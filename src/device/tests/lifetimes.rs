//! Buffers that values share, by what is in them: whatever a step finds of no use is NaN, and nothing comes out otherwise.
//!
//! A value is spoilt before the step that is to write it, so that nothing of an earlier batch or of the value before it is
//! left; and after the last step that reads it, so that one read too late fails, whether or not another value lies there
//! by then. So are the scratch before each step, and gradients and probabilities before each micro-batch.
//!
//! It was tried with faults put in by hand. A life that ended before a bias' gradient read it was caught here alone: no other
//! value lay there yet.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

/// Metrics, all gradients and parameters after two batches, and the probabilities that the network then has.
async fn results(
    device: &Device,
    network: &Network,
    loss: Loss,
    parts: usize,
    spoilt: bool,
) -> Vec<Vec<f32>> {
    let optimizer = Optimizer::rmsprop(1e-3);
    // Photos of two channels are trained on as they are.
    let augmentation = Some(augmentation()).filter(|_| network.input_shape()[2] != 2);
    let plan = |goal, augmentation| Plan::in_parts(network, BATCH, parts, goal, augmentation);
    let weights =
        device.weights(&network.initial_parameters(3), &Rc::new(network.initial_frozen(3))).unwrap();
    let assemble = |plan| async {
        let mut program = device.assemble(plan, &weights).await.unwrap();
        match &mut program {
            Program::Cpu(program) if spoilt => program.spoil(),
            Program::Gpu(program) => program.spoils = spoilt,
            Program::Cpu(_) => {}
        }
        program
    };
    let mut program = assemble(plan(Goal::Train(loss, optimizer), augmentation.as_ref())).await;
    for (row, count) in [BATCH, 2].into_iter().enumerate() {
        let samples = Samples::new(network, count);
        program.run(&samples.batch(), &step(&optimizer, count, row as u32)).await.unwrap();
        program.keep_pace().await.unwrap();
    }
    let gradients = program.read(if parts > 1 { Role::GradientSums } else { Role::Gradients }).await.unwrap();
    let metrics = program.read(Role::Metrics).await.unwrap();
    let mut program = assemble(plan(Goal::Evaluate(loss), None)).await;
    program.run(&Samples::new(network, BATCH).batch(), &step(&optimizer, BATCH, 2)).await.unwrap();
    let mut results = vec![metrics, program.read(Role::Metrics).await.unwrap()];
    results.push(program.probabilities().await.unwrap());
    let parameters = weights.read().await.unwrap();
    // Nothing is written between tensors.
    for tensor in network.parameters().iter().filter(|tensor| !tensor.is_frozen()) {
        results.extend([&gradients, &parameters].map(|values| values[tensor.range()].to_vec()));
    }
    results
}

fn check(device: &Device, parts: usize) {
    for (network, loss) in gradients::checked() {
        let expected = until_done(results(device, &network, loss, parts, false));
        let found = until_done(results(device, &network, loss, parts, true));
        assert!(expected.iter().flatten().all(|value| value.is_finite()));
        for (number, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let apart = found.iter().zip(expected).position(|(found, expected)| found != expected);
            assert_eq!(apart, None, "result {number} of {} in {parts} parts", network.summary());
        }
    }
}

#[test]
fn nothing_is_read_before_it_is_written_or_after_its_life() {
    check(&Device::cpu(), 1);
}

#[test]
fn nor_in_micro_batches() {
    check(&Device::cpu(), 2);
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn nor_on_a_gpu() {
    let gpu = Device::Gpu(crate::ops::tests::gpu());
    check(&gpu, 1);
    check(&gpu, 2);
}
