//! From a JPEG's own planes to pixels, as libjpeg-turbo does it and so Pillow.
//!
//! A browser gives a decoded JPEG most quickly as the file has it: a plane of luma, and two of chroma that have
//! half as many columns, or rows, too. "Fancy upsampling" lays a triangle over them (jdsample.c): a chroma
//! sample counts three times where it lies nearer, once where its neighbour does. Colours are ITU-R BT.601's
//! over the full range (jdcolor.c).

use super::resize::{Pixel, Resizer};

/// Half of 2^16, to round.
const HALF: i32 = 1 << 15;

/// A plane of a decoded JPEG.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane<'a> {
    /// Its rows, one after the other.
    pub(super) samples: &'a [u8],
    /// From the start of a row to that of the next one.
    pub(super) stride: usize,
}

impl Plane<'_> {
    fn row(&self, row: usize, len: usize) -> Option<&[u8]> {
        self.samples.get(row.checked_mul(self.stride)?..)?.get(..len)
    }
}

/// The planes of a JPEG of `[height, width]`.
#[derive(Debug, Clone, Copy)]
pub(super) struct YCbCr<'a> {
    pub(super) size: [usize; 2],
    /// Luma, blue and red.
    pub(super) planes: [Plane<'a>; 3],
    /// Whether chroma has half as many rows, and half as many columns.
    pub(super) halved: [bool; 2],
}

/// Gives a resizer all rows of the photo; `None` where a plane is too short.
pub(super) fn push(photo: &YCbCr, resizer: &mut Resizer) -> Option<()> {
    let [height, width] = photo.size;
    let [luma, blue, red] = &photo.planes;
    let mut pixels = vec![Pixel::default(); width];
    let mut chroma = Chroma::new(photo);
    let (mut blues, mut reds) = (vec![0; width + 1], vec![0; width + 1]);
    for row in 0..height {
        let lumas = luma.row(row, width)?;
        chroma.row(blue, row, &mut blues)?;
        chroma.row(red, row, &mut reds)?;
        convert(lumas, &blues, &reds, &mut pixels);
        resizer.push(&pixels);
    }
    Some(())
}

/// Rows of chroma in full size.
struct Chroma {
    halved: [bool; 2],
    /// Rows and columns of a plane.
    size: [usize; 2],
    /// A row of samples between two of itself at either end; times four where rows are halved, too.
    sums: Vec<i16>,
}

impl Chroma {
    fn new(photo: &YCbCr) -> Self {
        let half = |axis: usize| photo.size[axis].div_ceil(if photo.halved[axis] { 2 } else { 1 });
        let size = [half(0), half(1)];
        Self { halved: photo.halved, size, sums: vec![0; size[1] + 2] }
    }

    /// Row `row` of the photo, less 128.
    fn row(&mut self, plane: &Plane, row: usize, out: &mut [i16]) -> Option<()> {
        let [rows, columns] = self.size;
        let [rows_halved, columns_halved] = self.halved;
        if !columns_halved {
            for (out, sample) in out.iter_mut().zip(plane.row(row, columns)?) {
                *out = i16::from(*sample) - 128;
            }
            return Some(());
        }
        let sums = &mut self.sums[1..=columns];
        // What rounds, alternating so that no direction is preferred, and what is divided by.
        let (even, odd, shift) = if rows_halved {
            let nearer = row / 2;
            let farther =
                if row.is_multiple_of(2) { nearer.saturating_sub(1) } else { (nearer + 1).min(rows - 1) };
            let farther = plane.row(farther, columns)?;
            for ((sum, near), far) in sums.iter_mut().zip(plane.row(nearer, columns)?).zip(farther) {
                *sum = i16::from(*near) * 3 + i16::from(*far);
            }
            (8, 7, 4)
        } else {
            for (sum, sample) in sums.iter_mut().zip(plane.row(row, columns)?) {
                *sum = i16::from(*sample);
            }
            (1, 2, 2)
        };
        self.sums[0] = self.sums[1];
        self.sums[columns + 1] = self.sums[columns];
        let (befores, rest) = (&self.sums[..columns], &self.sums[1..]);
        let (pairs, _) = out.as_chunks_mut::<2>();
        for (((pair, before), here), after) in pairs.iter_mut().zip(befores).zip(rest).zip(&rest[1..]) {
            let thrice = here * 3;
            *pair = [((thrice + before + even) >> shift) - 128, ((thrice + after + odd) >> shift) - 128];
        }
        Some(())
    }
}

/// Luma and chroma, the latter less 128, to red, green and blue.
fn convert(lumas: &[u8], blues: &[i16], reds: &[i16], pixels: &mut [Pixel]) {
    for (((pixel, luma), blue), red) in pixels.iter_mut().zip(lumas).zip(blues).zip(reds) {
        let (luma, blue, red) = (i32::from(*luma), i32::from(*blue), i32::from(*red));
        // 1.402, 0.34414, 0.71414 and 1.772, in units of 2^-16.
        let r = luma + ((91_881 * red + HALF) >> 16);
        let g = luma + ((HALF - 22_554 * blue - 46_802 * red) >> 16);
        let b = luma + ((116_130 * blue + HALF) >> 16);
        *pixel = [r, g, b, 0].map(|value| value.clamp(0, 255) as u8);
    }
}
