#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use image::ImageFormat;
use serde_json::json;

use super::samples::{add, encode, read_folder, solid};
use crate::data::arena::Arena;
use crate::data::{DataError, Dataset, DecodeError, ImageSize, ImportOptions, Importer, Key, Photos, Split};
use crate::random::{Purpose, Stream};

fn options(validation: f64, test: f64) -> ImportOptions {
    let image_size = ImageSize::new(3, 4).unwrap();
    ImportOptions { image_size, validation, test, seed: 1, ..ImportOptions::default() }
}

/// A photo whose colour tells its path.
fn colour(path: &str) -> [u8; 3] {
    let hash = path.bytes().fold(7u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte)));
    [hash as u8, (hash >> 8) as u8, (hash >> 16) as u8]
}

fn photo(path: &str) -> Vec<u8> {
    encode(solid(5, 5, colour(path)), ImageFormat::Png)
}

fn folder(classes: &[(&str, usize)]) -> Vec<String> {
    classes
        .iter()
        .flat_map(|(class, photos)| (0..*photos).map(move |i| format!("r/{class}/{i:03}.png")))
        .collect()
}

fn importer(paths: &[String], options: ImportOptions) -> Importer {
    read_folder(paths, options).unwrap()
}

/// Imports `paths`, added in an order that `seed` shuffles.
fn import(paths: &[String], options: ImportOptions, seed: u32) -> Dataset {
    let mut importer = importer(paths, options);
    let mut order: Vec<usize> = (0..paths.len()).collect();
    Stream::new(seed, Purpose::Shuffle, 0).shuffle(&mut order);
    for index in order {
        add(&mut importer, index, &photo(&paths[index])).unwrap();
    }
    importer.finish().unwrap()
}

/// Every photo is once in a split, with its own label and its own pixels.
fn check(dataset: &Dataset, photos: usize) {
    let mut paths = Vec::new();
    for split in Split::ALL {
        let data = dataset.split(split);
        assert_eq!(data.pixels_of(0).len(), if data.is_empty() { 0 } else { 36 });
        assert_eq!(data.is_empty(), data.labels.is_empty());
        let keys: Vec<_> = data.labels.iter().zip(&data.paths).collect();
        assert!(keys.is_sorted(), "{split}: {keys:?}");
        for (index, (label, path)) in keys.into_iter().enumerate() {
            assert!(path.contains(&format!("/{}/", dataset.classes[*label as usize])), "{path}: {label}");
            assert_eq!(data.pixels_of(index), colour(path).repeat(12), "{path}");
            paths.push(path.clone());
        }
    }
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), photos);
}

#[test]
fn photos_in_memory_keep_how_large_they_were() {
    let paths = folder(&[("a", 3), ("b", 3)]);
    let mut importer = importer(&paths, options(0.0, 0.0));
    // The last file comes first.
    for index in (0..6).rev() {
        add(&mut importer, index, &encode(solid(40, 10 + index as u32, [9, 8, 7]), ImageFormat::Png))
            .unwrap();
    }
    let dataset = importer.finish().unwrap();
    let sides = |dataset: &Dataset| -> Vec<u32> {
        dataset.fingerprints(0, 9).unwrap().iter().map(|looks| looks.side).collect()
    };
    assert_eq!(sides(&dataset), [10, 11, 12, 13, 14, 15]);
    let (mut room, _) = dataset.room(1).unwrap();
    let slot = room.push(Key::default(), &[1; 36], 77).unwrap();
    let photos = Photos { paths: vec!["r/a/new.png".to_owned()], pixels: room.into_pixels(vec![slot]) };
    let dataset = dataset.with_added(photos, "a".to_owned(), None).unwrap();
    assert_eq!(sides(&dataset), [10, 11, 12, 13, 14, 15, 77]);
}

#[test]
fn a_folder_becomes_a_dataset() {
    let paths = folder(&[("dogs", 41), ("cats", 32)]);
    let dataset = import(&paths, options(0.25, 0.25), 0);
    assert_eq!(dataset.image_shape, [3, 4, 3]);
    check(&dataset, 73);
    assert_eq!(dataset.train.pixels_of(dataset.train.len()), [0u8; 0]);
    assert_eq!(
        serde_json::to_value(dataset.summary()).unwrap(),
        json!({
            "classes": ["cats", "dogs"],
            "leftOut": [],
            "counts": { "train": [16, 21], "validation": [8, 10], "test": [8, 10] },
            "unused": [0, 0],
            "rejected": [],
            "imageShape": [3, 4, 3],
            "undo": 0,
            "redo": 0,
            "layout": { "by": "folders", "tables": [], "columns": [], "splits": [] },
        })
    );
}

#[test]
fn neither_the_order_of_adding_nor_that_of_the_paths_matters() {
    let mut paths = folder(&[("a", 20), ("b", 30)]);
    let dataset = import(&paths, options(0.3, 0.2), 0);
    assert_eq!(dataset, import(&paths, options(0.3, 0.2), 5));
    paths.reverse();
    assert_eq!(dataset, import(&paths, options(0.3, 0.2), 0));
    let other = import(&paths, ImportOptions { seed: 2, ..options(0.3, 0.2) }, 0);
    assert_ne!(dataset.train.paths, other.train.paths);
    check(&other, 50);
}

#[test]
fn a_file_that_cannot_be_read_is_rejected_and_the_rest_goes_on() {
    let mut paths = folder(&[("a", 6), ("b", 6)]);
    paths.extend(
        ["r/notes.txt", "r/.DS_Store", "r/a/<img src=x onerror=alert(1)> 강아지.jpg"].map(str::to_owned),
    );
    let mut importer = importer(&paths, options(1.0, 0.0));
    assert_eq!(importer.wanted(), 13);
    assert_eq!(importer.sizing(), ImageSize::new(3, 4).unwrap().into());
    let wanted: Vec<bool> = (0..16).map(|index| importer.wants(index)).collect();
    assert_eq!(wanted, [&[true; 12][..], &[false, false, true, false]].concat());
    for (index, path) in paths.iter().enumerate().take(12) {
        match index {
            2 => assert_eq!(add(&mut importer, 2, b"").unwrap_err(), DecodeError::Empty),
            3 => importer.reject(3, "the browser could not open it".to_owned()),
            4 => {}
            _ => add(&mut importer, index, &photo(path)).unwrap(),
        }
    }
    assert_eq!(add(&mut importer, 14, b"<html>").unwrap_err(), DecodeError::NotAnImage);
    // Read first and left out later: its pixels go too.
    importer.reject(0, "left out".to_owned());
    assert_eq!(importer.wanted(), 1);
    for index in [0, 2, 12, 13, 99] {
        assert_eq!(add(&mut importer, index, &photo("x")).unwrap_err(), DecodeError::NotWanted(index));
    }
    importer.reject(13, "nobody asked".to_owned());
    let dataset = importer.finish().unwrap();
    check(&dataset, 8);
    let rejected: Vec<_> = dataset.rejected.iter().map(|file| (&file.path[..], &file.reason[..])).collect();
    assert_eq!(
        rejected,
        [
            ("r/a/000.png", "left out"),
            ("r/a/002.png", "the file is empty (0 bytes): if it is still in a cloud, download it first"),
            ("r/a/003.png", "the browser could not open it"),
            ("r/a/004.png", "it was not read before the import ended"),
            ("r/notes.txt", "not a photo: .txt files are not read"),
            ("r/a/<img src=x onerror=alert(1)> 강아지.jpg", "not a JPEG, PNG, GIF, BMP or WebP image"),
        ]
    );
}

#[test]
fn splits_that_the_folder_gives_are_kept() {
    let tree = |splits: &[&str]| -> Vec<String> {
        let of = |split: &&str| {
            folder(&[("a", 10), ("b", 8)]).iter().map(|path| path.replace('r', split)).collect()
        };
        splits.iter().flat_map(|split| -> Vec<String> { of(split) }).collect()
    };
    let paths = tree(&["train", "validation", "test"]);
    let dataset = import(&paths, options(0.5, 0.25), 3);
    check(&dataset, 54);
    for split in Split::ALL {
        assert_eq!(dataset.split(split).len(), 18);
        assert!(dataset.split(split).paths.iter().all(|path| path.starts_with(split.name())));
    }
    // Without validation photos, they are drawn from train; test stays as it is.
    let dataset = import(&tree(&["train", "test"]), options(0.5, 0.25), 3);
    check(&dataset, 36);
    let counts = dataset.summary().counts;
    assert_eq!((counts.train, counts.validation, counts.test), (vec![5, 4], vec![5, 4], vec![10, 8]));
    assert!(dataset.validation.paths.iter().all(|path| path.starts_with("train/")));
    // So are test photos.
    let dataset = import(&tree(&["train", "val"]), options(0.5, 0.25), 3);
    check(&dataset, 36);
    let counts = dataset.summary().counts;
    assert_eq!((counts.train, counts.validation, counts.test), (vec![8, 6], vec![10, 8], vec![2, 2]));
    assert!(dataset.test.paths.iter().all(|path| path.starts_with("train/")));
    // Where none are asked for, there are none.
    let dataset = import(&tree(&["train", "val"]), options(0.5, 0.0), 3);
    assert_eq!([dataset.train.len(), dataset.validation.len(), dataset.test.len()], [18, 18, 0]);
    // With train alone, both are drawn.
    let dataset = import(&tree(&["train"]), options(0.5, 0.25), 3);
    assert_eq!(dataset.summary().counts.test, [2, 2]);
}

#[test]
fn a_class_that_cannot_be_read_is_dropped() {
    let paths = folder(&[("a", 4), ("b", 3), ("c", 4)]);
    let mut importer = importer(&paths, options(0.0, 0.0));
    for (index, path) in paths.iter().enumerate() {
        let bytes = if path.contains("/b/") { b"broken".to_vec() } else { photo(path) };
        assert_eq!(add(&mut importer, index, &bytes).is_err(), path.contains("/b/"));
    }
    let dataset = importer.finish().unwrap();
    assert_eq!(dataset.classes, ["a", "c"]);
    assert_eq!(dataset.rejected.len(), 3);
    check(&dataset, 8);
}

#[test]
fn too_few_classes_say_why() {
    let paths = folder(&[("a", 4), ("b", 5)]);
    let mut importer = importer(&paths, options(0.0, 0.0));
    for (index, path) in paths.iter().enumerate() {
        let bytes = if path.contains("/b/") { Vec::new() } else { photo(path) };
        let _ = add(&mut importer, index, &bytes);
    }
    assert_eq!(
        importer.finish().unwrap_err().to_string(),
        "fewer than two classes have photos that could be read (only \"a\"); a classifier needs at least two. \
         Rejected: r/b/000.png: the file is empty (0 bytes): if it is still in a cloud, download it first; \
         r/b/001.png: the file is empty (0 bytes): if it is still in a cloud, download it first; \
         r/b/002.png: the file is empty (0 bytes): if it is still in a cloud, download it first; and 2 more"
    );
    let nothing = read_folder(&paths, options(0.0, 0.0)).unwrap().finish().unwrap_err().to_string();
    assert!(nothing.contains("could be read (none)"), "{nothing}");
}

#[test]
fn nothing_starts_with_wrong_options_or_a_wrong_folder() {
    let error = |paths: &[String], options| read_folder(paths, options).unwrap_err();
    let paths = folder(&[("a", 2), ("b", 2)]);
    assert!(matches!(error(&paths, options(-1.0, 0.0)), DataError::Argument { argument: "validation", .. }));
    assert!(matches!(error(&paths[..2], options(0.0, 0.0)), DataError::OneClass { .. }));
    assert_eq!(error(&[], options(0.0, 0.0)), DataError::NoFiles);
}

#[test]
fn the_shares_count_the_photos_that_could_be_read() {
    let paths = folder(&[("a", 10), ("b", 10)]);
    let mut importer = importer(&paths, options(3.0, 3.0));
    for (index, path) in paths.iter().enumerate() {
        let unreadable = path.contains("/b/") && index > 15;
        let _ = add(&mut importer, index, &if unreadable { Vec::new() } else { photo(path) });
    }
    let error = importer.finish().unwrap_err().to_string();
    assert!(error.starts_with("class \"b\" has 6 photos, and 3 for validation and 3 for test"), "{error}");
}

#[test]
fn more_photos_than_memory_are_an_error_at_the_start() {
    let error = Arena::new(usize::MAX / 4, ImageSize::square(150).unwrap()).unwrap_err().to_string();
    assert!(error.contains("photos of 150 x 150 pixels need"), "{error}");
    assert!(error.ends_with("choose a smaller imageSize or fewer photos"), "{error}");
}
