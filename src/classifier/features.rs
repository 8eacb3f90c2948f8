//! What the frozen layers of a network make of photos: computed once, kept, and trained on in the place of the photos.
//!
//! This is the book's fast feature extraction (5.3.1), for any network whose first layers are frozen.

use std::rc::Rc;

use super::batches::{Gathered, Samples};
use super::{Classifier, ClassifierError, Host, Turn};
use crate::data::{Feature, SplitData};
use crate::device::Device;
use crate::memory;
use crate::ops::StepParams;
use crate::plan::{Goal, Plan, Spec};
use crate::trained::fingerprint;

/// Photos in a batch.
const BATCH: usize = 32;
/// The bytes that what one network makes of a dataset may take: a wasm instance has 4 GiB for all that it does.
const MOST_BYTES: usize = 512 << 20;

/// Up to where a network is frozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Features {
    /// The number of the network's value that is kept.
    pub(crate) value: usize,
    /// Stands for the layers and their weights.
    by: u64,
}

impl Features {
    /// Those of the most layers whose values of these splits' photos may be kept, and that there is memory for; none of a network
    /// that has none such.
    pub(crate) fn of(classifier: &Classifier, splits: &[&SplitData]) -> Option<Self> {
        classifier
            .network
            .frozen_values()
            .into_iter()
            .rev()
            .find_map(|value| Self::at(classifier, value, splits))
    }

    /// The same of the value with this number alone; none where it is not frozen.
    pub(crate) fn at(classifier: &Classifier, value: usize, splits: &[&SplitData]) -> Option<Self> {
        let network = &classifier.network;
        if !network.frozen_values().contains(&value) {
            return None;
        }
        let features = Self { value, by: made_by(classifier, value) };
        let photo: usize = network.value_shape(value).iter().product();
        let all: usize = splits.iter().map(|split| split.len()).sum();
        let missing: usize = splits.iter().map(|split| features.missing(split).len()).sum();
        let fits =
            all.saturating_mul(4 * photo) <= MOST_BYTES && memory::room::<f32>(missing * photo).is_ok();
        fits.then_some(features)
    }

    /// A split's photos as they come out of the frozen layers.
    pub(crate) fn samples<'a>(&self, split: &'a SplitData) -> Samples<'a> {
        Samples { split, made_by: Some(self.by) }
    }

    /// The photos of a split whose features are not known.
    fn missing(&self, split: &SplitData) -> Vec<usize> {
        (0..split.len()).filter(|photo| split.feature(self.by, *photo).is_none()).collect()
    }

    /// Computes what is not there yet, and tells how many photos of how many are done; `false` where the host stopped it.
    ///
    /// # Errors
    /// The device's, and those of reading photos.
    pub(crate) async fn compute<H: Host>(
        &self,
        device: &Device,
        classifier: &Classifier,
        split: &SplitData,
        host: &mut H,
        tell: fn(&mut H, usize, usize),
    ) -> Result<bool, ClassifierError> {
        let missing = self.missing(split);
        if missing.is_empty() {
            return Ok(true);
        }
        let spec = Spec::new(&classifier.network, Goal::Features(self.value));
        let plan = Plan::of(spec, missing.len().min(BATCH), device.limits())?;
        let mut program = device.program(plan, &classifier.weights).await?;
        let mut gathered = Gathered::of(program.plan())?;
        let (batch, units, image_len) =
            (program.plan().batch, program.plan().units, program.plan().image_len);
        for (done, photos) in (0..).step_by(batch).zip(missing.chunks(batch)) {
            tell(host, done, missing.len());
            gathered.gather(split.into(), photos.iter().copied(), 0)?;
            program.run(&gathered.batch(), &StepParams::default()).await?;
            let values = program.probabilities().await?;
            let pixels = gathered.batch().images.chunks_exact(image_len);
            for ((photo, values), pixels) in photos.iter().zip(values.chunks_exact(units)).zip(pixels) {
                let values = Rc::new(values.to_vec());
                split.keep_feature(self.by, *photo, Feature { values, fingerprint: fingerprint(pixels) });
            }
            if host.turn().await == Turn::Stop {
                return Ok(false);
            }
        }
        tell(host, missing.len(), missing.len());
        Ok(true)
    }
}

/// A number that no other layers or weights have.
fn made_by(classifier: &Classifier, value: usize) -> u64 {
    let network = &classifier.network;
    let layers = &network.layers()[..value];
    let mut bytes = Vec::new();
    let mut add =
        |numbers: &[usize]| numbers.iter().for_each(|number| bytes.extend((*number as u64).to_le_bytes()));
    add(&network.input_shape());
    for placed in layers {
        add(&placed.inputs);
        add(&placed.output_shape);
    }
    for placed in layers {
        // A layer that cannot be written is told by its weights alone.
        bytes.extend(serde_json::to_value(&placed.layer).unwrap_or_default().to_string().into_bytes());
    }
    let state = classifier.good();
    for (_, index) in layers.iter().flat_map(|placed| &placed.weights) {
        let values: &[u8] = bytemuck::cast_slice(state.values(&network.parameters()[*index]));
        bytes.extend(fingerprint(values).to_le_bytes());
    }
    fingerprint(&bytes)
}
