#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::data::split::{Shares, assign};
use crate::data::{DataError, Split};

fn draw(photos: usize, validation: f64, test: f64, seed: u32) -> Result<Vec<Split>, DataError> {
    assign((0, "cats"), &vec![None; photos], Shares { validation, test }, seed)
}

fn counts(splits: &[Split]) -> [usize; 3] {
    Split::ALL.map(|wanted| splits.iter().filter(|split| **split == wanted).count())
}

#[test]
fn names_go_there_and_back() {
    for split in Split::ALL {
        assert_eq!(split.name().parse::<Split>().unwrap(), split);
        assert_eq!(serde_json::to_value(split).unwrap(), split.name());
    }
    let error = "Train".parse::<Split>().unwrap_err().to_string();
    assert_eq!(error, "there is no split \"Train\"; choose train, validation or test");
}

#[test]
fn fractions_and_numbers_give_counts() {
    for (photos, validation, test, expected) in [
        (319, 0.25, 0.25, [159, 80, 80]),
        (411, 0.25, 0.25, [205, 103, 103]),
        (2000, 500.0, 500.0, [1000, 500, 500]),
        (100, 10.0, 0.5, [40, 10, 50]),
        (10, 0.0, 0.0, [10, 0, 0]),
        (10, 0.0, 1.0, [9, 0, 1]),
        (3, 0.25, 0.25, [1, 1, 1]),
        (2, 0.25, 0.25, [2, 0, 0]),
        (1, 0.25, 0.25, [1, 0, 0]),
    ] {
        let splits = draw(photos, validation, test, 0).unwrap();
        assert_eq!(counts(&splits), expected, "{photos} photos, {validation}, {test}");
    }
}

#[test]
fn a_seed_draws_the_same_again_and_another_does_not() {
    let one = draw(100, 0.25, 0.25, 1).unwrap();
    assert_eq!(one, draw(100, 0.25, 0.25, 1).unwrap());
    assert_ne!(one, draw(100, 0.25, 0.25, 2).unwrap());
    let other_class = assign((1, "dogs"), &[None; 100], Shares { validation: 0.25, test: 0.25 }, 1).unwrap();
    assert_ne!(one, other_class);
}

#[test]
fn the_drawn_photos_are_spread_over_the_class() {
    let splits = draw(1000, 0.25, 0.25, 3).unwrap();
    for part in splits.chunks(250) {
        let [_, validation, test] = counts(part);
        // A quarter of 250 is 62.5; five standard deviations are 30.
        assert!(validation.abs_diff(62) < 30 && test.abs_diff(62) < 30, "{validation} {test}");
    }
}

#[test]
fn another_validation_share_leaves_the_test_photos_alone() {
    let tested = |validation| {
        let splits = draw(100, validation, 0.2, 5).unwrap();
        splits.iter().map(|split| *split == Split::Test).collect::<Vec<_>>()
    };
    assert_eq!(tested(0.1), tested(0.5));
}

#[test]
fn given_splits_stay() {
    let given: Vec<Option<Split>> = [Some(Split::Train), Some(Split::Test)].repeat(10);
    let splits = assign((0, "a"), &given, Shares { validation: 0.5, test: 0.0 }, 0).unwrap();
    assert_eq!(counts(&splits), [5, 5, 10]);
    assert!(splits.iter().skip(1).step_by(2).all(|split| *split == Split::Test));
}

#[test]
fn a_class_keeps_a_photo_to_train_with_or_says_why_not() {
    let error = draw(319, 500.0, 0.25, 0).unwrap_err().to_string();
    assert_eq!(
        error,
        "class \"cats\" has 319 photos, and 500 for validation and 80 for test leave none to train with: add \
         photos, or lower validation or test"
    );
    assert!(draw(1000, 500.0, 500.0, 0).is_err());
    assert_eq!(counts(&draw(1001, 500.0, 500.0, 0).unwrap()), [1, 500, 500]);
    assert!(draw(5, 1e300, 1e300, 0).is_err());
    let error = assign((0, "cats"), &[Some(Split::Test)], Shares::NONE, 0).unwrap_err();
    assert_eq!(error, DataError::NoTrainingPhoto { class: "cats".to_owned() });
}
