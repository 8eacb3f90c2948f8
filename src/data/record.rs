//! What is kept of a dataset beside its pixels, so that it can be opened again at once.
//!
//! Bytes of our own: numbers are `u32`, little-endian; a text is its length and its UTF-8; a list is its length
//! and its parts. Height, width, channels; the classes; the photos' paths, then the class and the split of each, one more
//! than their number or 0 for none, and the keys in their [`Pack`]; the rejected files' paths and reasons;
//! where the classes come from, how photos became images, what added ones are shared out by and what systems left, as JSON.

use std::rc::Rc;

use super::{
    DataError, Dataset, ImportOptions, Key, LeftOut, Pack, Photos, Pixels, Place, Rejection, Roster, Sizing,
    Split, Told,
};
use crate::json;

/// A dataset as it is written down, without the photos that were taken out: they cannot come back, so their room may
/// go to others. `None` where its photos are in memory.
///
/// # Errors
/// [`DataError::Store`] where its photos could not all be written.
pub fn write(dataset: &Dataset) -> Result<Option<Vec<u8>>, DataError> {
    let (photos, roster) = (dataset.photos(), dataset.roster());
    let (Some(pack), Some(slots)) = (photos.pixels.pack(), photos.pixels.slots()) else { return Ok(None) };
    // What is written down has to be there.
    pack.flush()?;
    // Photos that were added and undone have no place.
    let kept: Vec<usize> =
        (0..roster.places.len()).filter(|number| roster.places[*number].class.is_some()).collect();
    let mut out = Writer::default();
    dataset.image_shape.iter().for_each(|side| out.number(*side));
    out.texts(roster.classes.iter());
    let paths: Vec<&String> = kept.iter().map(|number| &photos.paths[*number]).collect();
    out.texts(paths.into_iter());
    for Place { class, split } in kept.iter().map(|number| roster.places[*number]) {
        out.number(class.map_or(0, |class| class + 1));
        out.number(split.map_or(0, |split| split as usize + 1));
    }
    let slots: Vec<u32> = kept.iter().map(|number| slots[*number]).collect();
    for key in pack.keys_of(&slots) {
        out.0.extend(key.0);
    }
    out.texts(dataset.rejected.iter().map(|file| &file.path));
    out.texts(dataset.rejected.iter().map(|file| &file.reason));
    let told = serde_json::to_string(&dataset.told).unwrap_or_default();
    let sizing = serde_json::to_string(&dataset.sizing).unwrap_or_default();
    let shares = serde_json::to_string(&roster.shares).unwrap_or_default();
    let mut texts = vec![told, sizing, shares];
    if !dataset.left_out.is_empty() {
        texts.push(serde_json::to_string(&dataset.left_out).unwrap_or_default());
    }
    out.texts(texts.iter());
    Ok(Some(out.0))
}

/// The dataset again, on the pack that it was on. Its changes are part of it, and cannot be undone any more.
///
/// # Errors
/// [`DataError::Store`] where the pack has not all of its photos or those of another size, or the record is none.
pub fn read(record: &[u8], pack: &Rc<Pack>) -> Result<Dataset, DataError> {
    let Written { image_shape, roster, paths, keys, rejected, left_out, told, sizing } = Written::of(record)?;
    let bytes = image_shape.iter().try_fold(1usize, |bytes, side| bytes.checked_mul(*side));
    if bytes != Some(pack.image_bytes()) {
        return Err(DataError::Store("its photos are of another size".to_owned()));
    }
    let slots: Vec<u32> = keys.iter().filter_map(|key| pack.find(*key)).collect();
    if slots.len() != keys.len() {
        return Err(DataError::Store("not all of its photos are there".to_owned()));
    }
    let photos = Photos { paths, pixels: Pixels::stored(Rc::clone(pack), slots) };
    Ok(Dataset { sizing, left_out, ..Dataset::new(image_shape, photos, roster, rejected, told) })
}

/// What a dataset needs of its pack.
///
/// # Errors
/// [`DataError::Store`] for a record that is none.
pub fn keys(record: &[u8]) -> Result<Vec<Key>, DataError> {
    Ok(Written::of(record)?.keys)
}

struct Written {
    image_shape: [usize; 3],
    roster: Roster,
    paths: Vec<String>,
    keys: Vec<Key>,
    rejected: Vec<Rejection>,
    left_out: Vec<LeftOut>,
    told: Option<Told>,
    sizing: Option<Sizing>,
}

impl Written {
    fn of(record: &[u8]) -> Result<Self, DataError> {
        Self::read(record).ok_or_else(|| DataError::Store("its record is damaged".to_owned()))
    }

    fn read(record: &[u8]) -> Option<Self> {
        let mut rest = Reader(record);
        let image_shape = [rest.number()?, rest.number()?, rest.number()?];
        let (classes, paths) = (rest.texts()?, rest.texts()?);
        let mut places = Vec::with_capacity(paths.len());
        for _ in &paths {
            let (class, split) = (rest.number()?.checked_sub(1), rest.number()?.checked_sub(1));
            if class.is_some_and(|class| class >= classes.len()) {
                return None;
            }
            let split = match split {
                Some(split) => Some(*Split::ALL.get(split)?),
                None => None,
            };
            places.push(Place { class, split });
        }
        let keys = rest.take(paths.len().checked_mul(Key::LEN)?)?.as_chunks().0.iter();
        let keys = keys.map(|key| Key(*key)).collect();
        let rejected = rest.texts()?.into_iter().zip(rest.texts()?);
        let rejected: Vec<Rejection> = rejected.map(|(path, reason)| Rejection { path, reason }).collect();
        let texts = rest.texts()?;
        // Older records end with how photos became images, or with the shares.
        let (told, sizing, shares, left_out) = match texts.as_slice() {
            [told, sizing] => (told, sizing, "null", "[]"),
            [told, sizing, shares] => (told, sizing, shares.as_str(), "[]"),
            [told, sizing, shares, left_out] => (told, sizing, shares.as_str(), left_out.as_str()),
            _ => return None,
        };
        let left_out = json::read(left_out).ok()?;
        let (mut told, sizing): (Option<Told>, _) = (json::read(told).ok()?, json::read(sizing).ok()?);
        if let Some(told) = &mut told {
            // They are among the rejected files.
            let is_table = |file: &&Rejection| file.reason.starts_with("not used: ");
            told.unused = rejected.iter().filter(is_table).cloned().collect();
        }
        // They are some of the options of an import, which are read already for other reasons.
        let shares: serde_json::Value = json::read(shares).ok()?;
        let shares = if shares.is_null() {
            None
        } else {
            Some(serde_json::from_value::<ImportOptions>(shares).ok()?.shares())
        };
        let roster = Roster { classes, places, shares };
        rest.0.is_empty().then_some(Self {
            image_shape,
            roster,
            paths,
            keys,
            rejected,
            left_out,
            told,
            sizing,
        })
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
