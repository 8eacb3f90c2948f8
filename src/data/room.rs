use std::rc::Rc;

use super::arena::Arena;
use super::{DataError, DecodeError, ImageSize, Key, Pack, Pixels};

/// Where decoded photos go on their way into a dataset.
#[derive(Debug)]
pub enum Room {
    /// To memory.
    Memory(Arena),
    /// To a store.
    Store(Rc<Pack>),
}

impl Room {
    /// In memory, for so many photos.
    ///
    /// # Errors
    /// [`DataError::Memory`] where there is too little.
    pub fn in_memory(photos: usize, size: ImageSize) -> Result<Self, DataError> {
        Ok(Self::Memory(Arena::new(photos, size)?))
    }

    /// Takes a photo and gives its slot; `key` is what a store finds it by, `side` what [`Pixels::side`] tells.
    ///
    /// # Errors
    /// [`DecodeError::NotKept`] for a store that is full, [`DecodeError::Damaged`] for another number of bytes.
    pub fn push(&mut self, key: Key, photo: &[u8], side: u16) -> Result<u32, DecodeError> {
        let wanted = match self {
            Self::Memory(arena) => arena.image_bytes(),
            Self::Store(pack) => pack.image_bytes(),
        };
        if photo.len() != wanted {
            return Err(DecodeError::Damaged(format!("{} bytes are no image of this size", photo.len())));
        }
        match self {
            Self::Memory(arena) => Ok(arena.push(photo, side)),
            Self::Store(pack) => {
                pack.put(key, photo, side).map_err(|error| DecodeError::NotKept(error.to_string()))
            }
        }
    }

    /// The photos of these slots, in this order.
    pub fn into_pixels(self, slots: Vec<u32>) -> Pixels {
        match self {
            Self::Memory(arena) => arena.into_pixels(slots),
            Self::Store(pack) => Pixels::stored(pack, slots),
        }
    }
}
