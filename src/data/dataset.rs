use std::rc::Rc;

use serde::Serialize;

use super::{DataError, Pack, Split, Told};

/// Photos of one size, sorted into classes and splits.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The classes' names; a label is an index into them.
    pub classes: Vec<String>,
    /// Height, width and channels of every photo.
    pub image_shape: [usize; 3],
    /// What the network learns from.
    pub train: SplitData,
    /// What its progress is watched on.
    pub validation: SplitData,
    /// What it is judged by in the end.
    pub test: SplitData,
    /// The files that are in no split, in the order in which they came.
    pub rejected: Vec<Rejection>,
    /// Where the classes come from; nothing for photos that come with the page.
    pub told: Option<Told>,
}

/// The photos of one split, sorted by class and then by path.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SplitData {
    /// `[photos, height, width, channels]`, row-major; none where they are stored.
    pub pixels: Vec<u8>,
    /// Where the pixels are, if not in memory.
    pub stored: Option<Stored>,
    /// The class of each photo.
    pub labels: Vec<u32>,
    /// The path of each photo, as it was given.
    pub paths: Vec<String>,
}

/// Photos of a split that are read when they are needed.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Where they lie.
    pub pack: Rc<Pack>,
    /// The slot of each photo.
    pub slots: Vec<u32>,
}

impl PartialEq for Stored {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.pack, &other.pack) && self.slots == other.slots
    }
}

/// A file that is in no split, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// The path, as it was given.
    pub path: String,
    /// What is wrong with the file.
    pub reason: String,
}

/// What the page shows of a dataset: `dataset.summary`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DatasetSummary {
    /// The classes' names.
    pub classes: Vec<String>,
    /// How many photos each split has of each class.
    pub counts: SplitCounts,
    /// The files that are in no split.
    pub rejected: Vec<Rejection>,
    /// Height, width and channels of every photo.
    pub image_shape: [usize; 3],
    /// Where the classes come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<Told>,
}

/// Photos of each class, a number a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SplitCounts {
    /// To train with.
    pub train: Vec<usize>,
    /// To validate with.
    pub validation: Vec<usize>,
    /// To test with.
    pub test: Vec<usize>,
}

impl SplitData {
    /// How many photos there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pixels of photo `index`, `[height, width, channels]`; empty where there is no such photo, or where it is
    /// stored.
    pub fn pixels_of(&self, index: usize) -> &[u8] {
        let photo = self.pixels.len() / self.len().max(1);
        self.pixels.get(index * photo..(index + 1) * photo).unwrap_or_default()
    }

    /// Appends the pixels of photo `index` to `out`, wherever they lie; `len` bytes for each photo.
    ///
    /// # Errors
    /// [`DataError::Store`] where they are stored and cannot be read, or where there is no such photo.
    pub fn append_pixels(&self, index: usize, len: usize, out: &mut Vec<u8>) -> Result<(), DataError> {
        let missing = || DataError::Store(format!("there is no photo {index}"));
        let Some(Stored { pack, slots }) = &self.stored else {
            let pixels = self.pixels.get(index * len..(index + 1) * len).ok_or_else(missing)?;
            out.extend_from_slice(pixels);
            return Ok(());
        };
        let from = out.len();
        out.resize(from + len, 0);
        pack.read(*slots.get(index).ok_or_else(missing)?, &mut out[from..])
    }

    fn counts(&self, classes: usize) -> Vec<usize> {
        let mut counts = vec![0; classes];
        for &label in &self.labels {
            counts[label as usize] += 1;
        }
        counts
    }
}

impl Dataset {
    /// The photos of `split`.
    pub fn split(&self, split: Split) -> &SplitData {
        match split {
            Split::Train => &self.train,
            Split::Validation => &self.validation,
            Split::Test => &self.test,
        }
    }

    /// Classes, counts and rejections, without the pixels.
    pub fn summary(&self) -> DatasetSummary {
        let classes = self.classes.len();
        DatasetSummary {
            classes: self.classes.clone(),
            counts: SplitCounts {
                train: self.train.counts(classes),
                validation: self.validation.counts(classes),
                test: self.test.counts(classes),
            },
            rejected: self.rejected.clone(),
            image_shape: self.image_shape,
            layout: self.told.clone(),
        }
    }
}
