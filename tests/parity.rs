//! Twenty training steps on each device, against the same twenty in Keras 3.
//!
//! `parity/make_fixtures.py` is the other side: it says which versions, how to run it, and why what is
//! allowed grows with the steps as far as Keras' own runs part.
#![cfg(not(target_arch = "wasm32"))]

#[path = "parity/drawn.rs"]
mod drawn;
#[path = "parity/fixture.rs"]
mod fixture;

use std::error::Error;
use std::sync::{Mutex, PoisonError};

use drawn::{Drawn, checksum};
use fixture::{Checksums, Fixture};
use fovea::device::gpu::Gpu;
use fovea::device::{Device, Metrics};
use fovea::model::{Layer, Recipe};
use fovea::ops::StepParams;
use fovea::plan::{Goal, Plan};

/// How far a device may be from Keras: so far, and `SPREADS` times the spread more.
const BOUNDS: Bounds = Bounds { loss: 2e-5, values: 2e-4, change: 2e-3 };
const SPREADS: f64 = 3.0;

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
    let initial = case.network.initial_parameters(case.seed);
    let weights = device.weights(&initial)?;
    let plan = Plan::new(&case.network, case.batch, Goal::Train(case.loss, case.optimizer))?;
    let mut program = device.program(plan, &weights).await?;
    let tensors = case.network.parameters().iter().map(|parameter| &initial[parameter.range()]);
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

/// Everything that is farther from Keras than it may be; what it is in fact shows with `--nocapture`.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn within(&mut self, what: &str, found: f64, bound: f64, spread: f64) {
        let allowed = bound + SPREADS * spread;
        let finding = format!("{what}: {found:.1e} of at most {allowed:.1e}");
        println!("{finding}");
        // A comparison with NaN is false, and NaN must not pass.
        if !matches!(found.partial_cmp(&allowed), Some(order) if order.is_le()) {
            self.0.push(finding);
        }
    }
}

fn follow_keras(name: &str, device: &Device) -> Result<(), Box<dyn Error>> {
    let case = Fixture::read(name)?;
    let course = pollster::block_on(train(device, &case))?;
    assert_eq!(course.drawn, case.drawn, "the two sides do not start from the same numbers");
    assert_eq!(course.metrics.len(), case.losses.len());
    let mut findings = Findings::default();
    for (step, metrics) in course.metrics.iter().enumerate() {
        let loss = f64::from(metrics.loss) / case.batch as f64;
        let error = (loss / case.losses[step] - 1.0).abs();
        findings.within(&format!("loss of step {}", step + 1), error, BOUNDS.loss, case.spread[step]);
        let wrong = f64::from(metrics.accuracy) - f64::from(case.right[step]);
        let what = format!("photos told otherwise in step {}", step + 1);
        findings.within(&what, wrong.abs(), f64::from(case.close[step]), 0.0);
    }
    assert_eq!(course.snapshots.len(), case.after.len());
    for (snapshot, values) in case.after.iter().zip(&course.snapshots) {
        assert_eq!(snapshot.tensors.len(), case.network.parameters().len());
        for (tensor, parameter) in snapshot.tensors.iter().zip(case.network.parameters()) {
            assert_eq!((&tensor.name, &tensor.shape), (&parameter.name, &parameter.shape));
            let found = tensor.distance(&course.initial[parameter.range()], &values[parameter.range()]);
            let mut within = |what: &str, found, bound, spread| {
                let what = format!("{what} of {} after step {}", tensor.name, snapshot.steps);
                findings.within(&what, found, bound, spread);
            };
            within("values", found.values, BOUNDS.values, tensor.spread.values);
            within("errors", found.errors, BOUNDS.change, tensor.spread.errors);
            within("mean change", found.mean_change, BOUNDS.change, tensor.spread.mean_change);
            within("RMS change", found.rms_change, BOUNDS.change, tensor.spread.rms_change);
        }
    }
    if findings.0.is_empty() { Ok(()) } else { Err(findings.0.join("\n").into()) }
}

fn on_the_cpu(name: &str) {
    follow_keras(name, &Device::cpu()).unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// One at a time: software adapters do not like to be opened by many threads at once.
fn on_the_gpu(name: &str) {
    static OPEN: Mutex<()> = Mutex::new(());
    let _one_at_a_time = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let gpu = pollster::block_on(Gpu::open())
        .unwrap_or_else(|error| panic!("this test needs a Vulkan adapter, if only Mesa's lavapipe: {error}"));
    follow_keras(name, &Device::Gpu(gpu)).unwrap_or_else(|error| panic!("{name}: {error}"));
}

macro_rules! cases {
    ($($name:ident),*) => {
        $(mod $name {
            #[test]
            fn on_the_cpu() {
                super::on_the_cpu(stringify!($name));
            }

            #[test]
            fn on_the_gpu() {
                super::on_the_gpu(stringify!($name));
            }
        })*
    };
}

cases!(cats_and_dogs_small, digits, windows, dropout);

#[test]
fn the_cases_are_the_recipes() -> Result<(), Box<dyn Error>> {
    let small = Recipe::CatsAndDogsSmall.network([64, 64, 3], 2)?;
    assert_eq!(Fixture::read("cats_and_dogs_small")?.network, small);
    assert_eq!(Fixture::read("digits")?.network, Recipe::Digits.network([28, 28, 1], 10)?);
    let with_dropout = Fixture::read("dropout")?.network;
    let layers = with_dropout.layers().iter().map(|placed| &placed.layer);
    assert!(
        layers
            .filter(|layer| !matches!(layer, Layer::Dropout(_)))
            .eq(small.layers().iter().map(|placed| &placed.layer))
    );
    Ok(())
}
