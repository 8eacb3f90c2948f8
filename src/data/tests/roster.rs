#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::data::{DataError, Dataset, Edit, Photos, Pixels, Place, Roster, Shares, Split, SplitBy};

/// Twelve photos of three classes, each a byte that is its number: of each class two to train with, one
/// to validate, one to test.
fn dataset() -> Dataset {
    let classes = ["ant", "bee", "cat"].map(str::to_owned).to_vec();
    let split = |nth| [Split::Train, Split::Train, Split::Validation, Split::Test][nth % 4];
    let places = (0..12).map(|nth| Place { class: Some(nth / 4), split: Some(split(nth)) }).collect();
    let paths = (0..12).map(|nth| format!("{nth}.jpg")).collect();
    let photos = Photos { paths, pixels: Pixels::new((0..12).collect(), 1) };
    Dataset::new([1, 1, 1], photos, Roster { classes, places, shares: None }, Vec::new(), None)
}

fn edited(dataset: &Dataset, edit: Edit) -> Dataset {
    let edited = dataset.edited(edit).unwrap();
    check(&edited);
    edited
}

/// Every photo keeps its own pixels and its path, whatever split it is in.
fn check(dataset: &Dataset) {
    for split in Split::ALL {
        let data = dataset.split(split);
        assert!(data.labels.is_sorted());
        for index in 0..data.len() {
            assert_eq!(format!("{}.jpg", data.pixels_of(index)[0]), data.paths[index]);
        }
    }
}

fn counts(dataset: &Dataset) -> [Vec<usize>; 3] {
    let counts = dataset.summary().counts;
    [counts.train, counts.validation, counts.test]
}

fn message(edit: Edit) -> String {
    dataset().edited(edit).unwrap_err().to_string()
}

#[test]
fn a_class_is_renamed_and_keeps_its_label() {
    let edited = edited(&dataset(), Edit::Rename("ant".into(), "<b>zebra & 강아지".into()));
    assert_eq!(edited.classes, ["<b>zebra & 강아지", "bee", "cat"]);
    assert_eq!(edited.train, dataset().train);
    assert!(message(Edit::Rename("ant".into(), "bee".into())).contains("no other class has"));
    assert!(message(Edit::Rename("ant".into(), String::new())).contains("cannot be the class's name"));
    assert_eq!(message(Edit::Rename("dog".into(), "x".into())), "there is no class \"dog\" in this dataset");
}

#[test]
fn classes_are_merged_and_dropped() {
    let merged = edited(&dataset(), Edit::Merge(vec!["cat".into(), "ant".into()], "pet".into()));
    assert_eq!(merged.classes, ["pet", "bee"]);
    assert_eq!(counts(&merged), [[4, 2], [2, 1], [2, 1]]);
    let kept = edited(&dataset(), Edit::Merge(vec!["cat".into(), "bee".into()], "cat".into()));
    assert_eq!(kept.classes, ["ant", "cat"]);
    assert!(
        message(Edit::Merge(vec!["cat".into(), "bee".into()], "ant".into())).contains("\"ant\" cannot be")
    );
    let all = ["ant", "bee", "cat"].map(str::to_owned).to_vec();
    assert_eq!(message(Edit::Merge(all, "x".into())), DataError::OneClassLeft.to_string());
    let dropped = edited(&dataset(), Edit::Drop("ant".into()));
    assert_eq!(dropped.classes, ["bee", "cat"]);
    assert_eq!(dropped.train.paths, ["4.jpg", "5.jpg", "8.jpg", "9.jpg"]);
    assert_eq!(dropped.edited(Edit::Drop("bee".into())).unwrap_err(), DataError::OneClassLeft);
}

#[test]
fn photos_are_moved_and_removed() {
    let data = dataset();
    let numbers = data.numbers(&["0.jpg".to_owned(), "11.jpg".to_owned()]).unwrap();
    let moved = edited(&data, Edit::Move(numbers.clone(), Some("bee".into()), None));
    assert_eq!(counts(&moved), [[1, 3, 2], [1, 1, 1], [1, 2, 0]]);
    let split = edited(&data, Edit::Move(numbers.clone(), None, Some(Split::Validation)));
    assert_eq!(counts(&split), [[1, 2, 2], [2, 1, 2], [1, 1, 0]]);
    let new = edited(&data, Edit::Move(vec![0], Some("dog".into()), Some(Split::Train)));
    assert_eq!(new.classes, ["ant", "bee", "cat", "dog"]);
    let removed = edited(&data, Edit::Remove(numbers));
    assert_eq!(counts(&removed), [[1, 2, 2], [1, 1, 1], [1, 1, 0]]);
    assert!(matches!(removed.numbers(&["0.jpg".to_owned()]), Err(DataError::UnknownPhoto(_))));
    // A class whose last photo goes is gone, and one that keeps no training photo is an error.
    assert_eq!(edited(&data, Edit::Remove(vec![0, 1, 2, 3])).classes, ["bee", "cat"]);
    assert_eq!(
        message(Edit::Remove(vec![0, 1])),
        DataError::NoTrainingPhoto { class: "ant".into() }.to_string()
    );
}

#[test]
fn all_photos_are_shared_out_anew() {
    let shares = Shares { train: Some(1.0), validation: 0.0, test: 2.0, by: SplitBy::Drawn, seed: 3 };
    let split = edited(&dataset(), Edit::Split(shares));
    assert_eq!(counts(&split), [[1, 1, 1], [0, 0, 0], [2, 2, 2]]);
    assert_eq!(split.summary().unused, [1, 1, 1]);
    assert_eq!(split, edited(&dataset(), Edit::Split(shares)));
    // What was not used comes back.
    let all = edited(&split, Edit::Split(Shares { train: None, test: 0.0, ..shares }));
    assert_eq!(counts(&all)[0], [4, 4, 4]);
    assert!(
        message(Edit::Split(Shares { train: None, test: 4.0, ..shares }))
            .contains("leave none to train with")
    );
}

#[test]
fn changes_are_undone_and_done_again() {
    let first = dataset();
    assert_eq!(first.undone().unwrap_err().to_string(), "there is nothing to undo");
    let second = edited(&first, Edit::Drop("ant".into()));
    let third = edited(&second, Edit::Rename("bee".into(), "wasp".into()));
    assert_eq!((third.summary().undo, third.summary().redo), (2, 0));
    let back = third.undone().unwrap().undone().unwrap();
    check(&back);
    assert_eq!((back.classes.clone(), back.train.clone()), (first.classes.clone(), first.train.clone()));
    assert_eq!((back.summary().undo, back.summary().redo), (0, 2));
    let again = back.redone().unwrap().redone().unwrap();
    assert_eq!(again.summary(), third.summary());
    // Another change forgets what was undone.
    assert_eq!(
        edited(&back, Edit::Drop("cat".into())).redone().unwrap_err().to_string(),
        "there is nothing to redo"
    );
}

#[test]
fn photos_are_added_to_a_class_old_or_new() {
    let more =
        |number: u8| Photos { paths: vec![format!("{number}.jpg")], pixels: Pixels::new(vec![number], 1) };
    let one = dataset().with_added(more(12), "bee".into(), Some(Split::Train)).unwrap();
    check(&one);
    assert_eq!(counts(&one)[0], [2, 3, 2]);
    let new = one.undone().unwrap().with_added(more(13), "dog".into(), Some(Split::Train)).unwrap();
    assert_eq!(new.photos().paths.len(), 14);
    assert_eq!(new.train.paths.last().unwrap(), "13.jpg");
    check(&new);
    assert_eq!(counts(&new)[0], [2, 2, 2, 1]);
    assert_eq!(counts(&new.undone().unwrap()), counts(&dataset()));
    assert!(matches!(
        dataset().with_added(more(1), "d".into(), Some(Split::Test)),
        Err(DataError::NoTrainingPhoto { .. })
    ));
}
