//! JPEGs, whose pixels are libjpeg-turbo's to the bit, and so Pillow's.

use std::hash::{DefaultHasher, Hasher};

use image::metadata::Orientation;
use libjpeg_turbo_rs::{ColorSpace, DecodeLimits, Decoder, FrameHeader, JpegError, RawImage};

use super::decoded::{Decoded, MAX_DECODED_BYTES, MAX_SIDE, resized};
use super::planes::{self, Colours, Photo, Plane};
use super::resize::Resizer;
use super::whole::{JpegEnd, jpeg_end};
use super::{DecodeError, Sizing};

/// Progressive photos have about ten; each costs a walk over the photo.
const MAX_SCANS: usize = 200;
/// A sample's coefficient, which progressive photos have until their last scan, and its value, in bytes.
const PROGRESSIVE_BYTES: u64 = 2 + 1;

/// What ends a JPEG.
const END: [u8; 2] = [0xFF, 0xD9];
/// Bits that no code of a JPEG has in a row.
const ONES: [u8; 16] = [0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0, 0xFF, 0];

/// Decodes a file that begins as a JPEG and brings it to a size.
pub(super) fn decode(bytes: &[u8], sizing: &Sizing) -> Result<Decoded, DecodeError> {
    let JpegEnd::Unmarked(end) = jpeg_end(bytes)? else { return read(bytes)?.resized(sizing) };
    // A decoder goes on with zeros where a file ends. Where other bits there make other pixels, some are missing.
    let filled = |bits: &[u8]| read(&[&bytes[..end], bits, &END].concat());
    let missing = |reason: String| DecodeError::Damaged(format!("its last pixels are missing ({reason})"));
    let other = match filled(&ONES) {
        Ok(other) => other.hash(),
        Err(DecodeError::Damaged(reason)) => return Err(missing(reason)),
        Err(error) => return Err(error),
    };
    let photo = filled(&[])?;
    if photo.hash() != other {
        return Err(missing("it has no end-of-image marker".to_owned()));
    }
    photo.resized(sizing)
}

/// A photo in its own size.
struct Read {
    size: [usize; 2],
    orientation: Orientation,
    colours: Colours,
    shrunk: Vec<[usize; 2]>,
    raw: RawImage,
}

fn read(bytes: &[u8]) -> Result<Read, DecodeError> {
    let limits = DecodeLimits {
        max_width: MAX_SIDE as usize,
        max_height: MAX_SIDE as usize,
        max_scans: MAX_SCANS,
        ..DecodeLimits::default()
    };
    let decoder = Decoder::new_with_limits(bytes, limits).map_err(explain)?;
    let frame = decoder.header();
    let size = [usize::from(frame.height), usize::from(frame.width)];
    if size.contains(&0) {
        return Err(DecodeError::Damaged("it has no pixels".to_owned()));
    }
    let colours = colours(frame, decoder.jpeg_color_space(), decoder.saw_jfif_marker())?;
    let shrunk = shrunk(frame)?;
    let [pixels, samples] = count(size, &shrunk);
    if pixels > MAX_DECODED_BYTES || frame.is_progressive && samples * PROGRESSIVE_BYTES > MAX_DECODED_BYTES {
        return Err(DecodeError::TooLarge);
    }
    let orientation =
        decoder.exif_orientation().and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms);
    Ok(Read { size, orientation, colours, shrunk, raw: decoder.decode_raw().map_err(explain)? })
}

impl Read {
    fn resized(self, sizing: &Sizing) -> Result<Decoded, DecodeError> {
        let Self { size, orientation, colours, shrunk, raw } = self;
        let planes = raw.planes.iter().zip(raw.plane_widths).zip(shrunk);
        let planes = planes.map(|((samples, stride), shrunk)| Plane { samples, stride, shrunk }).collect();
        let mut resizer = Resizer::new(size, orientation, sizing);
        planes::push(&Photo { size, planes, colours }, &mut resizer);
        resized(resizer, size)
    }

    /// Of all samples.
    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.raw.planes.iter().for_each(|samples| hasher.write(samples));
        hasher.finish()
    }
}

/// How many values the photo's pixels have, and its planes.
fn count([height, width]: [usize; 2], shrunk: &[[usize; 2]]) -> [u64; 2] {
    // A header may claim more than 32 bits hold.
    let area = |height: usize, width: usize| height as u64 * width as u64;
    let samples = shrunk.iter().map(|[down, across]| area(height.div_ceil(*down), width.div_ceil(*across)));
    [area(height, width) * shrunk.len() as u64, samples.sum()]
}

fn colours(frame: &FrameHeader, told: ColorSpace, is_jfif: bool) -> Result<Colours, DecodeError> {
    match (frame.components.len(), told) {
        (1, _) => Ok(Colours::Grey),
        // Without a word on its colours, a file may have them as its components' names (jdapimin.c).
        (3, ColorSpace::Rgb) => Ok(Colours::Rgb),
        (3, _) if !is_jfif && frame.components.iter().map(|component| component.id).eq(*b"RGB") => {
            Ok(Colours::Rgb)
        }
        (3, _) => Ok(Colours::YCbCr),
        (4, ColorSpace::Ycck) => Ok(Colours::Ycck),
        (4, _) => Ok(Colours::Cmyk),
        (components, _) => Err(unsupported(format!("{components} components"))),
    }
}

/// How many rows and columns of the photo a sample of each component stands for.
fn shrunk(frame: &FrameHeader) -> Result<Vec<[usize; 2]>, DecodeError> {
    let factors = || frame.components.iter().map(|one| [one.vertical_sampling, one.horizontal_sampling]);
    let most = factors().fold([1, 1], |[a, b], [c, d]| [a.max(c), b.max(d)]);
    let divide = |most: u8, factor: u8| {
        let whole = factor > 0 && most.is_multiple_of(factor);
        whole.then(|| usize::from(most / factor)).ok_or_else(|| unsupported("fractional sampling".to_owned()))
    };
    factors().map(|[down, across]| Ok([divide(most[0], down)?, divide(most[1], across)?])).collect()
}

fn unsupported(detail: String) -> DecodeError {
    DecodeError::Unsupported { format: "JPEG", detail }
}

fn explain(error: JpegError) -> DecodeError {
    match error {
        JpegError::LimitExceeded { what, .. } if what.contains("scan") => {
            unsupported(format!("more than {MAX_SCANS} scans"))
        }
        JpegError::LimitExceeded { .. } => DecodeError::TooLarge,
        JpegError::Unsupported(detail) => unsupported(detail),
        error => DecodeError::Damaged(error.to_string()),
    }
}
