#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::layout::places_in;
use crate::data::{Contents, DataError, Layout, LayoutKind};

fn layout(paths: &[&str], wanted: LayoutKind) -> Result<Layout, DataError> {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    Layout::of(&paths, &Contents::default(), wanted)
}

fn places(paths: &[&str]) -> Vec<String> {
    let layout = layout(paths, LayoutKind::Auto).unwrap();
    assert_eq!(layout.told.by, LayoutKind::Names);
    places_in(&layout)
}

#[test]
fn names_begin_with_the_class() {
    assert_eq!(
        places(&["r/cat.0.jpg", "r/cat.1.jpg", "r/dog.12.jpg", "r/dog.3.jpg"]),
        ["cat", "cat", "dog", "dog"]
    );
    assert_eq!(places(&["cat.0.jpg", "dog.0.jpg"]), ["cat", "dog"]);
    assert_eq!(
        places(&["p/Bengal_1.jpg", "p/Bengal_2.jpg", "p/great_pyrenees_12.jpg", "p/great_pyrenees_7.jpg"]),
        ["Bengal", "Bengal", "great_pyrenees", "great_pyrenees"]
    );
    assert_eq!(
        places(&["g/glass1.jpg", "g/glass2.jpg", "g/trash1.jpg", "g/trash2.jpg"]),
        ["glass", "glass", "trash", "trash"]
    );
    assert_eq!(
        places(&["cat (1).png", "cat (2).png", "고양이-3.png", "고양이-04.png"]),
        ["cat", "cat", "고양이", "고양이"]
    );
    assert_eq!(places(&["<b>_1.png", "<b>_2.png", "x & y_1.png", "x & y_2.png"])[1..3], ["<b>", "x & y"]);
}

#[test]
fn where_numbers_tell_nothing_the_first_word_does() {
    let paths = ["n01_1a.jpg", "n01_1b.jpg", "n02_2c.jpg", "n02_2d.jpg"];
    assert_eq!(places(&paths), ["n01", "n01", "n02", "n02"]);
    assert_eq!(places(&["7_00042.png", "7_00043.png", "3_00044.png", "3_00045.png"]), ["7", "7", "3", "3"]);
}

#[test]
fn a_name_without_a_class_is_told_and_one_that_is_the_class_is_taken() {
    let paths = ["cat.0.jpg", "cat.1.jpg", "dog.0.jpg", "dog.1.jpg", "dog.jpg", "12.jpg", "x.txt"];
    let reason = "!its name does not begin with a class, as cat.1.jpg does";
    assert_eq!(places(&paths)[4..], ["dog", reason, "!not a photo: .txt files are not read"]);
}

#[test]
fn trees_of_splits_may_hold_such_names() {
    let paths = [
        "train/cat.0.jpg",
        "train/dog.0.jpg",
        "train/dog.2.jpg",
        "test/cat.1.jpg",
        "valid/dog.1.jpg",
        "test/bird.1.jpg",
    ];
    let bird = "!its class \"bird\" has no photos in the train folder";
    assert_eq!(places(&paths), ["train/cat", "train/dog", "train/dog", "test/cat", "validation/dog", bird]);
    // Kaggle's cats and dogs: the test photos have no classes.
    let paths = [
        "train/cat.0.jpg",
        "train/cat.1.jpg",
        "train/dog.0.jpg",
        "train/dog.1.jpg",
        "test1/1.jpg",
        "x.1.jpg",
    ];
    let outside = "!it lies outside of the train, validation and test folders";
    assert_eq!(
        places(&paths)[3..],
        ["dog", "!its name does not begin with a class, as cat.1.jpg does", outside]
    );
}

#[test]
fn folders_go_before_names_and_cameras_names_are_no_classes() {
    let paths = ["cats/siamese_1.jpg", "cats/bengal_1.jpg", "dogs/pug_1.jpg", "dogs/pug_2.jpg"];
    let folders = layout(&paths, LayoutKind::Auto).unwrap();
    assert_eq!((folders.told.by, folders.classes.len()), (LayoutKind::Folders, 2));
    let names = layout(&paths, LayoutKind::Names).unwrap();
    assert_eq!(names.classes, ["bengal", "pug", "siamese"]);
    let paths = ["p/IMG_0001.jpg", "p/IMG_0002.jpg", "p/DSC_1.jpg", "p/20210304_1.jpg", "p/20220304_1.jpg"];
    assert!(matches!(layout(&paths, LayoutKind::Auto).unwrap_err(), DataError::OneClass { .. }));
    assert_eq!(layout(&paths, LayoutKind::Names).unwrap_err(), DataError::NoNames);
}
