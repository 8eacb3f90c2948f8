//! Whether a file is whole, for the formats whose decoders fill up what is missing and report nothing.

use super::DecodeError;

const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;

/// Checks the end of a JPEG and the length of a WebP; other formats' decoders do so themselves.
///
/// # Errors
/// [`DecodeError::Damaged`] for a file that was cut.
pub(super) fn check(bytes: &[u8], format: &str) -> Result<(), DecodeError> {
    let missing = match format {
        "JPEG" if !has_end(bytes) => "it has no end-of-image marker".to_owned(),
        "WebP" => match missing_bytes(bytes) {
            0 => return Ok(()),
            missing => format!("its last {missing} bytes are missing"),
        },
        _ => return Ok(()),
    };
    Err(DecodeError::Damaged(missing))
}

/// Whether a JPEG's end-of-image marker follows its first scan (ITU-T T.81, annex B).
///
/// The segments are walked, since a thumbnail inside one of them has an end of its own.
fn has_end(jpeg: &[u8]) -> bool {
    let mut rest = jpeg;
    let mut scanned = false;
    while let Some((marker, after)) = next_marker(rest) {
        rest = match marker {
            END_OF_IMAGE => return scanned,
            // Markers without a segment: TEM, the restarts, and the start of the image.
            0x01 | 0xD0..=0xD8 => after,
            _ => {
                let [high, low, ..] = *after else { return false };
                match after.get(usize::from(u16::from_be_bytes([high, low]))..) {
                    Some(behind) => behind,
                    None => return false,
                }
            }
        };
        scanned |= marker == START_OF_SCAN;
    }
    false
}

/// The next marker's code and what follows it; pixel data escapes its 0xFF bytes with a zero.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut from = 0;
    loop {
        let prefix = from + memchr::memchr(0xFF, bytes.get(from..)?)?;
        match bytes.get(prefix + 1)? {
            0xFF => from = prefix + 1,
            0x00 => from = prefix + 2,
            marker => return Some((*marker, &bytes[prefix + 2..])),
        }
    }
}

/// How many bytes a WebP lacks of the length that its RIFF header gives, as libwebp checks it.
fn missing_bytes(webp: &[u8]) -> u64 {
    let Some(&[a, b, c, d]) = webp.get(4..8) else { return 0 };
    (u64::from(u32::from_le_bytes([a, b, c, d])) + 8).saturating_sub(webp.len() as u64)
}
