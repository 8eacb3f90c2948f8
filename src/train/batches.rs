//! Photos of a split, gathered into batches.

use std::num::NonZeroUsize;

use crate::data::order::epoch_order;
use crate::data::{DataError, SplitData};
use crate::device::Batch;

/// The buffers of one batch, kept from batch to batch.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    images: Vec<u8>,
    labels: Vec<u32>,
    weights: Vec<f32>,
    samples: Vec<u32>,
}

impl Gathered {
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

/// An endless stream of batches: pass after pass over the photos, each in an order of its own, the last
/// batch of a pass shorter where it must be; Keras' `flow`.
#[derive(Debug)]
pub(super) struct Feed {
    photos: usize,
    batch_size: NonZeroUsize,
    seed: u32,
    shuffle: bool,
    pass: u32,
    order: Vec<u32>,
    next: usize,
}

impl Feed {
    pub(super) fn new(photos: usize, batch_size: NonZeroUsize, seed: u32, shuffle: bool) -> Self {
        Self { photos, batch_size, seed, shuffle, pass: 0, order: Vec::new(), next: 0 }
    }

    pub(super) fn next(&mut self) -> &[u32] {
        if self.next >= self.order.len() {
            self.pass += 1;
            self.order = epoch_order(self.photos, self.seed, self.pass, self.shuffle);
            self.next = 0;
        }
        let first = self.next;
        self.next = (first + self.batch_size.get()).min(self.order.len());
        &self.order[first..self.next]
    }
}
