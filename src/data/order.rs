//! In which order an epoch goes over the training photos.

use std::num::NonZeroUsize;
use std::slice::Chunks;

use crate::random::{Purpose, Stream};

/// The order of `count` training photos in `epoch`: their indices, each once.
///
/// With `shuffle` it is a permutation drawn from `(seed, epoch)` alone, so a resumed run goes on as if
/// it had never stopped; without, it is `0..count`, as with Keras' `shuffle=False`.
pub fn epoch_order(count: usize, seed: u32, epoch: u32, shuffle: bool) -> Vec<u32> {
    let mut order: Vec<u32> = (0..count as u32).collect();
    if shuffle {
        Stream::new(seed, Purpose::Shuffle, epoch).shuffle(&mut order);
    }
    order
}

/// The batches of an epoch; the last one is shorter where `batch_size` does not divide the order, as in
/// Keras.
pub fn batches(order: &[u32], batch_size: NonZeroUsize) -> Chunks<'_, u32> {
    order.chunks(batch_size.get())
}

/// How many batches an epoch of `count` photos has.
pub fn steps(count: usize, batch_size: NonZeroUsize) -> usize {
    count.div_ceil(batch_size.get())
}
