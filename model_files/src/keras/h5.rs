//! Keras' `.h5`: one HDF5 file with the configuration as attributes of its root, `model_config` and `training_config`, and
//! the values under `model_weights/LAYER`, in the order of the attribute `weight_names` of each layer.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use fovea::trained::Model;
use hdf5_pure::Group;
use serde_json::Value;

use super::arranged::arranged;
use super::config::{self, Dialect, VERSION};
use super::flat::flatten;
use super::optimizer;
use super::place::Place;
use super::tree::Container;
use crate::Reason;
use crate::beside::Beside;
use crate::draft::Draft;
use crate::hdf5::{self, Branch};
use crate::registry::NamedBytes;
use crate::tensor::{Left, Tensor};
use crate::vgg16;

/// What an HDF5 file begins with.
const SIGNATURE: &[u8] = b"\x89HDF\r\n\x1a\n";
/// The attribute with what Keras has no place for.
const BESIDE: &str = "fovea";

/// Values of a layer that are read; none has as many.
pub const MOST_OF_LAYER: usize = 16;

/// Whether it is an HDF5 file.
pub fn recognises(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// Reads a model.
pub fn read(file: &NamedBytes, _: &[NamedBytes]) -> Result<Draft, Reason> {
    let size = file.bytes.len();
    let file = hdf5::open(&file.bytes)?;
    let root = file.root();
    let Some(text) = hdf5::text(&root, "model_config")? else {
        return if vgg16::is_in(&root) {
            vgg16::of_keras(&root, &mut Left::of_file(size))
        } else {
            Err(Reason::WeightsOnly)
        };
    };
    let said = |error: serde_json::Error| Reason::Description(error.to_string());
    let model: Value = serde_json::from_str(&text).map_err(said)?;
    let version = hdf5::text(&root, "keras_version")?.unwrap_or_default();
    let (mut draft, places) = flatten(&Container::read(&model, &version)?)?;
    let weights = hdf5::group(&root, "model_weights").unwrap_or_else(|| root.clone());
    let (mut left, mut names) = (Left::of_file(size), HashMap::new());
    for (layer, place) in draft.layers.iter_mut().zip(&places) {
        layer.tensors = of_layer(&weights, place, &mut names, &mut left)?;
    }
    if let Some(text) = hdf5::text(&root, BESIDE)? {
        let beside: Beside = serde_json::from_str(&text).map_err(said)?;
        beside.take_over(&mut draft);
    }
    if let Some(text) = hdf5::text(&root, "training_config")? {
        let written: Value = serde_json::from_str(&text).map_err(said)?;
        // Keras 2 calls it `optimizer_config`.
        let settings = written.get("optimizer_config").or(written.get("optimizer"));
        match settings.map(optimizer::read) {
            Some(Ok(settings)) => draft.training = Some(optimizer::training(settings, saved(&root, size)?)),
            Some(Err(note)) => draft.notes.push(note),
            None => {}
        }
    }
    Ok(draft)
}

/// A layer's values. Those of a nested model lie in one group, by the names of the layers that they are of.
fn of_layer<'a>(
    weights: &Group,
    place: &'a Place,
    names: &mut HashMap<&'a str, Vec<String>>,
    left: &mut Left,
) -> Result<Vec<Tensor>, Reason> {
    let Some(group) = hdf5::group(weights, &place.group) else { return Ok(Vec::new()) };
    let names = match names.entry(&place.group) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(new) => new.insert(hdf5::texts(&group, "weight_names")?),
    };
    let own = if place.is_nested { place.own(names) } else { names.iter().collect() };
    read_all(&group, own.into_iter().take(MOST_OF_LAYER), left)
}

fn read_all<'a>(
    group: &Group,
    names: impl Iterator<Item = &'a String>,
    left: &mut Left,
) -> Result<Vec<Tensor>, Reason> {
    names.map(|name| hdf5::tensor(group, name, left)).collect()
}

/// The optimizer's state, in the order in which it was saved.
fn saved(root: &Group, size: usize) -> Result<Vec<Tensor>, Reason> {
    let Some(group) = hdf5::group(root, "optimizer_weights") else { return Ok(Vec::new()) };
    read_all(&group, hdf5::texts(&group, "weight_names")?.iter(), &mut Left::of_file(size))
}

/// Writes a model so that Keras 2 and Keras 3 open it.
pub fn write(model: &Model) -> Result<Vec<u8>, String> {
    let model = &*arranged(model)?;
    let mut root = Branch::default();
    root.text("keras_version", VERSION);
    root.text("backend", "jax");
    root.text("model_config", &config::model(&model.network, Dialect::Both).to_string());
    if let Some(training) = config::training(model) {
        root.text("training_config", &training.to_string());
    }
    root.text(BESIDE, &serde_json::to_string(&Beside::of(model)).map_err(|error| error.to_string())?);
    let weights = root.branch("model_weights");
    let layers = model.network.layers();
    weights.texts("layer_names", &layers.iter().map(|placed| placed.name.clone()).collect::<Vec<_>>());
    weights.text("backend", "jax");
    weights.text("keras_version", VERSION);
    for placed in layers {
        let group = weights.branch(&placed.name);
        let mut names = Vec::new();
        for (path, data) in config::values(model, placed) {
            group.dataset(&path, data);
            names.push(path);
        }
        group.texts("weight_names", &names);
    }
    let state = optimizer::state(model);
    if !state.is_empty() {
        let group = root.branch("optimizer_weights");
        group.texts("weight_names", &state.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>());
        for (path, data) in state {
            group.dataset(&path, data);
        }
    }
    root.into_file()
}
