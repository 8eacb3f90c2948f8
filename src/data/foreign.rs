//! Photos that somebody else decodes, such as the browser, and that are resized here.

use std::ops::Range;

use image::ImageFormat;
use image::metadata::Orientation;

use super::decode::{self, MAX_DECODED_BYTES, MAX_SIDE};
use super::planes::{self, Plane, YCbCr};
use super::resize::{Pixel, Resizer};
use super::{DecodeError, Sizing, whole};

/// Chroma of narrower photos is not upsampled "fancily"; the few there are can take the long way.
const NARROWEST: usize = 8;

/// A segment's marker, its length and its name, in bytes.
const BEFORE_EXIF: usize = 2 + 2 + 6;

/// A photo that a browser decodes as Pillow does: a JPEG of one or three components of eight bits.
///
/// Other formats' alpha, CMYK, 16 bits and first frames are taken in different ways, and are read by
/// [`super::decode`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    size: [usize; 2],
    orientation: Orientation,
    exif: Vec<Range<usize>>,
}

/// How pixels that were decoded lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Four bytes a pixel, the last of which does not count.
    Rgbx,
    /// The same with blue first.
    Bgrx,
    /// A plane of luma, one of blue, one of red: all of one size, or chroma with half as many rows, columns.
    Planes {
        /// Whether chroma has half as many rows, and half as many columns.
        halved: [bool; 2],
    },
}

impl Foreign {
    /// Looks at a file's header; `None` where it is not for the browser to decode.
    ///
    /// # Errors
    /// [`DecodeError`] for a file that is empty, no image, too large or cut short.
    pub fn of(bytes: &[u8]) -> Result<Option<Self>, DecodeError> {
        if decode::format(bytes)? != ImageFormat::Jpeg {
            return Ok(None);
        }
        whole::check(bytes, "JPEG")?;
        let header = whole::header(bytes);
        let Some(whole::Frame { size: [height, width], precision: 8, components: components @ (1 | 3) }) =
            header.frame
        else {
            return Ok(None);
        };
        let bytes_decoded = (height * width) as u64 * u64::from(components);
        if height.max(width) > MAX_SIDE as usize || bytes_decoded > MAX_DECODED_BYTES {
            return Err(DecodeError::TooLarge);
        }
        if height == 0 || width < NARROWEST || header.is_odd {
            return Ok(None);
        }
        let found = header.exif.iter().find_map(|data| Orientation::from_exif_chunk(&bytes[data.clone()]));
        let orientation = found.unwrap_or(Orientation::NoTransforms);
        let exif = header.exif.into_iter().map(|data| data.start - BEFORE_EXIF..data.end).collect();
        Ok(Some(Self { size: [height, width], orientation, exif }))
    }

    /// `[height, width]` as the file has them.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }

    /// The file's Exif segments, which tell the browser to turn the photo: they have to be taken out before, since
    /// not every browser can be told not to. Empty where the photo stands upright.
    pub fn to_be_hidden(&self) -> &[Range<usize>] {
        if self.orientation == Orientation::NoTransforms { &[] } else { &self.exif }
    }

    /// Resizes the decoded pixels and turns them upright: RGB as [`super::decode`] gives it. Planes follow
    /// each other without gaps.
    ///
    /// # Errors
    /// [`DecodeError::Damaged`] where there are too few.
    pub fn resize(&self, pixels: &[u8], layout: Layout, sizing: &Sizing) -> Result<Vec<u8>, DecodeError> {
        let mut resizer = Resizer::new(self.size, self.orientation, sizing);
        match layout {
            Layout::Rgbx => self.rows(pixels, |row| resizer.push(row)),
            Layout::Bgrx => {
                let mut swapped = Vec::with_capacity(self.size[1]);
                self.rows(pixels, |row| {
                    swapped.clear();
                    swapped.extend(row.iter().map(|[b, g, r, x]| [*r, *g, *b, *x]));
                    resizer.push(&swapped);
                });
            }
            Layout::Planes { halved } => {
                // Planes that are too short show in the resizer.
                let _ = self.planes(pixels, halved).and_then(|photo| planes::push(&photo, &mut resizer));
            }
        }
        let [height, width] = self.size;
        let found = || format!("{} bytes are not the pixels of {width} x {height}", pixels.len());
        resizer.finish().ok_or_else(|| DecodeError::Damaged(found()))
    }

    fn rows(&self, pixels: &[u8], push: impl FnMut(&[Pixel])) {
        let [height, width] = self.size;
        pixels.as_chunks::<4>().0.chunks_exact(width).take(height).for_each(push);
    }

    fn planes<'a>(&self, pixels: &'a [u8], halved: [bool; 2]) -> Option<YCbCr<'a>> {
        let [height, width] = self.size;
        let half = |side: usize, axis: usize| if halved[axis] { side.div_ceil(2) } else { side };
        let [rows, columns] = [half(height, 0), half(width, 1)];
        let (luma, chroma) = pixels.split_at_checked(height * width)?;
        let (blue, red) = chroma.split_at_checked(rows * columns)?;
        let plane = |samples, stride| Plane { samples, stride };
        let planes = [plane(luma, width), plane(blue, columns), plane(red, columns)];
        Some(YCbCr { size: self.size, planes, halved })
    }
}
