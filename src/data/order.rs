//! In which order an epoch goes over the training photos.

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
