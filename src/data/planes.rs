//! From a JPEG's own planes to pixels, as libjpeg-turbo does it and so Pillow.
//!
//! A decoded JPEG is a plane of luma, and two of chroma that have half as many columns, or rows, too. "Fancy
//! upsampling" lays a triangle over them (jdsample.c): a sample counts three times where it lies nearer, once
//! where its neighbour does. Colours are ITU-R BT.601's over the full range (jdcolor.c).

use super::resize::{Pixel, Resizer};

/// Half of 2^16, to round.
const HALF: i32 = 1 << 15;
/// Chroma of no colour.
const GREY: i32 = 128;
/// Planes with fewer columns are not upsampled "fancily" across.
const FANCY: usize = 3;

/// A plane of a decoded JPEG.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane<'a> {
    /// Its rows, one after the other.
    pub(super) samples: &'a [u8],
    /// From the start of a row to that of the next one.
    pub(super) stride: usize,
    /// How many rows and how many columns of the photo a sample stands for.
    pub(super) shrunk: [usize; 2],
}

impl Plane<'_> {
    fn row(&self, row: usize, len: usize) -> Option<&[u8]> {
        self.samples.get(row.checked_mul(self.stride)?..)?.get(..len)
    }
}

/// What a JPEG's planes are, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colours {
    Grey,
    /// Luma, blue and red.
    YCbCr,
    Rgb,
    /// Cyan, magenta, yellow and black, inverted as Adobe writes them and Pillow takes all of them.
    Cmyk,
    /// The same, of which the first three are as [`Colours::YCbCr`].
    Ycck,
}

/// The planes of a JPEG of `[height, width]`.
#[derive(Debug)]
pub(super) struct Photo<'a> {
    pub(super) size: [usize; 2],
    /// As many as its colours have.
    pub(super) planes: Vec<Plane<'a>>,
    pub(super) colours: Colours,
}

/// Gives a resizer all rows of the photo, as far as its planes have them.
pub(super) fn push(photo: &Photo, resizer: &mut Resizer) {
    let [height, width] = photo.size;
    let mut planes: Vec<Upsampled> =
        photo.planes.iter().map(|plane| Upsampled::new(plane, photo.size)).collect();
    let mut pixels = vec![Pixel::default(); width];
    for row in 0..height {
        if planes.iter_mut().any(|plane| plane.go_to(row).is_none()) {
            return;
        }
        match (photo.colours, &planes[..]) {
            (Colours::Grey, [grey]) => merge([grey; 3], &mut pixels),
            (Colours::Rgb, [red, green, blue]) => merge([red, green, blue], &mut pixels),
            (Colours::YCbCr, [luma, blue, red]) => convert([luma, blue, red], &mut pixels),
            (Colours::Cmyk, [cyan, magenta, yellow, black]) => {
                merge([cyan, magenta, yellow], &mut pixels);
                darken(black, &mut pixels);
            }
            (Colours::Ycck, [luma, blue, red, black]) => {
                convert([luma, blue, red], &mut pixels);
                // libjpeg turns these to CMYK, which are inverse colours.
                pixels.iter_mut().for_each(|pixel| *pixel = pixel.map(|value| 255 - value));
                darken(black, &mut pixels);
            }
            _ => return,
        }
        resizer.push(&pixels);
    }
}

/// The rows of a plane in the photo's full size.
struct Upsampled<'a> {
    plane: &'a Plane<'a>,
    /// Rows and columns of the plane.
    size: [usize; 2],
    /// A row of samples between two of itself at either end; times four where rows are halved, too.
    sums: Vec<i16>,
    /// The row that it is at, and maybe a column too many.
    out: Vec<i16>,
}

impl<'a> Upsampled<'a> {
    fn new(plane: &'a Plane<'a>, [height, width]: [usize; 2]) -> Self {
        let size = [height.div_ceil(plane.shrunk[0]), width.div_ceil(plane.shrunk[1])];
        Self { plane, size, sums: vec![0; size[1] + 2], out: vec![0; width + 1] }
    }

    /// Makes row `row` of the photo; `None` where the plane is too short.
    fn go_to(&mut self, row: usize) -> Option<()> {
        let [rows, columns] = self.size;
        let [down, across] = self.plane.shrunk;
        let nearer = self.plane.row(row / down, columns)?;
        let farther = || {
            let farther =
                if row.is_multiple_of(2) { (row / 2).saturating_sub(1) } else { (row / 2 + 1).min(rows - 1) };
            self.plane.row(farther, columns)
        };
        let sums = &mut self.sums[1..=columns];
        // What rounds alternates, so that no direction is preferred.
        match (down, across) {
            (1, 1) => widen(nearer, &mut self.out),
            (2, 1) => {
                let rounding = if row.is_multiple_of(2) { 1 } else { 2 };
                add(nearer, farther()?, &mut self.out);
                self.out.iter_mut().for_each(|sum| *sum = (*sum + rounding) >> 2);
            }
            (1, 2) if columns >= FANCY => {
                widen(nearer, sums);
                self.double(1, 2, 2);
            }
            (2, 2) if columns >= FANCY => {
                add(nearer, farther()?, sums);
                self.double(8, 7, 4);
            }
            _ => {
                for (pixels, sample) in self.out.chunks_mut(across).zip(nearer) {
                    pixels.fill(i16::from(*sample));
                }
            }
        }
        Some(())
    }

    /// Makes a row of twice as many columns.
    fn double(&mut self, even: i16, odd: i16, shift: u32) {
        let columns = self.size[1];
        self.sums[0] = self.sums[1];
        self.sums[columns + 1] = self.sums[columns];
        let (previous, rest) = (&self.sums[..columns], &self.sums[1..]);
        let (pairs, _) = self.out.as_chunks_mut::<2>();
        for (((pair, before), here), after) in pairs.iter_mut().zip(previous).zip(rest).zip(&rest[1..]) {
            let thrice = here * 3;
            *pair = [(thrice + before + even) >> shift, (thrice + after + odd) >> shift];
        }
    }
}

fn widen(samples: &[u8], out: &mut [i16]) {
    for (out, sample) in out.iter_mut().zip(samples) {
        *out = i16::from(*sample);
    }
}

/// Three times the nearer samples and once those farther away.
fn add(nearer: &[u8], farther: &[u8], sums: &mut [i16]) {
    for ((sum, near), far) in sums.iter_mut().zip(nearer).zip(farther) {
        *sum = i16::from(*near) * 3 + i16::from(*far);
    }
}

fn merge([reds, greens, blues]: [&Upsampled; 3], pixels: &mut [Pixel]) {
    for (((pixel, red), green), blue) in pixels.iter_mut().zip(&reds.out).zip(&greens.out).zip(&blues.out) {
        *pixel = [*red, *green, *blue, 0].map(|value| value as u8);
    }
}

/// Luma and chroma to red, green and blue.
fn convert([lumas, blues, reds]: [&Upsampled; 3], pixels: &mut [Pixel]) {
    for (((pixel, luma), blue), red) in pixels.iter_mut().zip(&lumas.out).zip(&blues.out).zip(&reds.out) {
        let (luma, blue, red) = (i32::from(*luma), i32::from(*blue) - GREY, i32::from(*red) - GREY);
        // 1.402, 0.34414, 0.71414 and 1.772, in units of 2^-16.
        let r = luma + ((91_881 * red + HALF) >> 16);
        let g = luma + ((HALF - 22_554 * blue - 46_802 * red) >> 16);
        let b = luma + ((116_130 * blue + HALF) >> 16);
        *pixel = [r, g, b, 0].map(|value| value.clamp(0, 255) as u8);
    }
}

/// Takes off what black covers, as Pillow's `cmyk2rgb` does; inverted, as all four come.
fn darken(blacks: &Upsampled, pixels: &mut [Pixel]) {
    for (pixel, black) in pixels.iter_mut().zip(&blacks.out) {
        *pixel = pixel.map(|value| {
            let covered = (255 - i32::from(value)) * i32::from(*black) + 128;
            (i32::from(*black) - (((covered >> 8) + covered) >> 8)).clamp(0, 255) as u8
        });
    }
}
