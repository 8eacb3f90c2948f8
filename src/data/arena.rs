use super::pixels::Pixels;
use super::{DataError, ImageSize};
use crate::memory;

/// The pixels of all photos in one allocation, a slot a photo.
///
/// It is reserved before the first photo is decoded, so that too little memory is an error at the start
/// rather than the end of the page after minutes, and it becomes the dataset's pixels in place.
#[derive(Debug)]
pub struct Arena {
    pixels: Vec<u8>,
    photo: usize,
    /// As [`Pixels::side`] tells them, a slot each.
    sides: Vec<u16>,
}

impl Arena {
    /// Room for `photos` RGB photos of `size`.
    ///
    /// # Errors
    /// [`DataError::Memory`] where they do not fit into memory.
    pub(super) fn new(photos: usize, size: ImageSize) -> Result<Self, DataError> {
        let photo = size.rgb_bytes();
        let too_large = || DataError::Memory {
            photos,
            height: size.height() as usize,
            width: size.width() as usize,
            megabytes: (photos as u64).saturating_mul(photo as u64) / 1_000_000,
        };
        let bytes = photos.checked_mul(photo).ok_or_else(too_large)?;
        let pixels = memory::room(bytes).map_err(|_| too_large())?;
        Ok(Self { pixels, photo, sides: Vec::new() })
    }

    /// Appends a photo of the right size and gives its slot.
    pub(super) fn push(&mut self, photo: &[u8], side: u16) -> u32 {
        debug_assert_eq!(photo.len(), self.photo);
        self.pixels.extend_from_slice(photo);
        self.sides.push(side);
        (self.sides.len() - 1) as u32
    }

    /// Bytes of a photo.
    pub(super) fn image_bytes(&self) -> usize {
        self.photo
    }

    /// The photos of these slots, in this order.
    pub(super) fn into_pixels(mut self, slots: Vec<u32>) -> Pixels {
        self.pixels.shrink_to_fit();
        Pixels::of_slots(self.pixels, self.photo, self.sides, slots)
    }
}
