//! Which photos a table means, where several are called alike or its rows are many.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::datasets::{Files, counted, lines, many, unused};
use super::layout::places_in;
use crate::data::{Contents, Layout, LayoutKind};

#[test]
fn the_table_tells_which_folder_it_means() {
    let labels = lines("id,label", 24, |nth| format!("{},{}", nth + 1, ["airplane", "bird", "cat"][nth % 3]));
    let photos = |files: Files| {
        files
            .photos(many(24, |nth| format!("r/train/{}.png", nth + 1)))
            .photos(many(5, |nth| format!("r/test/{}.png", nth + 1)))
    };
    for path in
        ["r/trainLabels.csv", "r/train.csv", "r/train_labels_v2.csv", "r/labels.csv", "r/train/labels.csv"]
    {
        let files = photos(Files::default().table(path, &labels));
        let (layout, places) = (files.auto(), files.places());
        assert_eq!(["airplane", "bird", "cat"].map(|class| counted(&places, class)), [8; 3], "{path}");
        assert_eq!(counted(&places, &format!("!{path} gives it no class")), 5, "{path}");
        assert!(layout.missing.is_empty(), "{path}: {:?}", layout.missing);
    }
    // A photo that is not among them is not the test's photo of that name.
    let files = Files::default()
        .table("r/trainLabels.csv", &labels)
        .photos(many(20, |nth| format!("r/train/{}.png", nth + 1)))
        .photos(many(24, |nth| format!("r/test/{}.png", nth + 1)));
    let (layout, places) = (files.auto(), files.places());
    assert_eq!(counted(&places, "!r/trainLabels.csv gives it no class"), 24);
    assert_eq!(layout.missing.len(), 4);
    assert_eq!(layout.missing[0].reason, "r/trainLabels.csv names it in line 22, and there is no such photo");
    // Each split has a table.
    let tests = lines("id,label", 5, |nth| format!("{},{}", nth + 1, ["airplane", "bird"][nth % 2]));
    let files =
        photos(Files::default().table("r/trainLabels.csv", &labels).table("r/testLabels.csv", &tests));
    assert_eq!((counted(&files.places(), "train/bird"), counted(&files.places(), "test/airplane")), (8, 3));
    // Folders that a table is called after.
    let files = Files::default()
        .table("r/part1.csv", "id,label\n1,cat\n2,dog")
        .table("r/part2.csv", "id,label\n1,dog\n2,cat")
        .photos(["r/part1/1.jpg", "r/part1/2.jpg", "r/part2/1.jpg", "r/part2/2.jpg"].map(str::to_owned));
    assert_eq!(files.places()[2..], ["cat", "dog", "dog", "cat"]);
}

#[test]
fn a_name_that_is_not_told_apart_is_told_as_that() {
    let files = Files::default()
        .table("r/labels.csv", "id,label\nx/1,cat\ny/2,dog\n1,dog")
        .photos(["r/x/1.jpg", "r/x/2.jpg", "r/y/1.jpg", "r/y/2.jpg"].map(str::to_owned));
    let layout = files.layout(LayoutKind::Table).unwrap();
    assert_eq!(places_in(&layout)[1], "cat");
    assert_eq!(places_in(&layout)[4], "dog");
    assert_eq!(
        layout.missing[0].reason,
        "r/labels.csv names it in line 4, and several photos have that name: write the folder in front of it"
    );
}

#[test]
fn names_that_each_class_has_are_no_use() {
    let photos = many(8, |nth| format!("r/{}/{}.jpg", ["cats", "dogs"][nth % 2], nth / 2));
    let text = lines("id,label", 4, |nth| format!("{nth},{}", ["cats", "dogs"][nth % 2]));
    let layout = Files::default().table("r/t.csv", &text).photos(photos).auto();
    let reason = "not used: its names fit several photos each; write the folder in front of each name";
    assert_eq!((layout.told.by, unused(&layout)), (LayoutKind::Folders, vec![("r/t.csv", reason)]));
}

#[test]
fn folders_that_lie_there_twice_do_not_take_a_tables_photos() {
    let text = lines("image_id,dx", 20, |nth| format!("ISIC_{nth},{}", ["mel", "nv", "bkl"][nth % 3]));
    let part = |name: &str, nth: usize| format!("r/{name}_{}/ISIC_{nth}.jpg", 1 + nth % 2);
    let files = Files::default()
        .table("r/metadata.csv", &text)
        .photos(many(20, |nth| part("HAM10000_images_part", nth)))
        .photos(many(20, |nth| part("ham10000_images_part", nth)));
    let contents =
        Contents { sizes: std::iter::once(9).chain((0..40).map(|nth| nth % 20)).collect(), ..files.contents };
    let layout = Layout::of(&files.paths, &contents, LayoutKind::Auto).unwrap();
    assert_eq!((layout.told.by, layout.classes.len()), (LayoutKind::Table, 3));
    let left_out =
        places_in(&layout).iter().filter(|place| place.contains("it is a copy of r/HAM10000_images")).count();
    assert_eq!(left_out, 20);
}

#[test]
fn a_table_in_each_class_folder_speaks_of_its_own_photos() {
    let table = |class: usize| {
        lines("Filename;Width;Height;Roi.X1;ClassId", 3, |nth| format!("0000{nth}.png;3{nth};29;5;{class}"))
    };
    let files = Files::default()
        .table("r/00000/GT-00000.csv", &table(0))
        .table("r/00001/GT-00001.csv", &table(1))
        .photos(many(6, |nth| format!("r/0000{}/0000{}.png", nth / 3, nth % 3)));
    let layout = files.auto();
    assert_eq!(
        (layout.told.by, layout.classes),
        (LayoutKind::Folders, vec!["00000".to_owned(), "00001".to_owned()])
    );
}

#[test]
fn rows_far_down_a_long_table_are_found() {
    let text = lines("id,breed", 5000, |nth| format!("{nth},b{}", nth % 3));
    let files = Files::default()
        .table("r/labels.csv", &text)
        .photos(many(30, |nth| format!("r/{}.jpg", 3000 + nth * 7)));
    assert_eq!(files.auto().classes.len(), 3);
}

#[test]
fn each_label_once_is_no_label() {
    let text = lines("ClassId,SignName", 8, |nth| format!("{nth},sign {nth}"));
    let files = Files::default()
        .table("r/signnames.csv", &text)
        .photos(many(16, |nth| format!("r/{}/{}.png", ["a", "b"][nth % 2], nth / 2 + 100 * (nth % 2))));
    assert_eq!(files.auto().told.by, LayoutKind::Folders);
    let text = lines("file,label", 8, |nth| format!("{nth}.png,a photo of thing {nth}"));
    let files = Files::default()
        .table("r/captions.csv", &text)
        .photos(many(8, |nth| format!("r/{}/{nth}.png", ["a", "b"][nth % 2])));
    assert_eq!(
        unused(&files.auto()),
        [("r/captions.csv", "not used: each photo has a different label in it")]
    );
}
