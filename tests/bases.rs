//! The bases that the page brings along, against what the original networks answer.
//!
//! `bases/reference.json` has that for one drawn photo. The files are made of the originals' weights, and are not in the
//! repository: `cargo xtask test --only native` makes them and runs these tests, which are ignored by default.

#![cfg(not(target_arch = "wasm32"))]

use std::error::Error;
use std::fs;
use std::path::Path;

use fovea::device::gpu::Gpu;
use fovea::device::{Batch, Device};
use fovea::formats::{read, read_base};
use fovea::ops::StepParams;
use fovea::plan::{Plan, Role, Watch};
use fovea::trained::Model;
use pollster::block_on;
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn bytes(path: &str) -> Result<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read(&path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// The reference's photo, in the size that a model wants.
fn photo(model: &Model) -> Vec<u8> {
    let [height, width, channels] = model.network.input_shape();
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
    pixels.flat_map(|(y, x)| (0..channels).map(move |c| ((7 * y + 13 * x + 101 * c) % 256) as u8)).collect()
}

/// What some layers answer to the photo; of the last one it is what its activation would get.
fn answers(device: &Device, model: &Model, layers: &[&str]) -> Result<Vec<Vec<f32>>> {
    let watch = Watch { outputs: layers.iter().map(|name| (*name).to_owned()).collect(), gradients: None };
    let plan = Plan::watching(&model.network, 1, &watch)?;
    let weights = device.weights(&model.state.parameters, &model.state.frozen)?;
    let mut program = block_on(device.program(plan, &weights))?;
    let photo = photo(model);
    let batch = Batch { images: &photo, labels: &[], weights: &[], samples: &[] };
    block_on(program.run(&batch, &StepParams::default()))?;
    (0..layers.len()).map(|index| Ok(block_on(program.read(Role::Output(index)))?)).collect()
}

/// Compares the first values, the mean and the place of the largest with the reference.
fn check(what: &str, found: &[f32], base: &str, output: &str, bound: f64) -> Result<()> {
    let reference: Value = serde_json::from_str(include_str!("bases/reference.json"))?;
    let numbers = reference[base][output].as_array().ok_or("the reference has no such output")?;
    let numbers: Vec<f64> = numbers.iter().filter_map(Value::as_f64).collect();
    let [first @ .., sum, largest] = numbers.as_slice() else { return Err("the reference is empty".into()) };
    let farthest = found.iter().zip(first).map(|(found, first)| (f64::from(*found) - first).abs());
    let farthest = farthest.fold(0.0, f64::max);
    let total: f64 = found.iter().copied().map(f64::from).sum();
    let mean = (total - sum).abs() / found.len() as f64;
    println!("{what}: {output} within {farthest:.1e}, their mean within {mean:.1e}");
    assert!(farthest <= bound && mean <= bound / 10.0, "{what}: {output} must be within {bound:.0e}");
    let found =
        found.iter().enumerate().max_by(|one, other| one.1.total_cmp(other.1)).map(|(index, _)| index);
    assert_eq!(found, Some(*largest as usize), "{what}: the largest of {output}");
    Ok(())
}

fn devices() -> Result<[(&'static str, Device); 2]> {
    let gpu = block_on(Gpu::open())
        .map_err(|error| format!("this test needs a GPU, if only a software adapter: {error}"))?;
    Ok([("on the CPU", Device::cpu()), ("on the GPU", Device::Gpu(gpu))])
}

#[test]
#[ignore = "needs target/bases"]
fn efficientnet_lite0_answers_as_the_original() -> Result<()> {
    let model = read("whole", &bytes("target/bases/efficientnet_lite0_f32.safetensors")?)?;
    for (name, device) in devices()? {
        let answers = answers(&device, &model, &["avg_pool", "predictions"])?;
        for (found, output) in answers.iter().zip(["features", "logits"]) {
            check(name, found, "efficientnet_lite0", output, 1e-3)?;
        }
    }
    Ok(())
}

#[test]
#[ignore = "needs www/bases"]
fn efficientnet_lite0_of_16_bits_has_the_originals_features() -> Result<()> {
    let model = read_base("base", &bytes("www/bases/efficientnet_lite0.safetensors")?)?;
    assert_eq!((model.network.input_shape(), model.classes.len()), ([224, 224, 3], 0));
    for (name, device) in devices()? {
        let answers = answers(&device, &model, &["avg_pool"])?;
        check(name, &answers[0], "efficientnet_lite0", "features", 2e-2)?;
    }
    Ok(())
}
