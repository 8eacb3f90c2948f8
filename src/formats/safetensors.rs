//! [safetensors](https://github.com/huggingface/safetensors): one tensor a parameter, `conv2d/kernel` in
//! Keras' layout, and under the metadata's key `fovea` a JSON text with the network, its classes
//! and how photos become images for it, where that is known.

use std::collections::HashMap;

use ::safetensors::tensor::TensorView;
use ::safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use super::{File, FormatError, Model, Reason};
use crate::data::Sizing;
use crate::model::Network;

const KEY: &str = "fovea";

#[derive(Serialize, Deserialize)]
struct Description {
    network: Network,
    classes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sizing: Option<Sizing>,
}

pub(super) fn write(model: &Model) -> Result<File, FormatError> {
    let failed = |error: &dyn std::fmt::Display| FormatError::Write(error.to_string());
    let Model { network, classes, sizing, .. } = model;
    let description = Description { network: network.clone(), classes: classes.clone(), sizing: *sizing };
    let text = serde_json::to_string(&description).map_err(|error| failed(&error))?;
    let mut tensors = Vec::new();
    for parameter in model.network.parameters() {
        let bytes = bytemuck::cast_slice(&model.parameters[parameter.range()]);
        let view =
            TensorView::new(Dtype::F32, parameter.shape.clone(), bytes).map_err(|error| failed(&error))?;
        tensors.push((parameter.name.as_str(), view));
    }
    let metadata = HashMap::from([(KEY.to_owned(), text)]);
    let bytes = ::safetensors::serialize(tensors, Some(metadata)).map_err(|error| failed(&error))?;
    Ok(File {
        name: format!("{}.safetensors", model.network.name()),
        mime: "application/octet-stream",
        bytes,
    })
}

pub(super) fn read(bytes: &[u8]) -> Result<Model, Reason> {
    let broken = |error: ::safetensors::SafeTensorError| Reason::NotSafetensors(error.to_string());
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(broken)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(broken)?;
    let text =
        metadata.metadata().as_ref().and_then(|entries| entries.get(KEY)).ok_or(Reason::NoDescription)?;
    let Description { network, classes, sizing } =
        serde_json::from_str(text).map_err(|error| Reason::Description(error.to_string()))?;
    network.check_classes(classes.len())?;
    let mut parameters = vec![0.0; network.parameter_words()];
    for parameter in network.parameters() {
        let tensor = tensors.tensor(&parameter.name).map_err(|_| Reason::Missing(parameter.name.clone()))?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != parameter.shape {
            return Err(Reason::Parameter {
                name: parameter.name.clone(),
                found: format!("{:?} {:?}", tensor.dtype(), tensor.shape()),
                wanted: format!("F32 {:?}", parameter.shape),
            });
        }
        // Little-endian wherever WebAssembly and its browsers run.
        let values: Vec<f32> = bytemuck::pod_collect_to_vec(tensor.data());
        if !values.iter().all(|value| value.is_finite()) {
            return Err(Reason::NotFinite(parameter.name.clone()));
        }
        parameters[parameter.range()].copy_from_slice(&values);
    }
    Ok(Model { network, classes, parameters, sizing })
}
