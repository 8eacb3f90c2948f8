//! The store of decoded photos: one file of pixels, a slot a photo, and one of keys, 18 bytes a slot: the key, and the
//! shorter side that the photo has in its file.
//!
//! A key tells a file of the user's by its path, size and date and by a sign of its content, so that it need not be
//! decoded again. A slot whose key is zero is free. Pixels are written before their key: what a crash leaves half done
//! is free, too.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Debug;

use super::DataError;

/// A file that is read and written at any place; an error is a sentence of the system's.
pub trait PackFile: Debug {
    /// Fills `into` from byte `at` on.
    ///
    /// # Errors
    /// The system's, or a file that ends before.
    fn read(&self, at: u64, into: &mut [u8]) -> Result<(), String>;

    /// Writes `bytes` from byte `at` on; the file grows where it must.
    ///
    /// # Errors
    /// The system's, for instance a full disk.
    fn write(&self, at: u64, bytes: &[u8]) -> Result<(), String>;

    /// How many bytes there are.
    ///
    /// # Errors
    /// The system's.
    fn size(&self) -> Result<u64, String>;

    /// Cuts the file, or makes it longer.
    ///
    /// # Errors
    /// The system's.
    fn truncate(&self, size: u64) -> Result<(), String>;

    /// Has everything written that is not yet.
    ///
    /// # Errors
    /// The system's.
    fn flush(&self) -> Result<(), String>;
}

/// What a photo is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Key(pub(super) [u8; Key::LEN]);

impl Key {
    /// Bytes.
    pub const LEN: usize = 16;

    /// Of a file by what can be told without reading it, and by its content or a sign of that.
    ///
    /// `modified` is in milliseconds, where it is known.
    pub fn of(path: &str, size: u64, modified: Option<u64>, content: &[u8]) -> Self {
        Self::of_file(path, size, modified).with(content)
    }

    /// Of a file without its content: what all keys that differ in that alone share.
    pub fn of_file(path: &str, size: u64, modified: Option<u64>) -> Self {
        let mut hash = Hash::default();
        hash.add(path.as_bytes());
        hash.add(&[0]);
        hash.add(&size.to_le_bytes());
        if let Some(modified) = modified {
            hash.add(&modified.to_le_bytes());
        }
        let mut key = [0; Self::LEN];
        key[..Self::LEN / 2].copy_from_slice(&hash.half());
        Self(key)
    }

    /// The key of the same file with this content, or with this sign of it.
    pub fn with(mut self, content: &[u8]) -> Self {
        let mut hash = Hash::default();
        hash.add(content);
        self.0[Self::LEN / 2..].copy_from_slice(&hash.half());
        self
    }

    fn without_content(mut self) -> Self {
        self.0[Self::LEN / 2..].fill(0);
        self
    }
}

/// What the file of keys has of a slot, in bytes: the key and a `u16`, little-endian.
const ENTRY: usize = Key::LEN + 2;

/// FNV-1a of 128 bits.
struct Hash(u128);

impl Default for Hash {
    fn default() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }
}

impl Hash {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        }
    }

    /// Half of its bits, never all zero.
    fn half(&self) -> [u8; Key::LEN / 2] {
        ((self.0 >> 64) as u64 ^ self.0 as u64).max(1).to_le_bytes()
    }
}

/// Decoded photos of one size in two files.
#[derive(Debug)]
pub struct Pack {
    pixels: Box<dyn PackFile>,
    keys: Box<dyn PackFile>,
    image: usize,
    slots: RefCell<Slots>,
}

#[derive(Debug, Default)]
struct Slots {
    taken: HashMap<Key, u32>,
    /// How many of these there are of each file, whatever its content.
    files: HashMap<Key, u32>,
    free: Vec<u32>,
    /// As [`Pack::put`] takes them, a slot each.
    sides: Vec<u16>,
    /// The first slot that was never used.
    next: u32,
}

impl Slots {
    fn count_files(&mut self) {
        self.files.clear();
        for key in self.taken.keys() {
            *self.files.entry(key.without_content()).or_default() += 1;
        }
    }
}

impl Pack {
    /// Opens the two files, new ones or those of an earlier visit, for photos of `image` bytes.
    ///
    /// # Errors
    /// [`DataError::Store`] where they cannot be read or tidied.
    pub fn open(pixels: Box<dyn PackFile>, keys: Box<dyn PackFile>, image: usize) -> Result<Self, DataError> {
        let mut known = vec![0; keys.size().map_err(DataError::Store)? as usize];
        keys.read(0, &mut known).map_err(DataError::Store)?;
        let whole = pixels.size().map_err(DataError::Store)? / image as u64;
        let mut slots = Slots::default();
        for [key @ .., low, high] in known.as_chunks::<ENTRY>().0.iter().take(whole as usize) {
            let slot = slots.next;
            slots.next += 1;
            slots.sides.push(u16::from_le_bytes([*low, *high]));
            match slots.taken.entry(Key(*key)) {
                Entry::Vacant(place) if *key != [0; Key::LEN] => _ = place.insert(slot),
                // Of two slots with the same key the first one counts.
                _ => slots.free.push(slot),
            }
        }
        slots.count_files();
        // Keys without pixels must not come to others' once the file is long enough.
        let end = u64::from(slots.next) * ENTRY as u64;
        if (known.len() as u64) > end {
            keys.truncate(end).map_err(DataError::Store)?;
        }
        Ok(Self { pixels, keys, image, slots: RefCell::new(slots) })
    }

    /// How many photos there are.
    pub fn len(&self) -> usize {
        self.slots.borrow().taken.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The slot of a photo, if it is there.
    pub fn find(&self, key: Key) -> Option<u32> {
        self.slots.borrow().taken.get(&key).copied()
    }

    /// Whether there is a photo of this file, with whatever content: see [`Key::of_file`].
    pub fn knows(&self, file: Key) -> bool {
        self.slots.borrow().files.contains_key(&file)
    }

    /// Makes the file as large as it will be with so many photos more, so that a disk that is full says so at once.
    ///
    /// # Errors
    /// [`DataError::Store`] where there is no room.
    pub fn reserve(&self, photos: usize) -> Result<(), DataError> {
        let slots = self.slots.borrow();
        let end = slots.next as u64 + photos.saturating_sub(slots.free.len()) as u64;
        let size = end * self.image as u64;
        let grown =
            self.pixels.size().and_then(|now| if now < size { self.pixels.truncate(size) } else { Ok(()) });
        grown.map_err(DataError::Store)
    }

    /// Writes a photo and gives its slot; `side` is the shorter one in its file, in pixels, 0 where it is not known.
    ///
    /// # Errors
    /// [`DataError::Store`] where it cannot be written; nothing has changed then.
    pub fn put(&self, key: Key, photo: &[u8], side: u16) -> Result<u32, DataError> {
        if photo.len() != self.image {
            return Err(DataError::Store(format!("{} bytes are no image of this size", photo.len())));
        }
        let mut slots = self.slots.borrow_mut();
        if let Some(slot) = slots.taken.get(&key) {
            return Ok(*slot);
        }
        let slot = slots.free.last().copied().unwrap_or(slots.next);
        let mut entry = [0; ENTRY];
        entry[..Key::LEN].copy_from_slice(&key.0);
        entry[Key::LEN..].copy_from_slice(&side.to_le_bytes());
        let written = self
            .pixels
            .write(u64::from(slot) * self.image as u64, photo)
            .and_then(|()| self.keys.write(u64::from(slot) * ENTRY as u64, &entry));
        written.map_err(DataError::Store)?;
        if slots.free.pop().is_none() {
            slots.next += 1;
            slots.sides.push(side);
        }
        slots.sides[slot as usize] = side;
        slots.taken.insert(key, slot);
        *slots.files.entry(key.without_content()).or_default() += 1;
        Ok(slot)
    }

    /// Reads the photo of a slot.
    ///
    /// # Errors
    /// [`DataError::Store`] where it cannot be read.
    pub fn read(&self, slot: u32, into: &mut [u8]) -> Result<(), DataError> {
        self.pixels.read(u64::from(slot) * self.image as u64, into).map_err(DataError::Store)
    }

    /// The shorter side that the photo of a slot has in its file, in pixels; 0 where it is not known.
    pub fn side(&self, slot: u32) -> u16 {
        self.slots.borrow().sides.get(slot as usize).copied().unwrap_or(0)
    }

    /// The keys of slots, in their order.
    pub fn keys_of(&self, slots: &[u32]) -> Vec<Key> {
        let known = self.slots.borrow();
        let mut keys = vec![Key::default(); known.next as usize];
        for (key, slot) in &known.taken {
            keys[*slot as usize] = *key;
        }
        slots.iter().map(|slot| keys.get(*slot as usize).copied().unwrap_or_default()).collect()
    }

    /// Bytes of a photo.
    pub fn image_bytes(&self) -> usize {
        self.image
    }

    /// Frees every photo but these, and cuts the files behind the last one that stays.
    ///
    /// # Errors
    /// [`DataError::Store`] where the files cannot be written.
    pub fn retain(&self, kept: &[Key]) -> Result<(), DataError> {
        let slots = &mut *self.slots.borrow_mut();
        let mut used = vec![false; slots.next as usize];
        for slot in kept.iter().filter_map(|key| slots.taken.get(key)) {
            used[*slot as usize] = true;
        }
        slots.taken.retain(|_, slot| used[*slot as usize]);
        slots.count_files();
        let end = used.iter().rposition(|used| *used).map_or(0, |last| last + 1);
        slots.free = (0..end).filter(|slot| !used[*slot]).map(|slot| slot as u32).collect();
        slots.next = end as u32;
        slots.sides.truncate(end);
        for slot in &slots.free {
            let at = u64::from(*slot) * ENTRY as u64;
            self.keys.write(at, &[0; ENTRY]).map_err(DataError::Store)?;
        }
        let cut = self
            .keys
            .truncate((end * ENTRY) as u64)
            .and_then(|()| self.pixels.truncate(end as u64 * self.image as u64))
            // Before other pixels come to where a key still points.
            .and_then(|()| self.keys.flush());
        cut.map_err(DataError::Store)
    }

    /// Has everything written that is not yet, and gives back what was reserved and not used.
    ///
    /// # Errors
    /// [`DataError::Store`].
    pub fn flush(&self) -> Result<(), DataError> {
        let size = u64::from(self.slots.borrow().next) * self.image as u64;
        let written = self.pixels.truncate(size).and_then(|()| self.pixels.flush());
        written.and_then(|()| self.keys.flush()).map_err(DataError::Store)
    }
}
