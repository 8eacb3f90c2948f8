use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};

use super::{DecodeError, ImageSize, resize, whole};

/// The longest side of a photo that is decoded, in pixels.
pub const MAX_SIDE: u32 = 16_384;
/// What a decoded photo may take before it is resized, in bytes.
pub const MAX_DECODED_BYTES: u64 = 512 * 1024 * 1024;

/// Decodes a photo and resizes it to `size`: RGB, `[height, width, 3]`, row-major.
///
/// The content tells the format, not the name. Every colour type becomes RGB as with Pillow's
/// `convert("RGB")`: alpha is dropped, 16 bits are scaled to 8. Animations give their first frame. The
/// EXIF orientation is honoured, unlike in Keras' `load_img`. Resizing is `bilinear` as in Pillow and so
/// in Keras: a triangle that widens with the reduction; a photo of that size already is left as it is.
///
/// # Errors
/// [`DecodeError`] for a file that is empty, no image, too large, damaged or cut short. A file that ends
/// too early but holds every pixel is whole, except a JPEG, which needs its end-of-image marker, and a
/// WebP, which needs the length that its header gives. Damage inside a JPEG or a GIF that leaves the
/// file's structure whole goes unnoticed: neither has a checksum.
pub fn decode(bytes: &[u8], size: ImageSize) -> Result<Vec<u8>, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|error| DecodeError::Damaged(error.to_string()))?;
    let format = reader.format().and_then(name).ok_or(DecodeError::NotAnImage)?;
    whole::check(bytes, format)?;
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

    let upright = [size.height(), size.width()];
    let [high, wide] = if swaps_sides(orientation) { [upright[1], upright[0]] } else { upright };
    let from = [height as usize, width as usize];
    let resized = resize::bilinear(photo.into_raw(), from, [high as usize, wide as usize]);
    if orientation == Orientation::NoTransforms {
        return Ok(resized);
    }
    // Turned last: a few thousand pixels instead of millions.
    let too_short = || DecodeError::Damaged("it has too few pixels".to_owned());
    let mut turned = DynamicImage::ImageRgb8(RgbImage::from_raw(wide, high, resized).ok_or_else(too_short)?);
    turned.apply_orientation(orientation);
    Ok(turned.into_rgb8().into_raw())
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

fn swaps_sides(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

fn explain(error: ImageError, format: &'static str) -> DecodeError {
    match error {
        ImageError::Limits(_) => DecodeError::TooLarge,
        ImageError::Unsupported(error) => DecodeError::Unsupported { format, detail: error.to_string() },
        error => DecodeError::Damaged(error.to_string()),
    }
}
