#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

mod cross_validation;
mod threshold;

use super::*;
use crate::data::{Dataset, ImageSize, Interpolation, Photos, Pixels, Place, Roster, Sizing};
use crate::model::Network;
use crate::train::tests::{Watcher, now, options, stripes, untrained};
use crate::train::{FitOptions, fit};
use crate::trained::{Model, State, Training};

fn trained(activation: &str, units: usize) -> Classifier {
    let classifier = untrained(activation, units);
    now(fit(&Device::cpu(), &classifier, &stripes(), &options(12), &mut Watcher::default())).unwrap();
    classifier
}

fn rgba(grey: &[u8]) -> Vec<u8> {
    grey.iter().flat_map(|value| [*value, *value, *value, 255]).collect()
}

fn predicted(classifier: &Classifier, pixels: &[u8]) -> Vec<Prediction> {
    let photo = Photo::Rgba { width: 10, height: 10, pixels };
    now(predict(&Device::cpu(), classifier, photo)).unwrap().predictions
}

#[test]
fn predictions_and_evaluation_tell_the_same() {
    for (activation, units) in [("sigmoid", 1), ("softmax", 2)] {
        let classifier = trained(activation, units);
        let test = stripes().test;
        let mut confusion = vec![vec![0; 2]; 2];
        let mut loss = 0.0;
        for photo in 0..test.len() {
            let predictions = predicted(&classifier, &rgba(test.pixels_of(photo)));
            assert!(predictions[0].probability >= predictions[1].probability);
            assert!((predictions.iter().map(|p| p.probability).sum::<f32>() - 1.0).abs() < 1e-6);
            let truth = &classifier.classes[test.labels[photo] as usize];
            let best = classifier.classes.iter().position(|class| *class == predictions[0].label).unwrap();
            confusion[test.labels[photo] as usize][best] += 1;
            let of_truth = predictions.iter().find(|p| p.label == *truth).unwrap();
            loss -= f64::from(of_truth.probability).ln() / test.len() as f64;
        }
        let evaluation =
            now(evaluate(&Device::cpu(), &classifier, (Split::Test, &test), &mut Watcher::default()))
                .unwrap()
                .unwrap();
        assert_eq!(evaluation.confusion, confusion);
        assert!((evaluation.loss - loss).abs() < 1e-5);
        let hits = f64::from(confusion[0][0] + confusion[1][1]);
        assert!((evaluation.accuracy - hits / 30.0).abs() < 1e-6 && evaluation.accuracy > 0.9);
        assert_eq!(evaluation.per_class.iter().map(|class| class.support).collect::<Vec<_>>(), [15, 15]);
    }
}

#[test]
fn photos_that_it_was_trained_with_are_counted() {
    let (classifier, data) = (trained("softmax", 2), stripes());
    let seen = |classifier: &Classifier, split| {
        let of = (split, data.split(split));
        let found = now(evaluate(&Device::cpu(), classifier, of, &mut Watcher::default())).unwrap().unwrap();
        (found.seen, found.seen_complete)
    };
    assert_eq!(seen(&classifier, Split::Train), (50, true));
    assert_eq!(seen(&classifier, Split::Validation), (0, true));
    assert_eq!(seen(&classifier, Split::Test), (0, true));
    // As from a file that does not say.
    let state = State { training: Training::default(), ..(*classifier.good()).clone() };
    let opened = Classifier::of(&Device::cpu(), classifier.model(&state)).unwrap();
    assert_eq!(seen(&opened, Split::Train), (0, false));
}

/// Photos of ten classes, three of each in every split.
fn ten_classes() -> Dataset {
    let classes = (0..10).map(|class| format!("class {class}")).collect();
    let mut roster = Roster { classes, ..Roster::default() };
    for split in [Split::Train, Split::Validation, Split::Test] {
        let class = |photo: usize| Place { class: Some(photo % 10), split: Some(split) };
        roster.places.extend((0..30).map(class));
    }
    let paths = (0..90).map(|photo| format!("{photo}.png")).collect();
    let photos = Photos { paths, pixels: Pixels::new(vec![7; 90 * 16], 16) };
    Dataset::new([4, 4, 1], photos, roster, Vec::new(), None)
}

/// A network of ten sigmoid units says the first class of every photo: in the history as in the evaluation that is 10 %.
async fn ten_in_a_hundred(device: Device) {
    let layers =
        r#"[{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":10,"activation":"sigmoid"}}]"#;
    let network = Network::new("first", [4, 4, 1], serde_json::from_str(layers).unwrap()).unwrap();
    let mut parameters = vec![0.0; network.parameter_words()];
    let bias = network.parameters()[1].range();
    parameters[bias.clone()].fill(-3.0);
    parameters[bias.start] = 0.5;
    let dataset = ten_classes();
    let classifier = Classifier::of(
        &device,
        Model {
            network,
            classes: dataset.classes.clone(),
            state: State::initial(parameters, 1),
            sizing: None,
            threshold: None,
        },
    )
    .unwrap();
    let optimizer = serde_json::from_str(r#"{"name":"sgd","learning_rate":1e-30}"#).unwrap();
    let options = FitOptions { optimizer, ..options(1) };
    let history = fit(&device, &classifier, &dataset, &options, &mut Watcher::default()).await.unwrap();
    let test = (Split::Test, &dataset.test);
    let evaluation = evaluate(&device, &classifier, test, &mut Watcher::default()).await.unwrap().unwrap();
    assert!(evaluation.confusion.iter().all(|row| row[0] == 3), "{:?}", evaluation.confusion);
    for accuracy in [history.accuracy[0], history.val_accuracy[0], evaluation.accuracy] {
        assert!((accuracy - 0.1).abs() < 1e-9, "{accuracy}");
    }
}

#[test]
fn accuracy_is_the_share_of_photos_on_the_diagonal() {
    now(ten_in_a_hundred(Device::cpu()));
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn accuracy_is_the_same_share_on_a_gpu() {
    pollster::block_on(ten_in_a_hundred(Device::Gpu(crate::ops::tests::gpu())));
}

#[test]
fn class_figures_are_the_textbooks() {
    let confusion = vec![vec![8, 2, 0], vec![4, 6, 0], vec![0, 0, 0]];
    let of = |class| figures("a", class, &confusion);
    let first = of(0);
    assert_eq!((first.precision, first.recall, first.support), (8.0 / 12.0, 0.8, 10));
    assert!((first.f1 - 2.0 * 8.0 / (12.0 + 10.0)).abs() < 1e-12);
    assert_eq!(of(2), ClassFigures { label: "a".into(), precision: 0.0, recall: 0.0, f1: 0.0, support: 0 });
}

#[test]
fn photos_that_cannot_be_read_are_refused() {
    let classifier = untrained("sigmoid", 1);
    let error = |photo| now(predict(&Device::cpu(), &classifier, photo)).unwrap_err().to_string();
    assert!(error(Photo::Pixels(b"no image")).contains("8 bytes"));
    assert!(error(Photo::Rgba { width: 3, height: 3, pixels: &[0; 35] }).contains("35 bytes"));
    assert!(error(Photo::Rgba { width: 0, height: 0, pixels: &[] }).contains("0 bytes"));
    assert!(error(Photo::Rgba { width: usize::MAX, height: 2, pixels: &[0; 8] }).contains("8 bytes"));
}

#[test]
fn an_empty_split_cannot_be_judged() {
    let classifier = untrained("sigmoid", 1);
    let empty = SplitData::default();
    let result = now(evaluate(&Device::cpu(), &classifier, (Split::Test, &empty), &mut Watcher::default()));
    assert_eq!(result.unwrap_err().to_string(), "there are no test photos in this dataset");
}

#[test]
fn photos_are_resized_and_turned_grey() {
    let classifier = untrained("sigmoid", 1);
    let test = stripes().test;
    let pixels = rgba(test.pixels_of(0));
    // Each pixel four times makes a photo of twice the size that is resized to the same pixels.
    let twice: Vec<u8> =
        (0..400).flat_map(|at| pixels[4 * (at / 40 * 10 + at % 20 / 2)..][..4].to_vec()).collect();
    let small = predicted(&classifier, &pixels);
    let photo = Photo::Rgba { width: 20, height: 20, pixels: &twice };
    let large = now(predict(&Device::cpu(), &classifier, photo)).unwrap().predictions;
    assert!((small[0].probability - large[0].probability).abs() < 0.02, "{small:?} {large:?}");
}

#[test]
fn a_photo_becomes_an_image_as_the_training_photos_did() {
    let size = ImageSize::square(10).unwrap();
    let nearest =
        Sizing { image_size: size, interpolation: Interpolation::Nearest, crop_to_aspect_ratio: true };
    let classifier = Classifier { sizing: Some(nearest), ..trained("sigmoid", 1) };
    let unknown = Classifier { sizing: None, ..classifier.clone() };
    // A wide photo of fine stripes, of which both ways make something else.
    let wide: Vec<u8> =
        (0..37 * 20).flat_map(|at| [(at % 37 * 67 % 256) as u8, 90, (at / 37 * 9) as u8, 255]).collect();
    let photo = Photo::Rgba { width: 37, height: 20, pixels: &wide };
    let said =
        |classifier: &Classifier, photo| now(predict(&Device::cpu(), classifier, photo)).unwrap().predictions;
    // An image of the network's size stays as it is.
    let opaque = |rgb: Vec<u8>| -> Vec<u8> {
        rgb.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect()
    };
    let image = opaque(from_rgba(&wide, 37, 20, nearest).unwrap());
    assert_eq!(said(&classifier, photo), predicted(&classifier, &image));
    let stretched = opaque(from_rgba(&wide, 37, 20, size).unwrap());
    assert_eq!(said(&unknown, photo), predicted(&unknown, &stretched));
    assert_ne!(said(&classifier, photo), said(&unknown, photo));
    // What a file says of the size does not matter: the network's is meant.
    let other = Sizing { image_size: ImageSize::square(99).unwrap(), ..nearest };
    assert_eq!(Classifier { sizing: Some(other), ..unknown }.sizing(), Some(nearest));
}
