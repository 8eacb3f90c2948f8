#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::data::split::{assign, natural};
use crate::data::{DataError, Shares, Split, SplitBy};

fn shares(validation: f64, test: f64, seed: u32) -> Shares {
    Shares { train: None, validation, test, by: SplitBy::Drawn, seed }
}

fn draw(photos: usize, validation: f64, test: f64, seed: u32) -> Result<Vec<Option<Split>>, DataError> {
    assign((0, "cats"), &vec![None; photos], shares(validation, test, seed))
}

fn counts(splits: &[Option<Split>]) -> [usize; 3] {
    Split::ALL.map(|wanted| splits.iter().filter(|split| **split == Some(wanted)).count())
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
    let other_class = assign((1, "dogs"), &[None; 100], shares(0.25, 0.25, 1)).unwrap();
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
        splits.iter().map(|split| *split == Some(Split::Test)).collect::<Vec<_>>()
    };
    assert_eq!(tested(0.1), tested(0.5));
}

#[test]
fn given_splits_stay() {
    let given: Vec<Option<Split>> = [Some(Split::Train), Some(Split::Test)].repeat(10);
    let splits = assign((0, "a"), &given, shares(0.5, 0.0, 0)).unwrap();
    assert_eq!(counts(&splits), [5, 5, 10]);
    assert!(splits.iter().skip(1).step_by(2).all(|split| *split == Some(Split::Test)));
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
    let error = assign((0, "cats"), &[Some(Split::Test)], shares(0.0, 0.0, 0)).unwrap_err();
    assert_eq!(error, DataError::NoTrainingPhoto { class: "cats".to_owned() });
}

#[test]
fn numbers_of_training_photos_leave_the_rest_out() {
    let book = Shares { train: Some(1000.0), ..shares(500.0, 500.0, 1) };
    let drawn = assign((0, "cats"), &[None; 12500], book).unwrap();
    assert_eq!(counts(&drawn), [1000, 500, 500]);
    let by_name = assign((0, "cats"), &[None; 12500], Shares { by: SplitBy::Name, ..book }).unwrap();
    assert!(by_name[..1000].iter().all(|split| *split == Some(Split::Train)));
    assert!(by_name[1000..1500].iter().all(|split| *split == Some(Split::Validation)));
    assert!(by_name[1500..2000].iter().all(|split| *split == Some(Split::Test)));
    assert!(by_name[2000..].iter().all(Option::is_none));
    // Test and validation photos stay the same with other numbers to train with.
    let more = assign((0, "cats"), &[None; 12500], Shares { train: None, ..book }).unwrap();
    assert_eq!(counts(&more), [11500, 500, 500]);
    let held_out = |split: &Option<Split>| split.filter(|split| *split != Split::Train);
    assert!(drawn.iter().zip(&more).all(|(one, other)| held_out(one) == held_out(other)));
    let fractions = Shares { train: Some(0.5), ..shares(0.25, 0.25, 0) };
    assert_eq!(counts(&assign((0, "a"), &[None; 7], fractions).unwrap()), [3, 2, 2]);
    let error = assign((0, "cats"), &[None; 1999], book).unwrap_err().to_string();
    assert_eq!(
        error,
        "class \"cats\" has 1999 photos, fewer than 1000 to train with, 500 for validation and 500 for test: \
         add photos, or lower these numbers"
    );
}

#[test]
fn shares_that_cannot_be_are_named() {
    let error = |train, validation, test| {
        Shares { train: Some(train), ..shares(validation, test, 0) }.check().unwrap_err().to_string()
    };
    assert!(error(0.0, 0.1, 0.1).starts_with("train must be more than 0"));
    assert!(error(1.5, 0.1, 0.1).starts_with("train must be a fraction"));
    assert!(error(0.6, 0.3, 0.2).starts_with("train, validation and test are more than there is"));
    assert!(Shares { train: Some(0.7), ..shares(0.2, 0.1, 0) }.check().is_ok());
}

#[test]
fn names_are_ordered_as_people_do() {
    let mut names = [
        "cat.10.jpg",
        "cat.2.jpg",
        "cat.jpg",
        "Cat.1.jpg",
        "cat.02b.jpg",
        "고양이 9",
        "고양이 10",
        "cat.2",
        "2",
    ];
    names.sort_by(|a, b| natural(a, b));
    let expected = [
        "2",
        "Cat.1.jpg",
        "cat.2",
        "cat.2.jpg",
        "cat.02b.jpg",
        "cat.10.jpg",
        "cat.jpg",
        "고양이 9",
        "고양이 10",
    ];
    assert_eq!(names, expected);
    assert_eq!(natural("a007", "a7"), std::cmp::Ordering::Equal);
}
