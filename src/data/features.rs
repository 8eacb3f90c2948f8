//! What the frozen layers of a network made of photos, kept beside the photos.

use std::rc::Rc;

/// How many networks' features of the same photos are kept: those of a base with a new head, and of its fine-tuning.
const KEPT: usize = 2;

/// What was made of one photo.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Feature {
    pub(crate) values: Rc<Vec<f32>>,
    /// The fingerprint of the pixels that they were made of.
    pub(crate) fingerprint: u64,
}

/// The features of some photos, by a number that stands for what made them; the last used first.
#[derive(Debug, Default)]
pub(super) struct FeatureStore(Vec<Made>);

#[derive(Debug)]
struct Made {
    by: u64,
    of_photos: Vec<Option<Feature>>,
}

impl FeatureStore {
    /// What was made of the photo with this index; none where it was not.
    pub(super) fn get(&mut self, by: u64, index: usize) -> Option<Feature> {
        let at = self.0.iter().position(|made| made.by == by)?;
        self.0.swap(0, at);
        self.0[0].of_photos.get(index)?.clone()
    }

    /// Keeps what was made of a photo, and drops what another network made that was used the longest ago.
    pub(super) fn keep(&mut self, by: u64, index: usize, feature: Feature) {
        match self.0.iter().position(|made| made.by == by) {
            Some(at) => self.0.swap(0, at),
            None => self.0.insert(0, Made { by, of_photos: Vec::new() }),
        }
        let of_photos = &mut self.0[0].of_photos;
        if of_photos.len() <= index {
            of_photos.resize(index + 1, None);
        }
        of_photos[index] = Some(feature);
        self.0.truncate(KEPT);
    }
}
