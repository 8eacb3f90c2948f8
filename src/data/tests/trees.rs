//! Folders of splits under all their names, and folders that repeat their siblings.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::layout::places_in;
use crate::data::{Contents, Layout, LayoutKind};

fn places(paths: &[&str]) -> Vec<String> {
    sized(paths, &[])
}

fn sized(paths: &[&str], sizes: &[u64]) -> Vec<String> {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    let contents = Contents { sizes: sizes.to_vec(), ..Contents::default() };
    places_in(&Layout::of(&paths, &contents, LayoutKind::Auto).unwrap())
}

#[test]
fn joined_words_and_other_languages_are_splits() {
    for (train, other, split) in [
        ("trainset", "testset", "test"),
        ("training_set", "testing_set", "test"),
        ("train-images", "val-images", "validation"),
        ("train2017", "val2017", "validation"),
        ("images_train", "images_test", "test"),
        ("trainImages", "testImages", "test"),
        ("TrainData", "TestData", "test"),
        ("traindata", "validdata", "validation"),
        ("trn", "tst", "test"),
        ("learn", "eval", "test"),
        ("Training Data", "Evaluation", "test"),
        ("train", "dev", "validation"),
        ("train", "hold_out", "test"),
        ("train", "holdout", "test"),
        ("trainval", "test", "test"),
        ("train_val", "test", "test"),
        ("학습", "평가", "test"),
        ("학습용", "검증용", "validation"),
        ("훈련데이터", "테스트데이터", "test"),
        ("학습용 데이터", "시험용 데이터", "test"),
        ("훈련셋", "검증셋", "validation"),
        ("Trainingsdaten", "Validierungsdaten", "validation"),
        ("entraînement", "validation", "validation"),
        ("entrenamiento", "prueba", "test"),
        ("1_train", "2_test", "test"),
    ] {
        let paths = [
            format!("r/{train}/cats/1.jpg"),
            format!("r/{train}/dogs/2.jpg"),
            format!("r/{other}/cats/3.jpg"),
            format!("r/{other}/dogs/4.jpg"),
        ];
        let paths: Vec<&str> = paths.iter().map(|path| &path[..]).collect();
        let expected = ["train/cats", "train/dogs", &format!("{split}/cats"), &format!("{split}/dogs")];
        assert_eq!(places(&paths), expected, "{train}, {other}");
    }
}

#[test]
fn siblings_that_differ_in_the_word_for_a_split_are_splits() {
    let alphabet = [
        "archive/asl_alphabet_train/asl_alphabet_train/A/1.jpg",
        "archive/asl_alphabet_train/asl_alphabet_train/B/2.jpg",
        "archive/asl_alphabet_test/asl_alphabet_test/A_test.jpg",
        "archive/asl_alphabet_test/asl_alphabet_test/B_test.jpg",
    ];
    let loose = "!it lies in \"asl_alphabet_test\" itself, outside of every class folder";
    assert_eq!(places(&alphabet), ["A", "B", loose, loose]);
    for (train, test) in [
        ("signs_train_v2", "signs_test_v2"),
        ("train_signs", "test_signs"),
        ("SignsTrain", "SignsTest"),
        ("signstrain", "signstest"),
        ("GTSRB_Final_Training_Images", "GTSRB_Final_Test_Images"),
        ("표지판 학습", "표지판 테스트"),
    ] {
        let paths = [
            format!("{train}/A/1.jpg"),
            format!("{train}/B/2.jpg"),
            format!("{test}/images/A/3.jpg"),
            format!("{test}/images/B/4.jpg"),
            "more/readme.png".to_owned(),
        ];
        let paths: Vec<&str> = paths.iter().map(|path| &path[..]).collect();
        let outside = "!it lies outside of the train, validation and test folders";
        assert_eq!(places(&paths), ["train/A", "train/B", "test/A", "test/B", outside], "{train}, {test}");
    }
    let inside =
        ["r/sea/sea_train/1.jpg", "r/ice/ice_train/2.jpg", "r/sea/sea_test/3.jpg", "r/ice/ice_test/4.jpg"];
    assert_eq!(places(&inside), ["train/sea", "train/ice", "test/sea", "test/ice"]);
}

#[test]
fn a_folder_may_be_called_as_its_split_and_its_class() {
    let paths = ["r/train_cats/1.jpg", "r/train_dogs/2.jpg", "r/test_cats/3.jpg", "r/test_dogs/4.jpg"];
    assert_eq!(places(&paths), ["train/cats", "train/dogs", "test/cats", "test/dogs"]);
    let paths = ["sea ice - val/1.jpg", "sea ice - train/2.jpg", "sky - train/3.jpg", "sky - val/4.jpg"];
    assert_eq!(places(&paths), ["validation/sea ice", "train/sea ice", "train/sky", "validation/sky"]);
}

#[test]
fn classes_that_are_called_as_splits_stay_classes() {
    for classes in [
        ["train", "bus"],
        ["test", "cat"],
        ["steam train", "freight train"],
        ["bullet train", "subway"],
        ["contest", "protest"],
        ["strain", "latest"],
        ["valid", "invalid"],
        ["test_tube", "beaker"],
        ["data", "images"],
        ["dev", "ops"],
    ] {
        let paths = classes.map(|class| format!("r/{class}/1.jpg"));
        assert_eq!(places(&[&paths[0], &paths[1]]), classes);
    }
    // A class in a tree of splits may be called so, too.
    let paths = ["r/train/train/1.jpg", "r/train/bus/2.jpg", "r/test/train/3.jpg", "r/test/bus/4.jpg"];
    assert_eq!(places(&paths), ["train/train", "train/bus", "test/train", "test/bus"]);
    let paths = [
        "r/train/images/a/1.jpg",
        "r/train/images/b/2.jpg",
        "r/test/images/a/3.jpg",
        "r/test/images/b/4.jpg",
    ];
    assert_eq!(places(&paths), ["train/a", "train/b", "test/a", "test/b"]);
}

#[test]
fn a_preview_beside_the_folder_changes_nothing() {
    let paths = ["r/cover.jpg", "r/pets/cats/1.jpg", "r/pets/cats/2.jpg", "r/pets/dogs/3.jpg"];
    assert_eq!(places(&paths), ["!it lies outside of every class folder", "cats", "cats", "dogs"]);
    let paths = ["r/cover.jpg", "r/pets/train/a/1.jpg", "r/pets/train/b/2.jpg", "r/pets/test/a/3.jpg"];
    let outside = "!it lies outside of the train, validation and test folders";
    assert_eq!(places(&paths), [outside, "train/a", "train/b", "test/a"]);
}

#[test]
fn a_folder_that_repeats_its_siblings_is_left_out() {
    let paths = [
        "flowers/daisy/1.jpg",
        "flowers/rose/1.jpg",
        "flowers/rose/2.jpg",
        "flowers/flowers/daisy/1.jpg",
        "flowers/flowers/rose/1.jpg",
        "flowers/flowers/rose/2.jpg",
    ];
    let copy = |of: &str| format!("!its folder repeats the folders beside it: it is a copy of flowers/{of}");
    let (daisy, first, second) = (copy("daisy/1.jpg"), copy("rose/1.jpg"), copy("rose/2.jpg"));
    let expected = ["daisy", "rose", "rose", &daisy, &first, &second];
    assert_eq!(places(&paths), expected);
    assert_eq!(sized(&paths, &[5, 6, 7, 5, 6, 7]), expected);
    // Another photo of that name is no copy, and is of the class that its folder says.
    assert_eq!(sized(&paths, &[5, 6, 7, 5, 6, 8]), ["daisy", "rose", "rose", &daisy, &first, "rose"]);
    // Under any name, in part, and with itself once more.
    let paths = [
        "r/cats/1.jpg",
        "r/dogs/2.jpg",
        "r/birds/3.jpg",
        "r/sample/cats/1.jpg",
        "r/sample/dogs/2.jpg",
        "r/sample/sample/cats/1.jpg",
        "r/sample/sample/dogs/2.jpg",
    ];
    let places = places(&paths);
    assert_eq!(places[..3], ["cats", "dogs", "birds"]);
    assert!(places[3..].iter().all(|place| place.starts_with("!its folder repeats")), "{places:?}");
}

#[test]
fn trees_of_splits_are_repeated_too() {
    let tree = ["train/a/1.jpg", "train/b/2.jpg", "test/a/3.jpg", "test/b/4.jpg"];
    let paths: Vec<String> = tree
        .iter()
        .map(|path| format!("xray/{path}"))
        .chain(tree.iter().map(|path| format!("xray/xray/{path}")))
        .collect();
    let paths: Vec<&str> = paths.iter().map(|path| &path[..]).collect();
    let places = places(&paths);
    assert_eq!(places[..4], ["train/a", "train/b", "test/a", "test/b"]);
    assert!(places[4..].iter().all(|place| place.contains("it is a copy of xray/")), "{places:?}");
}

#[test]
fn what_only_looks_like_a_repetition_is_kept() {
    // Each holds all: none of them is the copy.
    let paths = ["r/a/a/1.jpg", "r/a/b/2.jpg", "r/b/a/3.jpg", "r/b/b/4.jpg"];
    assert_eq!(places(&paths), ["a", "a", "b", "b"]);
    // A folder of one name in a class is a folder in a class.
    let paths = ["r/cats/dogs/1.jpg", "r/cats/2.jpg", "r/dogs/1.jpg"];
    assert_eq!(places(&paths), ["cats", "cats", "dogs"]);
    // Splits beside the classes that they share out.
    let paths =
        ["r/a/1.jpg", "r/b/2.jpg", "r/train/a/1.jpg", "r/train/b/2.jpg", "r/test/a/3.jpg", "r/test/b/4.jpg"];
    assert_eq!(places(&paths)[2..], ["train/a", "train/b", "test/a", "test/b"]);
}

#[test]
fn the_copy_of_a_class_folder_is_no_class() {
    let paths =
        ["r/cats/1.jpg", "r/cats/2.jpg", "r/dogs/3.jpg", "r/cats - Copy/1.jpg", "r/cats - Copy/2.jpg"];
    let places = sized(&paths, &[4, 5, 6, 4, 5]);
    assert_eq!(places[..3], ["cats", "cats", "dogs"]);
    assert!(places[3..].iter().all(|place| place.contains("it is a copy of r/cats/")), "{places:?}");
    // Where the files are other ones, it is for the user to say.
    assert_eq!(sized(&paths, &[4, 5, 6, 4, 9])[3..], ["cats - Copy", "cats - Copy"]);
    assert_eq!(sized(&["r/cats/1.jpg", "r/cats (2)/1.jpg", "r/dogs/1.jpg"], &[4, 4, 5])[2], "dogs");
    assert_eq!(sized(&["r/1/1.jpg", "r/10/1.jpg"], &[4, 4]), ["1", "10"]);
    let places = sized(&["r/Part_1/1.jpg", "r/part_1/1.jpg", "r/part_2/2.jpg"], &[4, 4, 5]);
    assert_eq!((&places[0][..], &places[2][..]), ("Part_1", "part_2"));
    assert!(places[1].ends_with("it is a copy of r/Part_1/1.jpg"), "{places:?}");
}
