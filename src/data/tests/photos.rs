//! Photos of cats and dogs, or what stands for them: made here, and in addition real ones where they are, in
//! `$FOVEA_PHOTOS` or in `../shared/photos` beside the project (`pets/cats` and `pets/dogs` of the Oxford-IIIT Pet set).

use std::fs;
use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage};

use super::samples::{add, encode, read_folder};
use crate::data::{DecodeError, ImageSize, ImportOptions, Split, decode};
use crate::random::{Purpose, Stream};

/// As many as the Oxford-IIIT Pet set's share that the real ones are.
const CLASSES: [(&str, u32); 2] = [("cats", 319), ("dogs", 411)];

/// Paths and files of photos, a list for each source.
pub fn photos() -> Vec<Vec<(String, Vec<u8>)>> {
    let mut sources = vec![made()];
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/photos");
    let given = std::env::var_os("FOVEA_PHOTOS").map(PathBuf::from);
    let real = given.clone().unwrap_or(beside).join("pets");
    // A folder that was named is meant; an empty name says that there are none.
    if real.is_dir() || given.is_some_and(|given| !given.as_os_str().is_empty()) {
        sources.push(read(&real));
    }
    sources
}

/// Stripes are cats and discs are dogs, each with its own size, colours and grain.
fn made() -> Vec<(String, Vec<u8>)> {
    let mut photos = Vec::new();
    for (class, count) in CLASSES {
        for nth in 0..count {
            let mut stream = Stream::new(nth, Purpose::Shuffle, u32::from(class == "dogs"));
            let mut below = |bound: u32| stream.word() % bound;
            let (width, height, unit) = (60 + below(90), 60 + below(90), 8 + below(12));
            let (light, dark) = ([0; 3].map(|_| 150 + below(90)), [0; 3].map(|_| 20 + below(70)));
            let photo = RgbImage::from_fn(width, height, |x, y| {
                let inside = if class == "cats" {
                    (x / 3 + y) % unit < unit / 2
                } else {
                    let from_middle = |at: u32| (at % unit).abs_diff(unit / 2);
                    from_middle(x).pow(2) + from_middle(y).pow(2) < (unit / 3).pow(2)
                };
                let grain = below(12);
                Rgb((if inside { dark } else { light }).map(|value| (value + grain) as u8))
            });
            photos.push((format!("pets/{class}/{nth}.jpg"), encode(photo, ImageFormat::Jpeg)));
        }
    }
    photos
}

fn read(pets: &Path) -> Vec<(String, Vec<u8>)> {
    let mut photos = Vec::new();
    for (class, _) in CLASSES {
        for file in
            fs::read_dir(pets.join(class)).unwrap_or_else(|error| panic!("{}: {error}", pets.display()))
        {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            photos.push((format!("pets/{class}/{name}"), fs::read(&path).unwrap()));
        }
    }
    photos
}

#[test]
fn photos_become_a_dataset() {
    for files in photos() {
        become_a_dataset(&files);
    }
}

fn become_a_dataset(files: &[(String, Vec<u8>)]) {
    let options = ImportOptions { image_size: ImageSize::square(64).unwrap(), ..ImportOptions::default() };
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let mut importer = read_folder(&paths, options).unwrap();
    for (index, (path, file)) in files.iter().enumerate() {
        add(&mut importer, index, file).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let dataset = importer.finish().unwrap();
    let counts = dataset.summary().counts;
    assert_eq!(dataset.classes, ["cats", "dogs"]);
    assert_eq!((counts.train, counts.validation), (vec![159, 205], vec![80, 103]));
    assert_eq!(counts.test, [80, 103]);
    for split in Split::ALL {
        let data = dataset.split(split);
        assert_eq!(data.pixels_of(data.len() - 1).len(), 64 * 64 * 3);
        for index in 0..data.len() {
            let pixels = data.pixels_of(index);
            let (low, high) = (pixels.iter().min().unwrap(), pixels.iter().max().unwrap());
            assert!(high - low > 50, "{} is all of one grey", data.paths[index]);
        }
    }
}

#[test]
fn a_photo_that_is_cut_is_damaged() {
    let size = ImageSize::square(32).unwrap();
    for (path, bytes) in photos().iter().flat_map(|files| files.iter().step_by(10)) {
        for length in [64, bytes.len() / 10, bytes.len() / 2, bytes.len() * 9 / 10, bytes.len() - 8] {
            let error = decode(&bytes[..length], size).expect_err(path);
            assert!(matches!(error, DecodeError::Damaged(_)), "{path} cut at {length}: {error}");
        }
    }
}
