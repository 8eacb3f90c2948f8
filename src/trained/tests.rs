use std::collections::BTreeMap;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::classifier::Classifier;
use crate::device::Device;
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
