//! Pixels that come from elsewhere than a file, and colours that a network does not see.

use image::metadata::Orientation;

use super::resize::Resizer;
use super::{DecodeError, Sizing};

/// Resizes what a canvas or a webcam gives, `[height, width, 4]`, to RGB, as [`super::decode`] does with
/// files; alpha is dropped.
///
/// # Errors
/// [`DecodeError::Damaged`] where there are not `4 * width * height` bytes, or none.
pub fn from_rgba(
    rgba: &[u8],
    width: usize,
    height: usize,
    sizing: impl Into<Sizing>,
) -> Result<Vec<u8>, DecodeError> {
    let damaged =
        || DecodeError::Damaged(format!("{} bytes are not the pixels of {width} x {height}", rgba.len()));
    let (pixels, rest) = rgba.as_chunks::<4>();
    if pixels.is_empty() || !rest.is_empty() || width.checked_mul(height) != Some(pixels.len()) {
        return Err(damaged());
    }
    let mut resizer = Resizer::new([height, width], Orientation::NoTransforms, &sizing.into());
    for row in pixels.chunks_exact(width) {
        resizer.push(row);
    }
    resizer.finish().ok_or_else(damaged)
}

/// RGB to grey by the weights of Pillow's `convert("L")` and so of Keras' `color_mode="grayscale"`:
/// 0.299 red, 0.587 green, 0.114 blue.
pub fn grey(rgb: &[u8]) -> Vec<u8> {
    let (pixels, _) = rgb.as_chunks::<3>();
    let weigh = |[r, g, b]: [u8; 3]| {
        let sum = u32::from(r) * 19_595 + u32::from(g) * 38_470 + u32::from(b) * 7_471 + 0x8000;
        (sum >> 16) as u8
    };
    pixels.iter().copied().map(weigh).collect()
}
