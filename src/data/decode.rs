use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

use super::decoded::{Decoded, MAX_DECODED_BYTES, MAX_SIDE, resized};
use super::resize::Resizer;
use super::{DecodeError, Sizing, jpeg, whole};

/// Decodes a photo and brings it to a size: RGB, `[height, width, 3]`, row-major.
///
/// The content tells the format, not the name. Every colour type becomes RGB as with Pillow's
/// `convert("RGB")`: alpha is dropped, 16 bits are scaled to 8. Animations give their first frame. The
/// EXIF orientation is honoured, unlike in Keras' `load_img`. Resizing is Pillow's, and so Keras': see [`Sizing`].
///
/// # Errors
/// [`DecodeError`] for a file that is empty, no image, too large, damaged or cut short. A file that ends
/// too early but holds every pixel is whole. Damage inside a JPEG or a GIF that leaves the file's structure
/// whole goes unnoticed: neither has a checksum.
pub fn decode(bytes: &[u8], sizing: impl Into<Sizing>) -> Result<Vec<u8>, DecodeError> {
    decode_measured(bytes, sizing.into()).map(|photo| photo.pixels)
}

/// Decodes a photo as [`decode`] does, and tells how large it was.
///
/// # Errors
/// As [`decode`].
pub fn decode_measured(bytes: &[u8], sizing: Sizing) -> Result<Decoded, DecodeError> {
    let kind = format(bytes)?;
    let format = name(kind).ok_or(DecodeError::NotAnImage)?;
    match kind {
        ImageFormat::Jpeg => return jpeg::decode(bytes, &sizing),
        ImageFormat::WebP => whole::check_webp(bytes)?,
        _ => {}
    }
    let mut reader = ImageReader::new(Cursor::new(bytes));
    reader.set_format(kind);
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| explain(error, format))?;

    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(DecodeError::Damaged("it has no pixels".to_owned()));
    }
    if width.max(height) > MAX_SIDE || decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(DecodeError::TooLarge);
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let photo = DynamicImage::from_decoder(decoder).map_err(|error| explain(error, format))?.into_rgb8();

    let [height, width] = [height as usize, width as usize];
    let mut resizer = Resizer::new([height, width], orientation, &sizing);
    let mut pixels = Vec::with_capacity(width);
    for row in photo.chunks_exact(width * 3) {
        pixels.clear();
        pixels.extend(row.as_chunks::<3>().0.iter().map(|[r, g, b]| [*r, *g, *b, 0]));
        resizer.push(&pixels);
    }
    resized(resizer, [height, width])
}

/// Whether a file begins as one of the formats that are read.
pub fn is_photo(head: &[u8]) -> bool {
    format(head).is_ok()
}

/// What kind of image a file is, told by its first bytes.
fn format(bytes: &[u8]) -> Result<ImageFormat, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    image::guess_format(bytes).ok().filter(|format| name(*format).is_some()).ok_or(DecodeError::NotAnImage)
}

/// The formats that are read, by name.
fn name(format: ImageFormat) -> Option<&'static str> {
    match format {
        ImageFormat::Jpeg => Some("JPEG"),
        ImageFormat::Png => Some("PNG"),
        ImageFormat::Gif => Some("GIF"),
        ImageFormat::Bmp => Some("BMP"),
        ImageFormat::WebP => Some("WebP"),
        _ => None,
    }
}

fn explain(error: ImageError, format: &'static str) -> DecodeError {
    match error {
        ImageError::Limits(_) => DecodeError::TooLarge,
        ImageError::Unsupported(error) => DecodeError::Unsupported { format, detail: error.to_string() },
        error => DecodeError::Damaged(error.to_string()),
    }
}
