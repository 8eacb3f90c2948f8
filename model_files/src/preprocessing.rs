//! What a network wants photos to be. Ours are numbers from 0 to 1; a layer in front makes of them what the network was trained
//! with.

use std::str::FromStr;

use fovea::model::INPUT;
use serde_json::{Value, json};

use crate::draft::{Draft, DraftLayer};
use crate::registry::NamedBytes;
use crate::tensor::Tensor;
use crate::{FileError, Reason};

/// How the values of a photo were scaled for a network, by the names that Keras' `imagenet_utils` has for most of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preprocessing {
    /// From 0 to 1, as in the book.
    #[default]
    Unit,
    /// From 0 to 255: the network rescales them itself.
    None,
    /// Blue, green, red from 0 to 255, less ImageNet's means: VGG and ResNet of Keras.
    Caffe,
    /// By mean and standard deviation of ImageNet: torchvision.
    Torch,
    /// From -1 to 1: MobileNet, Xception, Inception and Teachable Machine.
    Tf,
}

/// Mean and standard deviation of ImageNet's red, green and blue, from 0 to 1.
const MEANS: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATIONS: [f32; 3] = [0.229, 0.224, 0.225];
/// Means of ImageNet's blue, green and red, from 0 to 255.
const CAFFE_MEANS: [f32; 3] = [103.939, 116.779, 123.68];

impl Preprocessing {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Unit, Self::None, Self::Caffe, Self::Torch, Self::Tf];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unit => "1/255",
            Self::None => "none",
            Self::Caffe => "caffe",
            Self::Torch => "torch",
            Self::Tf => "tf",
        }
    }

    /// Puts the layer in front of a network.
    ///
    /// # Errors
    /// [`Reason::NotAClassifier`] for a network whose images have no three colours, where colours differ.
    pub fn put_before(self, draft: &mut Draft) -> Result<(), Reason> {
        let (class_name, config, tensors) = match self {
            Self::Unit => return Ok(()),
            Self::Tf => ("Rescaling", json!({ "scale": 2.0, "offset": -1.0 }), Vec::new()),
            Self::None => ("Rescaling", json!({ "scale": 255.0 }), Vec::new()),
            Self::Torch | Self::Caffe if draft.input_shape[2] != 3 => {
                let what = format!(
                    "reads images of {} channels, and its preprocessing is for three",
                    draft.input_shape[2]
                );
                return Err(Reason::NotAClassifier(what));
            }
            Self::Torch => {
                let scale = DEVIATIONS.map(|deviation| 1.0 / deviation);
                let offset = [0, 1, 2].map(|at: usize| -MEANS[at] / DEVIATIONS[at]);
                ("Rescaling", json!({ "scale": scale, "offset": offset }), Vec::new())
            }
            Self::Caffe => {
                // A convolution of single pixels swaps the colours; training leaves it as it is.
                let config = json!({ "filters": 3, "kernel_size": [1, 1], "trainable": false });
                let swapped = [0.0, 0.0, 255.0, 0.0, 255.0, 0.0, 255.0, 0.0, 0.0];
                let kernel =
                    Tensor { name: "kernel".to_owned(), shape: vec![1, 1, 3, 3], values: swapped.to_vec() };
                let offset = CAFFE_MEANS.map(|mean| -mean).to_vec();
                let bias = Tensor { name: "bias".to_owned(), shape: vec![3], values: offset };
                ("Conv2D", config, vec![kernel, bias])
            }
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
            class_name: class_name.to_owned(),
            config: config.as_object().cloned().unwrap_or_default(),
            inbound: vec![INPUT.to_owned()],
            tensors,
        };
        draft.layers.insert(0, layer);
        Ok(())
    }

    /// What a file that does not say it most likely wants, and why, in a sentence for the user.
    pub fn guessed(draft: &Draft, beside: &[NamedBytes]) -> (Self, Option<&'static str>) {
        let rescales = draft.layers.iter().any(|layer| {
            layer.inbound.iter().any(|inbound| inbound == INPUT)
                && matches!(layer.class_name.as_str(), "Rescaling" | "Normalization")
        });
        if Self::is_of_teachable_machine(beside) {
            (Self::Tf, Some("It is from Teachable Machine, so photos become numbers from -1 to 1 for it."))
        } else if rescales {
            (
                Self::None,
                Some("Its first layer rescales photos, so they become numbers from 0 to 255 for it."),
            )
        } else {
            (Self::Unit, None)
        }
    }

    fn is_of_teachable_machine(beside: &[NamedBytes]) -> bool {
        beside.iter().any(|file| match file.base_name() {
            "metadata.json" => {
                let metadata: Option<Value> = serde_json::from_slice(&file.bytes).ok();
                let package = metadata.as_ref().and_then(|metadata| metadata.get("packageName")?.as_str());
                package.is_some_and(|name| name.contains("teachablemachine"))
            }
            // Its other export has the classes' names in this file, and the model under this name.
            "labels.txt" => beside.iter().any(|other| other.base_name() == "keras_model.h5"),
            _ => false,
        })
    }
}

impl FromStr for Preprocessing {
    type Err = FileError;

    fn from_str(name: &str) -> Result<Self, FileError> {
        let found = Self::ALL.into_iter().find(|known| known.name() == name);
        found.ok_or_else(|| FileError::Preprocessing {
            found: name.to_owned(),
            known: Self::ALL.map(Self::name).join(", "),
        })
    }
}
