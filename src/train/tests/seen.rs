//! A model remembers which photos it was trained with.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::trained::fingerprint;

/// How many photos of each split a model was trained with.
fn known(classifier: &Classifier, dataset: &Dataset) -> [usize; 3] {
    let photos = classifier.training().photos;
    assert!(photos.complete);
    [&dataset.train, &dataset.validation, &dataset.test]
        .map(|split| (0..split.len()).filter(|photo| photos.has(split.pixels_of(*photo))).count())
}

#[test]
fn a_model_knows_the_photos_it_was_trained_with_and_no_others() {
    let (classifier, dataset) = (untrained("softmax", 2), stripes());
    assert_eq!(known(&classifier, &dataset), [0, 0, 0]);
    let train = |options: &FitOptions, dataset: &Dataset, stop_after| {
        let mut watcher = Watcher { stop_after, ..Watcher::default() };
        now(fit(&Device::cpu(), &classifier, dataset, options, &mut watcher)).unwrap();
    };
    // Three steps of sixteen, of which two are done; that it is augmented changes nothing.
    let augmented = FitOptions { augmentation: Some(Augmentation::cats_and_dogs()), ..options(1) };
    train(&augmented, &dataset, Some(2));
    assert_eq!(known(&classifier, &dataset), [32, 0, 0]);
    train(&options(2), &dataset, None);
    assert_eq!(known(&classifier, &dataset), [50, 0, 0]);
    assert_eq!(classifier.training().photos.fingerprints().len(), 50);
    // Trained with what was for the test.
    let mut other = dataset.clone();
    std::mem::swap(&mut other.train, &mut other.test);
    train(&options(1), &other, None);
    assert_eq!(known(&classifier, &dataset), [50, 0, 30]);
    let elsewhere = classifier.on(&Device::cpu()).unwrap();
    assert_eq!(known(&elsewhere, &dataset), [50, 0, 30]);
    let initial = FitOptions { initial: true, ..options(1) };
    train(&initial, &other, None);
    assert_eq!(known(&classifier, &dataset), [0, 0, 30]);
}

#[test]
fn steps_that_were_undone_taught_nothing() {
    let (classifier, dataset) = (untrained("softmax", 2), stripes());
    let first = FitOptions { steps_per_epoch: Some(1), ..options(1) };
    trained(&classifier, &first).unwrap();
    assert_eq!(known(&classifier, &dataset), [16, 0, 0]);
    let wild = Optimizer::Sgd(crate::model::Sgd { learning_rate: 1e35, ..Default::default() });
    let error = trained(&classifier, &FitOptions { optimizer: wild, ..options(2) }).unwrap_err();
    assert!(matches!(error, TrainError::Diverged { .. }), "{error}");
    assert_eq!(known(&classifier, &dataset), [16, 0, 0]);
}

#[test]
fn a_model_of_which_that_is_not_known_learns_what_it_is_trained_with_from_then_on() {
    let plain = untrained("softmax", 2);
    let state = State { training: Training::default(), ..(*plain.good()).clone() };
    let opened = Classifier::of(&Device::cpu(), plain.model(&state)).unwrap();
    trained(&opened, &options(1)).unwrap();
    let photos = opened.training().photos;
    assert_eq!((photos.complete, photos.fingerprints().len()), (false, 50));
    trained(&opened, &FitOptions { initial: true, ..options(1) }).unwrap();
    assert_eq!(known(&opened, &stripes()), [50, 0, 0]);
}

#[test]
fn fingerprints_are_in_order_each_once_whatever_order_they_come_in() {
    let mut photos = SeenPhotos::none();
    let mut stream = Stream::new(1, Purpose::Split, 0);
    let mut all = std::collections::BTreeSet::new();
    for batch in 0..40 {
        let new: Vec<u64> = (0..batch).map(|_| u64::from(stream.word()) % 500).collect();
        all.extend(new.iter().copied());
        photos.add(new.into_iter());
        assert_eq!(photos.fingerprints(), all.iter().copied().collect::<Vec<_>>());
    }
    assert!(photos.complete);
}

#[test]
fn so_many_are_remembered_and_more_are_told() {
    let full = SeenPhotos::none().with((0..SeenPhotos::MOST as u64).map(|of| 2 * of).collect()).unwrap();
    assert_eq!(SeenPhotos::none().with((0..=SeenPhotos::MOST as u64).collect()), None);
    for unordered in [vec![1, 1], vec![2, 1]] {
        assert_eq!(SeenPhotos::none().with(unordered), None);
    }
    let mut more = full.clone();
    more.add([0, 4].into_iter());
    assert_eq!(more, full);
    more.add([1].into_iter());
    assert_eq!(more, SeenPhotos { complete: false, ..full });
}

#[test]
fn a_fingerprint_is_of_every_byte_and_stays_as_it_is_in_files() {
    let photo: Vec<u8> = (0..=255).chain(0..=42).collect();
    assert_eq!(fingerprint(&photo), WHOLE);
    assert_eq!(fingerprint(&[]), EMPTY);
    let mut all = std::collections::BTreeSet::from([fingerprint(&photo)]);
    for at in 0..photo.len() {
        for change in [1, 0x80] {
            let mut other = photo.clone();
            other[at] ^= change;
            all.insert(fingerprint(&other));
        }
        all.insert(fingerprint(&photo[..at]));
        // What the two bytes are is the same, but not where.
        let mut swapped = photo.clone();
        swapped.swap(at, 0);
        all.insert(fingerprint(&swapped));
    }
    // Swapped with itself, and with the other 0, a photo is as it was.
    assert_eq!(all.len(), 1 + 4 * photo.len() - 2);
}

/// By the definition, in Python.
const WHOLE: u64 = 0x0ed9_4044_a42d_fb3d;
const EMPTY: u64 = 0x0000_0000_0000_0000;
