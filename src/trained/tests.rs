use std::collections::BTreeMap;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::classifier::Classifier;
use crate::device::Device;
use crate::model::GraphLayer;
use crate::train::fit;
use crate::train::tests::{Watcher, now, options, stripes, untrained};

fn frozen(layers: &[&str]) -> BTreeMap<String, bool> {
    layers.iter().map(|name| ((*name).to_owned(), false)).collect()
}

/// The values of each parameter by its name.
fn values(model: &Model) -> BTreeMap<String, Vec<f32>> {
    let parameters = model.network.parameters().iter();
    parameters.map(|parameter| (parameter.name.clone(), model.state.values(parameter).to_vec())).collect()
}

fn fitted(classifier: &Classifier) -> Model {
    let (dataset, device) = (stripes(), Device::cpu());
    now(fit(&device, classifier, &dataset, &options(2), &mut Watcher::default())).unwrap();
    classifier.model(&classifier.good())
}

#[test]
fn what_is_frozen_keeps_its_values_and_the_rest_goes_on_from_what_it_had() {
    let begun = fitted(&untrained("sigmoid", 1));
    assert!(begun.state.training.iteration > 0 && begun.state.slots.len() == 2);

    let half = begun.with_trainable(&frozen(&["conv2d"])).unwrap();
    assert_eq!(values(&half), values(&begun));
    assert!(half.network.words(Region::Frozen) > 0 && half.state.slots.is_empty());
    assert_eq!((half.state.training.iteration, half.state.training.epochs), (0, 2));

    let after = fitted(&Classifier::of(&Device::cpu(), half.clone()).unwrap());
    let (was, is) = (values(&half), values(&after));
    for name in was.keys() {
        assert_eq!(was[name] == is[name], name.starts_with("conv2d/"), "{name}");
    }

    let whole = after.with_trainable(&BTreeMap::from([("conv2d".into(), true)])).unwrap();
    assert_eq!((&whole.network, values(&whole)), (&begun.network, is));
    // What changes nothing keeps what the optimizer knows.
    assert_eq!(begun.with_trainable(&BTreeMap::from([("conv2d".into(), true)])).unwrap(), begun);
    assert_eq!(
        begun.with_trainable(&frozen(&["conv9"])).unwrap_err().to_string(),
        "the network has no layer \"conv9\""
    );
}

/// New layers for two classes.
fn head() -> Vec<GraphLayer> {
    let layers = r#"[{"class_name":"GlobalAveragePooling2D"},{"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]"#;
    serde_json::from_str(layers).unwrap()
}

#[test]
fn a_head_learns_on_a_base_whose_weights_stay() {
    let begun = fitted(&untrained("sigmoid", 1));
    let classes = stripes().classes;
    let model = begun.with_head(None, head(), [10, 10, 1], classes.clone(), 5).unwrap();
    let names: Vec<&str> = model.network.layers().iter().map(|placed| placed.name.as_str()).collect();
    assert_eq!(names, ["conv2d", "max_pooling2d", "global_average_pooling2d", "dense"]);
    assert_eq!(model.state.training.photos, begun.state.training.photos);
    let after = fitted(&Classifier::of(&Device::cpu(), model.clone()).unwrap());
    let (was, is) = (values(&begun), values(&after));
    assert_eq!(is["conv2d/kernel"], was["conv2d/kernel"]);
    assert_ne!(is["dense/kernel"], values(&model)["dense/kernel"]);

    // For larger images the convolutions' weights are the same, and nobody knows which photos of that size were seen.
    let larger = begun.with_head(None, head(), [17, 12, 1], classes.clone(), 5).unwrap();
    assert_eq!(values(&larger)["conv2d/kernel"], was["conv2d/kernel"]);
    assert!(!larger.state.training.photos.complete);

    let error =
        |through, image| begun.with_head(through, head(), image, classes.clone(), 5).unwrap_err().to_string();
    assert_eq!(error(Some("conv9"), [10, 10, 1]), "the network has no layer \"conv9\"");
    assert!(error(None, [10, 10, 3]).starts_with("conv2d/kernel: its weights are [3, 3, 1, 4]"));
    let dense = || {
        serde_json::from_str(r#"[{"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]"#)
            .unwrap()
    };
    let error =
        begun.with_head(Some("dense"), dense(), [12, 12, 1], classes.clone(), 5).unwrap_err().to_string();
    assert!(error.starts_with("dense/kernel: its weights are [64, 1]"), "{error}");
    // A frozen layer of the head is new, though this model has one of its name and shape behind the base.
    let again = r#"[{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":1,"trainable":false}},
        {"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]"#;
    let again = serde_json::from_str(again).unwrap();
    let again = begun.with_head(None, again, [10, 10, 1], classes.clone(), 5).unwrap();
    assert_eq!(values(&again)["dense/kernel"].len(), was["dense/kernel"].len());
    assert_ne!(values(&again)["dense/kernel"], was["dense/kernel"]);
    // A new layer is named beside those that the base has.
    let model = begun.with_head(Some("dense"), dense(), [10, 10, 1], classes, 5).unwrap();
    assert_eq!(model.network.layers().last().unwrap().name, "dense_1");
}

#[test]
fn fine_tuning_begins_at_a_layer_and_leaves_frozen_batch_norms_as_they_are() {
    let layers = r#"[{"class_name":"Conv2D","config":{"filters":2,"trainable":false}},
        {"class_name":"BatchNormalization","config":{"trainable":false}},
        {"class_name":"Conv2D","config":{"filters":2,"trainable":false}},
        {"class_name":"BatchNormalization","config":{"trainable":false}},
        {"class_name":"BatchNormalization"},{"class_name":"Flatten"},
        {"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]"#;
    let network = Network::new("net", [10, 10, 1], serde_json::from_str(layers).unwrap()).unwrap();
    let classifier = Classifier::untrained(&Device::cpu(), network, stripes().classes, 1).unwrap();
    let model = classifier.model(&classifier.good());
    let trained = |model: &Model| {
        let layers = model.network.layers().iter();
        layers.map(|placed| placed.weights.is_empty() || placed.layer.trainable()).collect::<Vec<_>>()
    };
    assert_eq!(trained(&model), [false, false, false, false, true, true, true]);
    let tuned = model.trained_from("conv2d_1").unwrap();
    assert_eq!(trained(&tuned), [false, false, true, false, true, true, true]);
    assert_eq!(
        trained(&tuned.trained_from("dense").unwrap()),
        [false, false, false, false, false, true, true]
    );
    assert_eq!(values(&tuned), values(&model));
    let error = model.trained_from("conv2d_9").unwrap_err();
    assert_eq!(error, ModelError::NoSuchLayer("conv2d_9".into()));
}
