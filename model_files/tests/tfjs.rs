//! Models that real TensorFlow.js made and saved: `tests/exchange/tfjs_models.js` wrote those in `fixtures/tfjs`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where something is wrong")]

#[allow(dead_code, reason = "each test takes its part")]
mod real;

use std::path::{Path, PathBuf};

use fovea::formats;
use model_files::{NamedBytes, Preprocessing, open};
use real::{Said, farthest, predict};

const NEAR: f32 = 1e-4;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tfjs").join(name)
}

/// All files that a user would choose.
fn files(name: &str) -> Vec<NamedBytes> {
    let paths = std::fs::read_dir(folder(name)).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<NamedBytes> = paths
        .filter(|path| !path.ends_with("photos") && !path.ends_with("said.json"))
        .map(|path| NamedBytes {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            bytes: std::fs::read(&path).unwrap(),
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

#[test]
fn models_of_tensorflow_js_predict_as_there() {
    for name in ["teachable", "graph"] {
        for quantised in ["", "_uint8", "_uint16", "_float16"] {
            let name = format!("{name}{quantised}");
            let opened = open(&files(&name), None).unwrap();
            let model = formats::read("own", &opened.own).unwrap();
            let said: Said =
                serde_json::from_slice(&std::fs::read(folder(&name).join("said.json")).unwrap()).unwrap();
            let photos = std::fs::read(folder(&name).join("photos")).unwrap();
            let off = farthest(&predict(&model, &photos), &said.predictions);
            println!("{name}: {off:.1e}");
            assert!(off <= NEAR, "{name}: off by {off:.1e}");
        }
    }
}

#[test]
fn classes_are_named_by_the_metadata_beside() {
    let opened = open(&files("teachable"), None).unwrap();
    assert!(opened.named_classes);
    assert_eq!(formats::read("own", &opened.own).unwrap().classes, ["<b>a", "b", "다"]);
    assert!(!open(&files("graph"), None).unwrap().named_classes);
}

#[test]
fn files_of_weights_that_are_missing_or_short_are_named() {
    let mut some = files("graph");
    some.retain(|file| file.name != "group1-shard2of2.bin");
    let said = open(&some, None).unwrap_err().to_string();
    assert_eq!(said, "model.json: the file group1-shard2of2.bin, which has to be given with it, is missing");
    let mut short = files("graph");
    short.iter_mut().find(|file| file.name == "group1-shard2of2.bin").unwrap().bytes.truncate(10);
    let said = open(&short, None).unwrap_err().to_string();
    assert!(said.starts_with("model.json: the weights file is damaged, or ends too early ("), "{said}");
}

#[test]
fn manifests_that_lie_are_refused() {
    let said = |from: &str, to: &str| {
        let mut some = files("graph_uint8");
        let model = some.iter_mut().find(|file| file.name == "model.json").unwrap();
        let text = String::from_utf8(model.bytes.clone()).unwrap();
        assert!(text.contains(from), "{from} is not in {text}");
        model.bytes = text.replacen(from, to, 1).into_bytes();
        open(&some, None).unwrap_err().to_string()
    };
    let twice = said("group1-shard2of2.bin", "other/group1-shard1of2.bin");
    let wanted = "model.json: the description of its network cannot be read: it names the file other/group1-shard1of2.bin twice";
    assert_eq!(twice, wanted);
    let shape = "\"shape\":[3,3,1,4]";
    for lie in ["[4294967296,4294967296]", "[1000000000,1,1,4]", "[0,1000000000]"] {
        let text = said(shape, &format!("\"shape\":{lie}"));
        assert!(text.contains("would take") && text.contains("at most 536870912"), "{text}");
    }
    assert!(said(shape, "\"shape\":[3,-3,1,4]").contains("invalid value"));
    assert!(said(shape, "\"shape\":[3,3,100,4]").contains("ends too early"));
    let kind = said("\"dtype\":\"uint8\"", "\"dtype\":\"complex64\"");
    assert!(kind.contains("values of the type complex64, which is not supported"), "{kind}");
    let long = said("\"name\":\"conv2d", &format!("\"name\":\"{}conv2d", "n".repeat(1_000)));
    assert!(long.contains("a name in it has 10"), "{long}");
}

#[test]
fn what_is_written_is_read_back() {
    let opened = open(&files("graph"), None).unwrap();
    let (file, _) = model_files::save(&opened.own, "tfjs").unwrap();
    assert!(file.name.ends_with(".tfjs.zip"), "{}", file.name);
    let again = formats::read("own", &open(&[file], None).unwrap().own).unwrap();
    let model = formats::read("own", &opened.own).unwrap();
    let photos = std::fs::read(folder("graph").join("photos")).unwrap();
    assert_eq!(predict(&again, &photos), predict(&model, &photos));
    assert_eq!(again.classes, model.classes);
}

#[test]
fn a_network_gets_photos_as_it_was_trained_with() {
    let photos = std::fs::read(folder("graph").join("photos")).unwrap();
    let with = |preprocessing| {
        let opened = open(&files("graph"), preprocessing).unwrap();
        predict(&formats::read("own", &opened.own).unwrap(), &photos)
    };
    assert_eq!(with(None), with(Some(Preprocessing::Unit)));
    assert_ne!(with(None), with(Some(Preprocessing::Tf)));
    assert_ne!(with(None), with(Some(Preprocessing::None)));
    let grey = open(&files("graph"), Some(Preprocessing::Torch)).unwrap_err().to_string();
    assert!(grey.contains("reads images of 1 channels"), "{grey}");
    assert!(
        "loud".parse::<Preprocessing>().unwrap_err().to_string().contains("1/255, none, caffe, torch, tf")
    );
    // As Teachable Machine's files tell by themselves.
    let mut its = files("teachable");
    let metadata = its.iter_mut().find(|file| file.name == "metadata.json").unwrap();
    metadata.bytes = br#"{ "packageName": "@teachablemachine/image", "labels": ["a", "b", "c"] }"#.to_vec();
    let opened = open(&its, None).unwrap();
    assert!(opened.notes[0].contains("from -1 to 1"), "{:?}", opened.notes);
    let signed = open(&files("teachable"), Some(Preprocessing::Tf)).unwrap();
    let photos = std::fs::read(folder("teachable").join("photos")).unwrap();
    let of = |own: &[u8]| predict(&formats::read("own", own).unwrap(), &photos);
    assert_eq!(of(&opened.own), of(&signed.own));
    assert_ne!(of(&opened.own), of(&open(&files("teachable"), None).unwrap().own));
}
