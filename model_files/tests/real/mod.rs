//! Files that other programs made, beside what those programs predict with them.

use std::path::{Path, PathBuf};

use fovea::classifier::Classifier;
use fovea::device::{Batch, Device};
use fovea::formats;
use fovea::model::Loss;
use fovea::ops::StepParams;
use fovea::plan::{Goal, Plan};
use fovea::trained::Model;
use model_files::{NamedBytes, Opened, Preprocessing, open};
use serde::Deserialize;

/// What a program says of a model that it made.
#[derive(Debug, Deserialize)]
pub struct Said {
    /// Probabilities for each photo.
    pub predictions: Vec<Vec<f32>>,
    /// The losses of two more steps, before each.
    pub losses: Option<Vec<f64>>,
    /// Probabilities after them.
    pub after: Option<Vec<Vec<f32>>>,
}

/// A model, as the program that made it sees it.
#[derive(Debug)]
pub struct Real {
    folder: PathBuf,
    pub name: String,
    pub said: Said,
    pub photos: Vec<u8>,
}

impl Real {
    /// The model of this name in a folder.
    pub fn of(folder: &Path, name: &str) -> Self {
        let read = |ending: &str| {
            let path = folder.join(format!("{name}.{ending}"));
            std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        let said =
            serde_json::from_slice(&read("json")).unwrap_or_else(|error| panic!("{name}.json: {error}"));
        Self { folder: folder.to_owned(), name: name.to_owned(), said, photos: read("photos") }
    }

    /// The names of all models in a folder.
    pub fn names(folder: &Path) -> Vec<String> {
        let files = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        let mut names: Vec<String> = files
            .filter_map(|file| Some(file.ok()?.file_name().to_str()?.strip_suffix(".json")?.to_owned()))
            .collect();
        names.sort();
        names
    }

    /// What the names of the model's files end in.
    pub fn endings(&self) -> Vec<&'static str> {
        let there = |ending: &&str| self.folder.join(format!("{}.{ending}", self.name)).is_file();
        let endings: Vec<_> = ["keras", "h5", "onnx"].into_iter().filter(there).collect();
        assert!(!endings.is_empty(), "{} has no file", self.name);
        endings
    }

    /// Opens the model's file with this ending.
    pub fn open(&self, ending: &str) -> Result<(Model, Opened), String> {
        let name = format!("{}.{ending}", self.name);
        let bytes = std::fs::read(self.folder.join(&name)).map_err(|error| format!("{name}: {error}"))?;
        let mut files = vec![NamedBytes { name, bytes }];
        // ONNX may have its weights in another file.
        let name = format!("{}.onnx_data", self.name);
        if let Ok(bytes) = std::fs::read(self.folder.join(&name)) {
            files.push(NamedBytes { name, bytes });
        }
        let opened = open(&files, Some(Preprocessing::Unit)).map_err(|error| error.to_string())?;
        let model = formats::read("own", &opened.own).map_err(|error| error.to_string())?;
        Ok((model, opened))
    }

    /// What we predict, and how far it is off.
    pub fn off(&self, model: &Model) -> f32 {
        farthest(&predict(model, &self.photos), &self.said.predictions)
    }
}

/// The largest difference.
pub fn farthest(ours: &[f32], theirs: &[Vec<f32>]) -> f32 {
    let theirs: Vec<f32> = theirs.concat();
    assert_eq!(ours.len(), theirs.len());
    // NaN must not pass.
    let distance = |(a, b): (&f32, &f32)| if (a - b).is_nan() { f32::INFINITY } else { (a - b).abs() };
    ours.iter().zip(&theirs).map(distance).fold(0.0, f32::max)
}

/// Probabilities for each photo, on the CPU.
pub fn predict(model: &Model, photos: &[u8]) -> Vec<f32> {
    let device = Device::cpu();
    let classifier = Classifier::of(&device, model.clone()).unwrap();
    let size: usize = model.network.input_shape().iter().product();
    let count = photos.len() / size;
    pollster::block_on(async {
        let plan = Plan::new(&model.network, count, Goal::Predict).unwrap();
        let mut program = device.program(plan, &classifier.weights).await.unwrap();
        program.run(&Batch { images: photos, ..Batch::default() }, &StepParams::default()).await.unwrap();
        let mut all = program.probabilities().await.unwrap();
        all.truncate(count * model.network.output_units());
        all
    })
}

/// Trains on the photos, whose labels are counted up, and returns the loss before each step and the model after them.
pub fn train(model: &Model, photos: &[u8], steps: u32) -> (Vec<f64>, Model) {
    let device = Device::cpu();
    let mut model = model.clone();
    let classifier = Classifier::of(&device, model.clone()).unwrap();
    let optimizer = model.state.training.optimizer.unwrap();
    let size: usize = model.network.input_shape().iter().product();
    let count = photos.len() / size;
    let classes = model.network.output_units().max(2);
    let labels: Vec<u32> = (0..count).map(|photo| (photo % classes) as u32).collect();
    let (weights, samples) = (vec![1.0; count], (0..count as u32).collect::<Vec<_>>());
    let losses = pollster::block_on(async {
        let goal = Goal::Train(Loss::of(model.network.output_activation()).unwrap(), optimizer);
        let plan = Plan::new(&model.network, count, goal).unwrap();
        let mut program = device.program(plan, &classifier.weights).await.unwrap();
        for step in 0..steps {
            let rate = optimizer.rate(model.state.training.iteration + 1 + step);
            let params = StepParams { rate, scale: 1.0 / count as f32, row: step, ..StepParams::default() };
            let batch = Batch { images: photos, labels: &labels, weights: &weights, samples: &samples };
            program.run(&batch, &params).await.unwrap();
        }
        let metrics = program.metrics().await.unwrap();
        metrics[..steps as usize].iter().map(|of| f64::from(of.loss) / count as f64).collect()
    });
    let (parameters, slots) = pollster::block_on(classifier.weights.read_with_slots()).unwrap();
    (model.state.parameters, model.state.slots) = (parameters, slots);
    model.state.training.iteration += steps;
    (losses, model)
}
