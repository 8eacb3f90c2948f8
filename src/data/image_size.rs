use std::fmt;

use serde::de::{Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::DataError;
use super::numbers::Number;

/// Height and width in pixels, each from 1 to 1024.
///
/// It is written as a number where both are equal, and otherwise as `[height, width]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS), ts(type = "number | [number, number]"))]
pub struct ImageSize {
    height: u32,
    width: u32,
}

impl Default for ImageSize {
    /// 150 x 150 pixels.
    fn default() -> Self {
        Self { height: 150, width: 150 }
    }
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
