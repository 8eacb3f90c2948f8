//! Projects: what is in them, and what no name in them can do.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where something is wrong")]

use fovea::formats;
use fovea::model::{Adam, Optimizer, Recipe};
use fovea::trained::{Model, SeenPhotos, State};
use model_files::{FileError, NamedBytes, Project, open};
use serde_json::{Value, json};

/// A digits network that was trained for 7 steps.
fn trained() -> Model {
    let network = Recipe::Digits.network([28, 28, 1], 10).unwrap();
    let mut state = State::initial(network.initial_parameters(4), 4);
    state.training.optimizer = Some(Optimizer::Adam(Adam { learning_rate: 0.003, ..Adam::default() }));
    state.training.iteration = 7;
    state.training.photos = SeenPhotos::default();
    state.slots = vec![vec![0.0; state.parameters.len()]; 2];
    for parameter in network.parameters() {
        state.slots[1][parameter.range()].fill(0.25);
    }
    let classes = (0..10).map(|class| format!("class {class}")).collect();
    Model { network, classes, state, sizing: None, threshold: None }
}

fn project(options: Value) -> Result<Project, FileError> {
    let own = formats::write(&trained(), "safetensors").unwrap().bytes;
    Project::new(&own, &options.to_string(), None)
}

fn file<'a>(project: &'a Project, name: &str) -> &'a NamedBytes {
    project.files().iter().find(|file| file.name == name).unwrap()
}

fn settings(project: &Project) -> Value {
    serde_json::from_slice(&file(project, "settings.json").bytes).unwrap()
}

/// The state of the network in the project's archive.
fn state(project: &Project) -> State {
    let opened = open(&[file(project, "model.keras").clone()], None).unwrap();
    formats::read("the model", &opened.own).unwrap().state
}

#[test]
fn the_optimizer_goes_on_unless_the_options_have_another() {
    let (kept, before) = (project(json!({})).unwrap(), trained().state);
    let of_model = state(&kept);
    assert_eq!((of_model.training.iteration, &of_model.slots), (7, &before.slots));
    assert_eq!(settings(&kept)["optimizer"]["config"]["learning_rate"], 0.003);

    let slower = project(json!({ "optimizer": { "name": "adam", "learning_rate": 0.001 } })).unwrap();
    let of_slower = state(&slower);
    assert_eq!((of_slower.training.iteration, &of_slower.slots), (7, &before.slots));
    assert_eq!(of_slower.training.optimizer, Some(Optimizer::Adam(Adam::default())));

    let other = project(json!({ "optimizer": "sgd" })).unwrap();
    let of_other = state(&other);
    assert_eq!((of_other.training.iteration, of_other.slots.len()), (0, 0));
    let expected = json!({
        "class_name": "SGD",
        "config": { "name": "SGD", "learning_rate": 0.01, "momentum": 0.0, "nesterov": false },
    });
    assert_eq!(settings(&other)["optimizer"], expected);
    assert_eq!(of_other.parameters, before.parameters);
}

#[test]
fn the_settings_are_what_the_options_say() {
    let weights: Vec<f32> = (1..=10).map(|class| class as f32 / 10.0).collect();
    let project = project(json!({
        "epochs": 4, "batchSize": 20, "stepsPerEpoch": 3, "shuffle": false, "seed": 9, "classWeight": weights,
        "augmentation": { "rotation_range": 40, "zoom_range": [0.8, 1.2], "fill_mode": "reflect" },
    }))
    .unwrap();
    let said = settings(&project);
    let expected = json!({
        "input_shape": [28, 28, 1], "interpolation": "bilinear", "crop_to_aspect_ratio": false, "epochs": 4, "batch_size": 20,
        "steps_per_epoch": 3, "shuffle": false, "seed": 9, "loss": "categorical_crossentropy",
        "class_weight": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&said[name], value, "{name}");
    }
    let augmentation = &said["augmentation"];
    assert_eq!(augmentation["zoom_range"], json!([0.8, 1.2]));
    assert_eq!((&augmentation["rotation_range"], &augmentation["cval"]), (&json!(40.0), &json!(0.0)));
    assert!(!String::from_utf8_lossy(&file(&project, "README.md").bytes).contains("{{"));
}

#[test]
fn options_that_no_training_can_have_are_refused() {
    for (options, expected) in [
        (json!({ "epochs": 0 }), "epochs must be at least 1"),
        (json!({ "loss": "binary_crossentropy" }), "binary_crossentropy"),
        (
            json!({ "classWeight": [1.0] }),
            "classWeight has 1 numbers, and the network tells 10 classes apart",
        ),
        (json!({ "augmentation": { "spin_range": 3 } }), "no setting \"spin_range\""),
        (json!({ "optimizer": "lion" }), "lion"),
        (json!({ "batches": 3 }), "batches"),
    ] {
        let said = project(options).unwrap_err().to_string();
        assert!(said.starts_with("the project cannot be made: ") && said.contains(expected), "{said}");
    }
}

#[test]
fn a_table_quotes_every_text_and_holds_no_formula() {
    let project = project(json!({})).unwrap();
    let paths = ["a/1.jpg", "=1+1", "say \"hi\", you\n", "'quoted", "＝1", "../up"].map(str::to_owned);
    let table = project.table("test", &paths, &[0, 1, 2, 3, 4, 5], true);
    let expected = "\"path\",\"label\",\"png\"\n\
        \"a/1.jpg\",\"class 0\",\"photos/test/000001.png\"\n\
        \"'=1+1\",\"class 1\",\"photos/test/000002.png\"\n\
        \"say \"\"hi\"\", you\n\",\"class 2\",\"photos/test/000003.png\"\n\
        \"''quoted\",\"class 3\",\"photos/test/000004.png\"\n\
        \"'＝1\",\"class 4\",\"photos/test/000005.png\"\n\
        \"../up\",\"class 5\",\"photos/test/000006.png\"\n";
    assert_eq!(table, expected);
    assert_eq!(project.table("test", &[], &[], true), "\"path\",\"label\",\"png\"\n");
    assert!(project.table("test", &paths, &[0; 6], false).contains("\"a/1.jpg\",\"class 0\",\"\"\n"));
    assert_eq!(Project::photo_name("train", 99), "photos/train/000100.png");
}

#[test]
fn a_photo_comes_back_from_its_png_to_the_byte() {
    let project = project(json!({})).unwrap();
    let pixels: Vec<u8> = (0..28 * 28).map(|at| (at * 37 % 256) as u8).collect();
    let png = project.png(&pixels).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(&png)).read_info().unwrap();
    let mut read = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut read).unwrap();
    assert_eq!((info.width, info.height, info.color_type), (28, 28, png::ColorType::Grayscale));
    assert_eq!(read, pixels);
    assert!(project.png(&pixels[1..]).is_err());
}
