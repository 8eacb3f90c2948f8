//! The pixels of a dataset, those that come from elsewhere than a file, and colours that a network does not see.

use std::cell::RefCell;
use std::rc::Rc;

use image::metadata::Orientation;

use super::features::{Feature, FeatureStore};
use super::resize::Resizer;
use super::{DataError, DecodeError, Pack, Sizing};

/// The pixels of photos of one size, by their numbers, in memory or in a store. Clones share them, and they are only
/// ever added to.
#[derive(Debug, Clone, Default)]
pub struct Pixels {
    blocks: Vec<Rc<Block>>,
}

#[derive(Debug)]
struct Block {
    place: Place,
    /// Where each photo lies, in photos.
    slots: Vec<u32>,
    features: RefCell<FeatureStore>,
}

#[derive(Debug)]
enum Place {
    Memory { pixels: Vec<u8>, photo: usize, sides: Vec<u16> },
    Store(Rc<Pack>),
}

impl Pixels {
    /// Photos of `photo` bytes each, one after the other.
    pub fn new(pixels: Vec<u8>, photo: usize) -> Self {
        let slots = (0..(pixels.len() / photo.max(1)) as u32).collect();
        Self::of_slots(pixels, photo, Vec::new(), slots)
    }

    /// The photos that lie in these slots, in this order.
    pub(super) fn of_slots(pixels: Vec<u8>, photo: usize, sides: Vec<u16>, slots: Vec<u32>) -> Self {
        Self::of_block(Place::Memory { pixels, photo, sides }, slots)
    }

    /// The photos that lie in these slots of a store, in this order.
    pub fn stored(pack: Rc<Pack>, slots: Vec<u32>) -> Self {
        Self::of_block(Place::Store(pack), slots)
    }

    fn of_block(place: Place, slots: Vec<u32>) -> Self {
        Self { blocks: vec![Rc::new(Block { place, slots, features: RefCell::default() })] }
    }

    /// The pixels of a photo; empty where there is none, or where it is stored.
    pub fn of(&self, number: usize) -> &[u8] {
        match self.find(number) {
            Some((Place::Memory { pixels, photo, .. }, slot)) => {
                pixels.get(slot as usize * photo..(slot as usize + 1) * photo).unwrap_or_default()
            }
            _ => &[],
        }
    }

    /// Appends the pixels of a photo to `out`, wherever they lie.
    ///
    /// # Errors
    /// [`DataError::Store`] where they are stored and cannot be read, or where there is no such photo.
    pub fn read(&self, number: usize, out: &mut Vec<u8>) -> Result<(), DataError> {
        match self.find(number) {
            Some((Place::Memory { .. }, _)) => {
                out.extend_from_slice(self.of(number));
                Ok(())
            }
            Some((Place::Store(pack), slot)) => {
                let from = out.len();
                out.resize(from + pack.image_bytes(), 0);
                pack.read(slot, &mut out[from..])
            }
            None => Err(DataError::Store(format!("there is no photo {number}"))),
        }
    }

    /// The shorter side that a photo has in its file, in pixels; 0 where it is not known.
    pub fn side(&self, number: usize) -> u16 {
        match self.find(number) {
            Some((Place::Memory { sides, .. }, slot)) => sides.get(slot as usize).copied().unwrap_or(0),
            Some((Place::Store(pack), slot)) => pack.side(slot),
            None => 0,
        }
    }

    /// Puts more photos behind these.
    pub fn append(&mut self, more: Self) {
        self.blocks.extend(more.blocks);
    }

    /// The store that the photos are in, if not in memory.
    pub fn pack(&self) -> Option<&Rc<Pack>> {
        self.blocks.iter().find_map(|block| match &block.place {
            Place::Store(pack) => Some(pack),
            Place::Memory { .. } => None,
        })
    }

    /// The slots of all photos in [`Pixels::pack`], in the order of their numbers; none where any is in memory.
    pub(super) fn slots(&self) -> Option<Vec<u32>> {
        let stored = self.blocks.iter().all(|block| matches!(block.place, Place::Store(_)));
        stored.then(|| self.blocks.iter().flat_map(|block| &block.slots).copied().collect())
    }

    /// What was made of a photo by what has this number; none where it was not.
    pub(super) fn feature(&self, made_by: u64, number: usize) -> Option<Feature> {
        let (block, index) = self.block(number)?;
        block.features.borrow_mut().get(made_by, index)
    }

    /// Keeps what was made of a photo, for all who have it.
    pub(super) fn keep_feature(&self, made_by: u64, number: usize, feature: Feature) {
        if let Some((block, index)) = self.block(number) {
            block.features.borrow_mut().keep(made_by, index, feature);
        }
    }

    fn find(&self, number: usize) -> Option<(&Place, u32)> {
        let (block, index) = self.block(number)?;
        Some((&block.place, block.slots[index]))
    }

    /// Where a photo is: its block, and its index there.
    fn block(&self, number: usize) -> Option<(&Block, usize)> {
        let mut index = number;
        for block in &self.blocks {
            if index < block.slots.len() {
                return Some((block, index));
            }
            index -= block.slots.len();
        }
        None
    }

    fn len(&self) -> usize {
        self.blocks.iter().map(|block| block.slots.len()).sum()
    }
}

impl PartialEq for Pixels {
    /// Whether each photo has the same pixels, or is in the same slot of the same store.
    fn eq(&self, other: &Self) -> bool {
        let same = |number| match (self.find(number), other.find(number)) {
            (Some((Place::Store(one), slot)), Some((Place::Store(another), as_slot))) => {
                Rc::ptr_eq(one, another) && slot == as_slot
            }
            _ => self.of(number) == other.of(number),
        };
        self.len() == other.len() && (0..self.len()).all(same)
    }
}

/// Resizes what a canvas or a webcam gives, `[height, width, 4]`, to RGB, as [`super::decode`] does with
/// files; alpha is dropped.
///
/// # Errors
/// [`DecodeError::Damaged`] where there are not `4 * width * height` bytes, or none.
pub fn from_rgba(
    rgba: &[u8],
    width: usize,
    height: usize,
    sizing: impl Into<Sizing>,
) -> Result<Vec<u8>, DecodeError> {
    let damaged =
        || DecodeError::Damaged(format!("{} bytes are not the pixels of {width} x {height}", rgba.len()));
    let (pixels, rest) = rgba.as_chunks::<4>();
    if pixels.is_empty() || !rest.is_empty() || width.checked_mul(height) != Some(pixels.len()) {
        return Err(damaged());
    }
    let mut resizer = Resizer::new([height, width], Orientation::NoTransforms, &sizing.into());
    for row in pixels.chunks_exact(width) {
        resizer.push(row);
    }
    resizer.finish().ok_or_else(damaged)
}

/// RGB to grey by the weights of Pillow's `convert("L")` and so of Keras' `color_mode="grayscale"`:
/// 0.299 red, 0.587 green, 0.114 blue.
pub fn grey(rgb: &[u8]) -> Vec<u8> {
    let (pixels, _) = rgb.as_chunks::<3>();
    let weigh = |[r, g, b]: [u8; 3]| {
        let sum = u32::from(r) * 19_595 + u32::from(g) * 38_470 + u32::from(b) * 7_471 + 0x8000;
        (sum >> 16) as u8
    };
    pixels.iter().copied().map(weigh).collect()
}
