//! Photos of a split, gathered into batches.

use std::num::NonZeroUsize;

use serde::{Deserialize, Serialize};

use crate::data::order::epoch_order;
use crate::data::{DataError, SplitData};
use crate::device::{Batch, DeviceError};
use crate::memory;
use crate::plan::Plan;

/// The buffers of one batch, kept from batch to batch.
#[derive(Debug, Default)]
pub(super) struct Gathered {
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
    pub(super) fn of(plan: &Plan) -> Result<Self, DeviceError> {
        Ok(Self { images: memory::room(plan.batch * plan.image_len)?, ..Self::default() })
    }

    /// Weighs the photos by their classes, where there are weights.
    pub(super) fn weigh(&mut self, class_weight: Option<&[f32]>) {
        let Some(class_weight) = class_weight else { return };
        for (weight, label) in self.weights.iter_mut().zip(&self.labels) {
            *weight = class_weight[*label as usize];
        }
    }

    /// Copies these photos from wherever they lie; `first` is the number of the first one in the epoch.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub(super) fn gather(
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

    pub(super) fn len(&self) -> usize {
        self.labels.len()
    }

    pub(super) fn batch(&self) -> Batch<'_> {
        Batch { images: &self.images, labels: &self.labels, weights: &self.weights, samples: &self.samples }
    }
}

/// How far a model has come in the photos' order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Position {
    /// Passes over the photos that were begun.
    pub pass: u32,
    /// Photos of this pass that were trained on.
    pub shown: u32,
    /// Photos of a pass.
    pub photos: u32,
}

/// An endless stream of batches: pass after pass over the photos, each in an order of its own, the last
/// batch of a pass shorter where it must be; Keras' `flow`.
#[derive(Debug)]
pub(super) struct Feed {
    batch_size: NonZeroUsize,
    seed: u32,
    shuffle: bool,
    order: Vec<u32>,
    position: Position,
}

impl Feed {
    /// Goes on from a position. For another number of photos that pass is over.
    pub(super) fn new(
        photos: usize,
        batch_size: NonZeroUsize,
        (seed, shuffle): (u32, bool),
        from: Position,
    ) -> Self {
        let photos = photos as u32;
        let shown = if from.photos == photos { from.shown.min(photos) } else { photos };
        let position = Position { pass: from.pass, shown, photos };
        let mut feed = Self { batch_size, seed, shuffle, order: Vec::new(), position };
        if shown < photos {
            feed.order = feed.of_pass();
        }
        feed
    }

    fn of_pass(&self) -> Vec<u32> {
        epoch_order(self.position.photos as usize, self.seed, self.position.pass, self.shuffle)
    }

    /// The rest of this pass is left out.
    pub(super) fn end_pass(&mut self) {
        self.position.shown = self.position.photos;
    }

    /// The photos of the next step, the same until [`Self::advance`].
    pub(super) fn next(&mut self) -> &[u32] {
        if self.position.shown >= self.position.photos {
            self.position = Position { pass: self.position.pass.wrapping_add(1), shown: 0, ..self.position };
            self.order = self.of_pass();
        }
        let first = self.position.shown as usize;
        &self.order[first..self.end()]
    }

    /// The step has been made.
    pub(super) fn advance(&mut self) -> Position {
        self.position.shown = self.end() as u32;
        self.position
    }

    fn end(&self) -> usize {
        (self.position.shown as usize + self.batch_size.get()).min(self.order.len())
    }
}
