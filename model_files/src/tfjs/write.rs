//! Writes `model.json` and the weights' bytes into a zip.

use fovea::trained::Model;
use serde_json::{Value, json};

use super::config::{describe, pieces};
use crate::beside::Beside;
use crate::zipped;

const WEIGHTS: &str = "weights.bin";

/// Writes a model.
pub fn write(model: &Model) -> Result<Vec<u8>, String> {
    let pieces = pieces(model);
    let mut bytes = Vec::new();
    let mut weights = Vec::new();
    for (name, shape, values) in pieces.iter().flat_map(|piece| &piece.weights) {
        weights.push(json!({ "name": name, "shape": shape, "dtype": "float32" }));
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
    let beside = serde_json::to_value(Beside::of(model)).unwrap_or(Value::Null);
    let description = json!({
        "format": "layers-model", "generatedBy": "Fovea", "convertedBy": null,
        "modelTopology": {
            "keras_version": "2.15.0", "backend": "tensorflow", "model_config": describe(&model.network, &pieces),
        },
        "weightsManifest": [{ "paths": [WEIGHTS], "weights": weights }],
        "userDefinedMetadata": { "fovea": beside },
    });
    zipped::store([("model.json", description.to_string().into_bytes()), (WEIGHTS, bytes)])
}
