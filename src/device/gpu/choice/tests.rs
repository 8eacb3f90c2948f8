use super::*;
use crate::model::Activation;
use crate::ops::tests::gpu;
use crate::ops::{Io, Operation, activation};

const LEN: usize = 1 << 16;

/// Relu with the given variants, said to be worth timing.
#[derive(Debug)]
struct Relu(Vec<Kernels>);

fn kernels(activation: Activation) -> Kernels {
    activation::Forward { activation, rows: LEN, units: 1 }.gpu()
}

impl Operation for Relu {
    fn label(&self) -> String {
        "relu".into()
    }

    fn work(&self) -> f64 {
        2.0 * LEAST_WORK
    }

    fn cpu(&self, _: &StepParams, _: &mut Io<'_>) {}

    fn gpu(&self) -> Kernels {
        // Slower than once, with the same result.
        let once = kernels(Activation::Relu);
        Kernels { kernels: vec![once.kernels[0].clone(); 200], scratch: 0 }
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        self.0.clone()
    }
}

fn chosen(gpu: &Gpu, variants: Vec<Kernels>) -> Kernels {
    let view = |buffer| View { buffer, offset: 0, len: LEN };
    let operation = Box::new(Relu(variants));
    let step = Step { operation, inputs: vec![view(0)], outputs: vec![view(1)] };
    let plan = Plan {
        network: None,
        goal: crate::plan::Goal::Predict,
        batch: 1,
        micro_batch: 1,
        image_len: 1,
        units: 1,
        buffers: Vec::new(),
        steps: vec![step],
        steps_a_part: 1,
        unshared_bytes: 0,
    };
    pollster::block_on(gpu.choose(&plan)).unwrap().remove(0)
}

#[test]
fn a_faster_variant_wins_and_is_remembered() {
    let mut gpu = gpu();
    gpu.choices = Choices::default();
    let right = kernels(Activation::Relu);
    assert_eq!(chosen(&gpu, vec![right.clone()]), right);
    assert_eq!(chosen(&gpu, Vec::new()), right);
}

#[test]
fn a_wrong_variant_never_wins() {
    let mut gpu = gpu();
    gpu.choices = Choices::default();
    let plain = Relu(Vec::new()).gpu();
    let (wrong, nothing) = (kernels(Activation::Linear), Kernels::default());
    assert_eq!(chosen(&gpu, vec![wrong, nothing]), plain);
}
