//! One way to read JSON, by way of its values: each type's reader is compiled for them alone, and not for texts as well.

use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

/// Reads a value of any type from its JSON text.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_value(parse(text)?)
}

#[inline(never)]
fn parse(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text)
}
