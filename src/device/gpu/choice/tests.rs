use super::*;
use crate::device::Tuning;
use crate::device::gpu::choices::Choices;
use crate::model::Activation;
use crate::ops::tests::gpu;
use crate::ops::{Io, Operation, StepParams, activation};

const LEN: usize = 1 << 16;
const WORTH_TIMING: f64 = 2.0 * LEAST_WORK;

/// Relu with the given variants, said to be worth timing or not.
#[derive(Debug)]
struct Relu {
    variants: Vec<Kernels>,
    work: f64,
}

fn kernels(activation: Activation) -> Kernels {
    activation::Forward { function: activation.into(), rows: LEN, units: 1 }.gpu()
}

impl Operation for Relu {
    fn label(&self) -> String {
        "relu".into()
    }

    fn work(&self) -> f64 {
        self.work
    }

    fn cpu(&self, _: &StepParams, _: &mut Io<'_>) {}

    fn gpu(&self) -> Kernels {
        // Slower than once, with the same result.
        let once = kernels(Activation::Relu);
        Kernels { kernels: vec![once.kernels[0].clone(); 200], scratch: 0 }
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        self.variants.clone()
    }
}

fn plan(variants: Vec<Kernels>, work: f64) -> Plan {
    let view = |buffer| View { buffer, offset: 0, len: LEN };
    let operation = Box::new(Relu { variants, work });
    let step = Step { operation, inputs: vec![view(0)], outputs: vec![view(1)] };
    Plan {
        network: None,
        goal: crate::plan::Goal::Predict,
        augmentation: None,
        batch: 1,
        micro_batch: 1,
        from: 0,
        image_len: 1,
        units: 1,
        buffers: Vec::new(),
        steps: vec![step],
        steps_a_part: 1,
        unshared_bytes: 0,
        lives: Vec::new(),
    }
}

fn chosen(gpu: &Gpu, variants: Vec<Kernels>, work: f64) -> Kernels {
    let plan = plan(variants, work);
    assert!(pollster::block_on(gpu.prepare(&[&plan], &mut ())).unwrap());
    gpu.known(&plan.steps[0])
}

#[test]
fn a_faster_variant_wins_and_is_remembered() {
    let mut gpu = gpu();
    gpu.choices = Choices::default();
    let (right, other) = (kernels(Activation::Relu), kernels(Activation::Linear));
    assert_eq!(chosen(&gpu, vec![right.clone()], WORTH_TIMING), right);
    // Without memory, what is not timed gets the first variant or the last.
    let offered = vec![other.clone(), right.clone(), other.clone()];
    assert_eq!(chosen(&gpu, offered.clone(), 0.0), right);
    gpu.choices = Choices::default();
    assert_eq!(chosen(&gpu, offered, 0.0), other);
}

#[test]
fn a_wrong_variant_never_wins() {
    let mut gpu = gpu();
    gpu.choices = Choices::default();
    let plain = Relu { variants: Vec::new(), work: 0.0 }.gpu();
    let (wrong, nothing) = (kernels(Activation::Linear), Kernels::default());
    let offered = vec![wrong, nothing];
    assert_eq!(chosen(&gpu, offered.clone(), WORTH_TIMING), plain);
    assert_eq!(chosen(&gpu, offered, 0.0), plain);
}

/// Stops when it has been asked so often.
struct StopAtQuestion(usize);

impl Preparation for StopAtQuestion {
    async fn go_on(&mut self, _: usize, _: usize) -> bool {
        self.0 -= 1;
        self.0 > 0
    }
}

#[test]
fn choosing_can_be_called_off_between_two_candidates() {
    let mut gpu = gpu();
    // Asked at first, after each of the first two compilations, before each variant, and at the end.
    for (question, settled) in [(1, 0), (2, 0), (3, 0), (4, 0), (5, 1)] {
        gpu.choices = Choices::default();
        let plan = plan(vec![kernels(Activation::Relu)], WORTH_TIMING);
        let went_on = pollster::block_on(gpu.prepare(&[&plan], &mut StopAtQuestion(question))).unwrap();
        assert!(!went_on);
        assert_eq!(gpu.choices.all().len(), settled, "{question}");
    }
}

/// Stops after so many operations.
struct StopAt(usize);

impl Preparation for StopAt {
    async fn go_on(&mut self, done: usize, _: usize) -> bool {
        done < self.0
    }
}

#[test]
fn choosing_can_be_called_off() {
    let mut gpu = gpu();
    for stop_at in 0..4 {
        gpu.choices = Choices::default();
        let offered = || vec![kernels(Activation::Relu)];
        let plans = [plan(offered(), WORTH_TIMING), plan(offered(), 0.0), plan(offered(), 0.0)];
        let plans = plans.iter().collect::<Vec<_>>();
        let went_on = pollster::block_on(gpu.prepare(&plans, &mut StopAt(stop_at))).unwrap();
        assert!(!went_on);
        assert_eq!(gpu.choices.all().len(), usize::from(stop_at > 0));
    }
}

#[test]
fn another_visit_times_nothing_but_another_adapter_does() {
    let mut gpu = gpu();
    gpu.choices = Choices::default();
    let (right, other) = (kernels(Activation::Relu), kernels(Activation::Linear));
    assert_eq!(chosen(&gpu, vec![right.clone()], WORTH_TIMING), right);
    let tuning = gpu.tuning();
    assert_eq!(tuning.winners.len(), 1);
    let offered = vec![other.clone(), right.clone(), other.clone()];
    let mut visit = |tuning| {
        gpu.choices = Choices::default();
        gpu.tune(tuning);
        chosen(&gpu, offered.clone(), 0.0)
    };
    let kept: Tuning = serde_json::from_str(&serde_json::to_string(&tuning).unwrap()).unwrap();
    assert_eq!(visit(kept), right);
    assert_eq!(visit(Tuning { adapter: "another".into(), ..tuning.clone() }), other);
    assert_eq!(visit(Tuning { engine: "0.0.0".into(), ..tuning.clone() }), other);
    let forged = tuning.winners.keys().map(|plain| (plain.clone(), "x".to_owned())).collect();
    assert_eq!(visit(Tuning { winners: forged, ..tuning }), other);
}

#[test]
fn what_there_is_no_time_for_is_not_timed_on_the_next_visit() {
    let mut gpu = gpu();
    gpu.choices = Choices::default();
    let (first, wrong) = (kernels(Activation::Relu), kernels(Activation::Linear));
    // The plain kernels alone would take longer than the patience, it seems.
    let offered = vec![first.clone(), wrong, first.clone()];
    assert_eq!(chosen(&gpu, offered, 1e12), first);
    assert_eq!(gpu.tuning().winners.len(), 1);
}
