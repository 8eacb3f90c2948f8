#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::layout::places_in;
use crate::data::{Contents, DataError, Layout, LayoutKind};

/// The layout of photos beside one table, `r/labels.csv`.
fn layout(table: &str, photos: &[&str]) -> Result<Layout, DataError> {
    read(&[("r/labels.csv", table)], photos, LayoutKind::Auto)
}

fn read(tables: &[(&str, &str)], photos: &[&str], wanted: LayoutKind) -> Result<Layout, DataError> {
    let paths: Vec<String> =
        tables.iter().map(|(path, _)| path).chain(photos).map(|path| path.to_string()).collect();
    let tables = tables.iter().enumerate().map(|(file, (_, text))| (file, text.to_string())).collect();
    Layout::of(&paths, &Contents { tables, ..Contents::default() }, wanted)
}

/// Each photo's class, as [`places_in`] has it.
fn classes(layout: &Layout) -> Vec<String> {
    places_in(layout).into_iter().filter(|place| place != "-").collect()
}

fn columns(layout: &Layout) -> &[String] {
    assert_eq!(layout.told.by, LayoutKind::Table);
    assert_eq!(layout.told.tables, ["r/labels.csv"]);
    &layout.told.columns
}

const PHOTOS: [&str; 4] = ["r/1.jpg", "r/2.jpg", "r/3.jpg", "r/4.jpg"];
const CLASSES: [&str; 4] = ["cat", "dog", "cat", "dog"];

#[test]
fn columns_are_found_by_their_heads() {
    let layout = layout(
        "id,size,filename,label\n9,7,1.jpg,cat\n9,8,2.jpg,dog\n8,9,3.jpg,cat\n8,9,4.jpg,dog\n",
        &PHOTOS,
    );
    let layout = layout.unwrap();
    assert_eq!(classes(&layout), CLASSES);
    assert_eq!(columns(&layout), ["filename", "label"]);
}

#[test]
fn columns_are_found_by_their_content() {
    for table in [
        "1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.jpg,dog",
        "cat,1.jpg\ndog,2.jpg\ncat,3.jpg\ndog,4.jpg",
        "0,1.jpg,cat\n1,2.jpg,dog\n2,3.jpg,cat\n3,4.jpg,dog",
        "1.jpg\tcat\r\n2.jpg\tdog\r\n\r\n3.jpg\tcat\r\n4.jpg\tdog\r\n",
        "\u{feff}1.jpg;cat\n2.jpg;dog\n3.jpg;cat\n4.jpg;dog\n",
        "1,cat\n2,dog\n3,cat\n4,dog",
        "./1.jpg,cat\nr/2.jpg,dog\n/kaggle/input/r/3.jpg,cat\nC:\\photos\\4.jpg,dog",
    ] {
        let layout = layout(table, &PHOTOS).unwrap();
        assert_eq!(classes(&layout), CLASSES, "{table}");
        assert!(columns(&layout).is_empty(), "{table}");
    }
    // Heads that say nothing.
    let layout = layout("a,b\n1.jpg,cat\n2.jpg,dog\n3.jpg,cat\n4.jpg,dog", &PHOTOS).unwrap();
    assert_eq!(classes(&layout), CLASSES);
    assert_eq!(columns(&layout), ["a", "b"]);
}

#[test]
fn labels_may_be_numbers_that_are_also_names() {
    let photos = ["r/0.jpg", "r/1.jpg", "r/2.jpg", "r/3.jpg"];
    let layout = layout("id,has_cactus\n0,1\n1,0\n2,1\n3,0", &photos).unwrap();
    assert_eq!(classes(&layout), ["1", "0", "1", "0"]);
}

#[test]
fn quoted_cells_korean_and_html_are_text() {
    let photos = ["r/a, \"b\".jpg", "r/고양이 1.jpg", "r/<b>.jpg", "r/x.jpg"];
    let table = "filename,label\n\"a, \"\"b\"\".jpg\",\"cat,\nbig\"\n고양이 1.jpg,강아지\n<b>.jpg,<img src=x>\nx.jpg,강아지\n";
    let layout = layout(table, &photos).unwrap();
    assert_eq!(classes(&layout), ["cat,\nbig", "강아지", "<img src=x>", "강아지"]);
}

#[test]
fn a_column_a_class_is_read() {
    let layout = layout("filename,cat,dog\n1.jpg,1,0\n2.jpg,0,1\n3.jpg,1.0,0.0\n4.jpg,1,1", &PHOTOS).unwrap();
    assert_eq!(classes(&layout), ["cat", "dog", "cat", "!r/labels.csv gives it no class"]);
}

#[test]
fn photos_and_rows_without_each_other_are_told() {
    let table = "filename,label\n1.jpg,cat\ngone.jpg,cat\n2.jpg,dog\n3.jpg,\n4.jpg,cat\n4.jpg,dog\n2.jpg,dog";
    let layout = layout(table, &[&PHOTOS[..], &["r/more/5.jpg"]].concat()).unwrap();
    assert_eq!(
        classes(&layout),
        [
            "cat",
            "dog",
            "!r/labels.csv gives it no class",
            "!r/labels.csv gives it two classes, \"cat\" and \"dog\"",
            "!r/labels.csv gives it no class",
        ]
    );
    let missing: Vec<_> = layout.missing.iter().map(|row| (&row.path[..], &row.reason[..])).collect();
    assert_eq!(missing, [("gone.jpg", "r/labels.csv names it in line 3, and there is no such photo")]);
}

#[test]
fn a_name_that_several_photos_have_needs_its_folder() {
    let photos = ["r/a/1.jpg", "r/b/1.jpg", "r/b/2.jpg"];
    let layout = layout("a/1.jpg,cat\nb/1.jpg,dog\n2.jpg,dog\n1.jpg,cat", &photos).unwrap();
    assert_eq!(classes(&layout), ["cat", "dog", "dog"]);
    assert_eq!(layout.missing[0].path, "1.jpg");
}

#[test]
fn splits_come_from_a_column_from_the_tables_names_or_from_folders() {
    let by_column =
        layout("1.jpg,train,cat\n2.jpg,train,dog\n3.jpg,valid,cat\n4.jpg,test,dog", &PHOTOS).unwrap();
    let expected = ["train/cat", "train/dog", "validation/cat", "test/dog"];
    assert_eq!(classes(&by_column), expected);
    let tables =
        [("r/train.csv", "1.jpg,cat\n2.jpg,dog"), ("r/valid.csv", "3.jpg,cat"), ("r/test.csv", "4.jpg,dog")];
    // A table of one class is no table of labels by itself.
    let tables = [tables[0], ("r/val.csv", "3.jpg,cat\n3.jpg,cat\n4.jpg,dog")];
    let by_table = read(&tables, &PHOTOS, LayoutKind::Auto).unwrap();
    assert_eq!(classes(&by_table), ["train/cat", "train/dog", "validation/cat", "validation/dog"]);
    let photos = ["train/1.jpg", "train/2.jpg", "test/3.jpg", "test/4.jpg"];
    let tables = [
        ("train/_classes.csv", "filename,cat,dog\n1.jpg,1,0\n2.jpg,0,1"),
        ("test/_classes.csv", "filename,cat,dog\n3.jpg,1,0\n4.jpg,0,1"),
    ];
    let by_folder = read(&tables, &photos, LayoutKind::Auto).unwrap();
    assert_eq!(classes(&by_folder), ["train/cat", "train/dog", "test/cat", "test/dog"]);
}

#[test]
fn a_table_goes_before_folders_unless_told_otherwise() {
    let photos = ["r/part1/1.jpg", "r/part1/2.jpg", "r/part2/3.jpg", "r/part2/4.jpg"];
    let table = [("r/meta.csv", "image_id,dx\n1,cat\n2,dog\n3,cat\n4,dog")];
    assert_eq!(classes(&read(&table, &photos, LayoutKind::Auto).unwrap()), CLASSES);
    let folders = read(&table, &photos, LayoutKind::Folders).unwrap();
    let unused = "!not used: the photos' classes are told without it";
    assert_eq!(classes(&folders), [unused, "part1", "part1", "part2", "part2"]);
}

#[test]
fn a_file_that_is_no_such_table_is_told_why() {
    let photos = ["r/cats/1.jpg", "r/cats/2.jpg", "r/dogs/3.jpg", "r/dogs/4.jpg"];
    for (table, reason) in [
        ("price,shop\n30,x\n40,y", "none of its columns names the photos"),
        ("", "none of its columns names the photos"),
        ("filename\n1.jpg\n2.jpg", "none of its columns beside the photos' names holds labels"),
        (
            "filename,label\n1.jpg,cat\nx.jpg,cat\ny.jpg,cat\nz.jpg,dog\nw.jpg,dog",
            "most of its rows name no photo",
        ),
        (
            "filename,score\n1.jpg,0.5\n2.jpg,0.5\n3.jpg,0.5",
            "none of its columns beside the photos' names holds labels",
        ),
        ("filename,label\n1.jpg,cat\n2.jpg,cat", "the photos' classes are told without it"),
    ] {
        let layout = layout(table, &photos).unwrap();
        assert_eq!(layout.told.by, LayoutKind::Folders);
        assert_eq!(classes(&layout)[0], format!("!not used: {reason}"), "{table}");
        assert_eq!(classes(&layout)[1..], ["cats", "cats", "dogs", "dogs"]);
        let error = read(&[("r/labels.csv", table)], &photos, LayoutKind::Table).unwrap_err().to_string();
        assert!(error.starts_with("there is no table (.csv) of file names and labels"), "{error}");
    }
}
