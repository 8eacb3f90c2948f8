//! Keras' settings of a layer as ours. Most have the same names; what has no effect on what a network computes, such as
//! initializers, is left out.

use serde_json::{Map, Value, json};

use super::tree::{Entry, snake_case};
use crate::Reason;

/// What a layer of Keras' becomes.
pub enum Translated {
    /// A layer of ours.
    Layer {
        /// Its class.
        class_name: &'static str,
        /// Its settings, without the name.
        config: Map<String, Value>,
    },
    /// The network's input.
    Input,
    /// Nothing, because of this.
    LeftOut(&'static str),
    /// Nothing, because photos come in this height and width.
    Resized([usize; 2]),
}

/// The classes that we have, under Keras' names, and the settings that are taken over.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "Conv2D",
        &[
            "filters",
            "kernel_size",
            "strides",
            "padding",
            "dilation_rate",
            "groups",
            "activation",
            "use_bias",
        ],
    ),
    (
        "DepthwiseConv2D",
        &["kernel_size", "strides", "padding", "depth_multiplier", "dilation_rate", "activation", "use_bias"],
    ),
    (
        "SeparableConv2D",
        &[
            "filters",
            "kernel_size",
            "strides",
            "padding",
            "depth_multiplier",
            "dilation_rate",
            "activation",
            "use_bias",
        ],
    ),
    ("Dense", &["units", "activation", "use_bias"]),
    ("MaxPooling2D", &["pool_size", "strides", "padding"]),
    ("AveragePooling2D", &["pool_size", "strides", "padding"]),
    ("GlobalAveragePooling2D", &["keepdims"]),
    ("GlobalMaxPooling2D", &["keepdims"]),
    ("Flatten", &[]),
    ("Dropout", &["rate"]),
    ("Activation", &["activation"]),
    ("ReLU", &["max_value", "negative_slope", "threshold"]),
    ("LeakyReLU", &["negative_slope"]),
    ("Softmax", &["axis"]),
    ("BatchNormalization", &["axis", "momentum", "epsilon", "center", "scale"]),
    ("Add", &[]),
    ("Multiply", &[]),
    ("Concatenate", &["axis"]),
    ("ZeroPadding2D", &["padding"]),
    ("Cropping2D", &["cropping"]),
    ("Reshape", &["target_shape"]),
    ("Rescaling", &["scale", "offset"]),
    ("Normalization", &["axis", "mean", "variance"]),
];

/// Other names of the same classes, from older versions.
const ALIASES: &[(&str, &str)] = &[
    ("Convolution2D", "Conv2D"),
    ("SeparableConvolution2D", "SeparableConv2D"),
    ("MaxPool2D", "MaxPooling2D"),
    ("AvgPool2D", "AveragePooling2D"),
    ("GlobalAvgPool2D", "GlobalAveragePooling2D"),
    ("GlobalMaxPool2D", "GlobalMaxPooling2D"),
    ("BatchNormalizationV1", "BatchNormalization"),
    ("BatchNormalizationV2", "BatchNormalization"),
    ("SyncBatchNormalization", "BatchNormalization"),
    ("ThresholdedReLU", "ReLU"),
];

/// Settings with which a layer would compute something else than ours, unless they have this value or none.
const WANTED: &[(&str, &[&str], &str)] = &[
    ("data_format", &["\"channels_last\""], "images must have their channels last"),
    ("renorm", &["false"], "batch renormalization is not supported"),
    ("invert", &["false"], "the inverse is not supported"),
    ("virtual_batch_size", &[], "virtual batches are not supported"),
];

/// What does nothing when a network classifies.
const ONLY_IN_TRAINING: &[&str] = &[
    "ActivityRegularization",
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
    "SpatialDropout2D",
    "RandomBrightness",
    "RandomContrast",
    "RandomFlip",
    "RandomHeight",
    "RandomRotation",
    "RandomTranslation",
    "RandomWidth",
    "RandomZoom",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomErasing",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "AutoContrast",
    "AugMix",
    "CutMix",
    "MixUp",
    "RandAugment",
];

/// Translates a layer. `numbers` are those among its arguments, with their places; `between` says where it stands.
///
/// # Errors
/// A [`Reason`] that names the layer.
pub fn translate(
    entry: &Entry,
    numbers: &[(usize, f32)],
    between: impl FnOnce() -> String,
) -> Result<Translated, Reason> {
    let class = entry.class_name.as_str();
    if class == "Lambda" {
        return Err(Reason::Code(entry.name.clone()));
    }
    if class == "InputLayer" {
        return Ok(Translated::Input);
    }
    let drops_whole = entry.config.get("noise_shape").is_some_and(|shape| !shape.is_null());
    if ONLY_IN_TRAINING.contains(&class) || drops_whole {
        return Ok(Translated::LeftOut("act only in training"));
    }
    if class == "Identity" {
        return Ok(Translated::LeftOut("change nothing"));
    }
    if class == "Resizing" {
        let size = |key: &str| entry.config.get(key).and_then(Value::as_u64).map(|size| size as usize);
        let size = size("height").zip(size("width"));
        let (height, width) = size.ok_or_else(|| wrong(entry, "it has no height and width"))?;
        return Ok(Translated::Resized([height, width]));
    }
    if entry.module.contains(".ops") || !numbers.is_empty() {
        return operation(entry, numbers).ok_or_else(|| unknown(entry, between()));
    }
    let ours = ALIASES.iter().find(|(alias, _)| *alias == class).map_or(class, |(_, ours)| ours);
    let Some((class_name, kept)) = LAYERS.iter().find(|(class, _)| *class == ours) else {
        return as_activation(entry).ok_or_else(|| unknown(entry, between()));
    };
    for (key, wanted, reason) in WANTED {
        let found = entry.config.get(*key).filter(|value| !value.is_null()).map(Value::to_string);
        if found.is_some_and(|found| !wanted.contains(&found.as_str())) {
            return Err(wrong(entry, reason));
        }
    }
    let mut config = Map::new();
    for key in *kept {
        let value = entry.config.get(*key).filter(|value| !value.is_null());
        if let Some(value) = value {
            config.insert((*key).to_owned(), setting(entry, key, value)?);
        }
    }
    if let Some(alpha) = entry.config.get("alpha")
        && *class_name == "LeakyReLU"
    {
        config.insert("negative_slope".to_owned(), number(alpha).clone());
    }
    if class == "ThresholdedReLU" {
        // Keras 2's own layer for it.
        config.insert(
            "threshold".to_owned(),
            entry.config.get("theta").map_or(json!(1.0), |of| number(of).clone()),
        );
    }
    if entry.config.get("trainable") == Some(&Value::Bool(false)) {
        config.insert("trainable".to_owned(), false.into());
    }
    Ok(Translated::Layer { class_name, config })
}

fn setting(entry: &Entry, key: &str, value: &Value) -> Result<Value, Reason> {
    match key {
        "activation" if !entry.is_3 && activation(value) == Some("hard_sigmoid") => Err(wrong(
            entry,
            "the hard_sigmoid of Keras 2 is another function than Keras 3's, and is not supported",
        )),
        "activation" => activation(value)
            .map(Value::from)
            .ok_or_else(|| wrong(entry, &format!("the activation {value} is not supported"))),
        // Keras writes such as arrays of the input's rank.
        "mean" | "variance" | "scale" | "offset" if value.is_array() => {
            let mut numbers = Vec::new();
            flat_numbers(value, &mut numbers);
            Ok(numbers.into())
        }
        _ => Ok(number(value).clone()),
    }
}

/// Numbers of NumPy's are written as `{ "class_name": "__numpy__", "config": { "value": 0.2 } }` or so.
fn number(value: &Value) -> &Value {
    value.pointer("/config/value").or_else(|| value.get("value")).unwrap_or(value)
}

fn flat_numbers(value: &Value, into: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| flat_numbers(item, into)),
        other => into.push(other.clone()),
    }
}

/// The name of an activation: a text, or the function as Keras 3 writes it.
fn activation(value: &Value) -> Option<&'static str> {
    let name = match value {
        Value::String(name) => name.as_str(),
        Value::Object(function) => match function.get("config") {
            Some(Value::String(name)) => name,
            config => config
                .and_then(|config| config.get("name")?.as_str())
                .or(function.get("class_name")?.as_str())?,
        },
        _ => return None,
    };
    known_activation(&snake_case(name))
}

fn known_activation(name: &str) -> Option<&'static str> {
    Some(match name {
        "linear" => "linear",
        "relu" | "re_lu" => "relu",
        "relu6" => "relu6",
        "leaky_relu" => "leaky_relu",
        "elu" => "elu",
        "tanh" => "tanh",
        "sigmoid" => "sigmoid",
        "hard_sigmoid" => "hard_sigmoid",
        "silu" | "swish" => "silu",
        "hard_silu" | "hard_swish" => "hard_silu",
        "gelu" => "gelu",
        "softmax" => "softmax",
        _ => return None,
    })
}

/// Layers that are nothing but an activation, such as `ELU`.
fn as_activation(entry: &Entry) -> Option<Translated> {
    let has_own_alpha = entry.config.get("alpha").and_then(Value::as_f64).is_some_and(|alpha| alpha != 1.0);
    let name = known_activation(&entry.class_name.to_lowercase()).filter(|_| !has_own_alpha)?;
    let config = Map::from_iter([("activation".to_owned(), name.into())]);
    Some(Translated::Layer { class_name: "Activation", config })
}

/// What Keras 3 makes of `x + 3.0`, `x * y` or `ops.relu(x)` in a functional model.
fn operation(entry: &Entry, numbers: &[(usize, f32)]) -> Option<Translated> {
    let layer = |class_name, config: Value| match config {
        Value::Object(config) => Some(Translated::Layer { class_name, config }),
        _ => None,
    };
    let scaled = |scale: f32, offset: f32| layer("Rescaling", json!({ "scale": scale, "offset": offset }));
    match (entry.class_name.as_str(), numbers) {
        ("Add", []) => layer("Add", json!({})),
        ("Multiply", []) => layer("Multiply", json!({})),
        ("Add", [(_, number)]) => scaled(1.0, *number),
        ("Multiply", [(_, number)]) => scaled(*number, 0.0),
        ("Subtract", [(1, number)]) => scaled(1.0, -number),
        ("Subtract", [(0, number)]) => scaled(-1.0, *number),
        ("TrueDivide" | "Divide", [(1, number)]) if *number != 0.0 => scaled(1.0 / number, 0.0),
        ("Negative", []) => scaled(-1.0, 0.0),
        (class, []) => layer("Activation", json!({ "activation": known_activation(&snake_case(class))? })),
        _ => None,
    }
}

fn wrong(entry: &Entry, reason: &str) -> Reason {
    Reason::Layer { name: entry.name.clone(), class: entry.class_name.clone(), reason: reason.to_owned() }
}

fn unknown(entry: &Entry, place: String) -> Reason {
    Reason::UnknownLayer { name: entry.name.clone(), class: entry.class_name.clone(), place }
}
