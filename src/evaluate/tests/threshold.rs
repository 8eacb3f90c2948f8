//! When a model says that it is not sure.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::evaluate::threshold::{Seen, limits, temperature};
use crate::model::Recipe;
use crate::random::{Purpose, Stream};
use crate::train::Event;
use crate::trained::{Familiar, NotSure, Threshold};

/// A layer that may be frozen and a head, trained on stripes until it tells them apart.
fn learned(trainable: bool, units: usize, activation: &str) -> Classifier {
    let layers = format!(
        r#"[{{"class_name":"Conv2D","config":{{"filters":16,"activation":"relu","trainable":{trainable}}}}},
            {{"class_name":"Flatten"}},
            {{"class_name":"Dense","config":{{"units":{units},"activation":"{activation}"}}}}]"#
    );
    let network = Network::new("stripes", [10, 10, 1], serde_json::from_str(&layers).unwrap()).unwrap();
    let classifier = Classifier::untrained(&Device::cpu(), network, stripes().classes, 1).unwrap();
    now(fit(&Device::cpu(), &classifier, &stripes(), &options(20), &mut Watcher::default())).unwrap();
    classifier
}

fn on_a_base() -> Classifier {
    learned(false, 2, "softmax")
}

fn set(classifier: &Classifier, dataset: &Dataset, keep: f32) -> Result<ThresholdReport, ThresholdError> {
    let mut watcher = Watcher::default();
    now(set_threshold(&Device::cpu(), classifier, dataset, keep, &mut watcher)).map(Option::unwrap)
}

fn answer(classifier: &Classifier, grey: &[u8]) -> Answer {
    let photo = Photo::Rgba { width: 10, height: 10, pixels: &rgba(grey) };
    now(predict(&Device::cpu(), classifier, photo)).unwrap()
}

fn judged(classifier: &Classifier, dataset: &Dataset, split: Split) -> Evaluation {
    let of = (split, dataset.split(split));
    now(evaluate(&Device::cpu(), classifier, of, &mut Watcher::default())).unwrap().unwrap()
}

#[test]
fn as_many_right_answers_are_let_through_as_are_wanted() {
    // One learns its own features, one has a frozen layer whose features are kept; one has a single sigmoid.
    for (classifier, layer) in [
        (on_a_base(), "flatten"),
        (learned(true, 2, "softmax"), "conv2d"),
        (learned(true, 1, "sigmoid"), "conv2d"),
    ] {
        let dataset = stripes();
        let before = judged(&classifier, &dataset, Split::Test);
        assert_eq!(before.withheld, None);
        assert_eq!(answer(&classifier, dataset.test.pixels_of(0)).sureness, None);
        let report = set(&classifier, &dataset, 0.9).unwrap();
        let right = report.answered.right + report.withheld.right;
        assert!(right >= 20 && report.answered.right >= (0.9 * right as f32).ceil() as u32, "{report:?}");
        assert!(report.withheld.right > 0, "{report:?}");
        let threshold = classifier.threshold().unwrap();
        assert_eq!(threshold.familiar.as_ref().unwrap().layer, layer);
        assert_eq!((report.known, report.photos()), (50, 21));
        // A split is judged as its photos are one by one, and as the report says.
        for split in [Split::Validation, Split::Test] {
            let judged = judged(&classifier, &dataset, split);
            let data = dataset.split(split);
            let mut withheld = Answers::default();
            for photo in 0..data.len() {
                let Answer { predictions, sureness } = answer(&classifier, data.pixels_of(photo));
                let sureness = sureness.unwrap();
                assert!((0.0..=1.0).contains(&sureness.confidence));
                if sureness.not_sure.is_some() {
                    let truth = &classifier.classes[data.labels[photo] as usize];
                    withheld.count(predictions[0].label == *truth);
                }
            }
            assert_eq!(judged.withheld, Some(withheld));
            if split == Split::Validation {
                assert_eq!(withheld, report.withheld);
            } else {
                assert_eq!((judged.accuracy, &judged.confusion), (before.accuracy, &before.confusion));
                assert!((judged.loss - before.loss).abs() < 1e-5);
            }
        }
    }
}

#[test]
fn photos_of_other_things_are_unfamiliar() {
    let (classifier, dataset) = (on_a_base(), stripes());
    let report = set(&classifier, &dataset, 0.9).unwrap();
    // Stripes across both ways, and a white photo.
    let crossed = |at: usize| if (at / 10 + at % 10).is_multiple_of(2) { 200 } else { 30 };
    let crossed: Vec<u8> = (0..100).map(crossed).collect();
    for other in [crossed, vec![255; 100]] {
        let sureness = answer(&classifier, &other).sureness.unwrap();
        assert_eq!(sureness.not_sure, Some(NotSure::Unfamiliar), "{sureness:?} {report:?}");
    }
}

#[test]
fn what_is_kept_of_photos_and_what_is_computed_anew_tell_the_same() {
    let dataset = stripes();
    let (one, other) = (on_a_base(), on_a_base());
    let kept = set(&one, &dataset, 0.9).unwrap();
    // The largest piece beside them is the batch's output of the convolution, for 32 of the 71 photos.
    let most = 4 * 32 * 8 * 8 * 16;
    let anew = crate::memory::tests::with_at_most(most, || set(&other, &stripes(), 0.9)).unwrap();
    assert_eq!((kept.answered, kept.withheld, kept.known), (anew.answered, anew.withheld, anew.known));
    let close = |a: f32, b: f32| assert!((a - b).abs() < 1e-4, "{a} is not {b}");
    close(kept.least_probability, anew.least_probability);
    close(kept.most_distance.unwrap(), anew.most_distance.unwrap());
    assert_eq!(one.threshold().unwrap().familiar.as_ref().unwrap().layer, "flatten");
    assert_eq!(other.threshold().unwrap().familiar.as_ref().unwrap().layer, "conv2d");
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_gpu_sets_the_same_threshold() {
    let (dataset, gpu) = (stripes(), Device::Gpu(crate::ops::tests::gpu()));
    for cpus in [on_a_base(), learned(true, 1, "sigmoid")] {
        let on_cpu = set(&cpus, &dataset, 0.9).unwrap();
        let gpus = cpus.on(&gpu).unwrap();
        let mut watcher = Watcher::default();
        let on_gpu =
            pollster::block_on(set_threshold(&gpu, &gpus, &dataset, 0.9, &mut watcher)).unwrap().unwrap();
        assert_eq!((on_gpu.answered, on_gpu.withheld), (on_cpu.answered, on_cpu.withheld));
        let split = (Split::Validation, &dataset.validation);
        let judged = pollster::block_on(evaluate(&gpu, &gpus, split, &mut watcher)).unwrap().unwrap();
        assert_eq!(judged.withheld, Some(on_gpu.withheld));
        let photo = Photo::Rgba { width: 10, height: 10, pixels: &rgba(dataset.test.pixels_of(3)) };
        let said = pollster::block_on(predict(&gpu, &gpus, photo)).unwrap();
        let wanted = answer(&cpus, dataset.test.pixels_of(3));
        assert_eq!(said.predictions[0].label, wanted.predictions[0].label);
        let (found, wanted) = (said.sureness.unwrap(), wanted.sureness.unwrap());
        assert!((found.confidence - wanted.confidence).abs() < 1e-3, "{found:?} {wanted:?}");
    }
}

#[test]
fn training_ends_a_threshold_and_freezing_does_not() {
    let dataset = stripes();
    let classifier = on_a_base();
    set(&classifier, &dataset, 1.0).unwrap();
    let model = classifier.model(&classifier.good());
    let frozen = model.with_trainable(&[("dense".to_owned(), false)].into()).unwrap();
    assert_eq!(frozen.threshold, classifier.threshold());
    now(fit(&Device::cpu(), &classifier, &dataset, &options(1), &mut Watcher::default())).unwrap();
    assert_eq!(classifier.threshold(), None);
    let stopped = &mut Watcher { stop_preparing: true, ..Watcher::default() };
    let fresh = on_a_base();
    let dataset = stripes();
    assert_eq!(now(set_threshold(&Device::cpu(), &fresh, &dataset, 0.9, stopped)), Ok(None));
    assert!(matches!(stopped.events.last(), Some(Event::Features { done: 0, total: 50 })));
    assert_eq!(fresh.threshold(), None);
}

#[test]
fn what_cannot_be_told_is_refused() {
    let (classifier, dataset) = (on_a_base(), stripes());
    let error = |classifier: &Classifier, dataset: &Dataset, keep| {
        set(classifier, dataset, keep).unwrap_err().to_string()
    };
    for keep in [0.0, -1.0, 1.5, f32::NAN] {
        assert_eq!(
            error(&classifier, &dataset, keep),
            format!("keep is {keep}; it must be above 0 and at most 1")
        );
    }
    let untrained = untrained("softmax", 2);
    assert!(error(&untrained, &dataset, 0.9).starts_with("a threshold needs 20 validation photos"));
    let none = crate::data::Edit::Move((50..71).collect(), None, Some(Split::Train));
    let none = stripes().edited(none).unwrap();
    assert_eq!(error(&classifier, &none, 0.9), "there are no validation photos in this dataset");
    let busy = classifier.occupy().unwrap();
    assert!(error(&classifier, &dataset, 0.9).contains("being trained"));
    drop(busy);
}

/// Photos of which these shares are told rightly, each said with that confidence.
fn rows(confidence: f32, right: usize, all: usize) -> Vec<(bool, Vec<f32>, f32)> {
    (0..all).map(|photo| (photo < right, vec![confidence, 1.0 - confidence], 0.0)).collect()
}

#[test]
fn the_temperature_makes_a_network_as_sure_as_it_is_right() {
    // 75 % of 98 answers that are said with 99 %: (75 + 1) / (98 + 2), with logits 4.6 apart.
    let found = temperature(&rows(0.99, 75, 98));
    let expected = (0.99_f32 / 0.01).ln() / (0.76_f32 / 0.24).ln();
    assert!((found - expected).abs() < 1e-2, "{found} is not {expected}");
    // One that is right all the time is made surer, but not beyond one error in a hundred.
    let found = temperature(&rows(0.7, 98, 98));
    let expected = (0.7_f32 / 0.3).ln() / (0.99_f32 / 0.01).ln();
    assert!((found - expected).abs() < 1e-2, "{found} is not {expected}");
    // Probabilities that are 1 and 0 to the bit are no reason for NaN.
    assert!(temperature(&rows(1.0, 10, 98)).is_finite());
}

#[test]
fn limits_let_the_wanted_share_of_right_answers_through_and_no_more_than_ties() {
    let mut stream = Stream::new(1, Purpose::Split, 0);
    let mut share = || (stream.word() % 10_007) as f32 / 10_007.0;
    let seen: Vec<Seen> = (0..400)
        .map(|photo| Seen { right: photo % 4 != 0, confidence: share(), distance: share() })
        .collect();
    for keep in [0.5, 0.8, 0.95, 0.99, 1.0] {
        let (least, most) = limits(&seen, keep).unwrap();
        let through = |photo: &&Seen| photo.right && photo.confidence >= least && photo.distance <= most;
        let kept = seen.iter().filter(through).count();
        let wanted = (f64::from(keep) * 300.0).ceil() as usize;
        assert!((wanted..=wanted + 2).contains(&kept), "{kept} of 300 at {keep}");
    }
    let alike: Vec<Seen> = (0..30).map(|_| Seen { right: true, confidence: 1.0, distance: 0.0 }).collect();
    assert_eq!(limits(&alike, 0.9).unwrap(), (1.0, 0.0));
    let error = limits(&alike[..19], 0.9).unwrap_err().to_string();
    assert!(error.contains("there are 19"), "{error}");
}

#[test]
fn a_distance_is_to_the_fifth_nearest() {
    let mut known = Familiar { layer: "a".into(), most_distance: 1.0, channels: 2, photos: Vec::new() };
    let at = |degrees: f32| [degrees.to_radians().cos(), degrees.to_radians().sin()];
    let close = |found: f32, degrees: f32| {
        let expected = 1.0 - degrees.to_radians().cos();
        assert!((found - expected).abs() < 1e-3, "{found} is not {expected}");
    };
    // With fewer than five it is to the farthest.
    known.add(&at(10.0));
    close(known.distance(&at(0.0)), 10.0);
    for degrees in [80.0, 50.0, 20.0, 40.0, 30.0] {
        // Twice as large, at two places.
        let [x, y] = at(degrees);
        known.add(&[2.0 * x, 0.0, 0.0, 2.0 * y]);
    }
    assert_eq!(known.len(), 6);
    close(known.distance(&at(0.0)), 50.0);
    close(known.distance(&at(80.0)), 60.0);
    // A photo that no channel sees is far from those that one sees, and near to its like.
    assert!((known.distance(&[0.0, 0.0]) - 0.5).abs() < 1e-3);
    (0..5).for_each(|_| known.add(&[0.0, 0.0]));
    assert_eq!(known.distance(&[0.0, 0.0]), 0.0);
}

#[test]
fn the_last_image_in_a_network_describes_photos() {
    let of = |network: &Network| {
        network.description().map(|(value, channels)| (network.value_name(value).to_owned(), channels))
    };
    let book = Recipe::CatsAndDogsSmall.network([150, 150, 3], 2).unwrap();
    assert_eq!(of(&book), Some(("max_pooling2d_3".to_owned(), 128)));
    let network = |layers: &str| Network::new("a", [8, 8, 1], serde_json::from_str(layers).unwrap()).unwrap();
    let dense = network(
        r#"[{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":18}},
            {"class_name":"Dropout"},{"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]"#,
    );
    assert_eq!(of(&dense), Some(("dropout".to_owned(), 18)));
    let one = network(
        r#"[{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]"#,
    );
    assert_eq!(of(&one), None);
    // Such a network is only as sure as its probabilities are.
    let only = Threshold { keep: 0.9, temperature: 1.0, least_probability: 0.8, familiar: None };
    assert_eq!(only.doubts(&[0.7, 0.3], None), Some(NotSure::Uncertain));
    assert_eq!(only.doubts(&[0.1, 0.9], None), None);
    assert_eq!(dense.describing("dropout", 6), dense.value("dropout"));
    assert_eq!((dense.describing("dropout", 4), dense.describing("flatten", 1)), (None, None));
    assert_eq!((dense.describing("dropout", 0), dense.describing("dense_1", 2)), (None, None));
}
