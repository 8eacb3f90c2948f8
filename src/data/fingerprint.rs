//! What tells photos apart that look alike, and those that look like nothing.

use super::{DataError, Dataset, grey};

/// A photo's looks in a few numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// Of every byte: the same photo has the same one (FNV-1a).
    pub exact: u32,
    /// Whether it gets brighter to the right, at 8 x 8 places: photos that look alike differ in few bits
    /// (dHash, by N. Krawetz, "Kind of Like That", 2013).
    pub gradient: [u32; 2],
    /// The brightest place's grey value less the darkest's.
    pub contrast: u32,
    /// How far apart red, green and blue are at the most.
    pub colour: u32,
    /// The shorter side of the photo in its file, in pixels; 0 where it is not known.
    pub side: u32,
}

const COLUMNS: usize = 9;
const ROWS: usize = 8;

impl Fingerprint {
    /// Of a photo of `[height, width, channels]`, without [`Fingerprint::side`].
    pub fn of(pixels: &[u8], [height, width, channels]: [usize; 3]) -> Self {
        let exact = pixels
            .iter()
            .fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
        let mut colour = 0;
        if channels == 3 {
            for [r, g, b] in pixels.as_chunks::<3>().0 {
                colour = colour.max((r.max(g).max(b) - r.min(g).min(b)).into());
            }
        }
        let values = if channels == 3 { grey(pixels) } else { pixels.to_vec() };
        let mut places = [[0; COLUMNS]; ROWS];
        for (row, places) in places.iter_mut().enumerate() {
            for (column, place) in places.iter_mut().enumerate() {
                *place = mean(&values, [height, width], row, column);
            }
        }
        let mut gradient = [0; 2];
        for (row, places) in places.iter().enumerate() {
            for column in 0..COLUMNS - 1 {
                if places[column] < places[column + 1] {
                    gradient[row / 4] |= 1 << (row % 4 * 8 + column);
                }
            }
        }
        let (darkest, brightest) = (values.iter().min(), values.iter().max());
        let contrast = u32::from(brightest.copied().unwrap_or(0)) - u32::from(darkest.copied().unwrap_or(0));
        Self { exact, gradient, contrast, colour, side: 0 }
    }
}

/// The mean of one of 9 x 8 places, in 256ths.
fn mean(values: &[u8], [height, width]: [usize; 2], row: usize, column: usize) -> u32 {
    let part = |length: usize, parts: usize, part: usize| {
        let from = length * part / parts;
        from..(length * (part + 1) / parts).max(from + 1)
    };
    let (mut sum, mut count) = (0u64, 0);
    for y in part(height, ROWS, row) {
        for x in part(width, COLUMNS, column) {
            sum += u64::from(values.get(y * width + x).copied().unwrap_or(0));
            count += 1;
        }
    }
    (sum * 256 / count) as u32
}

impl Dataset {
    /// The looks of photos `from..to`, by their numbers.
    ///
    /// # Errors
    /// [`DataError::Store`] where a photo cannot be read.
    pub fn fingerprints(&self, from: usize, to: usize) -> Result<Vec<Fingerprint>, DataError> {
        let mut photo = Vec::new();
        let mut look = |number| {
            photo.clear();
            self.photos.pixels.read(number, &mut photo)?;
            let side = self.photos.pixels.side(number).into();
            Ok(Fingerprint { side, ..Fingerprint::of(&photo, self.image_shape) })
        };
        (from..to.min(self.photos.paths.len())).map(&mut look).collect()
    }
}
