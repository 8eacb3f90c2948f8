//! What photos become for a network: a network that gives out the mean of each colour shows it.

#![allow(clippy::unwrap_used, reason = "a test ends where something is wrong")]

#[allow(dead_code, reason = "each test takes its part")]
mod real;

use fovea::formats;
use model_files::{NamedBytes, Preprocessing, open};
use real::predict;
use serde_json::json;

const RED: f32 = 10.0;
const GREEN: f32 = 20.0;
const BLUE: f32 = 200.0;

fn means(first: &[serde_json::Value], preprocessing: Option<Preprocessing>) -> (Vec<f32>, Vec<String>) {
    let input = json!({ "class_name": "InputLayer", "config": { "batch_input_shape": [null, 2, 2, 3] } });
    let pooling = json!({ "class_name": "GlobalAveragePooling2D", "config": { "name": "mean" } });
    let layers: Vec<_> = std::iter::once(&input).chain(first).chain([&pooling]).collect();
    let model = json!({
        "modelTopology": { "class_name": "Sequential", "config": { "name": "means", "layers": layers } },
        "weightsManifest": [],
    });
    let file = NamedBytes { name: "model.json".to_owned(), bytes: model.to_string().into_bytes() };
    let opened = open(&[file], preprocessing).unwrap();
    let model = formats::read("own", &opened.own).unwrap();
    let photo = [RED as u8, GREEN as u8, BLUE as u8].repeat(4);
    (predict(&model, &photo), opened.notes)
}

fn near(found: &[f32], wanted: [f32; 3]) {
    let far =
        found.iter().zip(wanted).any(|(found, wanted)| (found - wanted).abs() > 1e-4 * wanted.abs().max(1.0));
    assert!(found.len() == 3 && !far, "{found:?}, not {wanted:?}");
}

#[test]
fn photos_become_what_each_name_says() {
    let of = |name: &str| means(&[], Some(name.parse().unwrap())).0;
    let unit = [RED, GREEN, BLUE].map(|value| value / 255.0);
    near(&of("1/255"), unit);
    near(&of("none"), [RED, GREEN, BLUE]);
    near(&of("tf"), [RED, GREEN, BLUE].map(|value| value / 127.5 - 1.0));
    near(&of("caffe"), [BLUE - 103.939, GREEN - 116.779, RED - 123.68]);
    near(&of("torch"), [(unit[0] - 0.485) / 0.229, (unit[1] - 0.456) / 0.224, (unit[2] - 0.406) / 0.225]);
}

#[test]
fn a_network_that_rescales_photos_gets_them_from_0_to_255() {
    let rescaling =
        json!({ "class_name": "Rescaling", "config": { "name": "r", "scale": 0.1, "offset": 0.0 } });
    let (found, notes) = means(std::slice::from_ref(&rescaling), None);
    near(&found, [RED, GREEN, BLUE].map(|value| value / 10.0));
    assert!(notes[0].contains("from 0 to 255"), "{notes:?}");
    let (found, notes) = means(&[], None);
    near(&found, [RED, GREEN, BLUE].map(|value| value / 255.0));
    assert!(notes.is_empty(), "{notes:?}");
    let (found, _) = means(&[rescaling], Some(Preprocessing::Unit));
    near(&found, [RED, GREEN, BLUE].map(|value| value / 2550.0));
}
