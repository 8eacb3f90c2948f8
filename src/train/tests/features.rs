//! What frozen layers make of photos is computed once, and trained on.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::assert_close;

/// A frozen convolution, and a head with dropout that trains.
fn on_a_base(seed: u32) -> Classifier {
    let layers = r#"[{"class_name":"Conv2D","config":{"filters":4,"activation":"relu","trainable":false}},
                     {"class_name":"MaxPooling2D"},{"class_name":"Flatten"},{"class_name":"Dropout","config":{"rate":0.1}},
                     {"class_name":"Dense","config":{"units":1,"activation":"sigmoid"}}]"#;
    let network = Network::new("stripes", [10, 10, 1], serde_json::from_str(layers).unwrap()).unwrap();
    Classifier::untrained(&Device::cpu(), network, stripes().classes, seed).unwrap()
}

fn told(events: &[Event]) -> Vec<(usize, usize)> {
    let features = events.iter().filter_map(|event| match event {
        Event::Features { done, total } => Some((*done, *total)),
        _ => None,
    });
    features.collect()
}

fn run(classifier: &Classifier, dataset: &Dataset, options: &FitOptions) -> (History, Vec<Event>) {
    let mut watcher = Watcher::default();
    let history = now(fit(&Device::cpu(), classifier, dataset, options, &mut watcher)).unwrap();
    (history, watcher.events)
}

#[test]
fn a_run_on_features_is_a_run_on_photos() {
    // Fewer photos than there are, so that nothing would be gained: they go through all layers, twice two steps.
    let dataset = stripes();
    let options = |epochs| FitOptions { steps_per_epoch: Some(2), ..options(epochs) };
    let by_photos = on_a_base(1);
    let mut first = run(&by_photos, &dataset, &options(1)).0;
    // Validation photos are seen in each epoch.
    let (second, events) = run(&by_photos, &dataset, &options(1));
    assert_eq!(told(&events), []);
    first.loss.extend(second.loss);
    first.val_loss.extend(second.val_loss);

    let dataset = stripes();
    let by_features = on_a_base(1);
    let frozen = by_features.good().frozen.clone();
    let (history, events) = run(&by_features, &dataset, &options(2));
    assert_eq!(told(&events), [(0, 50), (32, 50), (50, 50), (0, 21), (21, 21)]);
    for (found, wanted) in
        history.loss.iter().chain(&history.val_loss).zip(first.loss.iter().chain(&first.val_loss))
    {
        assert!((found - wanted).abs() < 1e-5, "{history:?} {first:?}");
    }
    assert_close(&parameters(&by_features), &parameters(&by_photos), 1e-4);
    assert!(parameters(&by_features) != parameters(&on_a_base(1)));
    assert_eq!(by_features.good().frozen, frozen);
    // It knows the photos, not what was made of them.
    let known = by_features.training().photos;
    let (other, train) = (by_photos.training().photos, &dataset.train);
    assert_eq!(known, other);
    assert_eq!((0..train.len()).filter(|photo| known.has(train.pixels_of(*photo))).count(), 50);
}

#[test]
fn what_was_computed_is_found_again_by_who_has_the_same_layers() {
    let dataset = stripes();
    let classifier = on_a_base(1);
    let computed = |classifier: &Classifier, dataset: &Dataset| {
        told(&run(classifier, dataset, &options(1)).1).last().map(|(_, total)| *total)
    };
    assert!(computed(&classifier, &dataset).is_some());
    assert_eq!(computed(&classifier, &dataset), None);
    // Another network on the same base, and a photo that changes its class, find them, too.
    assert_eq!(computed(&on_a_base(1), &dataset), None);
    let moved = crate::data::Edit::Move(vec![0], Some("standing".into()), None);
    assert_eq!(computed(&on_a_base(1), &dataset.edited(moved).unwrap()), None);
    // Other weights make other features. Of three bases those of the first are gone.
    assert_eq!(computed(&on_a_base(2), &dataset), Some(21));
    assert_eq!(computed(&classifier, &dataset), None);
    assert_eq!(computed(&on_a_base(3), &dataset), Some(21));
    assert_eq!(computed(&on_a_base(2), &dataset), Some(21));
}

#[test]
fn augmented_photos_are_computed_each_time_and_validation_photos_once() {
    let dataset = stripes();
    let augmentation = Some(Augmentation { vertical_flip: true, ..Augmentation::cats_and_dogs() });
    let options = FitOptions { augmentation, ..options(2) };
    let classifier = on_a_base(1);
    let (history, events) = run(&classifier, &dataset, &options);
    assert_eq!(told(&events), [(0, 21), (21, 21)]);
    let judged = now(crate::evaluate::evaluate(
        &Device::cpu(),
        &classifier,
        (Split::Validation, &dataset.validation),
        &mut Watcher::default(),
    ));
    let judged = judged.unwrap().unwrap();
    assert!((judged.loss - history.val_loss[1]).abs() < 1e-5);
    // Stopped within an epoch, its last state is judged by validation photos.
    let mut watcher = Watcher { stop_after: Some(1), ..Watcher::default() };
    now(fit(&Device::cpu(), &classifier, &dataset, &options, &mut watcher)).unwrap();
    assert!(matches!(watcher.events.last(), Some(Event::Done { stopped: true, .. })));
}

#[test]
fn computing_them_can_be_stopped_and_goes_on_where_it_was() {
    let dataset = stripes();
    let classifier = on_a_base(1);
    let mut watcher = Watcher { stop_preparing: true, ..Watcher::default() };
    let history = now(fit(&Device::cpu(), &classifier, &dataset, &options(1), &mut watcher)).unwrap();
    assert_eq!((history.loss.len(), told(&watcher.events)), (0, vec![(0, 50)]));
    let (history, events) = run(&classifier, &dataset, &options(1));
    assert_eq!(told(&events)[0], (0, 18));
    assert_eq!(history.loss.len(), 1);
}

#[test]
fn where_there_is_too_little_memory_for_them_training_goes_on_without() {
    let dataset = stripes();
    // The largest piece beside them is the batch's output of the convolution, 16 times 8 x 8 x 4 values; theirs are 71 times 64.
    let (history, events) =
        crate::memory::tests::with_at_most(4 * 16 * 8 * 8 * 4, || run(&on_a_base(1), &dataset, &options(1)));
    assert_eq!(told(&events), []);
    assert_eq!(history.val_loss.len(), 1);
    let (kept, _) = run(&on_a_base(1), &dataset, &options(1));
    assert!((kept.loss[0] - history.loss[0]).abs() < 1e-5);
}
