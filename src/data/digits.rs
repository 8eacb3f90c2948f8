//! The built-in digits: one greyscale PNG, a digit a row.

use std::io::Cursor;

use image::codecs::png::PngDecoder;
use image::{ColorType, ImageDecoder, Limits};
use serde::{Deserialize, Serialize};

use super::decoded::MAX_DECODED_BYTES;
use super::numbers::{seed, test, validation};
use super::split::assign;
use super::{DataError, Dataset, Photos, Pixels, Place, Roster, Shares, SplitBy};

/// Height and width of a digit.
pub const SIDE: usize = 28;
/// A row of the file: a digit's grey values, then its label.
pub const ROW: usize = SIDE * SIDE + 1;
const CLASSES: usize = 10;

/// How the digits are split: `lab.importDemo`'s second argument.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct DigitsOptions {
    /// The validation digits of each class, as [`super::ImportOptions::validation`].
    #[serde(deserialize_with = "validation")]
    pub validation: f64,
    /// The test digits of each class, as [`super::ImportOptions::test`].
    #[serde(deserialize_with = "test")]
    pub test: f64,
    /// Which digits the splits draw.
    #[serde(deserialize_with = "seed")]
    pub seed: u32,
}

impl Default for DigitsOptions {
    /// 70% to train with and 15% each to validate and to test.
    fn default() -> Self {
        Self { validation: 0.15, test: 0.15, seed: 0 }
    }
}

/// Makes a dataset of the digits' grey values, `[digits, ROW]`: classes "0" to "9", `image_shape` `[28, 28, 1]`, paths
/// such as `digits/7/00042` with the row's number.
///
/// # Errors
/// [`DataError::Digits`] for values that are not whole rows, or a label that is not from 0 to 9;
/// [`DataError::Argument`] for shares out of their range; a class without a digit to train with.
pub fn dataset(grey: &[u8], options: &DigitsOptions) -> Result<Dataset, DataError> {
    let (validation, test, seed) = (options.validation, options.test, options.seed);
    let shares = Shares { train: None, validation, test, by: SplitBy::Drawn, seed };
    shares.check()?;
    let (rows, rest) = grey.as_chunks::<ROW>();
    if !rest.is_empty() {
        return Err(DataError::Digits(format!("{} bytes are no rows of {ROW}", grey.len())));
    }
    let mut of_label: [Vec<usize>; CLASSES] = Default::default();
    for (index, row) in rows.iter().enumerate() {
        let label = row[ROW - 1];
        match of_label.get_mut(usize::from(label)) {
            Some(digits) => digits.push(index),
            None => return Err(DataError::Digits(format!("row {index} has the label {label}, not 0 to 9"))),
        }
    }

    let classes: Vec<String> = (0..CLASSES).map(|label| label.to_string()).collect();
    let mut roster = Roster { classes, places: Vec::with_capacity(rows.len()), shares: None };
    let (mut paths, mut pixels) = (Vec::with_capacity(rows.len()), Vec::with_capacity(grey.len()));
    for (label, digits) in of_label.iter().enumerate() {
        let splits = assign((label, &roster.classes[label]), &vec![None; digits.len()], shares)?;
        for (&index, split) in digits.iter().zip(splits) {
            pixels.extend_from_slice(&rows[index][..ROW - 1]);
            paths.push(format!("digits/{label}/{index:05}"));
            roster.places.push(Place { class: Some(label), split });
        }
    }
    let photos = Photos { paths, pixels: Pixels::new(pixels, SIDE * SIDE) };
    Ok(Dataset::new([SIDE, SIDE, 1], photos, roster, Vec::new(), None))
}

/// The file's grey values, `[digits, ROW]`. What decodes is a WebAssembly of its own, and the engine takes these.
///
/// # Errors
/// [`DataError::Digits`] for bytes that are not an 8-bit greyscale PNG of width [`ROW`].
pub fn read(png: &[u8]) -> Result<Vec<u8>, DataError> {
    let broken = |error: image::ImageError| DataError::Digits(error.to_string());
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    let decoder = PngDecoder::with_limits(Cursor::new(png), limits).map_err(broken)?;
    let ((width, rows), colour) = (decoder.dimensions(), decoder.color_type());
    if colour != ColorType::L8 || width as usize != ROW {
        let found = format!("it is {colour:?} and {width} pixels wide, not 8-bit grey and {ROW}");
        return Err(DataError::Digits(found));
    }
    if decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(DataError::Digits(format!("{rows} rows are too many")));
    }
    let mut grey = vec![0; decoder.total_bytes() as usize];
    decoder.read_image(&mut grey).map_err(broken)?;
    Ok(grey)
}
