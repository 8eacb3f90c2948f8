//! Our networks as Keras' configuration.

use fovea::model::{Layer, Loss, Network, PlacedLayer};
use fovea::trained::Model;
use serde_json::{Map, Value, json};

use super::optimizer;
use crate::hdf5::Data;

/// The version of Keras whose configurations these are.
pub const VERSION: &str = "3.15.1";

/// The words that a configuration is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Keras 3's own, for its archives.
    Keras3,
    /// What both Keras 2 and Keras 3 read, for `.h5`.
    Both,
}

/// The model's own configuration.
pub fn model(network: &Network, dialect: Dialect) -> Value {
    let is_3 = dialect == Dialect::Keras3;
    let object = |module: &str, class: &str, config: Value| match dialect {
        Dialect::Keras3 => object(module, class, config),
        Dialect::Both => json!({ "class_name": class, "config": config }),
    };
    let [height, width, channels] = network.input_shape();
    let input_name = fovea::model::INPUT;
    let shape_key = if is_3 { "batch_shape" } else { "batch_input_shape" };
    let input_config = json!({
        shape_key: [null, height, width, channels], "dtype": "float32", "sparse": false, "name": input_name,
    });
    let input = |rest: Value| {
        let mut layer = object("keras.layers", "InputLayer", input_config.clone());
        merge(&mut layer, rest);
        layer
    };
    let of_layer = |placed: &PlacedLayer| {
        object("keras.layers", placed.layer.class_name(), Value::Object(config(placed, dialect)))
    };
    if network.is_sequential() {
        let layers: Vec<Value> =
            std::iter::once(input(json!({}))).chain(network.layers().iter().map(of_layer)).collect();
        let config = json!({
            "name": network.name(), "trainable": true, "layers": layers,
            "build_input_shape": [null, height, width, channels],
        });
        return object("keras", "Sequential", config);
    }
    let functional = network.layers().iter().map(|placed| {
        let mut layer = of_layer(placed);
        if !is_3 {
            let reads = placed.inputs.iter().map(|value| json!([network.value_name(*value), 0, 0, {}]));
            let reads: Vec<Value> = reads.collect();
            merge(&mut layer, json!({ "name": placed.name, "inbound_nodes": [reads] }));
            return layer;
        }
        let tensors: Vec<Value> = placed
            .inputs
            .iter()
            .zip(&placed.input_shapes)
            .map(|(value, shape)| {
                let shape: Vec<Value> =
                    std::iter::once(Value::Null).chain(shape.iter().map(|size| (*size).into())).collect();
                json!({ "class_name": "__keras_tensor__", "config": {
                    "shape": shape, "dtype": "float32", "keras_history": [network.value_name(*value), 0, 0],
                } })
            })
            .collect();
        // A layer that reads several values takes them as a list.
        let arguments = if tensors.len() == 1 { json!(tensors) } else { json!([tensors]) };
        merge(
            &mut layer,
            json!({ "name": placed.name, "inbound_nodes": [{ "args": arguments, "kwargs": {} }] }),
        );
        layer
    });
    let layers: Vec<Value> = std::iter::once(input(json!({ "name": input_name, "inbound_nodes": [] })))
        .chain(functional)
        .collect();
    let output = network.layers().last().map_or("", |placed| placed.name.as_str());
    let config = json!({
        "name": network.name(), "trainable": true, "layers": layers,
        "input_layers": [[input_name, 0, 0]], "output_layers": [[output, 0, 0]],
    });
    object("keras.src.models.functional", "Functional", config)
}

/// What Keras compiles the model with, our loss and the optimizer of its training, as an archive has it; nothing for a model
/// that was never trained.
pub fn compile(model: &Model) -> Option<Value> {
    let optimizer = optimizer::describe(model.state.training.optimizer.as_ref()?);
    Some(json!({
        "optimizer": optimizer, "loss": loss(model), "loss_weights": null, "metrics": ["accuracy"],
        "weighted_metrics": null, "run_eagerly": false, "steps_per_execution": 1, "jit_compile": false,
    }))
}

/// The same as a `.h5` has it.
pub fn training(model: &Model) -> Option<Value> {
    let described = optimizer::describe(model.state.training.optimizer.as_ref()?);
    let optimizer = json!({ "class_name": described["class_name"], "config": described["config"] });
    Some(json!({
        "optimizer_config": optimizer, "loss": loss(model), "loss_weights": null, "metrics": ["accuracy"],
        "weighted_metrics": null,
    }))
}

/// Keras' name of the loss that goes with a model's last activation.
pub fn loss(model: &Model) -> &'static str {
    match Loss::of(model.network.output_activation()) {
        Some(Loss::BinaryCrossentropy) => "binary_crossentropy",
        _ => "categorical_crossentropy",
    }
}

/// A layer's values with Keras' paths, in the order in which it has them.
pub fn values<'a>(model: &'a Model, placed: &PlacedLayer) -> Vec<(String, Data<'a>)> {
    let mut values: Vec<_> = placed
        .weights
        .iter()
        .map(|(weight, index)| {
            let parameter = &model.network.parameters()[*index];
            let path = format!("{}/{}", placed.name, weight.name());
            (path, Data::Reals(model.state.values(parameter), &parameter.shape))
        })
        .collect();
    if matches!(placed.layer, Layer::Normalization(_)) && !values.is_empty() {
        // Of how many photos its mean is; nothing reads it any more.
        values.push((format!("{}/count", placed.name), Data::Whole(0)));
    }
    values
}

fn object(module: &str, class: &str, config: Value) -> Value {
    json!({ "module": module, "class_name": class, "config": config, "registered_name": null })
}

fn merge(into: &mut Value, from: Value) {
    if let (Some(into), Value::Object(from)) = (into.as_object_mut(), from) {
        into.extend(from);
    }
}

fn config(placed: &PlacedLayer, dialect: Dialect) -> Map<String, Value> {
    let written = serde_json::to_value(&placed.layer).unwrap_or_default();
    let mut config = written.get("config").and_then(Value::as_object).cloned().unwrap_or_default();
    config.insert("name".to_owned(), placed.name.as_str().into());
    config.insert("trainable".to_owned(), placed.layer.trainable().into());
    for (key, value) in &mut config {
        match (key.as_str(), &value) {
            // One number is for all channels.
            ("scale" | "offset", Value::Array(numbers)) if numbers.len() == 1 => *value = numbers[0].clone(),
            ("activation", Value::String(name)) if name == "silu" && dialect == Dialect::Both => {
                *value = "swish".into();
            }
            _ => {}
        }
    }
    if dialect == Dialect::Both
        && let Some(slope) = config.remove("negative_slope")
    {
        // A ReLU has it in both versions under this name.
        let key = if matches!(placed.layer, Layer::LeakyReLU(_)) { "alpha" } else { "negative_slope" };
        config.insert(key.to_owned(), slope);
    }
    config
}
