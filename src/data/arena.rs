use super::{DataError, ImageSize};

/// The pixels of all photos in one allocation, a slot a photo.
///
/// It is reserved before the first photo is decoded, so that too little memory is an error at the start
/// rather than the end of the page after minutes, and it becomes the training split's buffer in place.
#[derive(Debug)]
pub(super) struct Arena {
    pixels: Vec<u8>,
    photo: usize,
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
        let mut pixels = Vec::new();
        pixels.try_reserve_exact(bytes).map_err(|_| too_large())?;
        Ok(Self { pixels, photo })
    }

    /// Appends a photo and gives its slot.
    pub(super) fn push(&mut self, photo: &[u8]) -> usize {
        debug_assert_eq!(photo.len(), self.photo);
        self.pixels.extend_from_slice(photo);
        self.pixels.len() / self.photo - 1
    }

    /// Puts another photo into a slot.
    pub(super) fn replace(&mut self, slot: usize, photo: &[u8]) {
        self.pixels[slot * self.photo..(slot + 1) * self.photo].copy_from_slice(photo);
    }

    /// Keeps the slots of `order`, in that order, and cuts them into pieces of `counts` photos.
    ///
    /// `order` names each slot at most once, and `counts` adds up to its length. Only the second and
    /// third piece are copied.
    pub(super) fn into_pieces(mut self, order: Vec<usize>, counts: [usize; 3]) -> [Vec<u8>; 3] {
        let kept = order.len();
        self.arrange(order);
        self.pixels.truncate(kept * self.photo);
        let third = self.pixels.split_off((counts[0] + counts[1]) * self.photo);
        let second = self.pixels.split_off(counts[0] * self.photo);
        self.pixels.shrink_to_fit();
        [self.pixels, second, third]
    }

    /// Moves the photo of slot `order[k]` to slot `k`, cycle by cycle, with one photo held aside.
    fn arrange(&mut self, mut order: Vec<usize>) {
        let (slots, photo) = (self.pixels.len() / self.photo, self.photo);
        let mut dropped = vec![true; slots];
        for &slot in &order {
            dropped[slot] = false;
        }
        // What is not kept goes to the end, so that the order is a permutation.
        order.extend((0..slots).filter(|slot| dropped[*slot]));
        let mut moved = vec![false; slots];
        let mut aside = vec![0; photo];
        for start in 0..slots {
            if moved[start] {
                continue;
            }
            aside.copy_from_slice(&self.pixels[start * photo..(start + 1) * photo]);
            let mut slot = start;
            loop {
                moved[slot] = true;
                let source = order[slot];
                if source == start {
                    break;
                }
                self.pixels.copy_within(source * photo..(source + 1) * photo, slot * photo);
                slot = source;
            }
            self.replace(slot, &aside);
        }
    }
}
