//! Random numbers that depend on nothing but what they are for.
//!
//! One counter-based generator, `pcg4d` of Jarzynski and Olano ("Hash Functions for GPU Rendering",
//! JCGT 9(3), 2020), hashes four 32-bit words into four. Keyed by (seed, purpose, epoch and sample,
//! element) it gives the same numbers in Rust and in WGSL ([`WGSL`]), on any number of workers, after
//! a pause or a resume: there is no state to carry along.

/// The WGSL twin of [`pcg4d`] and [`uniform`], to put before a kernel that draws numbers.
pub const WGSL: &str = include_str!("random.wgsl");

/// What a random number is drawn for; two purposes never share a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The initial value of the parameter tensor with this index.
    Initializer(u32),
    /// The mask of the dropout layer with this index.
    Dropout(u32),
    /// The order of the training photos in an epoch.
    Shuffle,
    /// Which photos go to the validation and the test split.
    Split,
    /// How a training photo is changed.
    Augmentation,
}

impl Purpose {
    /// The word that stands for this purpose in the generator's key.
    pub const fn word(self) -> u32 {
        match self {
            Self::Initializer(index) => 0x1000_0000 | index,
            Self::Dropout(index) => 0x2000_0000 | index,
            Self::Shuffle => 0x3000_0000,
            Self::Split => 0x4000_0000,
            Self::Augmentation => 0x5000_0000,
        }
    }
}

/// Hashes four words into four, each uniform over all of `u32`.
pub const fn pcg4d(key: [u32; 4]) -> [u32; 4] {
    const MULTIPLIER: u32 = 1_664_525;
    const INCREMENT: u32 = 1_013_904_223;
    const fn mix([mut x, mut y, mut z, mut w]: [u32; 4]) -> [u32; 4] {
        x = x.wrapping_add(y.wrapping_mul(w));
        y = y.wrapping_add(z.wrapping_mul(x));
        z = z.wrapping_add(x.wrapping_mul(y));
        w = w.wrapping_add(y.wrapping_mul(z));
        [x, y, z, w]
    }
    let [x, y, z, w] = key;
    let [x, y, z, w] = mix([
        x.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT),
        y.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT),
        z.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT),
        w.wrapping_mul(MULTIPLIER).wrapping_add(INCREMENT),
    ]);
    mix([x ^ (x >> 16), y ^ (y >> 16), z ^ (z >> 16), w ^ (w >> 16)])
}

/// A number in `[0, 1)` with 24 random bits, so that it is exact in `f32`.
pub fn uniform(word: u32) -> f32 {
    (word >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// An endless stream of words for one `(seed, purpose, epoch)`.
#[derive(Debug, Clone)]
pub struct Stream {
    key: [u32; 3],
    block: [u32; 4],
    drawn: u32,
}

impl Stream {
    /// A stream that starts at its first word.
    pub fn new(seed: u32, purpose: Purpose, epoch: u32) -> Self {
        Self { key: [seed, purpose.word(), epoch], block: [0; 4], drawn: 0 }
    }

    /// The next word.
    pub fn word(&mut self) -> u32 {
        let lane = (self.drawn % 4) as usize;
        if lane == 0 {
            let [seed, purpose, epoch] = self.key;
            self.block = pcg4d([seed, purpose, epoch, self.drawn / 4]);
        }
        self.drawn = self.drawn.wrapping_add(1);
        self.block[lane]
    }

    /// The next number in `[0, 1)`.
    pub fn uniform(&mut self) -> f32 {
        uniform(self.word())
    }

    /// A permutation of `items` drawn from this stream (Fisher and Yates' shuffle).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = (u64::from(self.word()) * (last as u64 + 1)) >> 32;
            items.swap(last, other as usize);
        }
    }
}

#[cfg(test)]
mod tests;
