//! Whether a file has all of its pixels, for the formats whose decoders fill up what is missing and report nothing.

use super::DecodeError;

const START_OF_FRAME: [u8; 13] =
    [0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF];
const PROGRESSIVE: [u8; 4] = [0xC2, 0xC6, 0xCA, 0xCE];
const START_OF_IMAGE: u8 = 0xD8;
const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;
/// Coefficients of a component, and the bits of each that are still missing before its first scan.
const COEFFICIENTS: usize = 64;
const ALL_BITS: u8 = u8::MAX;

/// How a JPEG ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum JpegEnd {
    /// By its end-of-image marker.
    Marked,
    /// Without one. Every scan is there, and the last one's data end before this byte.
    Unmarked(usize),
}

/// Looks for a JPEG's end behind its first scan (ITU-T T.81, annex B).
///
/// The segments are walked, since a thumbnail inside one of them has an end of its own. Phones put data of their own
/// behind a photo, and some leave out the marker between them.
///
/// # Errors
/// [`DecodeError::Damaged`] for a file that ends before its last scan.
pub(super) fn jpeg_end(jpeg: &[u8]) -> Result<JpegEnd, DecodeError> {
    let (mut rest, mut frame, mut scanned) = (jpeg, Frame::default(), false);
    // Where the data of the last scan end.
    let mut end = None;
    while let Some((marker, after)) = next_marker(rest) {
        rest = after;
        if matches!(marker, 0x01 | 0xD0..=0xD7) || marker == START_OF_IMAGE && !scanned {
            // Markers without a segment.
            continue;
        }
        if scanned && end.is_none() {
            end = Some(jpeg.len() - after.len() - 2);
        }
        if marker == END_OF_IMAGE && scanned {
            return Ok(JpegEnd::Marked);
        }
        // Between scans there are tables, comments and what applications add.
        let follows = matches!(marker, START_OF_SCAN | 0xC4 | 0xCC | 0xDB..=0xDD | 0xE0..=0xEF | 0xFE);
        if frame.is_complete() && !follows {
            break;
        }
        let Some((segment, behind)) = segment(after) else { break };
        rest = behind;
        if START_OF_FRAME.contains(&marker) {
            frame = Frame::read(segment, PROGRESSIVE.contains(&marker));
        } else if marker == START_OF_SCAN {
            frame.note_scan(segment);
            (scanned, end) = (true, None);
        }
    }
    if !frame.is_complete() {
        return Err(DecodeError::Damaged("it has no end-of-image marker, and scans are missing".to_owned()));
    }
    Ok(JpegEnd::Unmarked(filled_from(&jpeg[..end.unwrap_or(jpeg.len())])))
}

/// Where the bytes begin that fill up a file which was not written to its end.
fn filled_from(data: &[u8]) -> usize {
    let without = |byte: u8| data.len() - data.iter().rev().take_while(|last| **last == byte).count();
    let zeros = without(0);
    if zeros == data.len() {
        return without(0xFF);
    }
    // A zero behind 0xFF belongs to it.
    zeros + usize::from(zeros > 0 && data[zeros - 1] == 0xFF)
}

/// Which bits of which coefficients a JPEG's scans have told.
#[derive(Debug, Default)]
struct Frame {
    progressive: bool,
    /// The name of each component, and for each coefficient how many of its lowest bits are missing.
    components: Vec<(u8, [u8; COEFFICIENTS])>,
}

impl Frame {
    fn read(segment: &[u8], progressive: bool) -> Self {
        // Precision, height and width are before them.
        let (components, _) = segment.get(6..).unwrap_or_default().as_chunks::<3>();
        let components = components.iter().map(|[name, ..]| (*name, [ALL_BITS; COEFFICIENTS])).collect();
        Self { progressive, components }
    }

    fn note_scan(&mut self, segment: &[u8]) {
        let Some((count, rest)) = segment.split_first() else { return };
        let Some((scanned, [first, last, bits])) = rest.split_at_checked(usize::from(*count) * 2) else {
            return;
        };
        let (coefficients, bits) = if self.progressive {
            (usize::from(*first)..=usize::from(*last), bits & 0xF)
        } else {
            (0..=COEFFICIENTS - 1, 0)
        };
        for [name, _] in scanned.as_chunks::<2>().0 {
            let known = self.components.iter_mut().filter(|(component, _)| component == name);
            known
                .filter_map(|(_, missing)| missing.get_mut(coefficients.clone()))
                .for_each(|of| of.fill(bits));
        }
    }

    fn is_complete(&self) -> bool {
        !self.components.is_empty()
            && self.components.iter().all(|(_, missing)| *missing == [0; COEFFICIENTS])
    }
}

/// What a segment holds behind its length, and what follows it.
fn segment(after: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, _) = after.split_first_chunk::<2>()?;
    let (segment, behind) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    Some((segment.get(2..)?, behind))
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

/// Checks that a WebP has the whole of its image, or of its first frame. What may follow are notes.
///
/// # Errors
/// [`DecodeError::Damaged`] for a file that was cut before.
pub(super) fn check_webp(webp: &[u8]) -> Result<(), DecodeError> {
    let mut rest = webp.get(12..).unwrap_or_default();
    while let Some((&[a, b, c, d, e, f, g, h], data)) = rest.split_first_chunk::<8>() {
        let length = u32::from_le_bytes([e, f, g, h]) as usize;
        let missing = length.saturating_sub(data.len());
        if missing > 0 {
            return Err(DecodeError::Damaged(format!("{missing} bytes of its image are missing")));
        }
        if matches!(&[a, b, c, d], b"VP8 " | b"VP8L" | b"ANMF") {
            return Ok(());
        }
        // Lengths that are odd are filled up.
        rest = data.get(length + length % 2..).unwrap_or_default();
    }
    Err(DecodeError::Damaged("its image is missing".to_owned()))
}
