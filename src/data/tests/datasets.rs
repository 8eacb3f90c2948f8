//! Tables beside photos as public data sets have them.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::fmt::Write;

use super::layout::places_in;
use crate::data::{Contents, DataError, Layout, LayoutKind, Reading, Wanted};

/// A folder of tables, by path and text, and of photos.
#[derive(Default)]
pub(super) struct Files {
    pub(super) paths: Vec<String>,
    pub(super) contents: Contents,
}

impl Files {
    pub(super) fn table(mut self, path: &str, text: &str) -> Self {
        self.contents.tables.push((self.paths.len(), text.to_owned()));
        self.paths.push(path.to_owned());
        self
    }

    pub(super) fn photos(mut self, paths: impl IntoIterator<Item = String>) -> Self {
        self.paths.extend(paths);
        self
    }

    pub(super) fn layout(&self, wanted: impl Into<Wanted>) -> Result<Layout, DataError> {
        Layout::of(&self.paths, &self.contents, wanted)
    }

    pub(super) fn auto(&self) -> Layout {
        self.layout(LayoutKind::Auto).unwrap()
    }

    pub(super) fn places(&self) -> Vec<String> {
        places_in(&self.auto())
    }
}

/// So many names: `path(0)`, `path(1)` and so on.
pub(super) fn many(count: usize, path: impl Fn(usize) -> String) -> impl Iterator<Item = String> {
    (0..count).map(path)
}

/// A table with these heads and a line for each number.
pub(super) fn lines(heads: &str, count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(format!("{heads}\n"), |mut text, nth| {
        let _ = writeln!(text, "{}", line(nth));
        text
    })
}

pub(super) fn counted(places: &[String], place: &str) -> usize {
    places.iter().filter(|found| *found == place).count()
}

pub(super) fn unused(layout: &Layout) -> Vec<(&str, &str)> {
    layout.told.unused.iter().map(|table| (&table.path[..], &table.reason[..])).collect()
}

const SIGNS: &str = "Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path";

/// Traffic signs: class folders to train with, a flat test folder, pictograms, and a table for each.
fn signs() -> Files {
    let line = |folder: &str, nth: usize, class: usize| {
        format!("{},{},5,6,2{},24,{class},{folder}{nth:05}.png", 29 + nth % 5, 30 + nth % 4, nth % 3)
    };
    Files::default()
        .table(
            "r/Meta.csv",
            &lines("Path,ClassId,ShapeId,ColorId,SignId", 4, |nth| {
                format!("Meta/{nth}.png,{nth},{},0,3.{nth}", nth % 2)
            }),
        )
        .table("r/Test.csv", &lines(SIGNS, 12, |nth| line("Test/", nth, nth % 4)))
        .table("r/Train.csv", &lines(SIGNS, 40, |nth| line(&format!("Train/{}/", nth / 10), nth, nth / 10)))
        .photos(many(4, |nth| format!("r/Meta/{nth}.png")))
        .photos(many(12, |nth| format!("r/Test/{nth:05}.png")))
        .photos(many(40, |nth| format!("r/Train/{}/{nth:05}.png", nth / 10)))
}

#[test]
fn traffic_signs_are_told_by_their_class_and_not_by_their_width() {
    let signs = signs();
    let (layout, places) = (signs.auto(), signs.places());
    assert_eq!(layout.classes, ["0", "1", "2", "3"]);
    for class in ["0", "1", "2", "3"] {
        assert_eq!(counted(&places, &format!("train/{class}")), 10);
        assert_eq!(counted(&places, &format!("test/{class}")), 3);
    }
    let outside = "!it lies outside of the train, validation and test folders";
    assert_eq!(places[3..7], [outside; 4]);
    assert_eq!(layout.told.by, LayoutKind::Folders);
    assert_eq!(
        (layout.told.tables, layout.told.columns),
        (vec!["r/Test.csv".to_owned()], vec!["Path".to_owned(), "ClassId".to_owned()])
    );
    assert_eq!(
        unused(&signs.auto()).iter().map(|(path, _)| *path).collect::<Vec<_>>(),
        ["r/Meta.csv", "r/Train.csv"]
    );
}

#[test]
fn any_column_can_be_chosen_with_its_reading_before() {
    let signs = signs();
    let readings = Reading::all(&signs.paths, &signs.contents).unwrap();
    assert_eq!((readings[0].layout, readings[0].by), (LayoutKind::Auto, LayoutKind::Folders));
    assert_eq!(readings[0].classes.iter().map(|class| class.photos).collect::<Vec<_>>(), [13; 4]);
    let columns: Vec<&str> = readings.iter().filter_map(|reading| reading.column.as_deref()).collect();
    assert!(columns.starts_with(&["ShapeId"]) || columns.contains(&"ClassId"), "{columns:?}");
    let width = readings.iter().find(|reading| reading.column.as_deref() == Some("Width")).unwrap();
    assert_eq!(
        width.classes.iter().map(|class| &class.name[..]).collect::<Vec<_>>(),
        ["29", "30", "31", "32", "33"]
    );
    let wanted = Wanted { column: Some("width".to_owned()), ..Wanted::default() };
    let layout = signs.layout(wanted).unwrap();
    assert_eq!((layout.told.by, layout.classes.len()), (LayoutKind::Table, 5));
    let wanted = |table: &str, column: &str| Wanted {
        by: LayoutKind::Table,
        table: Some(table.to_owned()),
        column: Some(column.to_owned()),
    };
    let layout = signs.layout(wanted("Train.csv", "ClassId")).unwrap();
    assert_eq!(layout.told.tables, ["r/Train.csv"]);
    let error = |table, column| signs.layout(wanted(table, column)).unwrap_err().to_string();
    assert_eq!(
        error("Trian.csv", "ClassId"),
        "there is no table \"Trian.csv\" that names the photos; the tables are: r/Meta.csv, r/Test.csv, r/Train.csv"
    );
    let text = error("Train.csv", "Klass");
    assert!(
        text.starts_with(
            "there is no column \"Klass\" that could hold labels; the columns are: Width, Height"
        ),
        "{text}"
    );
}

#[test]
fn heads_are_compared_word_by_word() {
    for head in [
        "class",
        "Class",
        "ClassId",
        "class_id",
        "classId",
        "CLASS ID",
        "classid",
        "label_name",
        "LabelName",
        "image_label",
        "species",
        "Species Name",
        "dog breed",
        "Category",
        "categoryId",
        "target",
        "Diagnosis",
        "dx",
        "클래스",
        "라벨 이름",
        "Klasse",
        "catégorie",
        "ground_truth_label",
    ] {
        let text = lines(&format!("Width,file,shop,{head},Roi.X1"), 12, |nth| {
            format!("{},{nth}.jpg,{},c{},{}", nth % 2, nth % 3, nth % 4, nth % 2)
        });
        let files = Files::default().table("r/t.csv", &text).photos(many(12, |nth| format!("r/{nth}.jpg")));
        assert_eq!(files.auto().told.columns, ["file", head], "{head}");
    }
    for (heads, expected) in [
        ("image_id,lesion_id,dx,dx_type,age,sex", "dx"),
        ("id,class,class_confidence,width", "class"),
        ("image_name,patient_id,sex,diagnosis,target", "target"),
        ("id,masterCategory,year,height", "masterCategory"),
        ("filename,xmin,ymin,xmax,ymax,class", "class"),
        ("x,y", "y"),
        ("image,level", "level"),
        ("Image,Id", "Id"),
        ("ID,has_cactus", "has_cactus"),
    ] {
        let width = heads.split(',').count();
        let text = lines(heads, 12, |nth| {
            (1..width).fold(format!("{nth}"), |text, column| format!("{text},c{}", nth / 2 % (column + 1)))
        });
        let files = Files::default().table("r/t.csv", &text).photos(many(12, |nth| format!("r/{nth}.jpg")));
        assert_eq!(files.auto().told.columns[1], expected, "{heads}");
    }
}

#[test]
fn a_name_for_each_class_goes_before_its_number() {
    let text = lines("filename,class_id,class_name", 12, |nth| {
        format!("{nth}.jpg,{},{}", nth % 3, ["oak", "elm", "fir"][nth % 3])
    });
    let files = Files::default().table("r/t.csv", &text).photos(many(12, |nth| format!("r/{nth}.jpg")));
    assert_eq!(files.auto().classes, ["elm", "fir", "oak"]);
}

#[test]
fn measurements_and_splits_are_no_labels() {
    for head in [
        "Width",
        "height",
        "Roi.X1",
        "x_1",
        "bbox_area",
        "fold",
        "partition",
        "year",
        "date",
        "age",
        "latitude",
    ] {
        let text = lines(&format!("file,{head}"), 12, |nth| format!("{nth}.jpg,{}", nth % 3));
        let files = Files::default()
            .table("r/t.csv", &text)
            .photos(many(12, |nth| format!("r/c{}/{nth}.jpg", nth % 2)));
        let layout = files.auto();
        assert_eq!(layout.told.by, LayoutKind::Folders, "{head}");
        assert_eq!(
            unused(&layout),
            [("r/t.csv", "not used: none of its columns beside the photos' names holds labels")]
        );
    }
    // Probabilities are no labels, whatever they are called.
    let text = lines("file,label", 12, |nth| format!("{nth}.jpg,0.{}", nth % 3));
    let files =
        Files::default().table("r/t.csv", &text).photos(many(12, |nth| format!("r/c{}/{nth}.jpg", nth % 2)));
    assert_eq!(files.auto().told.by, LayoutKind::Folders);
}

#[test]
fn many_attributes_are_asked_about() {
    let text = lines("image_id,Bald,Smiling,Young,Hat", 20, |nth| {
        format!(
            "{nth:06}.jpg,{},{},{},{}",
            [-1, 1][nth % 2],
            [-1, 1][nth / 2 % 2],
            [-1, 1][nth / 3 % 2],
            [-1, 1][nth / 5 % 2]
        )
    });
    let partition = lines("image_id,partition", 20, |nth| format!("{nth:06}.jpg,{}", nth % 3));
    let faces =
        || Files::default().table("r/list_attr.csv", &text).table("r/list_eval_partition.csv", &partition);
    let flat = faces().photos(many(20, |nth| format!("r/img/{nth:06}.jpg")));
    let error = flat.layout(LayoutKind::Auto).unwrap_err();
    assert_eq!(
        error.to_string(),
        "r/list_attr.csv names the photos, but it is not clear which of its columns holds the classes: choose one \
         (Bald, Smiling, Young, Hat)"
    );
    let layout = flat.layout(Wanted { column: Some("Smiling".to_owned()), ..Wanted::default() }).unwrap();
    assert_eq!(layout.classes, ["-1", "1"]);
    assert_eq!(Reading::all(&flat.paths, &flat.contents).unwrap()[0].column.as_deref(), Some("Bald"));
    // Folders that are classes need no answer.
    let sorted = faces().photos(many(20, |nth| format!("r/{}/{nth:06}.jpg", ["men", "women"][nth % 2])));
    assert_eq!(sorted.auto().told.by, LayoutKind::Folders);
}

#[test]
fn a_column_per_class_needs_one_class_per_photo() {
    let text = lines("image_id,healthy,rust,scab", 12, |nth| {
        format!("{nth},{},{},{}", u8::from(nth % 3 == 0), u8::from(nth % 3 == 1), u8::from(nth % 3 == 2))
    });
    let files =
        Files::default().table("r/train.csv", &text).photos(many(12, |nth| format!("r/images/{nth}.jpg")));
    assert_eq!(files.auto().classes, ["healthy", "rust", "scab"]);
    let text = lines("image,MEL,NV", 12, |nth| format!("{nth},{}.0,{}.0", nth % 2, 1 - nth % 2));
    let files =
        Files::default().table("r/GroundTruth.csv", &text).photos(many(12, |nth| format!("r/{nth}.jpg")));
    assert_eq!(files.auto().classes, ["MEL", "NV"]);
}

#[test]
fn folders_that_are_classes_win_over_a_table_without_a_better_reason() {
    let photos =
        |folders: [&'static str; 2]| many(20, move |nth| format!("r/{}/{nth}.jpg", folders[nth % 2]));
    let by = |table: &str, folders: [&'static str; 2]| {
        let layout = Files::default().table("r/t.csv", table).photos(photos(folders)).auto();
        (layout.told.by, layout.told.unused.first().map(|table| table.reason.clone()))
    };
    // It says the same, or divides the classes further, or sorts by something else.
    let same = lines("file,label", 20, |nth| format!("{nth}.jpg,{}", nth % 2));
    assert_eq!(
        by(&same, ["cats", "dogs"]),
        (LayoutKind::Folders, Some("not used: the folders give the same classes".to_owned()))
    );
    let breeds = lines("file,breed", 20, |nth| format!("{nth}.jpg,b{}", nth % 4));
    assert_eq!(by(&breeds, ["cats", "dogs"]).0, LayoutKind::Folders);
    let shops = lines("file,shop", 20, |nth| format!("{nth}.jpg,s{}", nth / 2 % 2));
    let (kind, reason) = by(&shops, ["cats", "dogs"]);
    assert_eq!(kind, LayoutKind::Folders);
    assert!(reason.unwrap().contains("you can choose it instead"));
    // Parts are no classes.
    let dx = lines("image_id,dx", 20, |nth| format!("{nth},d{}", nth / 2 % 3));
    assert_eq!(by(&dx, ["HAM10000_images_part_1", "HAM10000_images_part_2"]).0, LayoutKind::Table);
    assert_eq!(by(&dx, ["images", "photos"]).0, LayoutKind::Table);
    assert_eq!(by(&shops, ["c0", "c1"]).0, LayoutKind::Folders);
    // Words say more than numbers.
    let words = lines("file,label", 20, |nth| format!("{nth}.jpg,{}", ["stop", "yield"][nth % 2]));
    assert_eq!(by(&words, ["0", "1"]).0, LayoutKind::Table);
    assert_eq!(by(&words, ["n0001", "n0002"]).0, LayoutKind::Table);
    assert_eq!(by(&words, ["Stop", "Yield"]).0, LayoutKind::Folders);
}

#[test]
fn photos_without_a_class_folder_get_the_tables_class() {
    let text = lines("file,label", 6, |nth| format!("{nth}.jpg,{}", ["cat", "dog"][nth % 2]));
    let files = Files::default()
        .table("r/test_labels.csv", &text)
        .photos(many(8, |nth| format!("r/train/{}/{nth}.jpg", ["cat", "dog"][nth % 2])))
        .photos(many(6, |nth| format!("r/test/{nth}.jpg")));
    let places = files.places();
    assert_eq!(counted(&places, "train/cat") + counted(&places, "train/dog"), 8);
    assert_eq!((counted(&places, "test/cat"), counted(&places, "test/dog")), (3, 3));
    assert_eq!(files.auto().told.tables, ["r/test_labels.csv"]);
}

#[test]
fn tables_that_say_different_things_are_not_joined() {
    let labels = lines("image_id,label", 12, |nth| format!("{nth}.jpg,{}", ["oak", "elm", "fir"][nth % 3]));
    let weather = lines("image_id,kind", 12, |nth| format!("{nth}.jpg,{}", ["sun", "rain"][nth % 2]));
    let numbers = lines("image_id,label", 12, |nth| format!("{nth}.jpg,{}", nth % 3));
    let files = Files::default()
        .table("r/weather.csv", &weather)
        .table("r/labels.csv", &labels)
        .table("r/numbers.csv", &numbers)
        .photos(many(12, |nth| format!("r/{nth}.jpg")));
    let layout = files.auto();
    assert_eq!(
        (layout.classes, layout.told.tables),
        (vec!["elm".to_owned(), "fir".to_owned(), "oak".to_owned()], vec!["r/labels.csv".to_owned()])
    );
    let reason = "not used: it gives the photos other classes than r/labels.csv does";
    assert_eq!(
        layout.told.unused.iter().map(|table| &table.reason[..]).collect::<Vec<_>>(),
        [reason, reason]
    );
    // Of other photos, but of something else.
    let train = lines("image_id,label", 12, |nth| format!("{nth}.jpg,{}", ["oak", "elm"][nth % 2]));
    let other = lines("image_id,shop", 12, |nth| format!("{}.jpg,{}", nth + 12, ["a", "b"][nth % 2]));
    let files = Files::default()
        .table("r/a.csv", &train)
        .table("r/b.csv", &other)
        .photos(many(24, |nth| format!("r/{nth}.jpg")));
    assert_eq!(
        unused(&files.auto()),
        [("r/b.csv", "not used: its column \"shop\" does not mean the same as \"label\" in r/a.csv")]
    );
}

#[test]
fn a_form_for_answers_is_no_table_of_labels() {
    let train = lines("image_id,label", 12, |nth| format!("{}.jpg,{}", 1000 + nth, nth % 3));
    let answers = |name: &str, label: &str| {
        let text = lines("image_id,label", 6, |nth| format!("{}.jpg,{label}", 5000 + nth));
        Files::default()
            .table("r/train.csv", &train)
            .table(&format!("r/{name}.csv"), &text)
            .photos(many(12, |nth| format!("r/train_images/{}.jpg", 1000 + nth)))
            .photos(many(6, |nth| format!("r/test_images/{}.jpg", 5000 + nth)))
    };
    for name in [
        "sample_submission",
        "sampleSubmission",
        "SampleSubmission",
        "submission_format",
        "answers",
        "test_labels",
    ] {
        for label in ["2", "0", "?", "unknown"] {
            let files = answers(name, label);
            let (layout, places) = (files.auto(), files.places());
            assert_eq!(layout.classes, ["0", "1", "2"], "{name} {label}");
            assert_eq!(counted(&places, "!r/train.csv gives it no class"), 6, "{name} {label}");
            assert_eq!(unused(&layout).len(), 1, "{name} {label}");
        }
    }
    // Answers that differ are labels, unless the name says that they are none.
    let text = lines("image_id,label", 6, |nth| format!("{}.jpg,{}", 5000 + nth, nth % 3));
    let files = |name: &str| {
        Files::default()
            .table("r/train.csv", &train)
            .table(name, &text)
            .photos(many(12, |nth| format!("r/train_images/{}.jpg", 1000 + nth)))
            .photos(many(6, |nth| format!("r/test_images/{}.jpg", 5000 + nth)))
    };
    assert_eq!(counted(&files("r/test.csv").places(), "test/0"), 2);
    assert_eq!(
        unused(&files("r/sample_submission.csv").auto()),
        [("r/sample_submission.csv", "not used: it is a sample submission, not a table of labels")]
    );
    // It may still be chosen.
    let wanted = Wanted { table: Some("sample_submission.csv".to_owned()), ..Wanted::default() };
    assert!(matches!(files("r/sample_submission.csv").layout(wanted), Err(DataError::NoTrainFolder { .. })));
    // Dogs against cats: the names tell.
    let text = lines("id,label", 6, |nth| format!("{},0", nth + 1));
    let files = Files::default()
        .table("r/sampleSubmission.csv", &text)
        .photos(many(8, |nth| format!("r/train/{}.{nth}.jpg", ["cat", "dog"][nth % 2])))
        .photos(many(6, |nth| format!("r/test1/{}.jpg", nth + 1)));
    assert_eq!((files.auto().told.by, files.auto().classes.len()), (LayoutKind::Names, 2));
}
