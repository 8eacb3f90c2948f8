//! What Keras did, as `make_fixtures.py` writes it down.

use std::error::Error;

use fovea::model::{Loss, Network, Optimizer};
use serde::Deserialize;

/// A fixture's files, which are part of the test: a browser could not open them.
pub struct Files {
    pub json: &'static [u8],
    /// Little-endian numbers, one tensor's sample after the other.
    pub samples: &'static [u8],
    /// All images, each below the one before; without it they are drawn.
    pub images: Option<&'static [u8]>,
}

/// A case: what is trained, and what Keras makes of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixture {
    pub network: Network,
    pub optimizer: Optimizer,
    pub loss: Loss,
    pub batch: usize,
    pub seed: u32,
    pub steps_per_epoch: u32,
    /// Checksums of what both sides draw.
    pub drawn: Checksums,
    /// All parameters before the first step, where they are not drawn.
    #[serde(default)]
    pub initial: Vec<Initial>,
    /// The mean loss of each step's batch before the step's update.
    pub losses: Vec<f64>,
    /// How many photos of that batch were told rightly.
    pub right: Vec<u32>,
    /// How many of them were so close to a decision's edge that they may be told otherwise.
    pub close: Vec<u32>,
    /// The parameters after some of the steps, but for those that are frozen.
    pub after: Vec<Snapshot>,
    /// The bytes of all steps' images, where they are not drawn.
    #[serde(skip)]
    pub augmented: Option<Vec<u8>>,
}

/// Checksums over all initial parameters, and over all steps' images and labels.
#[derive(Debug, PartialEq, Default, Deserialize)]
pub struct Checksums {
    pub parameters: u64,
    pub images: u64,
    pub labels: u64,
}

/// A parameter before the first step.
#[derive(Debug, Deserialize)]
pub struct Initial {
    pub name: String,
    pub shape: Vec<usize>,
    #[serde(skip)]
    pub values: Vec<f32>,
}

/// The parameters after so many steps.
#[derive(Debug, Deserialize)]
pub struct Snapshot {
    pub steps: u32,
    pub tensors: Vec<Tensor>,
}

/// A parameter tensor after some steps.
#[derive(Debug, Deserialize)]
pub struct Tensor {
    pub name: String,
    pub shape: Vec<usize>,
    /// Every how many values one is in the sample, from the first on.
    pub stride: usize,
    /// The largest size of a value.
    pub largest: f64,
    /// The mean of what training added to a value.
    pub mean_change: f64,
    /// The root of the mean square of that.
    pub rms_change: f64,
    /// Some of its values.
    #[serde(skip)]
    pub sample: Vec<f32>,
}

/// How far a tensor is from Keras'.
pub struct Distance {
    /// The sample's largest error, of the largest value.
    pub values: f64,
    /// The RMS of the sample's errors, of the RMS of Keras' change.
    pub errors: f64,
    /// The error of the mean change, of that too.
    pub mean_change: f64,
    /// The error of the RMS of the change, of that too.
    pub rms_change: f64,
}

impl Fixture {
    /// # Errors
    /// Where the files are not a fixture.
    pub fn new(files: &Files) -> Result<Self, Box<dyn Error>> {
        let mut fixture: Self = serde_json::from_slice(files.json)?;
        if let Some(png) = files.images {
            fixture.augmented = Some(image::load_from_memory(png)?.into_rgb8().into_raw());
        }
        let mut values = files.samples.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four));
        for initial in &mut fixture.initial {
            initial.values = values.by_ref().take(initial.shape.iter().product()).collect();
        }
        for tensor in fixture.after.iter_mut().flat_map(|snapshot| &mut snapshot.tensors) {
            let count = tensor.shape.iter().product::<usize>().div_ceil(tensor.stride);
            tensor.sample = values.by_ref().take(count).collect();
            if tensor.sample.len() < count {
                return Err(format!("the samples end within {}", tensor.name).into());
            }
        }
        if values.next().is_some() {
            return Err("the samples go on behind the last tensor".into());
        }
        Ok(fixture)
    }
}

impl Fixture {
    /// All parameters of the network before the first step: those that training changes, and those that it does not.
    pub fn initial_parameters(&self) -> Result<[Vec<f32>; 2], Box<dyn Error>> {
        let network = &self.network;
        let mut parameters = [network.initial_parameters(self.seed), network.initial_frozen(self.seed)];
        for Initial { name, shape, values } in &self.initial {
            let parameter = self.network.parameters().iter().find(|parameter| parameter.name == *name);
            let parameter = parameter.ok_or_else(|| format!("the network has no {name}"))?;
            assert_eq!(parameter.shape, *shape, "{name}");
            parameters[usize::from(parameter.is_frozen())][parameter.range()].copy_from_slice(values);
        }
        if !self.initial.is_empty() {
            assert_eq!(self.initial.len(), self.network.parameters().len(), "each parameter is given");
        }
        Ok(parameters)
    }
}

impl Tensor {
    /// How far a device's tensor, which was `before` and is `after`, is from this one.
    pub fn distance(&self, before: &[f32], after: &[f32]) -> Distance {
        let difference = |(left, right): (&f32, &f32)| f64::from(*left) - f64::from(*right);
        let errors: Vec<_> = after.iter().step_by(self.stride).zip(&self.sample).map(difference).collect();
        let changes: Vec<_> = after.iter().zip(before).map(difference).collect();
        let mean = changes.iter().sum::<f64>() / changes.len() as f64;
        Distance {
            values: errors.iter().fold(0.0, |largest: f64, error| largest.max(error.abs())) / self.largest,
            errors: rms(&errors) / self.rms_change,
            mean_change: (mean - self.mean_change).abs() / self.rms_change,
            rms_change: (rms(&changes) / self.rms_change - 1.0).abs(),
        }
    }
}

fn rms(values: &[f64]) -> f64 {
    (values.iter().map(|value| value * value).sum::<f64>() / values.len() as f64).sqrt()
}
