//! Reads `model.json` and the files of weights that it names.

use std::collections::{HashMap, HashSet};

use half::f16;
use serde::Deserialize;
use serde_json::Value;

use crate::Reason;
use crate::beside::Beside;
use crate::draft::Draft;
use crate::keras::flat::flatten;
use crate::keras::h5::MOST_OF_LAYER;
use crate::keras::tree::Container;
use crate::registry::{NamedBytes, base_name};
use crate::tensor::{Left, Tensor, check_name};

/// The largest `model.json`.
const MOST_JSON: usize = 64 << 20;
/// What a file begins with that is looked at more closely.
const LOOKED_AT: usize = 64;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModelJson {
    #[serde(default)]
    format: Option<String>,
    model_topology: Value,
    #[serde(default)]
    weights_manifest: Vec<Group>,
    #[serde(default)]
    user_defined_metadata: Option<Value>,
}

/// Weights that lie one after the other in some files.
#[derive(Deserialize)]
struct Group {
    paths: Vec<String>,
    weights: Vec<Weight>,
}

#[derive(Deserialize)]
struct Weight {
    name: String,
    shape: Vec<u64>,
    dtype: String,
    #[serde(default)]
    quantization: Option<Quantization>,
}

/// How a weight was made smaller: `stored * scale + min`, or a half.
#[derive(Deserialize)]
struct Quantization {
    dtype: String,
    #[serde(default)]
    scale: Option<f32>,
    #[serde(default)]
    min: Option<f32>,
}

/// Whether it is a `model.json`.
pub fn recognises(bytes: &[u8]) -> bool {
    let begins = bytes.iter().take(LOOKED_AT).find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let has = |key: &str| bytes.windows(key.len()).any(|window| window == key.as_bytes());
    begins && bytes.len() <= MOST_JSON && has("\"modelTopology\"")
}

/// Reads a model; `beside` has the files of its weights.
pub fn read(file: &NamedBytes, beside: &[NamedBytes]) -> Result<Draft, Reason> {
    let json: ModelJson =
        serde_json::from_slice(&file.bytes).map_err(|error| Reason::Description(error.to_string()))?;
    if json.format.as_deref() == Some("graph-model") {
        let what = "is a TensorFlow.js graph model, which holds operations and no layers".to_owned();
        return Err(Reason::NotAClassifier(what));
    }
    let topology = json.model_topology.get("model_config").unwrap_or(&json.model_topology);
    let version = json.model_topology.get("keras_version").and_then(Value::as_str).unwrap_or("2");
    let (mut draft, places) = flatten(&Container::read(topology, version)?)?;
    let (mut tensors, mut taken) = (Vec::new(), HashSet::new());
    for group in &json.weights_manifest {
        group.read(beside, &mut taken, &mut tensors)?;
    }
    let names: Vec<String> = tensors.iter().map(|tensor| tensor.name.clone()).collect();
    let by_name: HashMap<&str, &Tensor> =
        tensors.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect();
    let mut left = Left::default();
    for (layer, place) in draft.layers.iter_mut().zip(&places) {
        let own = place.own(&names).into_iter().take(MOST_OF_LAYER);
        layer.tensors = own.filter_map(|name| by_name.get(name.as_str()).copied().cloned()).collect();
        left.take_all(&layer.tensors)?;
    }
    let described = json.user_defined_metadata.as_ref().and_then(|metadata| metadata.get("fovea"));
    if let Some(described) = described {
        let read: Result<Beside, _> = serde_json::from_value(described.clone());
        read.map_err(|error| Reason::Description(error.to_string()))?.take_over(&mut draft);
    }
    Ok(draft)
}

impl Group {
    fn read<'a>(
        &'a self,
        beside: &[NamedBytes],
        taken: &mut HashSet<&'a str>,
        into: &mut Vec<Tensor>,
    ) -> Result<(), Reason> {
        let mut bytes = Vec::new();
        for path in &self.paths {
            check_name(path)?;
            if !taken.insert(base_name(path)) {
                return Err(Reason::Description(format!("it names the file {path} twice")));
            }
            let file = beside.iter().find(|file| file.base_name() == base_name(path));
            let file = file
                .ok_or_else(|| Reason::Missing(format!("the file {path}, which has to be given with it,")))?;
            bytes.extend_from_slice(&file.bytes);
        }
        let mut rest = bytes.as_slice();
        for weight in &self.weights {
            into.push(weight.read(&mut rest)?);
        }
        Ok(())
    }
}

impl Weight {
    /// Takes its values from the beginning of these bytes.
    fn read(&self, bytes: &mut &[u8]) -> Result<Tensor, Reason> {
        check_name(&self.name)?;
        let shape = Tensor::check_shape(&self.name, &self.shape)?;
        let count: usize = shape.iter().product();
        let stored = self.quantization.as_ref().map_or(self.dtype.as_str(), |how| how.dtype.as_str());
        let size = match stored {
            "float32" | "int32" => 4,
            "float16" | "uint16" => 2,
            "uint8" | "bool" => 1,
            other => return Err(Reason::Type { name: self.name.clone(), found: other.to_owned() }),
        };
        let (own, rest) =
            bytes.split_at_checked(count.saturating_mul(size)).ok_or_else(|| Reason::Damaged {
                kind: "weights",
                detail: format!(
                    "{} needs {} bytes, and {} are left",
                    self.name,
                    count.saturating_mul(size),
                    bytes.len()
                ),
            })?;
        *bytes = rest;
        let values: Vec<f32> = match stored {
            "float32" => own.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect(),
            "int32" => own.as_chunks().0.iter().map(|bytes| i32::from_le_bytes(*bytes) as f32).collect(),
            "float16" => own.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect(),
            "uint16" => own.as_chunks().0.iter().map(|bytes| f32::from(u16::from_le_bytes(*bytes))).collect(),
            _ => own.iter().map(|byte| f32::from(*byte)).collect(),
        };
        let values = match &self.quantization {
            Some(Quantization { scale: Some(scale), min, .. }) => {
                let min = min.unwrap_or_default();
                values.into_iter().map(|value| value * scale + min).collect()
            }
            _ => values,
        };
        Ok(Tensor { name: self.name.clone(), shape, values })
    }
}
