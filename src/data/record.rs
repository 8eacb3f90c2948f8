//! What is kept of a dataset beside its pixels, so that it can be opened again at once.
//!
//! Bytes of our own: numbers are `u32`, little-endian; a text is its length and its UTF-8; a list is its length
//! and its parts. Height, width, channels; the classes; of each split the labels, the paths and the keys in their
//! [`Pack`]; the rejected files' paths and reasons; where the classes come from, as JSON.

use std::rc::Rc;

use super::dataset::Stored;
use super::{DataError, Dataset, Key, Pack, Rejection, Split, SplitData, Told};

/// A dataset as it is written down; `None` where its photos are in memory alone.
///
/// # Errors
/// [`DataError::Store`] where the pack cannot be read.
pub fn write(dataset: &Dataset) -> Result<Option<Vec<u8>>, DataError> {
    let mut out = Writer::default();
    dataset.image_shape.iter().for_each(|side| out.number(*side));
    out.texts(dataset.classes.iter());
    for data in Split::ALL.map(|split| dataset.split(split)) {
        let Some(stored) = &data.stored else { return Ok(None) };
        out.number(data.labels.len());
        data.labels.iter().for_each(|label| out.number(*label as usize));
        out.texts(data.paths.iter());
        for key in stored.pack.keys_of(&stored.slots)? {
            out.0.extend(key.0);
        }
    }
    out.texts(dataset.rejected.iter().map(|file| &file.path));
    out.texts(dataset.rejected.iter().map(|file| &file.reason));
    out.texts([serde_json::to_string(&dataset.told).unwrap_or_default()].iter());
    Ok(Some(out.0))
}

/// The dataset again, on the pack that it was on.
///
/// # Errors
/// [`DataError::Store`] where the pack has not all of its photos, or the record is none.
pub fn read(record: &[u8], pack: &Rc<Pack>) -> Result<Dataset, DataError> {
    let written =
        Written::read(record).ok_or_else(|| DataError::Store("its record is damaged".to_owned()))?;
    let open = |(labels, paths, keys): SplitParts| {
        let slots: Vec<u32> = keys.iter().filter_map(|key| pack.find(*key)).collect();
        if slots.len() != labels.len() {
            return Err(DataError::Store("not all of its photos are there".to_owned()));
        }
        let stored = Some(Stored { pack: Rc::clone(pack), slots });
        Ok(SplitData { labels, paths, stored, ..SplitData::default() })
    };
    let [train, validation, test] = written.splits;
    let (train, validation, test) = (open(train)?, open(validation)?, open(test)?);
    let Written { classes, image_shape, rejected, told, .. } = written;
    Ok(Dataset { classes, image_shape, train, validation, test, rejected, told })
}

/// What a dataset needs of its pack.
///
/// # Errors
/// [`DataError::Store`] for a record that is none.
pub fn keys(record: &[u8]) -> Result<Vec<Key>, DataError> {
    let written =
        Written::read(record).ok_or_else(|| DataError::Store("its record is damaged".to_owned()))?;
    Ok(written.splits.into_iter().flat_map(|(_, _, keys)| keys).collect())
}

type SplitParts = (Vec<u32>, Vec<String>, Vec<Key>);

struct Written {
    image_shape: [usize; 3],
    classes: Vec<String>,
    splits: [SplitParts; 3],
    rejected: Vec<Rejection>,
    told: Option<Told>,
}

impl Written {
    fn read(record: &[u8]) -> Option<Self> {
        let mut rest = Reader(record);
        let image_shape = [rest.number()?, rest.number()?, rest.number()?];
        let classes = rest.texts()?;
        let mut split = || -> Option<SplitParts> {
            let count = rest.number()?;
            let labels: Vec<u32> = rest
                .take(count.checked_mul(4)?)?
                .as_chunks()
                .0
                .iter()
                .map(|label| u32::from_le_bytes(*label))
                .collect();
            let paths = rest.texts()?;
            let keys =
                rest.take(count.checked_mul(Key::LEN)?)?.as_chunks().0.iter().map(|key| Key(*key)).collect();
            let right = paths.len() == count && labels.iter().all(|label| (*label as usize) < classes.len());
            right.then_some((labels, paths, keys))
        };
        let splits = [split()?, split()?, split()?];
        let (paths, reasons) = (rest.texts()?, rest.texts()?);
        let rejected =
            paths.into_iter().zip(reasons).map(|(path, reason)| Rejection { path, reason }).collect();
        let told = serde_json::from_str(rest.texts()?.first()?).ok()?;
        rest.0.is_empty().then_some(Self { image_shape, classes, splits, rejected, told })
    }
}

#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, number: usize) {
        self.0.extend((number as u32).to_le_bytes());
    }

    fn texts<'a>(&mut self, texts: impl ExactSizeIterator<Item = &'a String>) {
        self.number(texts.len());
        for text in texts {
            self.number(text.len());
            self.0.extend(text.as_bytes());
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<usize> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_le_bytes(*number) as usize)
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        let count = self.number()?;
        // Each takes four bytes at least: a damaged number reserves no memory.
        let mut texts = Vec::with_capacity(count.min(self.0.len() / 4));
        for _ in 0..count {
            let len = self.number()?;
            texts.push(std::str::from_utf8(self.take(len)?).ok()?.to_owned());
        }
        Some(texts)
    }
}
