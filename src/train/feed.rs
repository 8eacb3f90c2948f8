//! In which order photos come, batch after batch.

use std::num::NonZeroUsize;

use crate::data::order::epoch_order;
use crate::trained::Position;

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
