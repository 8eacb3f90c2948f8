//! Values that a file holds: in one of several fields by their type, or in a file beside.

use std::collections::HashMap;

use half::{bf16, f16};
use prost::bytes::Bytes;

use super::proto::{StringStringEntryProto, TensorProto, data_type};
use crate::Reason;
use crate::registry::{NamedBytes, base_name};
use crate::tensor::{Tensor, check_name};

/// The most numbers of a setting that are looked at; shapes and paddings have a few.
pub const MOST: usize = 64;

/// Values of a type that is read, not yet turned into numbers.
#[derive(Debug, Clone)]
pub struct Constant {
    name: String,
    /// Their shape.
    pub shape: Vec<usize>,
    values: Values,
}

#[derive(Debug, Clone)]
enum Values {
    /// Little-endian, and how each number is read.
    Raw(Bytes, i32),
    Reals(Vec<f64>),
    Whole(Vec<i64>),
}

impl Constant {
    /// Whole numbers that were worked out, such as a shape.
    pub fn whole(shape: Vec<usize>, values: Vec<i64>) -> Self {
        Self { name: String::new(), shape, values: Values::Whole(values) }
    }

    /// One real number.
    pub fn real(value: f32) -> Self {
        Self { name: String::new(), shape: Vec::new(), values: Values::Reals(vec![f64::from(value)]) }
    }

    /// Of a message.
    ///
    /// # Errors
    /// A [`Reason`] that names the tensor.
    pub fn of(proto: TensorProto, files: &mut Files<'_>) -> Result<Self, Reason> {
        let name = proto.name;
        check_name(&name)?;
        let negative = || Reason::Description(format!("{name} has a negative size"));
        let dims: Result<Vec<u64>, Reason> =
            proto.dims.iter().map(|size| u64::try_from(*size).map_err(|_| negative())).collect();
        let shape = Tensor::check_shape(&name, &dims?)?;
        let count: usize = shape.iter().product();
        let kind = proto.data_type;
        let width = width(kind).ok_or_else(|| Reason::Type { name: name.clone(), found: type_name(kind) })?;
        let values = if proto.data_location == 1 {
            Values::Raw(files.piece(&name, &proto.external_data, count * width)?, kind)
        } else if !proto.raw_data.is_empty() {
            Values::Raw(proto.raw_data, kind)
        } else {
            match kind {
                data_type::FLOAT => Values::Reals(proto.float_data.into_iter().map(f64::from).collect()),
                data_type::DOUBLE => Values::Reals(proto.double_data),
                data_type::INT64 => Values::Whole(proto.int64_data),
                data_type::UINT32 | data_type::UINT64 => {
                    Values::Whole(proto.uint64_data.into_iter().map(|value| value as i64).collect())
                }
                // As the bits of 16.
                data_type::FLOAT16 => {
                    let real = |bits: i32| f64::from(f16::from_bits(bits as u16));
                    Values::Reals(proto.int32_data.into_iter().map(real).collect())
                }
                data_type::BFLOAT16 => {
                    let real = |bits: i32| f64::from(bf16::from_bits(bits as u16));
                    Values::Reals(proto.int32_data.into_iter().map(real).collect())
                }
                _ => Values::Whole(proto.int32_data.into_iter().map(i64::from).collect()),
            }
        };
        let found = match &values {
            Values::Raw(raw, _) => raw.len() as f64 / width as f64,
            Values::Reals(values) => values.len() as f64,
            Values::Whole(values) => values.len() as f64,
        };
        if found != count as f64 {
            return Err(Reason::Damaged {
                kind: "ONNX",
                detail: format!("{name} is of the shape {shape:?} and has {found} values"),
            });
        }
        Ok(Self { name, shape, values })
    }

    /// The values as real numbers.
    pub fn reals(&self) -> Tensor {
        let values = match &self.values {
            Values::Reals(values) => values.iter().map(|value| *value as f32).collect(),
            Values::Whole(values) => values.iter().map(|value| *value as f32).collect(),
            Values::Raw(raw, kind) => {
                let width = width(*kind).unwrap_or(1);
                raw.chunks_exact(width).map(|bytes| number(bytes, *kind) as f32).collect()
            }
        };
        Tensor { name: self.name.clone(), shape: self.shape.clone(), values }
    }

    /// The only value, of a constant that holds one.
    pub fn one(&self) -> Option<f32> {
        (self.shape.iter().product::<usize>() == 1).then(|| self.reals().values[0])
    }

    /// The values as whole numbers, and of more than [`MOST`] one more: no setting has as many.
    pub fn numbers(&self) -> Vec<i64> {
        let most = MOST + 1;
        match &self.values {
            Values::Whole(values) => values.iter().take(most).copied().collect(),
            Values::Reals(values) => values.iter().take(most).map(|value| *value as i64).collect(),
            Values::Raw(raw, data_type::INT64) => {
                let (eights, _) = raw.as_chunks::<8>();
                eights.iter().take(most).map(|bytes| i64::from_le_bytes(*bytes)).collect()
            }
            Values::Raw(raw, kind) => {
                let numbers = raw.chunks_exact(width(*kind).unwrap_or(1)).take(most);
                numbers.map(|bytes| number(bytes, *kind) as i64).collect()
            }
        }
    }
}

/// Bytes of a number.
fn width(kind: i32) -> Option<usize> {
    Some(match kind {
        data_type::UINT8 | data_type::INT8 | data_type::BOOL => 1,
        data_type::UINT16 | data_type::INT16 | data_type::FLOAT16 | data_type::BFLOAT16 => 2,
        data_type::FLOAT | data_type::INT32 | data_type::UINT32 => 4,
        data_type::DOUBLE | data_type::INT64 | data_type::UINT64 => 8,
        _ => return None,
    })
}

fn type_name(kind: i32) -> String {
    match kind {
        8 => "string".to_owned(),
        14 | 15 => "complex".to_owned(),
        17..=20 => "float8".to_owned(),
        21 | 22 => "int4".to_owned(),
        other => format!("number {other}"),
    }
}

fn number(bytes: &[u8], kind: i32) -> f64 {
    match (bytes, kind) {
        ([byte], data_type::INT8) => f64::from(*byte as i8),
        ([byte], _) => f64::from(*byte),
        ([a, b], data_type::FLOAT16) => f64::from(f16::from_le_bytes([*a, *b])),
        ([a, b], data_type::BFLOAT16) => f64::from(bf16::from_le_bytes([*a, *b])),
        ([a, b], data_type::INT16) => f64::from(i16::from_le_bytes([*a, *b])),
        ([a, b], _) => f64::from(u16::from_le_bytes([*a, *b])),
        ([a, b, c, d], data_type::FLOAT) => f64::from(f32::from_le_bytes([*a, *b, *c, *d])),
        ([a, b, c, d], data_type::INT32) => f64::from(i32::from_le_bytes([*a, *b, *c, *d])),
        ([a, b, c, d], _) => f64::from(u32::from_le_bytes([*a, *b, *c, *d])),
        (eight, kind) => {
            let bytes = <[u8; 8]>::try_from(eight).unwrap_or_default();
            match kind {
                data_type::DOUBLE => f64::from_le_bytes(bytes),
                data_type::INT64 => i64::from_le_bytes(bytes) as f64,
                _ => u64::from_le_bytes(bytes) as f64,
            }
        }
    }
}

/// The files beside a model, of which only the names count: nothing is looked for outside of what was given.
#[derive(Debug)]
pub struct Files<'a> {
    given: &'a [NamedBytes],
    /// Those that were read. A file is copied once, whatever number of tensors lie in it.
    read: HashMap<&'a str, Bytes>,
}

impl<'a> Files<'a> {
    /// Those that were given.
    pub fn of(given: &'a [NamedBytes]) -> Self {
        Self { given, read: HashMap::new() }
    }

    /// No files.
    pub fn none() -> Self {
        Self::of(&[])
    }

    /// The bytes of a tensor in another file.
    fn piece(
        &mut self,
        name: &str,
        entries: &[StringStringEntryProto],
        bytes: usize,
    ) -> Result<Bytes, Reason> {
        let entry = |key: &str| entries.iter().find(|entry| entry.key == key);
        let file = entry("location").map(|entry| base_name(&entry.value)).unwrap_or_default();
        check_name(file)?;
        let found = self.given.iter().find(|other| other.base_name() == file).ok_or_else(|| {
            let what = "which holds its weights: choose both files together; it";
            Reason::Missing(format!("the file {file:?}, {what}"))
        })?;
        let whole = self.read.entry(&found.name).or_insert_with(|| Bytes::copy_from_slice(&found.bytes));
        let number = |key: &str, or: usize| match entry(key) {
            None => Some(or),
            Some(entry) => entry.value.parse::<usize>().ok(),
        };
        let range = number("offset", 0).zip(number("length", bytes)).and_then(|(start, length)| {
            let end = start.checked_add(length).filter(|end| *end <= whole.len())?;
            Some(start..end)
        });
        let range = range.ok_or_else(|| Reason::Damaged {
            kind: "ONNX",
            detail: format!("{file} ends before the values of {name}"),
        })?;
        Ok(whole.slice(range))
    }
}
