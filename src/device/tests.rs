//! Whole networks: gradients against finite differences, shared buffers, and one device against the other.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

mod features;
mod gradients;
mod lifetimes;
mod reference;
mod watching;

use super::*;
use crate::model::{Augmentation, Loss, Network, Optimizer, Recipe, Sgd};
use crate::ops::tests::random;
use crate::plan::{Goal, Limits, Role};
use crate::random::{Purpose, Stream};

const BATCH: usize = 3;

fn network(input_shape: [usize; 3], layers: &str) -> Network {
    Network::new("net", input_shape, serde_json::from_str(layers).unwrap()).unwrap()
}

/// Networks that have every operation in the middle, between layers with parameters.
fn networks() -> Vec<(Network, Loss)> {
    let binary = Loss::BinaryCrossentropy;
    let categorical = Loss::CategoricalCrossentropy;
    vec![
        (Recipe::CatsAndDogsSmall.network([48, 48, 3], 2).unwrap(), binary),
        (
            network(
                [11, 9, 2],
                r#"[{"class_name":"Conv2D","config":{"filters":4,"kernel_size":5,"strides":2,"padding":"same",
                     "activation":"sigmoid","use_bias":false}},
                    {"class_name":"MaxPooling2D","config":{"pool_size":3,"strides":2,"padding":"same"}},
                    {"class_name":"Dropout","config":{"rate":0.3}},
                    {"class_name":"Conv2D","config":{"filters":6,"kernel_size":[1,2],"activation":"softmax"}},
                    {"class_name":"Dense","config":{"units":5,"activation":"relu"}},
                    {"class_name":"Flatten"},
                    {"class_name":"Dense","config":{"units":7,"activation":"softmax"}},
                    {"class_name":"Dropout","config":{"rate":0.5}},
                    {"class_name":"Dense","config":{"units":3,"activation":"softmax"}}]"#,
            ),
            categorical,
        ),
        (
            network(
                [8, 8, 3],
                r#"[{"class_name":"MaxPooling2D","config":{"pool_size":2}},
                    {"class_name":"Conv2D","config":{"filters":8,"padding":"same","activation":"relu"}},
                    {"class_name":"Conv2D","config":{"filters":4,"strides":[1,2]}},
                    {"class_name":"Flatten"},
                    {"class_name":"Dense","config":{"units":4,"use_bias":false,"activation":"sigmoid"}}]"#,
            ),
            binary,
        ),
    ]
}

struct Samples {
    images: Vec<u8>,
    labels: Vec<u32>,
    weights: Vec<f32>,
    samples: Vec<u32>,
}

impl Samples {
    fn new(network: &Network, count: usize) -> Self {
        let len: usize = network.input_shape().iter().product();
        let mut stream = Stream::new(5, Purpose::Shuffle, 0);
        let classes = network.output_units().max(2) as u32;
        Self {
            images: (0..count * len).map(|_| stream.word() as u8).collect(),
            labels: (0..count as u32).map(|sample| (sample + 1) % classes).collect(),
            weights: vec![1.0; count],
            samples: (0..count as u32).map(|sample| 10 + sample).collect(),
        }
    }

    fn batch(&self) -> Batch<'_> {
        Batch { images: &self.images, labels: &self.labels, weights: &self.weights, samples: &self.samples }
    }
}

fn step(optimizer: &Optimizer, count: usize, row: u32) -> StepParams {
    StepParams {
        rate: optimizer.rate(row + 1),
        scale: 1.0 / count as f32,
        seed: 1,
        epoch: 1,
        row,
        ..StepParams::default()
    }
}

#[test]
fn a_short_batch_in_a_larger_plan_is_the_same_batch() {
    for (network, loss) in networks() {
        let optimizer = Optimizer::rmsprop(1e-3);
        let parameters = network.initial_parameters(3);
        let run = |plan_batch| {
            let plan = Plan::new(&network, plan_batch, Goal::Train(loss, optimizer)).unwrap();
            let device = cpu::Cpu::default();
            let weights = device.weights(&parameters, &Rc::new(network.initial_frozen(3))).unwrap();
            let mut program = Program::Cpu(device.program(plan, &weights).unwrap());
            until_done(program.run(&Samples::new(&network, 2).batch(), &step(&optimizer, 2, 0))).unwrap();
            (program, weights.read())
        };
        let ((exact, exact_weights), (padded, padded_weights)) = (run(2), run(5));
        let metrics = |program: &Program| match program {
            Program::Cpu(program) => program.read(Role::Metrics),
            Program::Gpu(_) => Vec::new(),
        };
        crate::ops::tests::assert_close(&metrics(&padded), &metrics(&exact), 1e-6);
        crate::ops::tests::assert_close(&padded_weights, &exact_weights, 1e-5);
    }
}

/// On the CPU device nothing is ever waited for; natively a GPU is.
pub(crate) fn until_done<T>(future: impl Future<Output = T>) -> T {
    #[cfg(not(target_arch = "wasm32"))]
    return pollster::block_on(future);
    #[cfg(target_arch = "wasm32")]
    crate::train::tests::now(future)
}

/// A network whose parameters are small beside its values, with dropout.
pub(super) fn small_network() -> Network {
    network(
        [24, 24, 3],
        r#"[{"class_name":"Conv2D","config":{"filters":16,"padding":"same","activation":"relu"}},
            {"class_name":"MaxPooling2D"},
            {"class_name":"Dropout","config":{"rate":0.4}},
            {"class_name":"Conv2D","config":{"filters":8,"activation":"relu"}},
            {"class_name":"Flatten"},
            {"class_name":"Dense","config":{"units":10,"activation":"relu"}},
            {"class_name":"Dense","config":{"units":3,"activation":"softmax"}}]"#,
    )
}

/// All that can happen to a photo.
pub(super) fn augmentation() -> Augmentation {
    Augmentation {
        vertical_flip: true,
        brightness_range: Some([0.5, 1.5]),
        channel_shift_range: 30.0,
        ..Augmentation::cats_and_dogs()
    }
}

/// Three steps on augmented photos, one of them on a short batch: metrics, the parameters after them, and the probabilities
/// of the last batch's photos.
pub(super) async fn three_steps(
    device: &Device,
    optimizer: Optimizer,
    limits: Limits,
) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    const BATCH: usize = 7;
    let (network, loss) = (small_network(), Loss::CategoricalCrossentropy);
    let weights =
        device.weights(&network.initial_parameters(3), &Rc::new(network.initial_frozen(3))).unwrap();
    let plan = |goal| {
        let plan = Plan::augmented(&network, BATCH, goal, Some(&augmentation()), limits).unwrap();
        let parts = plan.parts(BATCH).count();
        assert!(limits.memory.is_some() || (parts > 2) == limits.buffer.is_some(), "{parts} parts");
        assert!(parts == 1 || limits != Limits::default());
        plan
    };
    let mut program = device.program(plan(Goal::Train(loss, optimizer)), &weights).await.unwrap();
    for (row, count) in [BATCH, 4, BATCH].into_iter().enumerate() {
        let samples = Samples::new(&network, count);
        program.run(&samples.batch(), &step(&optimizer, count, row as u32)).await.unwrap();
        program.keep_pace().await.unwrap();
    }
    let mut metrics = program.read(Role::Metrics).await.unwrap();
    let mut program = device.program(plan(Goal::Evaluate(loss)), &weights).await.unwrap();
    program.run(&Samples::new(&network, 5).batch(), &step(&optimizer, 5, 3)).await.unwrap();
    metrics[12..16].copy_from_slice(&program.read(Role::Metrics).await.unwrap()[12..16]);
    metrics.truncate(16);
    let mut probabilities = program.probabilities().await.unwrap();
    assert_eq!(probabilities.len(), BATCH * 3);
    probabilities.truncate(5 * 3);
    (metrics, weights.read().await.unwrap(), probabilities)
}

fn micro_batches_are_the_whole_batch(device: &Device) {
    use crate::model::Adam;
    use crate::ops::tests::assert_close;
    for optimizer in [
        Optimizer::rmsprop(1e-3),
        Optimizer::Adam(Adam::default()),
        Optimizer::Sgd(Sgd { momentum: 0.9, ..Sgd::default() }),
    ] {
        // Between two and three photos' output of the first convolution.
        let limits = Limits { buffer: Some(2 * 24 * 24 * 16 * 4 + 1000), memory: None };
        let whole = until_done(three_steps(device, optimizer, Limits::default()));
        let parts = until_done(three_steps(device, optimizer, limits));
        for (parts, whole) in parts.0.chunks(4).zip(whole.0.chunks(4)) {
            assert_close(&parts[..1], &whole[..1], 1e-5);
            assert_eq!(parts[1..], whole[1..]);
            assert!(whole[2] >= 4.0);
        }
        let tensors = small_network();
        for tensor in tensors.parameters() {
            assert_close(&parts.1[tensor.range()], &whole.1[tensor.range()], 1e-5);
        }
        assert_close(&parts.2, &whole.2, 1e-5);
    }
}

/// The parameters and the slots after three steps, of which the last one is made by a program of its own.
async fn with_a_seam(
    device: &Device,
    optimizer: Optimizer,
    buffer: Option<u64>,
) -> (Vec<f32>, Vec<Vec<f32>>) {
    let network = small_network();
    let weights =
        device.weights(&network.initial_parameters(3), &Rc::new(network.initial_frozen(3))).unwrap();
    let made = async || {
        let goal = Goal::Train(Loss::CategoricalCrossentropy, optimizer);
        device
            .program(Plan::within(&network, 7, goal, Limits { buffer, memory: None }).unwrap(), &weights)
            .await
            .unwrap()
    };
    let mut program = made().await;
    for row in 0..3 {
        if row == 2 && buffer.is_none() {
            program = made().await;
        }
        program.run(&Samples::new(&network, 7).batch(), &step(&optimizer, 7, row)).await.unwrap();
        program.keep_pace().await.unwrap();
    }
    weights.read_with_slots().await.unwrap()
}

fn slots_are_the_models(device: &Device) {
    use crate::model::{Adam, RmsProp};
    use crate::ops::tests::assert_close;
    for optimizer in [
        Optimizer::Adam(Adam::default()),
        Optimizer::RmsProp(RmsProp { momentum: 0.5, ..RmsProp::default() }),
        Optimizer::Sgd(Sgd { momentum: 0.9, ..Sgd::default() }),
    ] {
        // One program in micro-batches, against two in one piece.
        let limit = Some(2 * 24 * 24 * 16 * 4 + 1000);
        let (parameters, slots) = until_done(with_a_seam(device, optimizer, None));
        let (wanted, wanted_slots) = until_done(with_a_seam(device, optimizer, limit));
        assert_eq!(slots.len(), optimizer.slots());
        for tensor in small_network().parameters() {
            assert_close(&parameters[tensor.range()], &wanted[tensor.range()], 1e-5);
            for (slot, wanted) in slots.iter().zip(&wanted_slots) {
                assert_close(&slot[tensor.range()], &wanted[tensor.range()], 1e-4);
            }
        }
        // Written back, they are read back; others are refused, and change nothing.
        let weights = device.weights(&wanted, &Rc::default()).unwrap();
        weights.write(&parameters, &slots).unwrap();
        assert_eq!(until_done(weights.read_with_slots()).unwrap(), (parameters.clone(), slots.clone()));
        let len = parameters.len();
        let error = weights.write(&parameters, &[vec![0.0; len - 1]]).unwrap_err();
        assert_eq!(error, DeviceError::Sizes { found: len - 1, wanted: len });
        assert!(weights.write(&parameters[1..], &slots).is_err());
        assert_eq!(until_done(weights.read_with_slots()).unwrap(), (parameters, slots));
    }
}

#[test]
fn on_the_cpu_a_program_goes_on_with_the_models_slots() {
    slots_are_the_models(&Device::cpu());
}

#[test]
fn on_the_cpu_micro_batches_are_the_same_step_as_one_batch() {
    micro_batches_are_the_whole_batch(&Device::cpu());
}

#[test]
fn batches_that_do_not_fit_are_refused() {
    let network = Recipe::Digits.network([28, 28, 1], 10).unwrap();
    let plan = Plan::new(&network, 2, Goal::Evaluate(Loss::CategoricalCrossentropy)).unwrap();
    let device = cpu::Cpu::default();
    let weights = device.weights(&network.initial_parameters(1), &Rc::default()).unwrap();
    let mut program = Program::Cpu(device.program(plan, &weights).unwrap());
    let three = Samples::new(&network, 3);
    let mut run = |batch: Batch<'_>| {
        let step = step(&Optimizer::default(), 2, 0);
        until_done(program.run(&batch, &step)).map_err(|error| error.to_string())
    };
    assert!(run(three.batch()).unwrap_err().contains("at most 2"));
    let two = Samples::new(&network, 2);
    assert!(run(Batch { images: &two.images[1..], ..two.batch() }).is_err());
    assert!(run(Batch { labels: &two.labels[1..], ..two.batch() }).is_err());
    let error = run(Batch { labels: &[0, 10], ..two.batch() }).unwrap_err();
    assert_eq!(error, "label 10 is not one of the 10 classes");
    assert_eq!(run(two.batch()), Ok(()));
}

#[cfg(not(target_arch = "wasm32"))]
mod on_the_gpu {
    use super::*;
    use crate::model::Adam;

    /// The metrics of some steps and the parameters after them.
    fn train(
        device: &Device,
        network: &Network,
        loss: Loss,
        optimizer: Optimizer,
    ) -> (Vec<Metrics>, Vec<f32>) {
        pollster::block_on(async {
            let weights =
                device.weights(&network.initial_parameters(3), &Rc::new(network.initial_frozen(3))).unwrap();
            let plan = Plan::new(network, BATCH, Goal::Train(loss, optimizer)).unwrap();
            let mut program = device.program(plan, &weights).await.unwrap();
            for row in 0..6 {
                let samples = Samples::new(network, if row % 2 == 0 { BATCH } else { 2 });
                program.run(&samples.batch(), &step(&optimizer, samples.labels.len(), row)).await.unwrap();
                program.keep_pace().await.unwrap();
            }
            let metrics = program.metrics().await.unwrap();
            (metrics[..6].to_vec(), weights.read().await.unwrap())
        })
    }

    #[test]
    fn training_follows_the_cpu() {
        let gpu = Device::Gpu(crate::ops::tests::gpu());
        for (network, loss) in networks() {
            for optimizer in [
                Optimizer::rmsprop(1e-4),
                Optimizer::Adam(Adam::default()),
                Optimizer::Sgd(Sgd { momentum: 0.9, nesterov: true, ..Sgd::default() }),
            ] {
                let (expected, expected_weights) = train(&Device::cpu(), &network, loss, optimizer);
                let (found, found_weights) = train(&gpu, &network, loss, optimizer);
                for (found, expected) in found.iter().zip(&expected) {
                    assert!((found.loss / expected.loss - 1.0).abs() < 1e-3, "{found:?} {expected:?}");
                    assert_eq!((found.accuracy, found.count), (expected.accuracy, expected.count));
                }
                crate::ops::tests::assert_close(&found_weights, &expected_weights, 2e-3);
            }
        }
    }

    #[test]
    fn augmented_training_follows_the_cpu() {
        let gpu = Device::Gpu(crate::ops::tests::gpu());
        let steps = |device: &Device| {
            pollster::block_on(three_steps(device, Optimizer::rmsprop(1e-3), Limits::default()))
        };
        let (found, expected) = (steps(&gpu), steps(&Device::cpu()));
        crate::ops::tests::assert_close(&found.0, &expected.0, 1e-3);
        crate::ops::tests::assert_close(&found.1, &expected.1, 2e-3);
        crate::ops::tests::assert_close(&found.2, &expected.2, 1e-3);
    }

    #[test]
    fn micro_batches_are_the_same_step_as_one_batch() {
        micro_batches_are_the_whole_batch(&Device::Gpu(crate::ops::tests::gpu()));
    }

    #[test]
    fn a_program_goes_on_with_the_models_slots() {
        slots_are_the_models(&Device::Gpu(crate::ops::tests::gpu()));
    }

    #[test]
    fn predictions_are_those_of_the_cpu() {
        let gpu = Device::Gpu(crate::ops::tests::gpu());
        for (network, _) in networks() {
            let predict = |device: &Device| {
                pollster::block_on(async {
                    let weights = device
                        .weights(&network.initial_parameters(3), &Rc::new(network.initial_frozen(3)))
                        .unwrap();
                    let plan = Plan::new(&network, BATCH, Goal::Predict).unwrap();
                    let mut program = device.program(plan, &weights).await.unwrap();
                    let samples = Samples::new(&network, BATCH);
                    let batch = Batch { images: &samples.images, ..Batch::default() };
                    program.run(&batch, &step(&Optimizer::default(), BATCH, 0)).await.unwrap();
                    program.probabilities().await.unwrap()
                })
            };
            crate::ops::tests::assert_close(&predict(&gpu), &predict(&Device::cpu()), 1e-4);
        }
    }

    #[test]
    fn what_a_model_takes_is_given_back() {
        let device = Device::Gpu(crate::ops::tests::gpu());
        let (network, loss) = networks().remove(2);
        let before = device.memory();
        for _ in 0..100 {
            train(&device, &network, loss, Optimizer::rmsprop(1e-4));
        }
        assert_eq!(device.memory().bytes, before.bytes);
        assert!(device.memory().peak_bytes > before.bytes);
    }

    #[test]
    fn a_buffer_beyond_the_adapters_limit_is_an_error_that_says_so() {
        let gpu = Device::Gpu(crate::ops::tests::gpu());
        let network = Recipe::CatsAndDogsSmall.network([150, 150, 3], 2).unwrap();
        let plan = Plan::new(&network, 800, Goal::Predict).unwrap();
        let weights = gpu.weights(&network.initial_parameters(1), &Rc::default()).unwrap();
        let error = pollster::block_on(gpu.program(plan, &weights)).unwrap_err().to_string();
        assert!(error.contains("smaller batch size"), "{error}");
    }
}

#[test]
fn each_micro_batch_is_told_how_many_photos_it_has() {
    let network = small_network();
    let plan = Plan::in_parts(&network, 7, 3, Goal::Predict, None);
    let photos = |count: usize| -> Vec<u32> {
        let images = vec![0; count * plan.image_len];
        let batch = Batch { images: &images, ..Batch::default() };
        batch.parts(&plan, &StepParams::default()).iter().map(|(_, step)| step.photos).collect()
    };
    assert_eq!(photos(7), [3, 3, 1]);
    assert_eq!(photos(5), [3, 2]);
    assert_eq!(photos(0), [0]);
}
