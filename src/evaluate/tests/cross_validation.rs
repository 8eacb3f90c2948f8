//! Cross-validation, and the labels that it doubts.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::data::Edit;
use crate::evaluate::cross_validation::wilson;
use crate::model::{Adam, Augmentation, Network, Optimizer};
use crate::train::tests::{Watcher, now, options, stripes, untrained};
use crate::train::{Event, FitOptions};

/// A frozen layer that leaves stripes to be seen, and a head.
fn on_a_base() -> Classifier {
    let layers = r#"[{"class_name":"Conv2D","config":{"filters":8,"activation":"relu","trainable":false}},
                     {"class_name":"MaxPooling2D"},{"class_name":"Flatten"},
                     {"class_name":"Dense","config":{"units":2,"activation":"softmax"}}]"#;
    let network = Network::new("stripes", [10, 10, 1], serde_json::from_str(layers).unwrap()).unwrap();
    Classifier::untrained(&Device::cpu(), network, stripes().classes, 1).unwrap()
}

fn fitting() -> FitOptions {
    let adam = Optimizer::Adam(Adam { learning_rate: 0.02, ..Adam::default() });
    FitOptions { optimizer: adam, ..options(12) }
}

fn validated(dataset: &Dataset, folds: usize) -> (CrossValidation, Vec<Event>) {
    let mut watcher = Watcher::default();
    let validated =
        now(cross_validate(&Device::cpu(), &on_a_base(), dataset, folds, &fitting(), &mut watcher));
    (validated.unwrap().unwrap(), watcher.events)
}

#[test]
fn planted_labels_are_among_the_first_that_are_doubted() {
    let dataset = stripes();
    let (honest, events) = validated(&dataset, 5);
    assert_eq!((honest.folds, honest.photos), (5, 101));
    assert!(honest.accuracy > 0.9, "{honest:?}");
    assert!(honest.interval[0] < honest.accuracy && honest.accuracy <= honest.interval[1]);
    let folds: Vec<_> = events.iter().filter(|event| matches!(event, Event::Fold { .. })).collect();
    assert_eq!(folds.len(), 6);
    assert_eq!(folds[5], &Event::Fold { done: 5, total: 5 });
    // Each photo went through the frozen layers once.
    let computed = events.iter().filter_map(|event| match event {
        Event::Features { done, total } if done == total => Some(*total),
        _ => None,
    });
    assert_eq!(computed.sum::<usize>(), 101);
    assert_eq!(events.iter().filter(|event| matches!(event, Event::Done { stopped: false, .. })).count(), 5);

    // Five photos of each class get the other label.
    let places = &dataset.roster().places;
    let of = |class: usize| {
        (0..101).filter(|photo| places[*photo].class == Some(class)).step_by(9).take(5).collect::<Vec<_>>()
    };
    let (first, second) = (of(0), of(1));
    let planted: Vec<String> =
        first.iter().chain(&second).map(|photo| dataset.photos().paths[*photo].clone()).collect();
    let wrong = dataset.edited(Edit::Move(first, Some("standing".into()), None)).unwrap();
    let wrong = wrong.edited(Edit::Move(second, Some("lying".into()), None)).unwrap();
    let (judged, _) = validated(&wrong, 5);
    let found = judged.doubtful.iter().take(20).filter(|doubtful| planted.contains(&doubtful.path)).count();
    assert!(found >= 8, "{found} of 10: {:?}", judged.doubtful);
    assert!(judged.accuracy < honest.accuracy);
    for pair in judged.doubtful.windows(2) {
        assert!(pair[0].score >= pair[1].score && pair[0].label != pair[0].suggested);
    }
}

#[test]
fn what_cannot_be_validated_says_why() {
    let dataset = stripes();
    let said = |classifier: &Classifier, folds, options: &FitOptions| {
        let validated = now(cross_validate(
            &Device::cpu(),
            classifier,
            &dataset,
            folds,
            options,
            &mut Watcher::default(),
        ));
        validated.unwrap_err().to_string()
    };
    for folds in [0, 1, 51] {
        let error = said(&on_a_base(), folds, &fitting());
        assert!(error.contains("from 2 to the photos of the smallest class, which are 50"), "{error}");
    }
    let error = said(&untrained("softmax", 2), 5, &fitting());
    assert!(error.contains("this network has none"), "{error}");
    let augmented = FitOptions { augmentation: Some(Augmentation::cats_and_dogs()), ..fitting() };
    let error = said(&on_a_base(), 5, &augmented);
    assert!(error.contains("leave the augmentation out"), "{error}");
    let mut watcher = Watcher { stop_preparing: true, ..Watcher::default() };
    let stopped = now(cross_validate(&Device::cpu(), &on_a_base(), &dataset, 3, &fitting(), &mut watcher));
    assert_eq!(stopped, Ok(None));
}

/// Values of Brown, Cai and DasGupta 2001, "Interval Estimation for a Binomial Proportion", and of R's `prop.test`.
#[test]
fn the_interval_is_wilsons() {
    for ((right, all), [low, high]) in
        [((8.0, 10.0), [0.4902, 0.9433]), ((50.0, 50.0), [0.9287, 1.0]), ((0.0, 20.0), [0.0, 0.1611])]
    {
        let found = wilson(right, all);
        assert!((found[0] - low).abs() < 1e-3 && (found[1] - high).abs() < 1e-3, "{found:?}");
    }
}
