//! [safetensors](https://github.com/huggingface/safetensors): a tensor for each parameter, `conv2d/kernel` in
//! Keras' layout, and for each of the optimizer's slots, `conv2d/kernel/slot_0`; the fingerprints of the photos that it was
//! trained with, eight bytes each, little-endian and in ascending order, as `training/photos`; under the metadata's key
//! `fovea` a JSON text with the network, its classes, how far its training is, and how photos become images for it, where
//! that is known; where it says that it is not sure, the descriptions of training photos as `threshold/photos`, `[photos, channels]`. Parameters are read from 16-bit numbers, too, as the page's own bases have them; a base has no classes.

use std::collections::HashMap;
use std::rc::Rc;

use ::safetensors::tensor::TensorView;
use ::safetensors::{Dtype, SafeTensors};
use half::f16;
use serde::{Deserialize, Serialize};

use super::{File, FormatError, Model, Reason};
use crate::data::Sizing;
use crate::json;
use crate::memory;
use crate::model::{Network, Optimizer, Parameter, Region};
use crate::trained::{Familiar, SeenPhotos, State, Threshold, Training, all_finite};

const KEY: &str = "fovea";
/// No parameter is called so.
const PHOTOS: &str = "training/photos";
/// What converts other programs' files does without, since they have no place for it.
const KEEPS_THRESHOLD: bool = cfg!(feature = "engine");
/// No parameter is called so.
const KNOWN: &str = "threshold/photos";

#[derive(Serialize, Deserialize)]
struct Description {
    network: Network,
    classes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sizing: Option<Sizing>,
    /// A [`Training`]; read in two steps, since what reads an optimizer from values is there already.
    #[serde(default)]
    training: serde_json::Value,
    /// How many slots of the optimizer there are.
    #[serde(default)]
    slots: usize,
    /// A [`Threshold`], read and written field by field: less code than what serde makes.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    threshold: serde_json::Value,
}

/// No parameter's name ends so.
fn slot_name(parameter: &Parameter, slot: usize) -> String {
    format!("{}/slot_{slot}", parameter.name)
}

pub(super) fn write(model: &Model) -> Result<File, FormatError> {
    let failed = |error: &dyn std::fmt::Display| FormatError::Write(error.to_string());
    let Model { network, classes, sizing, state, threshold } = model;
    let threshold = threshold.as_ref().filter(|_| KEEPS_THRESHOLD);
    let description = Description {
        network: network.clone(),
        classes: classes.clone(),
        sizing: *sizing,
        training: serde_json::to_value(&state.training).map_err(|error| failed(&error))?,
        slots: state.slots.len(),
        threshold: threshold.map(|threshold| described(threshold)).unwrap_or_default(),
    };
    let text = serde_json::to_string(&description).map_err(|error| failed(&error))?;
    let mut tensors = Vec::new();
    for parameter in network.parameters() {
        let slots = state.slots.iter().enumerate().filter(|_| !parameter.is_frozen());
        let slots = slots.map(|(slot, values)| (slot_name(parameter, slot), &values[parameter.range()]));
        for (name, values) in std::iter::once((parameter.name.clone(), state.values(parameter))).chain(slots)
        {
            let bytes = bytemuck::cast_slice(values);
            let view = TensorView::new(Dtype::F32, parameter.shape.clone(), bytes)
                .map_err(|error| failed(&error))?;
            tensors.push((name, view));
        }
    }
    let photos: Vec<u8> =
        state.training.photos.fingerprints().iter().flat_map(|of| of.to_le_bytes()).collect();
    if !photos.is_empty() {
        let view =
            TensorView::new(Dtype::U8, vec![photos.len() / 8, 8], &photos).map_err(|error| failed(&error))?;
        tensors.push((PHOTOS.to_owned(), view));
    }
    let familiar = threshold.and_then(|threshold| threshold.familiar.as_ref());
    let known = familiar.map(Familiar::bytes).unwrap_or_default();
    if let Some(familiar) = familiar {
        let shape = vec![familiar.len(), familiar.channels];
        let view = TensorView::new(Dtype::F16, shape, &known).map_err(|error| failed(&error))?;
        tensors.push((KNOWN.to_owned(), view));
    }
    let metadata = HashMap::from([(KEY.to_owned(), text)]);
    let bytes = ::safetensors::serialize(tensors, Some(metadata)).map_err(|error| failed(&error))?;
    Ok(File {
        name: format!("{}.safetensors", model.network.name()),
        mime: "application/octet-stream",
        bytes,
    })
}

/// With `bases` a file may have no classes.
pub(super) fn read(bytes: &[u8], bases: bool) -> Result<Model, Reason> {
    let broken = |error: ::safetensors::SafeTensorError| Reason::NotSafetensors(error.to_string());
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(broken)?;
    let tensors = SafeTensors::deserialize(bytes).map_err(broken)?;
    let text =
        metadata.metadata().as_ref().and_then(|entries| entries.get(KEY)).ok_or(Reason::NoDescription)?;
    let said = |error: serde_json::Error| Reason::Description(error.to_string());
    let Description { network, classes, sizing, training, slots, threshold } =
        json::read(text).map_err(said)?;
    match classes.len() {
        0 if bases => {}
        0 => return Err(Reason::Base),
        classes => network.check_classes(classes)?,
    }
    let mut training: Training = match training {
        serde_json::Value::Null => Training::default(),
        training => serde_json::from_value(training).map_err(said)?,
    };
    if let Ok(tensor) = tensors.tensor(PHOTOS) {
        training.photos = read_photos(training.photos, &tensor)?;
    }
    training.check().map_err(Reason::Training)?;
    let wanted = training.optimizer.as_ref().map_or(0, Optimizer::slots);
    if slots != 0 && slots != wanted {
        return Err(Reason::Training(format!("there are {slots} slots, and its optimizer has {wanted}")));
    }
    let all = |frozen: bool, name: &dyn Fn(&Parameter) -> String| {
        let len = if frozen { network.words(Region::Frozen) } else { network.parameter_words() };
        let mut all: Vec<f32> = memory::zeros(len)?;
        for parameter in network.parameters().iter().filter(|parameter| parameter.is_frozen() == frozen) {
            read_values(&tensors, parameter, name(parameter), &mut all[parameter.range()])?;
        }
        Ok::<_, Reason>(all)
    };
    let parameters = all(false, &|parameter| parameter.name.clone())?;
    let frozen = Rc::new(all(true, &|parameter| parameter.name.clone())?);
    let slots: Vec<Vec<f32>> = (0..slots)
        .map(|slot| all(false, &|parameter| slot_name(parameter, slot)))
        .collect::<Result<_, _>>()?;
    if let Some(squares) = training.optimizer.and_then(|optimizer| slots.get(optimizer.slot_of_squares()?))
        && squares.iter().any(|square| *square < 0.0)
    {
        return Err(Reason::Training("a mean of squares is below 0".to_owned()));
    }
    let threshold = match threshold {
        serde_json::Value::Null => None,
        _ if !KEEPS_THRESHOLD => None,
        threshold => Some(read_threshold(&threshold, &network, &tensors)?),
    };
    let state = State { parameters, frozen, slots, training };
    Ok(Model { network, classes, sizing, state, threshold: threshold.map(Rc::new) })
}

/// What a file says of a threshold, but for what photos look like.
fn described(threshold: &Threshold) -> serde_json::Value {
    let Threshold { keep, temperature, least_probability, familiar } = threshold;
    let familiar = familiar.as_ref().map(|Familiar { layer, most_distance, channels, .. }| {
        serde_json::json!({ "layer": layer, "most_distance": most_distance, "channels": channels })
    });
    serde_json::json!({
        "keep": keep, "temperature": temperature, "least_probability": least_probability, "familiar": familiar,
    })
}

fn read_threshold(
    said: &serde_json::Value,
    network: &Network,
    tensors: &SafeTensors<'_>,
) -> Result<Threshold, Reason> {
    // What is no number is not a share, nor a distance, either.
    let number =
        |of: &serde_json::Value, name: &str| of[name].as_f64().map_or(f32::NAN, |number| number as f32);
    let mut familiar = None;
    let known = &said["familiar"];
    if !known.is_null() {
        let layer = known["layer"].as_str().unwrap_or_default();
        let channels = known["channels"].as_u64().and_then(|channels| channels.try_into().ok()).unwrap_or(0);
        if network.describing(layer, channels).is_none() {
            return Err(Reason::Threshold(format!(
                "it describes photos by the layer \"{layer}\", which does not"
            )));
        }
        let tensor = tensors.tensor(KNOWN).map_err(|_| Reason::Missing(KNOWN.to_owned()))?;
        let fits = matches!(tensor.shape(), [1..=Familiar::MOST, found] if *found == channels);
        if tensor.dtype() != Dtype::F16 || !fits {
            return Err(Reason::Threshold(Threshold::DAMAGED.into()));
        }
        let (all, _) = tensor.data().as_chunks();
        let photos = all.iter().map(|half| f16::from_le_bytes(*half).to_f32()).collect();
        let most_distance = number(known, "most_distance");
        familiar = Some(Familiar { layer: layer.to_owned(), most_distance, channels, photos });
    }
    let threshold = Threshold {
        keep: number(said, "keep"),
        temperature: number(said, "temperature"),
        least_probability: number(said, "least_probability"),
        familiar,
    };
    threshold.check().map_err(Reason::Threshold)?;
    Ok(threshold)
}

fn read_photos(photos: SeenPhotos, tensor: &TensorView<'_>) -> Result<SeenPhotos, Reason> {
    let (all, rest) = tensor.data().as_chunks();
    let read = match tensor.dtype() {
        Dtype::U8 if rest.is_empty() && all.len() <= SeenPhotos::MOST => {
            photos.with(all.iter().copied().map(u64::from_le_bytes).collect())
        }
        _ => None,
    };
    read.ok_or_else(|| Reason::Training("the list of its training photos is damaged".to_owned()))
}

fn read_values(
    tensors: &SafeTensors<'_>,
    parameter: &Parameter,
    name: String,
    values: &mut [f32],
) -> Result<(), Reason> {
    let Ok(tensor) = tensors.tensor(&name) else { return Err(Reason::Missing(name)) };
    let is_half = tensor.dtype() == Dtype::F16;
    if !(is_half || tensor.dtype() == Dtype::F32) || tensor.shape() != parameter.shape {
        return Err(Reason::Parameter {
            name,
            found: format!("{:?} {:?}", tensor.dtype(), tensor.shape()),
            wanted: format!("F32 {:?}", parameter.shape),
        });
    }
    if is_half {
        for (value, bytes) in values.iter_mut().zip(tensor.data().as_chunks().0) {
            *value = f16::from_le_bytes(*bytes).to_f32();
        }
    } else {
        for (value, bytes) in values.iter_mut().zip(tensor.data().as_chunks().0) {
            *value = f32::from_le_bytes(*bytes);
        }
    }
    if all_finite(values) { Ok(()) } else { Err(Reason::NotFinite(name)) }
}
