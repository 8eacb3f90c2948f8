#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::data::{Contents, DataError, Layout, LayoutKind, Placement, Split};

pub fn owned(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

fn layout(paths: &[&str]) -> Result<Layout, DataError> {
    let paths = owned(paths);
    Layout::of(&paths, &Contents::default(), LayoutKind::Auto)
}

fn places(paths: &[&str]) -> Vec<String> {
    places_in(&layout(paths).unwrap())
}

/// Each path as `class`, `split/class`, `-` where it is ignored, or `!` and the reason.
pub fn places_in(layout: &Layout) -> Vec<String> {
    let describe = |placement: &Placement| match placement {
        Placement::Ignored => "-".to_owned(),
        Placement::Rejected(reason) => format!("!{reason}"),
        Placement::Photo { class, split: None } => layout.classes[*class].clone(),
        Placement::Photo { class, split: Some(split) } => format!("{split}/{}", layout.classes[*class]),
    };
    layout.placements.iter().map(describe).collect()
}

fn message(paths: &[&str]) -> String {
    layout(paths).unwrap_err().to_string()
}

#[test]
fn subfolders_are_classes() {
    let paths = ["pets/dogs/1.jpg", "pets/cats/1.jpg", "pets/cats/deep/er/2.PNG"];
    assert_eq!(layout(&paths).unwrap().classes, ["cats", "dogs"]);
    assert_eq!(places(&paths), ["dogs", "cats", "cats"]);
    assert_eq!(places(&["cats/1.jpg", "dogs/2.jpg"]), ["cats", "dogs"]);
}

#[test]
fn common_folders_are_stripped_whatever_else_lies_there() {
    let paths = ["readme.txt", "a/b/c/cats/1.jpg", "a/b/c/dogs/1.jpg", "a/notes.md"];
    let text = "!not a photo: .txt files are not read";
    let notes = "!not a photo: .md files are not read";
    assert_eq!(places(&paths), [text, "cats", "dogs", notes]);
}

#[test]
fn classes_are_sorted_by_code_point_as_keras_sorts_them() {
    let paths = ["b/1.jpg", "10/1.jpg", "2/1.jpg", "B/1.jpg", "고양이/1.jpg", "é/1.jpg"];
    assert_eq!(layout(&paths).unwrap().classes, ["10", "2", "B", "b", "é", "고양이"]);
}

#[test]
fn every_ending_that_is_read_counts_in_any_case() {
    let paths = ["a/1.JPG", "a/2.jpeg", "a/3.jpe", "b/4.JfIf", "b/5.png", "b/6.GIF", "b/7.bmp", "b/8.webp"];
    assert!(places(&paths).iter().all(|place| place == "a" || place == "b"));
}

#[test]
fn what_systems_leave_is_ignored() {
    let paths = [
        "r/a/1.jpg",
        "r/b/1.jpg",
        "r/.DS_Store",
        "r/a/Thumbs.db",
        "r/Desktop.ini",
        "__MACOSX/r/a/._1.jpg",
        "r/a/._1.jpg",
        "r/.git/x/1.jpg",
    ];
    assert_eq!(places(&paths), ["a", "b", "-", "-", "-", "-", "-", "-"]);
}

#[test]
fn what_is_no_photo_is_rejected_with_the_reason() {
    let paths = ["a/1.jpg", "b/1.jpg", "b/x.txt", "b/IMG_1.HEIC", "b/noending", "b/dot.", "c.jpg"];
    assert_eq!(
        places(&paths)[2..],
        [
            "!not a photo: .txt files are not read",
            "!.HEIC photos are not read: save them as JPEG or PNG",
            "!not a photo: files without an ending are not read",
            "!not a photo: files without an ending are not read",
            "!it lies outside of every class folder",
        ]
    );
}

#[test]
fn paths_are_tidied() {
    let paths = ["r\\a\\1.jpg", "/r//b/./1.jpg", "./r/a/2.jpg", "r/../b/3.jpg", ""];
    assert_eq!(places(&paths)[..3], ["a", "b", "a"]);
    assert_eq!(places(&paths)[3..], ["!its path leads out of the folder (..)", "!its path is empty"]);
}

#[test]
fn names_are_kept_as_they_are() {
    let html = "<img src=x onerror=alert(1)>";
    let paths = [&format!("r/{html}/1.jpg"), "r/강아지 & co/강아지.jpg"];
    assert_eq!(layout(&paths).unwrap().classes, [html, "강아지 & co"]);
}

#[test]
fn a_tree_of_splits_is_kept() {
    let paths = [
        "r/train/cats/1.jpg",
        "r/train/dogs/1.jpg",
        "r/validation/cats/2.jpg",
        "r/test/dogs/more/3.jpg",
        "r/train/cats/deep/4.jpg",
    ];
    let expected = ["train/cats", "train/dogs", "validation/cats", "test/dogs", "train/cats"];
    assert_eq!(places(&paths), expected);
}

#[test]
fn the_usual_spellings_of_splits_are_known() {
    let cases = [
        ("train", Split::Train),
        ("Training", Split::Train),
        ("training_set", Split::Train),
        ("TRAIN_SET", Split::Train),
        ("validation", Split::Validation),
        ("Valid", Split::Validation),
        ("val", Split::Validation),
        ("validation_set", Split::Validation),
        ("test", Split::Test),
        ("Testing", Split::Test),
        ("test_set", Split::Test),
        ("seg_train", Split::Train),
        ("test1", Split::Test),
        ("val-images", Split::Validation),
        ("훈련", Split::Train),
        ("검증 데이터", Split::Validation),
    ];
    for (name, split) in cases {
        let other = if split == Split::Train { "test" } else { "train" };
        let path = format!("{name}/a/1.jpg");
        let paths =
            [&path[..], &format!("{other}/a/2.jpg"), &format!("{other}/b/2.jpg"), &format!("{name}/b/1.jpg")];
        assert_eq!(places(&paths)[0], format!("{split}/a"), "{name}");
    }
}

#[test]
fn a_split_may_lie_in_a_folder_of_its_name_or_in_each_class() {
    let twice =
        ["seg_train/seg_train/sea/1.jpg", "seg_train/seg_train/ice/1.jpg", "seg_test/seg_test/sea/2.jpg"];
    assert_eq!(places(&twice), ["train/sea", "train/ice", "test/sea"]);
    let inside = ["r/sea/train/1.jpg", "r/ice/train/1.jpg", "r/sea/test/2.jpg", "r/ice/val/deep/2.jpg"];
    assert_eq!(places(&inside), ["train/sea", "train/ice", "test/sea", "validation/ice"]);
    // A split that is given nowhere else is a folder in a class as any other.
    let one = ["r/sea/train/1.jpg", "r/ice/train/1.jpg"];
    assert_eq!(places(&one), ["sea", "ice"]);
}

#[test]
fn a_tree_with_nothing_but_train_has_no_splits() {
    let plain = ["cats", "dogs"];
    assert_eq!(places(&["root/train/cats/1.jpg", "root/train/dogs/1.jpg"]), plain);
    // Photos without a class beside it, as an unlabelled test folder has them, change nothing.
    let paths = ["r/train/cats/1.jpg", "r/train/dogs/1.jpg", "r/test/1.jpg", "r/sample.jpg"];
    assert_eq!(places(&paths)[..2], plain);
    assert_eq!(
        places(&paths)[2..],
        [
            "!it lies in \"test\" itself, outside of every class folder",
            "!it lies outside of the train, validation and test folders"
        ]
    );
}

#[test]
fn folders_beside_a_tree_and_classes_unknown_to_train_are_rejected() {
    let paths = [
        "dataset/training_set/cats/1.jpg",
        "dataset/training_set/dogs/1.jpg",
        "dataset/test_set/cats/2.jpg",
        "dataset/test_set/birds/2.jpg",
        "dataset/single_prediction/cat_or_dog_1.jpg",
    ];
    assert_eq!(
        places(&paths),
        [
            "train/cats",
            "train/dogs",
            "test/cats",
            "!its class \"birds\" has no photos in the train folder",
            "!it lies outside of the train, validation and test folders",
        ]
    );
}

#[test]
fn a_class_may_be_called_train() {
    assert_eq!(places(&["r/train/1.jpg", "r/bus/1.jpg"]), ["train", "bus"]);
    assert_eq!(places(&["r/train/old/1.jpg", "r/bus/1.jpg"]), ["train", "bus"]);
}

#[test]
fn an_empty_folder_and_one_without_photos_say_so() {
    assert_eq!(layout(&[]).unwrap_err(), DataError::NoFiles);
    let text = message(&["r/a.txt", "r/b.heic", "r/.DS_Store"]);
    assert_eq!(
        text,
        "none of the 3 files is a photo: JPEG, PNG, GIF, BMP and WebP are read. Rejected: r/a.txt: not a \
         photo: .txt files are not read; r/b.heic: .heic photos are not read: save them as JPEG or PNG"
    );
    assert!(message(&[".photos/a/1.jpg", ".photos/b/1.jpg"]).contains("All are hidden files"));
}

#[test]
fn one_class_says_which_and_what_is_needed() {
    for paths in [
        &["cats/1.jpg", "cats/2.jpg"][..],
        &["r/cats/1.jpg", "r/cats/2.jpg"],
        &["r/cats/1.jpg", "r/x.jpg"],
        &["train/cats/1.jpg", "test/cats/1.jpg"],
        &["r/cats/1.jpg", "r/dogs/1.heic"],
    ] {
        let text = message(paths);
        assert!(text.starts_with("there is only one class, \"cats\": "), "{text}");
        assert!(text.contains("a classifier needs at least two subfolders, one a class"), "{text}");
    }
    assert!(
        message(&["r/cats/1.jpg", "r/dogs/1.heic"])
            .ends_with("Rejected: r/dogs/1.heic: .heic photos are not read: save them as JPEG or PNG")
    );
}

#[test]
fn loose_photos_have_no_class() {
    for paths in
        [&["1.jpg", "2.jpg"][..], &["train/1.jpg", "test/2.jpg"], &["r/train/1.jpg", "r/train/2.jpg"]]
    {
        let text = message(paths);
        assert!(text.starts_with("the photos are not sorted into classes: "), "{text}");
    }
}

#[test]
fn a_tree_needs_a_train_folder() {
    let text = message(&["r/test/a/1.jpg", "r/val/a/1.jpg", "r/val/b/1.jpg"]);
    assert!(text.starts_with("there is a test folder but no train folder beside it"), "{text}");
}

#[test]
fn long_lists_of_reasons_are_cut() {
    let text = message(&["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"]);
    assert!(text.contains("c.txt: ") && !text.contains("d.txt") && text.ends_with("; and 2 more"), "{text}");
}

#[test]
fn a_layout_that_is_handed_on_is_checked() {
    let found = layout(&["cats/1.jpg", "dogs/2.jpg", "dogs/Thumbs.db"]).unwrap();
    let whole = serde_json::to_string(&found).unwrap();
    assert_eq!(Layout::from_json(&whole, 3), Ok(found));
    let unknown = whole.replace("\"class\":1", "\"class\":2");
    for (text, files) in [("", 3), ("{}", 3), (&whole, 2), (&unknown, 3), (&whole[..40], 3)] {
        let error = Layout::from_json(text, files).unwrap_err();
        assert!(matches!(error, DataError::NoLayout(_)), "{text}: {error}");
    }
}
