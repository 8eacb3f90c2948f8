//! Our layers in Keras 2's words, as TensorFlow.js reads them. What it has no layer for is made of several.

use fovea::model::{Activation, Layer, Network, PlacedLayer, ReLU, Weight};
use fovea::ops::scale_shift::Rescaling;
use fovea::trained::Model;
use serde_json::{Map, Value, json};

use crate::normalization;

/// A layer for TensorFlow.js, and its values.
#[derive(Debug, Clone)]
pub struct Piece {
    /// Its name.
    pub name: String,
    class_name: &'static str,
    config: Map<String, Value>,
    inbound: Vec<String>,
    /// Its weights' names, shapes and values.
    pub weights: Vec<(String, Vec<usize>, Vec<f32>)>,
}

/// All pieces of a model, in order.
pub fn pieces(model: &Model) -> Vec<Piece> {
    let network = &model.network;
    let mut pieces: Vec<Piece> = Vec::new();
    // What each value is called, since a layer may become several.
    let mut names = vec![fovea::model::INPUT.to_owned()];
    for placed in network.layers() {
        let inbound: Vec<String> = placed.inputs.iter().map(|value| names[*value].clone()).collect();
        if let Layer::ReLU(layer) = &placed.layer {
            pieces.extend(relu(&placed.name, layer, inbound));
            names.push(pieces.last().map(|piece| piece.name.clone()).unwrap_or_default());
            continue;
        }
        let first = of_layer(model, placed, inbound);
        let activation = match &placed.layer {
            Layer::Activation(layer) => layer.activation,
            Layer::Conv2D(_) | Layer::DepthwiseConv2D(_) | Layer::SeparableConv2D(_) | Layer::Dense(_) => {
                placed.activation()
            }
            _ => Activation::Linear,
        };
        pieces.push(first);
        pieces.extend(behind(&placed.name, activation));
        if matches!(&placed.layer, Layer::GlobalAveragePooling2D(layer) if layer.keepdims)
            || matches!(&placed.layer, Layer::GlobalMaxPooling2D(layer) if layer.keepdims)
        {
            let shape = json!({ "target_shape": placed.output_shape });
            pieces.push(Piece::behind(&placed.name, "reshape", "Reshape", shape, &[&placed.name]));
        }
        names.push(pieces.last().map(|piece| piece.name.clone()).unwrap_or_default());
    }
    pieces
}

/// The model's configuration.
pub fn describe(network: &Network, pieces: &[Piece]) -> Value {
    let [height, width, channels] = network.input_shape();
    let input_name = fovea::model::INPUT;
    let input = json!({
        "batch_input_shape": [null, height, width, channels], "dtype": "float32", "sparse": false, "name": input_name,
    });
    let before = std::iter::once(input_name).chain(pieces.iter().map(|piece| piece.name.as_str()));
    if pieces.iter().zip(before).all(|(piece, before)| piece.inbound == [before]) {
        let input = json!({ "class_name": "InputLayer", "config": input });
        let rest =
            pieces.iter().map(|piece| json!({ "class_name": piece.class_name, "config": piece.config }));
        let layers: Vec<Value> = std::iter::once(input).chain(rest).collect();
        return json!({ "class_name": "Sequential", "config": { "name": network.name(), "layers": layers } });
    }
    let input =
        json!({ "class_name": "InputLayer", "config": input, "name": input_name, "inbound_nodes": [] });
    let rest = pieces.iter().map(|piece| {
        let reads: Vec<Value> = piece.inbound.iter().map(|name| json!([name, 0, 0, {}])).collect();
        json!({ "class_name": piece.class_name, "config": piece.config, "name": piece.name, "inbound_nodes": [reads] })
    });
    let layers: Vec<Value> = std::iter::once(input).chain(rest).collect();
    let output = pieces.last().map_or("", |piece| piece.name.as_str());
    json!({ "class_name": "Model", "config": {
        "name": network.name(), "layers": layers,
        "input_layers": [[input_name, 0, 0]], "output_layers": [[output, 0, 0]],
    } })
}

impl Piece {
    fn behind(layer: &str, what: &str, class_name: &'static str, config: Value, inbound: &[&str]) -> Self {
        let name = format!("{layer}_{what}");
        let mut config = match config {
            Value::Object(config) => config,
            _ => Map::new(),
        };
        config.insert("name".to_owned(), name.as_str().into());
        let inbound = inbound.iter().map(|name| (*name).to_owned()).collect();
        Self { name, class_name, config, inbound, weights: Vec::new() }
    }
}

fn of_layer(model: &Model, placed: &PlacedLayer, inbound: Vec<String>) -> Piece {
    let written = serde_json::to_value(&placed.layer).unwrap_or_default();
    let mut config = written.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut class_name = placed.layer.class_name();
    let mut weights: Vec<(String, Vec<usize>, Vec<f32>)> = placed
        .weights
        .iter()
        .map(|(weight, index)| {
            let parameter = &model.network.parameters()[*index];
            // Keras 2 calls the only kernel of a depthwise convolution by what it is.
            let name = match (&placed.layer, weight) {
                (Layer::DepthwiseConv2D(_), Weight::Kernel) => Weight::DepthwiseKernel.name(),
                (_, weight) => weight.name(),
            };
            (
                format!("{}/{name}", placed.name),
                parameter.shape.clone(),
                model.state.values(parameter).to_vec(),
            )
        })
        .collect();
    match &placed.layer {
        Layer::Conv2D(layer) if layer.groups != 1 => {
            config.insert("groups".to_owned(), 1.into());
            if let Some((_, shape, values)) = weights.first_mut() {
                *values = without_groups(values, shape, layer.groups);
                shape[2] *= layer.groups;
            }
        }
        Layer::LeakyReLU(layer) => {
            config = Map::from_iter([("alpha".to_owned(), json!(layer.negative_slope))]);
        }
        Layer::Rescaling(layer) if layer.scale.0.len() == 1 && layer.offset.0.len() == 1 => {
            config = Map::from_iter([
                ("scale".to_owned(), json!(layer.scale.0[0])),
                ("offset".to_owned(), json!(layer.offset.0[0])),
            ]);
        }
        Layer::Rescaling(layer) => {
            (class_name, config, weights) = scaled(placed, layer.scale.0.clone(), layer.offset.0.clone());
        }
        Layer::Normalization(layer) => {
            let Rescaling { scale, offset, .. } = normalization::factors(model, placed, layer);
            (class_name, config, weights) = scaled(placed, scale, offset);
        }
        Layer::GlobalAveragePooling2D(_) | Layer::GlobalMaxPooling2D(_) => config.clear(),
        // It does not work out a size that is left open.
        Layer::Reshape(_) => drop(config.insert("target_shape".to_owned(), json!(placed.output_shape))),
        _ => {}
    }
    if config.contains_key("activation") {
        config.insert("activation".to_owned(), own_name(placed.activation(), &placed.layer).into());
    }
    config.insert("name".to_owned(), placed.name.as_str().into());
    config.insert("trainable".to_owned(), placed.layer.trainable().into());
    Piece { name: placed.name.clone(), class_name, config, inbound, weights }
}

/// The kernel of a convolution in groups, which TensorFlow.js lacks, as that of one without: zeros where a filter does not
/// read a channel.
fn without_groups(values: &[f32], shape: &[usize], groups: usize) -> Vec<f32> {
    let [inputs, filters] = [shape[2], shape[3]];
    let of_group = filters / groups;
    let mut all = vec![0.0; values.len() * groups];
    for (tap, values) in values.chunks(inputs * filters).enumerate() {
        for (at, value) in values.iter().enumerate() {
            let (input, filter) = (at / filters, at % filters);
            let channel = filter / of_group * inputs + input;
            all[(tap * inputs * groups + channel) * filters + filter] = *value;
        }
    }
    all
}

/// A ReLU. TensorFlow.js has one with a limit, one with a slope and one with a threshold, and none with several of these.
fn relu(name: &str, layer: &ReLU, inbound: Vec<String>) -> Vec<Piece> {
    let (slope, threshold) = (layer.negative_slope, layer.threshold);
    let from = inbound.first().cloned().unwrap_or_default();
    let (class_name, config) = match (threshold, slope) {
        (0.0, 0.0) => ("ReLU", json!({ "max_value": layer.max_value })),
        (0.0, slope) => ("LeakyReLU", json!({ "alpha": slope })),
        (threshold, _) => ("ThresholdedReLU", json!({ "theta": threshold })),
    };
    let mut first = Piece::behind("", "", class_name, config, &[&from]);
    first.name = name.to_owned();
    first.config.insert("name".to_owned(), name.into());
    let mut pieces = vec![first];
    let mut add = |what: &str, class_name, config: Value, inbound: &[&str]| {
        pieces.push(Piece::behind(name, what, class_name, config, inbound));
        format!("{name}_{what}")
    };
    let turned = |scale: f32, offset: f32| json!({ "scale": scale, "offset": offset });
    match layer.max_value {
        // At most so much: what exceeds it is taken away, for values below 0 are kept.
        Some(most) if threshold == 0.0 && slope != 0.0 => {
            let below = add("below", "Rescaling", turned(-1.0, most), &[name]);
            let kept = add("kept", "ReLU", json!({}), &[&below]);
            add("limited", "Rescaling", turned(-1.0, most), &[&kept]);
        }
        _ if threshold == 0.0 => {}
        most => {
            let above = add("limited", "ReLU", json!({ "max_value": most }), &[name]);
            if slope != 0.0 {
                // How far it is below the threshold.
                let below = add("below", "Rescaling", turned(-1.0, threshold), &[&from]);
                let kept = add("kept", "ReLU", json!({}), &[&below]);
                let sloped = add("sloped", "Rescaling", turned(-slope, 0.0), &[&kept]);
                add("both", "Add", json!({}), &[&above, &sloped]);
            }
        }
    }
    pieces
}

type Scaled = (&'static str, Map<String, Value>, Vec<(String, Vec<usize>, Vec<f32>)>);

/// `x * scale + offset` for each channel, as a batch norm of mean 0 and variance 1.
fn scaled(placed: &PlacedLayer, scale: Vec<f32>, offset: Vec<f32>) -> Scaled {
    let channels = placed.output_shape.last().copied().unwrap_or(1);
    let each = |values: Vec<f32>| (0..channels).map(|at| values[at % values.len()]).collect::<Vec<f32>>();
    let weights = [
        ("gamma", each(scale)),
        ("beta", each(offset)),
        ("moving_mean", vec![0.0; channels]),
        ("moving_variance", vec![1.0; channels]),
    ]
    .into_iter()
    .map(|(name, values)| (format!("{}/{name}", placed.name), vec![channels], values))
    .collect();
    let config = json!({ "axis": -1, "momentum": 0.99, "epsilon": 1e-12, "center": true, "scale": true });
    ("BatchNormalization", config.as_object().cloned().unwrap_or_default(), weights)
}

/// The name that TensorFlow.js has for an activation; those that it lacks come behind the layer.
fn own_name(activation: Activation, layer: &Layer) -> &'static str {
    let activation = match layer {
        Layer::Activation(layer) => layer.activation,
        _ => activation,
    };
    match activation {
        Activation::Silu => "swish",
        Activation::LeakyRelu | Activation::HardSigmoid | Activation::HardSilu => "linear",
        other => other.name(),
    }
}

/// What stands behind a layer for an activation that TensorFlow.js lacks, or computes in another way.
fn behind(name: &str, activation: Activation) -> Vec<Piece> {
    // relu6(x + 3) / 6 = min(max(x / 6 + 0.5, 0), 1).
    let gate = || {
        let scaled =
            Piece::behind(name, "sixth", "Rescaling", json!({ "scale": 1.0 / 6.0, "offset": 0.5 }), &[name]);
        let clipped = Piece::behind(name, "gate", "ReLU", json!({ "max_value": 1.0 }), &[&scaled.name]);
        vec![scaled, clipped]
    };
    match activation {
        Activation::LeakyRelu => {
            vec![Piece::behind(name, "leaky_relu", "LeakyReLU", json!({ "alpha": 0.2 }), &[name])]
        }
        Activation::HardSigmoid => gate(),
        Activation::HardSilu => {
            let mut pieces = gate();
            let gate = pieces.last().map(|piece| piece.name.clone()).unwrap_or_default();
            pieces.push(Piece::behind(name, "gated", "Multiply", json!({}), &[name, &gate]));
            pieces
        }
        _ => Vec::new(),
    }
}
