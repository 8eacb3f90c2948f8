use fovea::model::Network;
use serde_json::{Value, json};

use super::flat::flatten;
use super::place::Place;
use super::tree::Container;
use super::{ARCHIVE, H5};
use crate::draft::Draft;
use crate::hdf5::{Branch, Data};
use crate::registry::NamedBytes;
use crate::{FileError, Reason, open};

fn flat(model: &Value) -> Result<(Draft, Vec<Place>), Reason> {
    flatten(&Container::read(model, "3.15.1")?)
}

fn error(model: &Value) -> String {
    flat(model).unwrap_err().to_string()
}

/// A sequence of layers given by class and settings, on images of 8 x 8 x 3.
fn sequence(layers: &[(&str, Value)]) -> Value {
    let input =
        json!({ "class_name": "InputLayer", "config": { "batch_shape": [null, 8, 8, 3], "name": "in" } });
    let layers = layers.iter().map(|(class, config)| json!({ "class_name": class, "config": config }));
    let layers: Vec<Value> = std::iter::once(input).chain(layers).collect();
    json!({ "class_name": "Sequential", "config": { "name": "s", "layers": layers } })
}

/// A layer of a functional model, as Keras 2 writes it: name, class, settings, and what each call reads.
fn node(name: &str, class: &str, config: &Value, calls: &[&[&str]]) -> Value {
    let calls: Vec<Value> =
        calls.iter().map(|call| call.iter().map(|from| json!([from, 0, 0, {}])).collect()).collect();
    json!({ "name": name, "class_name": class, "config": config, "inbound_nodes": calls })
}

fn functional(layers: &[Value], outputs: &[&str]) -> Value {
    let input = node("in", "InputLayer", &json!({ "batch_input_shape": [null, 8, 8, 3] }), &[]);
    let layers: Vec<Value> = std::iter::once(input).chain(layers.iter().cloned()).collect();
    let outputs: Vec<Value> = outputs.iter().map(|output| json!([output, 0, 0])).collect();
    json!({ "class_name": "Model", "config": {
        "name": "f", "layers": layers, "input_layers": [["in", 0, 0]], "output_layers": outputs,
    } })
}

fn dense() -> Value {
    json!({ "name": "dense", "units": 2, "activation": "softmax" })
}

#[test]
fn an_images_shape_is_found_wherever_a_version_has_it() {
    let first = |key: &str| {
        json!([{ "class_name": "Conv2D", "config": { "filters": 2, key: [null, 6, 7, 3] } },
               { "class_name": "Flatten", "config": {} }, { "class_name": "Dense", "config": dense() }])
    };
    let forms = [
        // The oldest: the configuration is the list.
        json!({ "class_name": "Sequential", "config": first("batch_input_shape") }),
        json!({ "class_name": "Sequential", "config": { "layers": first("batch_shape") } }),
        json!({ "class_name": "Sequential", "config": {
            "layers": first("x"), "build_input_shape": [null, 6, 7, 3] } }),
        json!({ "class_name": "Sequential", "config": { "layers": first("x") },
                "build_config": { "input_shape": [null, 6, 7, 3] } }),
    ];
    for form in forms {
        assert_eq!(flat(&form).unwrap().0.input_shape, [6, 7, 3], "{form}");
    }
    let without = json!({ "class_name": "Sequential", "config": { "layers": first("x") } });
    assert!(error(&without).contains("does not say how large its images are"));
    let open = json!({ "class_name": "Sequential", "config": {
        "layers": first("x"), "build_input_shape": [null, null, null, 3] } });
    assert!(error(&open).contains("not images of a fixed size"), "{}", error(&open));
}

#[test]
fn settings_of_all_versions_are_understood() {
    let model = sequence(&[
        (
            "Convolution2D",
            json!({ "filters": 4, "kernel_size": [3, 3], "dtype": { "class_name": "DTypePolicy" },
            "kernel_initializer": { "class_name": "GlorotUniform" }, "no_such_key": 7,
            "activation": { "class_name": "function", "config": "relu6" } }),
        ),
        ("BatchNormalization", json!({ "axis": [3], "renorm": false })),
        (
            "DepthwiseConv2D",
            json!({ "kernel_size": [3, 3], "groups": 1, "padding": "same", "activation": "swish" }),
        ),
        ("LeakyReLU", json!({ "alpha": 0.25 })),
        ("ELU", json!({ "alpha": 1.0 })),
        ("ThresholdedReLU", json!({ "theta": 0.75 })),
        ("Dropout", json!({ "rate": 0.5, "noise_shape": null, "seed": null })),
        ("SpatialDropout2D", json!({ "rate": 0.5 })),
        ("GlobalAvgPool2D", json!({ "data_format": "channels_last" })),
        ("Dense", dense()),
    ]);
    let (draft, _) = flat(&model).unwrap();
    let classes: Vec<&str> = draft.layers.iter().map(|layer| layer.class_name.as_str()).collect();
    assert_eq!(
        classes,
        [
            "Conv2D",
            "BatchNormalization",
            "DepthwiseConv2D",
            "LeakyReLU",
            "Activation",
            "ReLU",
            "Dropout",
            "GlobalAveragePooling2D",
            "Dense"
        ]
    );
    assert_eq!(draft.layers[0].config["activation"], "relu6");
    assert_eq!(draft.layers[2].config["activation"], "silu");
    assert_eq!(draft.layers[3].config["negative_slope"], 0.25);
    assert_eq!(draft.layers[5].config["threshold"], 0.75);
    assert_eq!(
        draft.notes,
        [
            "Layers of the class SpatialDropout2D were left out, because they act only in training: SpatialDropout2D."
        ]
    );
}

#[test]
fn what_would_compute_something_else_is_refused_by_name() {
    for (class, config, reason) in [
        ("Conv2D", json!({ "data_format": "channels_first" }), "images must have their channels last"),
        ("Conv2D", json!({ "activation": "selu" }), "the activation \"selu\" is not supported"),
        ("BatchNormalization", json!({ "renorm": true }), "batch renormalization is not supported"),
        ("Normalization", json!({ "invert": true }), "the inverse is not supported"),
        ("ELU", json!({ "alpha": 0.5 }), "which is not supported; it stands between in and dense"),
        ("LSTM", json!({}), "of the class LSTM, which is not supported; it stands between in and dense"),
    ] {
        let mut config = config;
        config["name"] = "odd".into();
        let said = error(&sequence(&[(class, config), ("Dense", dense())]));
        assert!(said.contains("layer odd") && said.contains(reason), "{said}");
    }
    let said =
        error(&sequence(&[("Lambda", json!({ "name": "code", "function": ["4wEAAAA", null, null] }))]));
    assert_eq!(said, "layer code is a Lambda: it holds program code, which is never run");
    let own = json!({ "class_name": "MyModel", "config": {}, "registered_name": "Custom>MyModel" });
    assert!(error(&own).contains("is of the class \"MyModel\", which is the code of a program"));
}

#[test]
fn a_function_that_keras_2_computes_otherwise_is_refused() {
    let model = sequence(&[("Dense", json!({ "name": "d", "units": 2, "activation": "hard_sigmoid" }))]);
    assert!(flat(&model).is_ok());
    let said = flatten(&Container::read(&model, "2.15.0").unwrap()).unwrap_err().to_string();
    assert!(said.contains("layer d (Dense): the hard_sigmoid of Keras 2"), "{said}");
}

#[test]
fn graphs_that_are_none_are_refused() {
    let conv = json!({ "filters": 2 });
    let loop_ = functional(
        &[node("a", "Add", &json!({}), &[&["in", "b"]]), node("b", "ReLU", &json!({}), &[&["a"]])],
        &["b"],
    );
    assert!(error(&loop_).contains("reads its own output"), "{}", error(&loop_));
    let missing = functional(&[node("a", "ReLU", &json!({}), &[&["nobody"]])], &["a"]);
    assert!(error(&missing).contains("nobody is read before it is computed, or is not there"));
    let two = functional(&[node("a", "ReLU", &json!({}), &[&["in"]])], &["a", "in"]);
    assert!(error(&two).contains("has 2 outputs"));
    let shared = functional(
        &[
            node("c", "Conv2D", &conv, &[&["in"], &["in"]]),
            json!({ "name": "sum", "class_name": "Add", "config": {},
                    "inbound_nodes": [[["c", 0, 0, {}], ["c", 1, 0, {}]]] }),
        ],
        &["sum"],
    );
    assert!(error(&shared).contains("layer c (Conv2D): it is called several times with the same weights"));
    let nothing = functional(&[], &["in"]);
    assert!(error(&nothing).contains("gives out its input"));
}

#[test]
fn a_layer_without_weights_may_be_called_often_and_what_nobody_reads_is_left_out() {
    let model = functional(
        &[
            node("relu", "ReLU", &json!({}), &[&["in"], &["pool"]]),
            node("pool", "MaxPooling2D", &json!({}), &[&["relu"]]),
            node("unread", "Conv2D", &json!({ "filters": 9 }), &[&["in"]]),
            json!({ "name": "flat", "class_name": "Flatten", "config": {}, "inbound_nodes": [[["relu", 1, 0, {}]]] }),
            node("dense", "Dense", &dense(), &[&["flat"]]),
        ],
        &["dense"],
    );
    let (draft, _) = flat(&model).unwrap();
    let layers: Vec<_> =
        draft.layers.iter().map(|layer| (layer.name.as_str(), layer.inbound[0].as_str())).collect();
    let input = fovea::model::INPUT;
    assert_eq!(
        layers,
        [("relu", input), ("pool", "relu"), ("relu_1", "pool"), ("flat", "relu_1"), ("dense", "flat")]
    );
}

#[test]
fn models_beyond_all_measure_are_refused() {
    let mut nested = sequence(&[("Flatten", json!({}))]);
    for _ in 0..17 {
        nested = json!({ "class_name": "Sequential", "config": { "name": "s", "layers": [nested] } });
    }
    assert!(error(&nested).contains("nested more than 16 models deep"));
    let long: Vec<_> = (0..10_001).map(|_| ("Flatten", json!({}))).collect();
    assert!(error(&sequence(&long)).contains("longer than 10000 layers"));
}

#[test]
fn a_chain_of_thousands_of_layers_needs_no_deep_stack() {
    let name = |at: usize| if at == 0 { "in".to_owned() } else { format!("l{at}") };
    let layers: Vec<Value> =
        (1..9_000).map(|at| node(&name(at), "ReLU", &json!({}), &[&[name(at - 1).as_str()]])).collect();
    let (draft, _) = flat(&functional(&layers, &[&name(8_999)])).unwrap();
    assert_eq!(draft.layers.len(), 8_999);
}

/// A small `.h5` that `change` may change before it is written.
fn h5<'a>(kernel: Data<'a>, change: impl FnOnce(&mut Branch<'a>)) -> NamedBytes {
    let model = sequence(&[("Flatten", json!({ "name": "flat" })), ("Dense", dense())]);
    let mut root = Branch::default();
    root.text("model_config", &model.to_string());
    let group = root.branch("model_weights").branch("dense");
    group.dataset("dense/kernel:0", kernel);
    group.dataset("dense/bias:0", Data::Reals(&[0.5, -0.5], &[2]));
    change(&mut root);
    NamedBytes { name: "a.h5".to_owned(), bytes: root.into_file().unwrap() }
}

const KERNEL: [f32; 384] = [0.25; 384];
const SHAPE: [usize; 2] = [192, 2];

fn names(root: &mut Branch<'_>) {
    let group = root.branch("model_weights").branch("dense");
    group.texts("weight_names", &["dense/kernel:0".to_owned(), "dense/bias:0".to_owned()]);
}

#[test]
fn long_attributes_lie_in_pieces() {
    let file = h5(Data::Reals(&KERNEL, &SHAPE), |root| {
        let group = root.branch("model_weights").branch("dense");
        group.texts("weight_names0", &["dense/kernel:0".to_owned()]);
        group.texts("weight_names1", &["dense/bias:0".to_owned()]);
    });
    let opened = open(&[file], None).unwrap();
    assert!(!opened.named_classes);
    let model = fovea::formats::read("own", &opened.own).unwrap();
    assert_eq!(model.classes, ["class 1", "class 2"]);
    assert_eq!(model.state.parameters[..4], [0.25; 4]);
}

#[test]
fn what_is_wrong_with_values_is_said_by_name() {
    let said = |file: NamedBytes| open(&[file], None).unwrap_err().to_string();
    let missing = said(h5(Data::Reals(&KERNEL, &SHAPE), |_| {}));
    assert_eq!(missing, "a.h5: the parameter dense/kernel is missing");
    let other = said(h5(Data::Reals(&KERNEL, &[2, 192]), names));
    assert_eq!(other, "a.h5: dense/kernel has the shape [2, 192], and the network wants [192, 2]");
    let mut values = KERNEL;
    values[7] = f32::NAN;
    assert_eq!(
        said(h5(Data::Reals(&values, &SHAPE), names)),
        "a.h5: dense/kernel holds values that are NaN or infinite"
    );
}

#[test]
fn a_weight_is_its_layers_whatever_stands_before_and_behind() {
    let own = |name: &str, paths: &[&str]| -> Vec<usize> {
        let (archive, group, name) = (String::new(), "base".to_owned(), name.to_owned());
        let place = Place { archive, group, name, is_nested: true };
        let all: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        place.own(&all).iter().filter_map(|own| all.iter().position(|path| path == *own)).collect()
    };
    let plain = ["conv/kernel:0", "conv/bias:0", "conv_1/kernel:0", "conv_1/bias:0"];
    assert_eq!(own("conv", &plain), [0, 1]);
    assert_eq!(own("conv_1", &plain), [2, 3]);
    let prefixed = ["base/block/conv/kernel:0", "base/block/conv/bias:0", "base/other_conv/kernel:0"];
    assert_eq!(own("conv", &prefixed), [0, 1]);
    assert_eq!(own("block/conv", &prefixed), [0, 1]);
    assert_eq!(own("other_conv", &prefixed), [2]);
    // TensorFlow numbered what another model had before.
    let numbered = ["conv_12/kernel:0", "conv_12/bias:0", "conv_x/kernel:0", "convolution/kernel:0"];
    assert_eq!(own("conv", &numbered), [0, 1]);
    // Keras 3 has no numbers behind.
    assert_eq!(own("conv", &["conv/kernel", "conv/bias", "bn/gamma"]), [0, 1]);
    assert_eq!(own("none", &["conv/kernel", "kernel", ""]), Vec::<usize>::new());
}

#[test]
fn weights_that_thousands_of_layers_share_are_not_copied_for_each() {
    // All of them are called the same, in one group.
    let layer = |at: usize| {
        let config = json!({ "name": "dense", "units": 200, "use_bias": false });
        (at, json!({ "class_name": "Dense", "config": config }))
    };
    let mut inner: Vec<Value> = (0..4_000).map(|at| layer(at).1).collect();
    inner.insert(0, json!({ "class_name": "Flatten", "config": { "name": "flat" } }));
    let base = json!({ "class_name": "Sequential", "config": { "name": "base", "layers": inner } });
    let mut model = sequence(&[]);
    model["config"]["layers"].as_array_mut().unwrap().push(base);
    let mut root = Branch::default();
    root.text("model_config", &model.to_string());
    let values = vec![0.0; 200 * 200];
    let group = root.branch("model_weights").branch("base");
    group.dataset("dense/kernel:0", Data::Reals(&values, &[200, 200]));
    group.texts("weight_names", &["dense/kernel:0".to_owned()]);
    let file = NamedBytes { name: "s.h5".to_owned(), bytes: root.into_file().unwrap() };
    assert!(file.bytes.len() < 1 << 20);
    let said = open(&[file], None).unwrap_err().to_string();
    assert_eq!(said, "s.h5: all tensors together would take 536960000 bytes; at most 536870912 are read");
}

#[test]
fn long_names_are_refused() {
    let said = error(&sequence(&[("Flatten", json!({ "name": "n".repeat(2_000) }))]));
    assert!(said.contains("a name in it has 2000 bytes, and at most 1000 are read"), "{said}");
    assert!(error(&sequence(&[(&"C".repeat(1_001), json!({}))])).contains("a name in it has 1001 bytes"));
}

#[test]
fn a_file_of_weights_alone_says_what_to_save() {
    let mut root = Branch::default();
    root.branch("dense").dataset("kernel", Data::Reals(&[1.0], &[1]));
    let file = NamedBytes { name: "w.h5".to_owned(), bytes: root.into_file().unwrap() };
    let said = open(&[file], None).unwrap_err().to_string();
    assert_eq!(
        said,
        "w.h5: it holds weights without a network; save the whole model, with `model.save(...)`"
    );
}

#[test]
fn what_an_archive_unpacks_to_is_bounded() {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("config.json", options).unwrap();
    let blank = vec![b' '; 1 << 20];
    (0..65).for_each(|_| archive.write_all(&blank).unwrap());
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20 && (ARCHIVE.recognises)(&bytes) && !(H5.recognises)(&bytes));
    let said = open(&[NamedBytes { name: "bomb.keras".to_owned(), bytes }], None).unwrap_err().to_string();
    assert!(said.starts_with("bomb.keras: config.json would take"), "{said}");
    // Many files that are small alone, and nothing that is a model.
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for number in 0..70 {
        archive.start_file(format!("{number}.bin"), options).unwrap();
        archive.write_all(&blank).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    let said = open(&[NamedBytes { name: "bomb.zip".to_owned(), bytes }], None).unwrap_err().to_string();
    assert!(said.starts_with("bomb.zip: all files in it together would take 67108865 bytes"), "{said}");
    // Weights that unpack to a thousand times their size.
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("config.json", options).unwrap();
    let model = sequence(&[("Flatten", json!({ "name": "flat" })), ("Dense", dense())]);
    archive.write_all(model.to_string().as_bytes()).unwrap();
    archive.start_file("model.weights.h5", options).unwrap();
    (0..100).for_each(|_| archive.write_all(&blank).unwrap());
    let bytes = archive.finish().unwrap().into_inner();
    let said = open(&[NamedBytes { name: "bomb.keras".to_owned(), bytes }], None).unwrap_err().to_string();
    assert!(said.starts_with("bomb.keras: model.weights.h5 would take 67108865 bytes"), "{said}");
}

#[test]
fn deep_json_is_refused() {
    let mut root = Branch::default();
    root.text("model_config", &"[".repeat(10_000));
    let deep = "[".repeat(1_000_000);
    let archive = crate::zipped::store([("config.json", deep.clone().into_bytes())]).unwrap();
    let json = format!("{{ \"modelTopology\": {}", "{ \"config\": ".repeat(1_000_000));
    for (name, bytes) in
        [("deep.h5", root.into_file().unwrap()), ("deep.keras", archive), ("deep.json", json.into_bytes())]
    {
        let said = open(&[NamedBytes { name: name.to_owned(), bytes }], None).unwrap_err().to_string();
        let wanted = format!("{name}: the description of its network cannot be read: recursion limit");
        assert!(said.starts_with(&wanted), "{said}");
    }
    // Beside a model it names no classes.
    assert!(
        crate::labels::beside(&[NamedBytes { name: "metadata.json".to_owned(), bytes: deep.into() }])
            .is_none()
    );
}

#[test]
fn a_file_of_no_format_is_told_which_there_are() {
    assert_eq!(open(&[], None).unwrap_err(), FileError::None);
    for bytes in [&b""[..], b"hello", &[0xff; 64]] {
        let said = open(&[NamedBytes { name: "a.txt".to_owned(), bytes: bytes.to_vec() }], None)
            .unwrap_err()
            .to_string();
        assert!(
            said.starts_with("a.txt: its content is none of the model files that can be opened: Fovea's .safetensors, .keras"),
            "{said}"
        );
    }
}

#[test]
fn a_broken_archive_is_named() {
    let file = NamedBytes { name: "a.zip".to_owned(), bytes: b"PK\x03\x04".to_vec() };
    let said = open(&[file], None).unwrap_err().to_string();
    assert!(said.starts_with("a.zip: the zip file is damaged, or ends too early"), "{said}");
}

#[test]
fn classes_are_named_as_in_archives() {
    for (class, name) in [
        ("Conv2D", "conv2d"),
        ("ReLU", "re_lu"),
        ("LeakyReLU", "leaky_re_lu"),
        ("MaxPooling2D", "max_pooling2d"),
        ("GlobalAveragePooling2D", "global_average_pooling2d"),
        ("BatchNormalization", "batch_normalization"),
        ("ZeroPadding2D", "zero_padding2d"),
        ("ELU", "elu"),
    ] {
        assert_eq!(super::tree::snake_case(class), name);
    }
}

#[test]
fn names_that_only_other_models_may_have_are_replaced() {
    let inner = sequence(&[
        ("Conv2D", json!({ "name": "block/conv", "filters": 2 })),
        ("Flatten", json!({ "name": "input_layer" })),
    ]);
    let mut outer = sequence(&[("Dense", dense())]);
    outer["config"]["layers"].as_array_mut().unwrap().insert(1, inner);
    let (draft, places) = flat(&outer).unwrap();
    let names: Vec<&str> = draft.layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(names, ["block_conv", "s_input_layer", "dense"]);
    assert_eq!(places[0].archive, "layers/sequential/layers/conv2d");
    assert_eq!((places[0].group.as_str(), places[0].name.as_str()), ("s", "block/conv"));
    assert!(Network::graph("x", draft.input_shape, Vec::new()).is_err());
}
