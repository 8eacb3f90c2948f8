//! Fovea's own model file, as `src/formats` reads it.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use half::f16;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde_json::{Value, json};

use crate::error::{Error, Result, at};

/// Where the engine looks for the description.
const DESCRIPTION_KEY: &str = "fovea";
/// What a file was made of.
const SOURCE_KEY: &str = "source";

/// How exactly weights are kept.
#[derive(Clone, Copy, PartialEq)]
pub enum Precision {
    /// In 16 bits.
    Half,
    /// In 32 bits.
    Full,
}

/// A network with its weights.
#[derive(Default)]
pub struct Network {
    pub name: String,
    pub input_shape: [usize; 3],
    /// As `src/model` has them in JSON.
    pub layers: Vec<Value>,
    /// The parameters by their names, `stem_conv/kernel`.
    pub tensors: Vec<(String, Vec<usize>, Vec<f32>)>,
    /// None where the network has no classifier.
    pub classes: Vec<String>,
}

/// Writes a network, with what it was made of.
pub fn write(path: &Path, network: &Network, precision: Precision, source: &str) -> Result<()> {
    let bytes = written(network, precision, source)
        .map_err(|problem| Error::Content { path: path.into(), problem })?;
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(at(folder))?;
    // Written beside and renamed: an interrupted run leaves no half file.
    let unfinished = path.with_extension("unfinished");
    fs::write(&unfinished, bytes).map_err(at(&unfinished))?;
    fs::rename(&unfinished, path).map_err(at(path))
}

fn written(network: &Network, precision: Precision, source: &str) -> std::result::Result<Vec<u8>, String> {
    let mut tensors = Vec::new();
    for (name, shape, values) in &network.tensors {
        let (dtype, bytes): (_, Vec<u8>) = match precision {
            Precision::Full => (Dtype::F32, values.iter().flat_map(|value| value.to_le_bytes()).collect()),
            Precision::Half => {
                let halves: Vec<f16> = values.iter().map(|value| f16::from_f32(*value)).collect();
                if halves.iter().any(|half| !half.is_finite()) {
                    return Err(format!("{name} has a value that 16 bits do not hold"));
                }
                (Dtype::F16, halves.iter().flat_map(|half| half.to_le_bytes()).collect())
            }
        };
        tensors.push((name, dtype, shape, bytes));
    }
    let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
        TensorView::new(*dtype, (*shape).clone(), bytes)
            .map(|view| (name.as_str(), view))
            .map_err(|error| format!("{name}: {error}"))
    });
    let views = views.collect::<std::result::Result<Vec<_>, _>>()?;
    let description = json!({
        "network": { "name": network.name, "input_shape": network.input_shape, "layers": network.layers },
        "classes": network.classes,
    });
    let metadata = HashMap::from([
        (DESCRIPTION_KEY.to_owned(), description.to_string()),
        (SOURCE_KEY.to_owned(), source.to_owned()),
    ]);
    safetensors::serialize(views, Some(metadata)).map_err(|error| error.to_string())
}

/// What a file was made of; none where there is no such file, or not all of it.
pub fn source(path: &Path) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    SafeTensors::deserialize(&bytes).ok()?;
    let (_, metadata) = SafeTensors::read_metadata(&bytes).ok()?;
    metadata.metadata().as_ref()?.get(SOURCE_KEY).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(values: &[f32]) -> Network {
        let tensors = vec![("dense/kernel".to_owned(), vec![values.len(), 1], values.to_vec())];
        Network { name: "small".into(), tensors, ..Network::default() }
    }

    #[test]
    fn a_file_says_what_it_was_made_of() {
        let folder = std::env::temp_dir().join(format!("fovea-bases-{}", std::process::id()));
        let path = folder.join("below/small.safetensors");
        assert_eq!(source(&path), None);
        write(&path, &network(&[1.0, 2.0]), Precision::Half, "a package 1.0, conversion 7").unwrap();
        assert_eq!(source(&path).as_deref(), Some("a package 1.0, conversion 7"));
        assert!(!path.with_extension("unfinished").exists());
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(source(&path), None, "a file that was cut is made anew");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn weights_are_rounded_to_what_16_bits_hold() {
        let bytes = |precision| written(&network(&[1.0, 1.0 / 3.0, -1e-8]), precision, "").unwrap();
        let (half, full) = (bytes(Precision::Half), bytes(Precision::Full));
        let data = |bytes: &[u8]| {
            let file = SafeTensors::deserialize(bytes).unwrap();
            file.tensor("dense/kernel").unwrap().data().to_vec()
        };
        assert_eq!(data(&half), [0x00, 0x3c, 0x55, 0x35, 0x00, 0x80]);
        assert_eq!(data(&full)[4..8], (1.0_f32 / 3.0).to_le_bytes());
        let error = written(&network(&[1.0, -65_520.0]), Precision::Half, "").unwrap_err();
        assert_eq!(error, "dense/kernel has a value that 16 bits do not hold");
    }
}
