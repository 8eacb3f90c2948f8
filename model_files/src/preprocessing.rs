//! What a network wants photos to be. Ours are numbers from 0 to 1; a layer in front makes of them what the network was trained
//! with.

use std::str::FromStr;

use fovea::model::INPUT;
use serde_json::{Value, json};

use crate::draft::{Draft, DraftLayer};
use crate::registry::NamedBytes;
use crate::{FileError, Reason};

/// How the values of a photo were scaled for a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preprocessing {
    /// From 0 to 1, as in the book.
    #[default]
    Unit,
    /// From -1 to 1, as for MobileNet, Xception and Teachable Machine.
    Signed,
    /// From 0 to 255, as for EfficientNet in Keras.
    Bytes,
    /// By mean and standard deviation of ImageNet, as for torchvision.
    Torch,
}

/// Mean and standard deviation of ImageNet's red, green and blue, from 0 to 1.
const MEANS: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATIONS: [f32; 3] = [0.229, 0.224, 0.225];

impl Preprocessing {
    /// All of them, by name.
    pub const ALL: [(&'static str, Self); 4] =
        [("unit", Self::Unit), ("signed", Self::Signed), ("bytes", Self::Bytes), ("torch", Self::Torch)];

    /// Puts the layer in front of a network.
    ///
    /// # Errors
    /// [`Reason::NotAClassifier`] for a network whose images have no three colours.
    pub fn put_before(self, draft: &mut Draft) -> Result<(), Reason> {
        let config: Value = match self {
            Self::Unit => return Ok(()),
            Self::Signed => json!({ "scale": 2.0, "offset": -1.0 }),
            Self::Bytes => json!({ "scale": 255.0 }),
            Self::Torch if draft.input_shape[2] != 3 => {
                let what =
                    format!("reads images of {} channels, and \"torch\" is for three", draft.input_shape[2]);
                return Err(Reason::NotAClassifier(what));
            }
            Self::Torch => json!({
                "scale": DEVIATIONS.map(|deviation| 1.0 / deviation),
                "offset": ([0, 1, 2].map(|at: usize| -MEANS[at] / DEVIATIONS[at])),
            }),
        };
        let mut name = "preprocessing".to_owned();
        while draft.layers.iter().any(|layer| layer.name == name) {
            name.push('_');
        }
        for inbound in draft.layers.iter_mut().flat_map(|layer| &mut layer.inbound) {
            if inbound == INPUT {
                inbound.clone_from(&name);
            }
        }
        let layer = DraftLayer {
            name,
            class_name: "Rescaling".to_owned(),
            config: config.as_object().cloned().unwrap_or_default(),
            inbound: vec![INPUT.to_owned()],
            tensors: Vec::new(),
        };
        draft.layers.insert(0, layer);
        Ok(())
    }

    /// What files beside a model tell: those of Teachable Machine.
    pub fn told_by(beside: &[NamedBytes]) -> Option<Self> {
        let is_its = |file: &NamedBytes| {
            let metadata = || serde_json::from_slice::<Value>(&file.bytes).ok();
            let package =
                || metadata()?.get("packageName")?.as_str().map(|name| name.contains("teachablemachine"));
            match file.base_name() {
                "metadata.json" => package() == Some(true),
                // Its other export has the classes' names in this file, and the model under this name.
                "labels.txt" => beside.iter().any(|other| other.base_name() == "keras_model.h5"),
                _ => false,
            }
        };
        beside.iter().any(is_its).then_some(Self::Signed)
    }
}

impl FromStr for Preprocessing {
    type Err = FileError;

    fn from_str(name: &str) -> Result<Self, FileError> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, which)| *which).ok_or_else(|| FileError::Preprocessing {
            found: name.to_owned(),
            known: Self::ALL.map(|(known, _)| known).join(", "),
        })
    }
}
