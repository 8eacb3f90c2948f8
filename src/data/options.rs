use std::fmt;

use serde::de::{DeserializeSeed, Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::split::{Shares, SplitBy};
use super::{DataError, Interpolation, LayoutKind, Sizing, Wanted};

/// How photos become a dataset: `lab.importImages`' second argument, in camel case there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportOptions {
    /// What every photo is resized to, as Keras' `target_size`.
    pub image_size: ImageSize,
    /// How that size is reached.
    pub interpolation: Interpolation,
    /// Whether photos keep their proportions, and lose what is beyond those of the image.
    pub crop_to_aspect_ratio: bool,
    /// The training photos of each class, alike; all that the others leave where it is left open.
    pub train: Option<f64>,
    /// The validation photos of each class: below 1 a fraction of the class, from 1 on a number.
    #[serde(deserialize_with = "validation")]
    pub validation: f64,
    /// The test photos of each class: below 1 a fraction of the class, from 1 on a number.
    #[serde(deserialize_with = "test")]
    pub test: f64,
    /// Which photos the splits draw: the same seed draws the same ones.
    #[serde(deserialize_with = "seed")]
    pub seed: u32,
    /// Whether the splits are drawn or go by the order of names.
    pub split_by: SplitBy,
    /// What tells the classes.
    pub layout: LayoutKind,
    /// The table that does: its path or the end of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The head of its column of labels, or the column's number from 1 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl Default for ImportOptions {
    /// 150 x 150 pixels, half of the photos to train with and a quarter each to validate and to test.
    fn default() -> Self {
        Self {
            image_size: ImageSize { height: 150, width: 150 },
            interpolation: Interpolation::default(),
            crop_to_aspect_ratio: false,
            train: None,
            validation: 0.25,
            test: 0.25,
            seed: 0,
            split_by: SplitBy::Drawn,
            layout: LayoutKind::Auto,
            table: None,
            column: None,
        }
    }
}

impl ImportOptions {
    /// Checks what the types leave open.
    ///
    /// # Errors
    /// [`DataError::Argument`] for a share that is negative, not a number, from 1 on not whole, or
    /// fractions that together leave nothing to train with.
    pub fn check(&self) -> Result<(), DataError> {
        self.shares().check()
    }

    /// How photos become images.
    pub fn sizing(&self) -> Sizing {
        Sizing {
            image_size: self.image_size,
            interpolation: self.interpolation,
            crop_to_aspect_ratio: self.crop_to_aspect_ratio,
        }
    }

    /// What is to tell the classes.
    pub fn wanted(&self) -> Wanted {
        Wanted { by: self.layout, table: self.table.clone(), column: self.column.clone() }
    }

    /// How photos are shared out.
    pub fn shares(&self) -> Shares {
        let Self { train, validation, test, split_by: by, seed, .. } = *self;
        Shares { train, validation, test, by, seed }
    }
}

/// Height and width in pixels, each from 1 to 1024.
///
/// It is written as a number where both are equal, and otherwise as `[height, width]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "number | [number, number]"))]
pub struct ImageSize {
    height: u32,
    width: u32,
}

impl ImageSize {
    /// The longest side.
    pub const MAX: u32 = 1024;

    /// A size of `height` x `width` pixels.
    ///
    /// # Errors
    /// [`DataError::Argument`] for a side that is 0 or larger than [`ImageSize::MAX`].
    pub fn new(height: u32, width: u32) -> Result<Self, DataError> {
        for side in [height, width] {
            if !(1..=Self::MAX).contains(&side) {
                return Err(DataError::Argument {
                    argument: "imageSize",
                    reason: format!("must be {SIZE}, but is {side}"),
                });
            }
        }
        Ok(Self { height, width })
    }

    /// A square of `side` x `side` pixels.
    ///
    /// # Errors
    /// As [`ImageSize::new`].
    pub fn square(side: u32) -> Result<Self, DataError> {
        Self::new(side, side)
    }

    /// Rows of pixels.
    pub const fn height(self) -> u32 {
        self.height
    }

    /// Columns of pixels.
    pub const fn width(self) -> u32 {
        self.width
    }

    /// `[height, width]`, to count with.
    pub const fn sides(self) -> [usize; 2] {
        [self.height as usize, self.width as usize]
    }

    /// Bytes of an RGB photo of this size.
    pub const fn rgb_bytes(self) -> usize {
        self.height as usize * self.width as usize * 3
    }
}

const SIZE: &str = "a whole number of pixels from 1 to 1024, or [height, width] of such";

impl Serialize for ImageSize {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.height == self.width {
            serializer.serialize_u32(self.height)
        } else {
            [self.height, self.width].serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for ImageSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Size)
    }
}

struct Size;

impl<'de> Visitor<'de> for Size {
    type Value = ImageSize;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "imageSize to be {SIZE}")
    }

    fn visit_u64<E: Error>(self, side: u64) -> Result<ImageSize, E> {
        self.visit_f64(side as f64)
    }

    fn visit_i64<E: Error>(self, side: i64) -> Result<ImageSize, E> {
        self.visit_f64(side as f64)
    }

    fn visit_f64<E: Error>(self, side: f64) -> Result<ImageSize, E> {
        let side = pixels(side)?;
        ImageSize::square(side).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sides: A) -> Result<ImageSize, A::Error> {
        let mut read = Vec::with_capacity(2);
        while let Some(side) = sides.next_element_seed(Number("imageSize"))? {
            read.push(side);
        }
        match read[..] {
            [height, width] => ImageSize::new(pixels(height)?, pixels(width)?).map_err(A::Error::custom),
            _ => Err(A::Error::invalid_length(read.len(), &self)),
        }
    }
}

fn pixels<E: Error>(side: f64) -> Result<u32, E> {
    let whole = side.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&side);
    if whole { Ok(side as u32) } else { Err(E::invalid_value(Unexpected::Float(side), &Size)) }
}

/// Any number, whole or not: the name of its argument goes into the error, which serde leaves out.
struct Number(&'static str);

impl<'de> DeserializeSeed<'de> for Number {
    type Value = f64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<f64, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Number {
    type Value = f64;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} to be a number", self.0)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
        Ok(number as f64)
    }
}

pub(super) fn validation<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Number("validation").deserialize(deserializer)
}

pub(super) fn test<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Number("test").deserialize(deserializer)
}

pub(super) fn seed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let seed = Number("seed").deserialize(deserializer)?;
    if seed.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&seed) {
        Ok(seed as u32)
    } else {
        Err(D::Error::custom(format!("seed must be a whole number from 0 to 4294967295, but is {seed}")))
    }
}
