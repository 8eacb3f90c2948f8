//! What the frozen layers of a network make of photos: computed once, kept, and trained on in the place of the photos.
//!
//! This is the book's fast feature extraction (5.3.1), for any network whose first layers are frozen.

use std::rc::Rc;

use super::batches::{Gathered, Samples};
use super::{Classifier, ClassifierError, Host, Turn};
use crate::data::{Feature, SplitData};
use crate::device::{Device, DeviceError, Program};
use crate::memory;
use crate::ops::StepParams;
use crate::plan::{Goal, Plan, Spec};
use crate::trained::fingerprint;

/// Photos in a batch.
const BATCH: usize = 32;
/// The bytes that the features of a dataset may take: a wasm instance has 4 GiB for all that it does.
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
    /// Those of the most layers whose values of so many photos may be kept; none of a network that has none such.
    pub(crate) fn of(classifier: &Classifier, photos: usize) -> Option<Self> {
        let network = &classifier.network;
        let len = |value: usize| network.value_shape(value).iter().product::<usize>();
        let fits = |value: &usize| len(*value).saturating_mul(4 * photos) <= MOST_BYTES;
        let value = network.frozen_values().into_iter().rev().find(fits)?;
        Some(Self { value, by: made_by(classifier, value) })
    }

    /// A split's photos as they come out of the frozen layers.
    pub(crate) fn samples<'a>(&self, split: &'a SplitData) -> Samples<'a> {
        Samples { split, made_by: Some(self.by) }
    }

    /// Computes what is not there yet, and tells how many photos of how many are done; `false` where the host stopped it.
    ///
    /// # Errors
    /// The device's, and [`ClassifierError::Device`] where there is no memory.
    pub(crate) async fn compute<H: Host>(
        &self,
        device: &Device,
        classifier: &Classifier,
        splits: &[&SplitData],
        host: &mut H,
        tell: fn(&mut H, usize, usize),
    ) -> Result<bool, ClassifierError> {
        let missing = |split: &SplitData| {
            (0..split.len()).filter(|photo| split.feature(self.by, *photo).is_none()).collect::<Vec<_>>()
        };
        let missing: Vec<_> = splits.iter().map(|split| (*split, missing(split))).collect();
        let total = missing.iter().map(|(_, photos)| photos.len()).sum();
        if total == 0 {
            return Ok(true);
        }
        let mut program = self.program(device, classifier, total).await?;
        let mut gathered = Gathered::of(program.plan())?;
        let (batch, units, image_len) =
            (program.plan().batch, program.plan().units, program.plan().image_len);
        drop(memory::room::<f32>(total * units).map_err(DeviceError::from)?);
        let mut done = 0;
        for (split, photos) in missing {
            for photos in photos.chunks(batch) {
                tell(host, done, total);
                gathered.gather(split.into(), photos.iter().copied(), 0)?;
                program.run(&gathered.batch(), &StepParams::default()).await?;
                let values = program.probabilities().await?;
                let pixels = gathered.batch().images.chunks_exact(image_len);
                for ((photo, values), pixels) in photos.iter().zip(values.chunks_exact(units)).zip(pixels) {
                    let values = Rc::new(values.to_vec());
                    split.keep_feature(self.by, *photo, Feature { values, fingerprint: fingerprint(pixels) });
                }
                done += photos.len();
                if host.turn().await == Turn::Stop {
                    return Ok(false);
                }
            }
        }
        tell(host, done, total);
        Ok(true)
    }

    async fn program(
        &self,
        device: &Device,
        classifier: &Classifier,
        photos: usize,
    ) -> Result<Program, ClassifierError> {
        let spec = Spec::new(&classifier.network, Goal::Features(self.value));
        let plan = Plan::of(spec, photos.min(BATCH), device.limits())?;
        Ok(device.program(plan, &classifier.weights).await?)
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
    // A layer that cannot be written is told by its weights alone.
    layers.iter().for_each(|placed| bytes.extend(serde_json::to_vec(&placed.layer).unwrap_or_default()));
    let state = classifier.good();
    for (_, index) in layers.iter().flat_map(|placed| &placed.weights) {
        let values: &[u8] = bytemuck::cast_slice(state.values(&network.parameters()[*index]));
        bytes.extend(fingerprint(values).to_le_bytes());
    }
    fingerprint(&bytes)
}
