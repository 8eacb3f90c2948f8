//! Photos of a split, gathered into batches.

use crate::data::{DataError, SplitData};
use crate::device::{Batch, DeviceError, Program};
use crate::memory;
use crate::ops::StepParams;
use crate::plan::Plan;
use crate::trained::fingerprint;

/// What a program is run on: a split's photos, or what a network's frozen layers made of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Samples<'a> {
    pub(crate) split: &'a SplitData,
    /// What the features were made by, where it is not the photos.
    pub(super) made_by: Option<u64>,
}

impl<'a> From<&'a SplitData> for Samples<'a> {
    fn from(split: &'a SplitData) -> Self {
        Self { split, made_by: None }
    }
}

/// The buffers of one batch, kept from batch to batch.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    images: Vec<u8>,
    labels: Vec<u32>,
    weights: Vec<f32>,
    samples: Vec<u32>,
    /// Of the pixels that features were made of; empty where the photos are there themselves.
    fingerprints: Vec<u64>,
}

impl Gathered {
    /// Room for a plan's batches.
    ///
    /// # Errors
    /// [`DeviceError::Memory`] where there is none.
    pub(crate) fn of(plan: &Plan) -> Result<Self, DeviceError> {
        Ok(Self { images: memory::room(plan.batch * plan.image_len)?, ..Self::default() })
    }

    /// Weighs the photos by their classes, where there are weights.
    pub(crate) fn weigh(&mut self, class_weight: Option<&[f32]>) {
        let Some(class_weight) = class_weight else { return };
        for (weight, label) in self.weights.iter_mut().zip(&self.labels) {
            *weight = class_weight[*label as usize];
        }
    }

    /// Copies these photos from wherever they lie; `first` is the number of the first one in the epoch.
    ///
    /// # Errors
    /// A store that cannot be read, and features that are not there.
    pub(crate) fn gather(
        &mut self,
        Samples { split, made_by }: Samples<'_>,
        photos: impl Iterator<Item = usize>,
        first: u32,
    ) -> Result<(), DataError> {
        self.images.clear();
        self.labels.clear();
        self.fingerprints.clear();
        for photo in photos {
            match made_by {
                None => split.append_pixels(photo, &mut self.images)?,
                Some(made_by) => {
                    let feature = split.feature(made_by, photo).ok_or(DataError::NoFeatures)?;
                    self.images.extend_from_slice(bytemuck::cast_slice(&feature.values));
                    self.fingerprints.push(feature.fingerprint);
                }
            }
            self.labels.push(split.labels[photo]);
        }
        let count = self.labels.len();
        self.weights.clear();
        self.weights.resize(count, 1.0);
        self.samples.clear();
        self.samples.extend((0..count as u32).map(|sample| first.wrapping_add(sample)));
        Ok(())
    }

    /// Puts what a program with [`crate::plan::Goal::Features`] makes of the photos in their place.
    ///
    /// # Errors
    /// The device's.
    pub(crate) async fn run_through(&mut self, program: &mut Program) -> Result<(), DeviceError> {
        self.fingerprints = (0..self.len()).map(|place| self.fingerprint(place)).collect();
        program.run(&self.batch(), &StepParams::default()).await?;
        let values = program.probabilities().await?;
        self.images.clear();
        self.images.extend_from_slice(bytemuck::cast_slice(&values[..self.len() * program.plan().units]));
        Ok(())
    }

    /// What the network's program begins from, of each photo: values that were made of it.
    pub(crate) fn values(&self) -> impl Iterator<Item = Vec<f32>> {
        let value = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap_or_default());
        let photo = self.images.len() / self.len().max(1);
        self.images.chunks_exact(photo.max(1)).map(move |photo| photo.chunks_exact(4).map(value).collect())
    }

    /// The fingerprint of a photo of the batch, by its place there.
    pub(crate) fn fingerprint(&self, place: usize) -> u64 {
        match self.fingerprints.get(place) {
            Some(fingerprint) => *fingerprint,
            None => {
                let photo = self.images.len() / self.len().max(1);
                fingerprint(&self.images[place * photo..][..photo])
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(crate) fn batch(&self) -> Batch<'_> {
        Batch { images: &self.images, labels: &self.labels, weights: &self.weights, samples: &self.samples }
    }
}
