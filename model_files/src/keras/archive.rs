//! Keras 3's `.keras`: a zip with the configuration as `config.json` and the values as `model.weights.h5`, where a layer's lie
//! under `layers/CLASS_NUMBER/vars/0` and so on.

use fovea::trained::Model;
use hdf5_pure::Group;
use serde_json::{Value, json};

use super::arranged::arranged;
use super::config::{self, Dialect, VERSION};
use super::flat::flatten;
use super::h5::MOST_OF_LAYER;
use super::optimizer;
use super::tree::{Container, snake_case};
use crate::Reason;
use crate::beside::Beside;
use crate::draft::Draft;
use crate::hdf5::{self, Branch};
use crate::registry::NamedBytes;
use crate::tensor::{Left, MOST_VALUES, Tensor};
use crate::zipped::{self, Archive};

const CONFIG: &str = "config.json";
const METADATA: &str = "metadata.json";
const WEIGHTS: &str = "model.weights.h5";
/// What Keras has no place for.
const BESIDE: &str = "fovea.json";
/// The largest JSON that is read.
const MOST_JSON: u64 = 64 << 20;
/// Variables of an optimizer.
const MOST_VARIABLES: usize = 100_000;

/// Whether it is a zip with a configuration in it.
pub fn recognises(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") && zipped::open(bytes).is_ok_and(|archive| archive.has(CONFIG))
}

fn json_of(archive: &mut Archive<'_>, name: &str) -> Result<Option<Value>, Reason> {
    let bytes = zipped::unpacked(archive, name, MOST_JSON)?;
    let read = bytes.map(|bytes| serde_json::from_slice(&bytes)).transpose();
    read.map_err(|error| Reason::Description(error.to_string()))
}

/// Reads a model.
pub fn read(file: &NamedBytes, _: &[NamedBytes]) -> Result<Draft, Reason> {
    let mut archive = zipped::open(&file.bytes)?;
    let missing = |name: &str| Reason::Missing(name.to_owned());
    let model = json_of(&mut archive, CONFIG)?.ok_or_else(|| missing(CONFIG))?;
    let metadata = json_of(&mut archive, METADATA)?.unwrap_or_default();
    let version = metadata.get("keras_version").and_then(Value::as_str).unwrap_or_default();
    let (mut draft, places) = flatten(&Container::read(&model, version)?)?;
    // Its values and an optimizer's, with room for what HDF5 itself needs.
    let most = MOST_VALUES * 4 * 4;
    let weights = zipped::unpacked(&mut archive, WEIGHTS, most)?.ok_or_else(|| missing(WEIGHTS))?;
    let size = weights.len();
    let weights = hdf5::open(&weights)?;
    let root = weights.root();
    let mut left = Left::of_file(size);
    for (layer, place) in draft.layers.iter_mut().zip(&places) {
        // The first versions kept layers under another name.
        let older =
            || format!("_layer_checkpoint_dependencies/{}", place.archive.trim_start_matches("layers/"));
        let group = hdf5::group(&root, &place.archive).or_else(|| hdf5::group(&root, &older()));
        let read = group.map(|group| variables(&group, MOST_OF_LAYER, &mut left)).transpose()?;
        layer.tensors = read.unwrap_or_default();
    }
    if let Some(beside) = json_of(&mut archive, BESIDE)? {
        let read: Result<Beside, _> = serde_json::from_value(beside);
        read.map_err(|error| Reason::Description(error.to_string()))?.take_over(&mut draft);
    }
    if let Some(settings) = model.pointer("/compile_config/optimizer").filter(|settings| settings.is_object())
    {
        match optimizer::read(settings) {
            Ok(settings) => {
                let saved = hdf5::group(&root, "optimizer");
                let saved = saved.map(|group| variables(&group, MOST_VARIABLES, &mut Left::of_file(size)));
                let saved = saved.transpose()?;
                draft.training = Some(optimizer::training(settings, saved.unwrap_or_default()));
            }
            Err(note) => draft.notes.push(note),
        }
    }
    Ok(draft)
}

/// `vars/0`, `vars/1` and so on.
fn variables(group: &Group, most: usize, left: &mut Left) -> Result<Vec<Tensor>, Reason> {
    let Some(vars) = hdf5::group(group, "vars") else { return Ok(Vec::new()) };
    let names = vars.datasets().map_err(hdf5::damaged)?;
    (0..names.len().min(most)).map(|at| hdf5::tensor(&vars, &at.to_string(), left)).collect()
}

/// Writes a model as Keras 3 does.
pub fn write(model: &Model) -> Result<Vec<u8>, String> {
    let model = &*arranged(model)?;
    let mut root = Branch::default();
    // Keras numbers the layers of each class.
    let mut counts = std::collections::HashMap::new();
    for placed in model.network.layers() {
        let stem = snake_case(placed.layer.class_name());
        let count: &mut usize = counts.entry(stem.clone()).and_modify(|count| *count += 1).or_insert(0);
        let key = if *count == 0 { stem } else { format!("{stem}_{count}") };
        // Also layers without values have their place.
        let vars = root.branch("layers").branch(&key).branch("vars");
        for (at, (_, data)) in config::values(model, placed).into_iter().enumerate() {
            vars.dataset(&at.to_string(), data);
        }
    }
    let vars = root.branch("optimizer").branch("vars");
    for (at, (_, data)) in optimizer::state(model).into_iter().enumerate() {
        vars.dataset(&at.to_string(), data);
    }
    let mut described = config::model(&model.network, Dialect::Keras3);
    if let Some(described) = described.as_object_mut() {
        let [height, width, channels] = model.network.input_shape();
        described
            .insert("build_config".to_owned(), json!({ "input_shape": [null, height, width, channels] }));
        described.extend(config::compile(model).map(|compile| ("compile_config".to_owned(), compile)));
    }
    let metadata = json!({ "keras_version": VERSION });
    let beside = serde_json::to_vec(&Beside::of(model)).map_err(|error| error.to_string())?;
    let files = [
        (METADATA, metadata.to_string().into_bytes()),
        (CONFIG, described.to_string().into_bytes()),
        (WEIGHTS, root.into_file()?),
        (BESIDE, beside),
    ];
    // As Keras writes it: trained weights hardly get smaller.
    zipped::store(files)
}
