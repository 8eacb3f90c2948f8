//! Numbers in options, of which an error tells the name.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, Visitor};

/// Any number, whole or not: the name of its argument goes into the error, which serde leaves out.
pub(super) struct Number(pub(super) &'static str);

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
