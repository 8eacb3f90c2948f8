//! Twenty training steps on each device, against the same twenty in Keras 3: natively on the CPU and through
//! Vulkan, in a browser on the CPU and through WebGPU. On the CPU also with the batch shared by two and three.
//!
//! `parity/make_fixtures.py` is the other side: it says which versions, how to run it, and why fixed bounds
//! can hold.

#[path = "parity/drawn.rs"]
mod drawn;
#[path = "parity/fixture.rs"]
mod fixture;

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;
#[cfg(not(target_arch = "wasm32"))]
use std::sync::{Mutex, PoisonError};

use drawn::{Drawn, checksum};
use fixture::{Checksums, Files, Fixture};
use fovea::device::cpu::{Answer, Cpu, Done, Hand, Helper, Order, Reply};
use fovea::device::gpu::Gpu;
use fovea::device::{Device, Metrics};
use fovea::model::{Layer, Parameter, Recipe};
use fovea::ops::StepParams;
use fovea::plan::{Goal, Plan};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::{console_log as println, wasm_bindgen_test as test};

// In a worker, as the page's engine is.
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// How far a device may be from Keras in the first steps, and in all of them.
const EARLY_STEPS: u32 = 5;
const EARLY: Bounds = Bounds { loss: 2e-5, values: 2e-4, change: 2e-3 };
const ON_THE_CPU: Bounds = Bounds { loss: 1e-4, values: 1e-3, change: 2e-3 };
const ON_A_GPU: Bounds = Bounds { loss: 1e-3, ..ON_THE_CPU };

struct Bounds {
    /// A step's loss, of itself.
    loss: f64,
    /// A parameter, of the largest in its tensor.
    values: f64,
    /// A tensor's errors and its change's mean and RMS, of the RMS of its change.
    change: f64,
}

/// What a device makes of a case.
struct Course {
    drawn: Checksums,
    metrics: Vec<Metrics>,
    initial: Vec<f32>,
    /// All parameters at each of the fixture's snapshots.
    snapshots: Vec<Vec<f32>>,
}

async fn train(device: &Device, case: &Fixture) -> Result<Course, Box<dyn Error>> {
    let [initial, frozen] = case.initial_parameters()?;
    let of = |parameter: &Parameter| {
        let all = if parameter.is_frozen() { &frozen } else { &initial };
        all[parameter.range()].to_vec()
    };
    let weights = device.weights(&initial, &Rc::new(frozen.clone()))?;
    let plan = Plan::new(&case.network, case.batch, Goal::Train(case.loss, case.optimizer))?;
    let mut program = device.program(plan, &weights).await?;
    let tensors = case.network.parameters().iter().map(of);
    let sums = tensors.map(|tensor| checksum(0, tensor.iter().map(|value| value.to_bits())));
    let mut drawn = Checksums { parameters: sums.fold(0, u64::wrapping_add), ..Checksums::default() };
    let mut snapshots = Vec::new();
    for step in 0..case.losses.len() as u32 {
        let photos = Drawn::new(case, step);
        let (images, labels) = (photos.images.iter().copied().map(u32::from), photos.labels.iter().copied());
        drawn.images += checksum(step as usize * images.len(), images);
        drawn.labels += checksum(step as usize * labels.len(), labels);
        let params = StepParams {
            rate: case.optimizer.rate(step + 1),
            scale: 1.0 / case.batch as f32,
            seed: case.seed,
            epoch: 1 + step / case.steps_per_epoch,
            row: step,
            ..StepParams::default()
        };
        program.run(&photos.batch(), &params).await?;
        program.keep_pace().await?;
        if case.after.iter().any(|snapshot| snapshot.steps == step + 1) {
            snapshots.push(weights.read().await?);
        }
    }
    let mut metrics = program.metrics().await?;
    metrics.truncate(case.losses.len());
    Ok(Course { drawn, metrics, initial, snapshots })
}

/// Everything that is farther from Keras than it may be, and the farthest of each kind.
#[derive(Default)]
struct Findings {
    beyond: Vec<String>,
    worst_loss: f64,
    worst_values: f64,
    worst_change: f64,
}

impl Findings {
    fn within(&mut self, what: &str, found: f64, allowed: f64) {
        // A comparison with NaN is false, and NaN must not pass.
        if !matches!(found.partial_cmp(&allowed), Some(order) if order.is_le()) {
            self.beyond.push(format!("{what}: {found:.1e} of at most {allowed:.1e}"));
        }
    }
}

async fn follow_keras(files: &Files, device: &Device) -> Result<(), Box<dyn Error>> {
    let case = Fixture::new(files)?;
    let bounds = |steps| match device {
        _ if steps <= EARLY_STEPS => EARLY,
        Device::Cpu(_) => ON_THE_CPU,
        Device::Gpu(_) => ON_A_GPU,
    };
    let course = train(device, &case).await?;
    assert_eq!(course.drawn, case.drawn, "the two sides do not start from the same numbers");
    assert_eq!(course.metrics.len(), case.losses.len());
    let mut findings = Findings::default();
    for (step, metrics) in (1..).zip(&course.metrics) {
        let at = step as usize - 1;
        let loss = f64::from(metrics.loss) / case.batch as f64;
        let error = (loss / case.losses[at] - 1.0).abs();
        findings.within(&format!("loss of step {step}"), error, bounds(step).loss);
        findings.worst_loss = findings.worst_loss.max(error);
        let wrong = f64::from(metrics.accuracy) - f64::from(case.right[at]);
        findings.within(
            &format!("photos told otherwise in step {step}"),
            wrong.abs(),
            f64::from(case.close[at]),
        );
    }
    assert_eq!(course.snapshots.len(), case.after.len());
    for (snapshot, values) in case.after.iter().zip(&course.snapshots) {
        let mut compared = 0;
        for parameter in case.network.parameters() {
            let tensor = snapshot.tensors.iter().find(|tensor| tensor.name == parameter.name);
            if parameter.is_frozen() {
                assert!(tensor.is_none(), "{} is frozen", parameter.name);
                continue;
            }
            let (before, after) = (&course.initial[parameter.range()], &values[parameter.range()]);
            let tensor =
                tensor.ok_or_else(|| format!("{} is trained, and Keras' is missing", parameter.name))?;
            compared += 1;
            assert_eq!(tensor.shape, parameter.shape, "{}", tensor.name);
            let found = tensor.distance(before, after);
            let bounds = bounds(snapshot.steps);
            let mut within = |what: &str, found, allowed| {
                findings.within(
                    &format!("{what} of {} after step {}", tensor.name, snapshot.steps),
                    found,
                    allowed,
                );
            };
            within("values", found.values, bounds.values);
            within("errors", found.errors, bounds.change);
            within("mean change", found.mean_change, bounds.change);
            within("RMS change", found.rms_change, bounds.change);
            findings.worst_values = findings.worst_values.max(found.values);
            findings.worst_change = [found.errors, found.mean_change, found.rms_change]
                .into_iter()
                .fold(findings.worst_change, f64::max);
        }
        assert_eq!(compared, snapshot.tensors.len(), "all tensors are the network's");
    }
    let Findings { beyond, worst_loss, worst_values, worst_change } = findings;
    let device = device.info().name;
    println!(
        "{} on {device}: losses within {worst_loss:.1e}, values within {worst_values:.1e}, changes within \
         {worst_change:.1e}",
        case.network.name()
    );
    if beyond.is_empty() { Ok(()) } else { Err(beyond.join("\n").into()) }
}

async fn on_the_cpu(name: &str, files: Files) {
    follow_keras(&files, &Device::cpu()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// A helper with memory of its own, in this thread.
#[derive(Debug, Default)]
struct Beside(RefCell<Hand>);

impl Helper for Beside {
    fn order(&self, order: Order<'_>) -> Reply {
        let mut hand = self.0.borrow_mut();
        let Done { metrics, values, error } = hand.obey(order.task, order.images, &order.values.to_vec());
        let answer = Answer { metrics, values: Box::new(values.to_vec()), error };
        Box::pin(async { Some(answer) })
    }
}

async fn on_several_workers(name: &str, files: Files) {
    for workers in [2, 3] {
        let cpu = Cpu::default();
        for _ in 1..workers {
            cpu.join(Box::<Beside>::default());
        }
        assert_eq!(cpu.workers(), workers);
        let followed = follow_keras(&files, &Device::Cpu(cpu.clone())).await;
        followed.unwrap_or_else(|error| panic!("{name} on {workers} workers: {error}"));
        assert_eq!(cpu.workers(), workers, "all of them took part to the end");
    }
}

async fn on_the_gpu(name: &str, files: Files) {
    let gpu = Gpu::open()
        .await
        .unwrap_or_else(|error| panic!("this test needs a GPU, if only a software adapter: {error}"));
    follow_keras(&files, &Device::Gpu(gpu)).await.unwrap_or_else(|error| panic!("{name}: {error}"));
}

macro_rules! file {
    ($name:ident, $extension:literal) => {
        include_bytes!(concat!("parity/fixtures/", stringify!($name), ".", $extension))
    };
}

macro_rules! cases {
    ($($name:ident: $images:expr),* $(,)?) => {
        $(mod $name {
            #[cfg(target_arch = "wasm32")]
            use super::test;

            pub fn files() -> super::Files {
                let (json, samples) = (file!($name, "json"), file!($name, "f32"));
                super::Files { json, samples, images: $images }
            }

            #[cfg(target_arch = "wasm32")]
            #[test]
            async fn on_the_cpu() {
                super::on_the_cpu(stringify!($name), files()).await;
            }

            #[cfg(target_arch = "wasm32")]
            #[test]
            async fn on_the_gpu() {
                super::on_the_gpu(stringify!($name), files()).await;
            }

            #[cfg(not(target_arch = "wasm32"))]
            #[test]
            fn on_the_cpu() {
                pollster::block_on(super::on_the_cpu(stringify!($name), files()));
            }

            #[cfg(not(target_arch = "wasm32"))]
            #[test]
            fn on_the_gpu() {
                let _one_at_a_time = super::OPEN.lock().unwrap_or_else(super::PoisonError::into_inner);
                pollster::block_on(super::on_the_gpu(stringify!($name), files()));
            }
        })*
    };
}

/// Cases whose batches may be shared: batch norms that are trained see one worker's photos at a time.
macro_rules! shared_cases {
    ($($name:ident),* $(,)?) => {
        mod on_several_workers {
            #[cfg(target_arch = "wasm32")]
            use super::test;

            $(#[cfg(target_arch = "wasm32")]
            #[test]
            async fn $name() {
                super::on_several_workers(stringify!($name), super::$name::files()).await;
            }

            #[cfg(not(target_arch = "wasm32"))]
            #[test]
            fn $name() {
                pollster::block_on(super::on_several_workers(stringify!($name), super::$name::files()));
            })*
        }
    };
}

/// Software adapters do not like to be opened by many threads at once.
#[cfg(not(target_arch = "wasm32"))]
static OPEN: Mutex<()> = Mutex::new(());

cases! {
    cats_and_dogs_small: None,
    digits: None,
    windows: None,
    augmented: Some(file!(augmented, "png")),
    residual: None,
    residual_half_frozen: None,
    residual_trained: None,
    squeeze_excite: None,
}

shared_cases! {
    cats_and_dogs_small,
    digits,
    windows,
    augmented,
    residual,
    residual_half_frozen,
    squeeze_excite,
}

#[test]
fn the_cases_are_the_recipes() -> Result<(), Box<dyn Error>> {
    let small = Recipe::CatsAndDogsSmall.network([64, 64, 3], 2)?;
    assert_eq!(Fixture::new(&cats_and_dogs_small::files())?.network, small);
    assert_eq!(Fixture::new(&digits::files())?.network, Recipe::Digits.network([28, 28, 1], 10)?);
    let with_dropout = Fixture::new(&augmented::files())?.network;
    let layers = with_dropout.layers().iter().map(|placed| &placed.layer);
    assert!(
        layers
            .filter(|layer| !matches!(layer, Layer::Dropout(_)))
            .eq(small.layers().iter().map(|placed| &placed.layer))
    );
    Ok(())
}
