//! Our models in each format, and from there back again: they predict what they did.

#![allow(clippy::unwrap_used, reason = "a test ends where something is wrong")]

#[allow(dead_code, reason = "each test takes its part")]
mod real;

use fovea::formats;
use fovea::model::{Network, Recipe, Region};
use fovea::trained::{Model, State};
use model_files::registry::FORMATS;
use model_files::{open, save};
use real::predict;

/// Kernels that tell: each value of its own, moving averages and variances above 0.
fn model(network: Network, classes: usize) -> Model {
    let mut state = State::initial(network.initial_parameters(5), 5);
    let mut frozen = network.initial_frozen(6);
    for parameter in network.parameters() {
        let values = match parameter.region {
            Region::Frozen => &mut frozen[parameter.range()],
            _ => &mut state.parameters[parameter.range()],
        };
        if parameter.shape.len() == 1 {
            for (at, value) in values.iter_mut().enumerate() {
                *value += (at * 29 % 17) as f32 / 40.0;
            }
        }
    }
    state.frozen = std::rc::Rc::new(frozen);
    let classes = (0..classes).map(|class| format!("<b>{class}</b> 개\n")).collect();
    Model { network, classes, state, sizing: None, threshold: None }
}

fn there_and_back(name: &str, model: &Model) {
    FORMATS.iter().for_each(|format| through(format.id, name, model));
}

fn through(format: &str, name: &str, model: &Model) {
    let own = formats::write(model, "safetensors").unwrap().bytes;
    let name = format!("{format}: {name}");
    let (file, _) = save(&own, format).unwrap_or_else(|error| panic!("{name}: {error}"));
    let opened = open(&[file], None).unwrap_or_else(|error| panic!("{name}: {error}"));
    let back = formats::read("own", &opened.own).unwrap();
    assert_eq!((&back.classes, opened.named_classes), (&model.classes, true), "{name}");
    let shape = model.network.input_shape();
    assert_eq!(back.network.input_shape(), shape, "{name}");
    let photos: Vec<u8> = (0..3 * shape.iter().product::<usize>()).map(|at| (at * 37 % 251) as u8).collect();
    let (before, after) = (predict(model, &photos), predict(&back, &photos));
    assert!(before.iter().any(|value| (value - before[0]).abs() > 1e-4), "{name} tells nothing: {before:?}");
    for (before, after) in before.iter().zip(&after) {
        assert!((before - after).abs() < 1e-5, "{name}: {before} became {after}");
    }
}

#[test]
fn every_recipe_comes_back() {
    for recipe in Recipe::ALL.into_iter().filter(|recipe| !recipe.needs_base()) {
        for (shape, classes) in [([28, 28, 1], 10), ([50, 60, 3], 2)] {
            there_and_back(recipe.name(), &model(recipe.network(shape, classes).unwrap(), classes));
        }
    }
}

#[test]
fn every_layer_comes_back() {
    let end =
        r#"{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":3,"activation":"softmax"}}"#;
    for layer in LAYERS {
        let layers = format!("[{layer},{end}]");
        let network = Network::graph("one", [9, 8, 4], serde_json::from_str(&layers).unwrap()).unwrap();
        there_and_back(layer, &model(network, 3));
    }
    for activation in [
        "relu",
        "relu6",
        "leaky_relu",
        "elu",
        "tanh",
        "sigmoid",
        "hard_sigmoid",
        "silu",
        "hard_silu",
        "gelu",
        "softmax",
    ] {
        let layers = format!(
            r#"[{{"class_name":"Rescaling","config":{{"scale":8,"offset":-4}}}},
            {{"class_name":"Activation","config":{{"activation":"{activation}"}}}},
            {{"class_name":"Conv2D","config":{{"filters":5,"activation":"{activation}"}}}},
            {{"class_name":"Flatten"}},{{"class_name":"Dense","config":{{"units":6,"activation":"{activation}"}}}},
            {{"class_name":"Dropout"}},{{"class_name":"Dense","config":{{"units":1,"activation":"sigmoid"}}}}]"#
        );
        let network = Network::graph("one", [9, 8, 4], serde_json::from_str(&layers).unwrap()).unwrap();
        there_and_back(activation, &model(network, 2));
    }
}

/// Each layer in each way that changes what is written.
const LAYERS: &[&str] = &[
    r#"{"class_name":"Conv2D","config":{"filters":6,"kernel_size":[3,2],"strides":2,"padding":"same"}}"#,
    r#"{"class_name":"Conv2D","config":{"filters":6,"kernel_size":[2,3],"dilation_rate":2,"padding":"same","groups":2}}"#,
    r#"{"class_name":"Conv2D","config":{"filters":6,"strides":[1,3],"use_bias":false}}"#,
    r#"{"class_name":"DepthwiseConv2D","config":{"depth_multiplier":3,"padding":"same","strides":2}}"#,
    r#"{"class_name":"SeparableConv2D","config":{"filters":5,"depth_multiplier":2,"activation":"relu"}}"#,
    r#"{"class_name":"MaxPooling2D","config":{"pool_size":3,"strides":2,"padding":"same"}}"#,
    r#"{"class_name":"MaxPooling2D"}"#,
    r#"{"class_name":"AveragePooling2D","config":{"pool_size":3,"strides":2,"padding":"same"}}"#,
    r#"{"class_name":"AveragePooling2D","config":{"pool_size":[2,3]}}"#,
    r#"{"class_name":"GlobalAveragePooling2D","config":{"keepdims":true}}"#,
    r#"{"class_name":"GlobalAveragePooling2D"}"#,
    r#"{"class_name":"GlobalMaxPooling2D"}"#,
    r#"{"class_name":"GlobalMaxPooling2D","config":{"keepdims":true}},{"class_name":"Softmax"}"#,
    r#"{"class_name":"Flatten"},{"class_name":"BatchNormalization"}"#,
    r#"{"class_name":"Dropout"}"#,
    r#"{"class_name":"Dense","config":{"units":7,"activation":"tanh"}}"#,
    r#"{"class_name":"Reshape","config":{"target_shape":[18,16]}},{"class_name":"Dense","config":{"units":7}}"#,
    r#"{"class_name":"Reshape","config":{"target_shape":[18,16]}},{"class_name":"BatchNormalization"}"#,
    r#"{"class_name":"Reshape","config":{"target_shape":[6,6,8]}},{"class_name":"Conv2D","config":{"filters":3}}"#,
    r#"{"class_name":"ReLU","config":{"max_value":0.5}}"#,
    r#"{"class_name":"ReLU","config":{"max_value":0.5,"negative_slope":0.25}}"#,
    r#"{"class_name":"ReLU","config":{"threshold":0.25}}"#,
    r#"{"class_name":"ReLU","config":{"max_value":0.75,"negative_slope":0.5,"threshold":0.25}}"#,
    r#"{"class_name":"LeakyReLU"}"#,
    r#"{"class_name":"Softmax"}"#,
    r#"{"class_name":"BatchNormalization","config":{"center":false,"epsilon":0.01}}"#,
    r#"{"class_name":"BatchNormalization","config":{"scale":false}}"#,
    r#"{"class_name":"ZeroPadding2D","config":{"padding":[[1,2],[0,3]]}}"#,
    r#"{"class_name":"Cropping2D","config":{"cropping":[[1,2],[0,3]]}}"#,
    r#"{"class_name":"Rescaling","config":{"scale":[1,2,3,4],"offset":-1}}"#,
    r#"{"class_name":"Normalization"}"#,
    r#"{"class_name":"Normalization","config":{"mean":0.25,"variance":2}}"#,
    r#"{"class_name":"Conv2D","config":{"name":"a","filters":4,"padding":"same"}},
       {"class_name":"Add","inbound":["a","input_layer","a"]}"#,
    r#"{"class_name":"Conv2D","config":{"name":"a","filters":4,"padding":"same"}},
       {"class_name":"Multiply","inbound":["a","input_layer"]}"#,
    r#"{"class_name":"GlobalAveragePooling2D","config":{"name":"g","keepdims":true}},
       {"class_name":"Multiply","inbound":["input_layer","g"]}"#,
    r#"{"class_name":"Conv2D","config":{"name":"a","filters":3,"padding":"same"}},
       {"class_name":"Concatenate","inbound":["a","input_layer"]}"#,
    r#"{"class_name":"Conv2D","config":{"name":"a","filters":4,"padding":"same"}},
       {"class_name":"Concatenate","config":{"axis":1},"inbound":["a","input_layer"]}"#,
];
