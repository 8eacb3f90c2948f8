//! Which photos a model was trained with: fingerprints of what the network was fed.

use std::mem;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

/// Fingerprints of photos, of which there are at most [`SeenPhotos::MOST`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SeenPhotos {
    /// Whether it has all photos that the model was trained with. Not so where the model is from a file that does not
    /// say, which is the default, or after more photos than are remembered.
    pub complete: bool,
    /// In ascending order, each once. Model files keep them beside this record.
    #[serde(skip)]
    pub(crate) sorted: Rc<Vec<u64>>,
}

impl SeenPhotos {
    /// How many photos are remembered: 8 MiB of fingerprints.
    pub const MOST: usize = 1 << 20;

    /// Of a model that was never trained.
    pub fn none() -> Self {
        Self { complete: true, sorted: Rc::default() }
    }

    /// The fingerprints, in ascending order.
    pub fn fingerprints(&self) -> &[u64] {
        &self.sorted
    }

    /// Takes over fingerprints from a file; `None` if they are too many, or not in ascending order.
    pub fn with(self, sorted: Vec<u64>) -> Option<Self> {
        let valid = sorted.len() <= Self::MOST && sorted.is_sorted_by(|one, next| one < next);
        valid.then(|| Self { sorted: Rc::new(sorted), ..self })
    }

    /// Whether a photo of these pixels is among them.
    pub fn has(&self, pixels: &[u8]) -> bool {
        self.has_fingerprint(fingerprint(pixels))
    }

    /// Whether a photo with this fingerprint is among them.
    pub(crate) fn has_fingerprint(&self, fingerprint: u64) -> bool {
        self.sorted.binary_search(&fingerprint).is_ok()
    }

    /// Adds fingerprints, in any order.
    pub(crate) fn add(&mut self, photos: impl Iterator<Item = u64>) {
        let mut new: Vec<u64> = Vec::new();
        for photo in photos {
            if self.sorted.binary_search(&photo).is_err()
                && let Err(place) = new.binary_search(&photo)
            {
                new.insert(place, photo);
            }
        }
        if new.is_empty() {
            return;
        }
        let before = self.sorted.len();
        if before + new.len() > Self::MOST {
            self.complete = false;
            return;
        }
        // Merged from the end, where there is room.
        let sorted = Rc::make_mut(&mut self.sorted);
        let (mut from, mut to) = (before, before + new.len());
        sorted.resize(to, 0);
        while let Some(last) = new.last() {
            to -= 1;
            if from > 0 && sorted[from - 1] > *last {
                from -= 1;
                sorted[to] = sorted[from];
            } else {
                sorted[to] = *last;
                new.pop();
            }
        }
    }
}

/// The photos of a run whose fingerprints were taken: once for each, however many epochs there are.
#[derive(Debug)]
pub(crate) struct Noted(Vec<bool>);

impl Noted {
    /// None of so many photos.
    pub(crate) fn none_of(photos: usize) -> Self {
        Self(vec![false; photos])
    }

    /// The fingerprints of those photos of a batch that have none yet, each by its place in the batch.
    pub(crate) fn new_in(&mut self, batch: &[u32], fingerprint: impl Fn(usize) -> u64) -> Vec<u64> {
        let mut new = Vec::new();
        for (place, photo) in batch.iter().enumerate() {
            if !mem::replace(&mut self.0[*photo as usize], true) {
                new.push(fingerprint(place));
            }
        }
        new
    }
}

/// 64 bits of a photo's pixels. Files keep it, so it must never change.
pub(crate) fn fingerprint(pixels: &[u8]) -> u64 {
    let mut hash = pixels.len() as u64;
    let mut add = |word| {
        // Each step can be undone, so no word is without effect. The shift brings high bits down, which
        // multiplication does not.
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
    };
    let (words, rest) = pixels.as_chunks::<8>();
    words.iter().copied().for_each(&mut add);
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    add(last);
    hash
}
