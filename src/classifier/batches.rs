//! Photos of a split, gathered into batches.

use crate::data::{DataError, SplitData};
use crate::device::{Batch, DeviceError};
use crate::memory;
use crate::plan::Plan;

/// The buffers of one batch, kept from batch to batch.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    images: Vec<u8>,
    labels: Vec<u32>,
    weights: Vec<f32>,
    samples: Vec<u32>,
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
    /// A store that cannot be read.
    pub(crate) fn gather(
        &mut self,
        split: &SplitData,
        photos: impl Iterator<Item = usize>,
        first: u32,
    ) -> Result<(), DataError> {
        self.images.clear();
        self.labels.clear();
        for photo in photos {
            split.append_pixels(photo, &mut self.images)?;
            self.labels.push(split.labels[photo]);
        }
        let count = self.labels.len();
        self.weights.clear();
        self.weights.resize(count, 1.0);
        self.samples.clear();
        self.samples.extend((0..count as u32).map(|sample| first.wrapping_add(sample)));
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(crate) fn batch(&self) -> Batch<'_> {
        Batch { images: &self.images, labels: &self.labels, weights: &self.weights, samples: &self.samples }
    }
}
