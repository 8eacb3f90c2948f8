//! What decoding gives, whatever the format, and the most that it takes.

use super::DecodeError;
use super::resize::Resizer;

/// A photo that was brought to a size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// RGB, `[height, width, 3]`, row-major.
    pub pixels: Vec<u8>,
    /// The shorter side that it has in its file, in pixels.
    pub side: u16,
}

/// The longest side of a photo that is decoded, in pixels.
pub const MAX_SIDE: u32 = 16_384;
/// What a decoded photo may take before it is resized, in bytes.
pub const MAX_DECODED_BYTES: u64 = 512 * 1024 * 1024;

/// What a resizer made of all rows of a photo of `[height, width]`.
pub(super) fn resized(resizer: Resizer, [height, width]: [usize; 2]) -> Result<Decoded, DecodeError> {
    let pixels = resizer.finish().ok_or_else(|| DecodeError::Damaged("it has too few pixels".to_owned()))?;
    // Sides are no longer than `MAX_SIDE`.
    Ok(Decoded { pixels, side: height.min(width) as u16 })
}
