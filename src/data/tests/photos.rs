//! Real photos from `$FOVEA_PHOTOS`, or from `../shared/photos` beside the project: `pets/cats` and
//! `pets/dogs` of the Oxford-IIIT Pet set.

use std::fs;
use std::path::{Path, PathBuf};

use super::samples::add;
use crate::data::{Contents, DecodeError, ImageSize, ImportOptions, Importer, Split, decode};

/// The folder of real photos; where it is missing, says so, since the test then checks nothing.
pub fn pets() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/photos");
    let photos = std::env::var_os("FOVEA_PHOTOS").map_or(beside, PathBuf::from);
    let pets = photos.join("pets");
    if !pets.is_dir() {
        println!("skipped: photos not found at {}; set FOVEA_PHOTOS", photos.display());
        return None;
    }
    Some(pets)
}

pub fn files(pets: &Path) -> Vec<(String, PathBuf)> {
    let mut files = Vec::new();
    for class in ["cats", "dogs"] {
        for file in fs::read_dir(pets.join(class)).unwrap() {
            let path = file.unwrap().path();
            files.push((format!("pets/{class}/{}", path.file_name().unwrap().to_str().unwrap()), path));
        }
    }
    files
}

#[test]
fn real_photos_become_a_dataset() {
    let Some(pets) = pets() else { return };
    let files = files(&pets);
    let options = ImportOptions { image_size: ImageSize::square(64).unwrap(), ..ImportOptions::default() };
    let paths = files.iter().map(|(path, _)| path.clone()).collect();
    let mut importer = Importer::new(paths, &Contents::default(), options).unwrap();
    for (index, (path, file)) in files.iter().enumerate() {
        add(&mut importer, index, &fs::read(file).unwrap()).unwrap_or_else(|error| panic!("{path}: {error}"));
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
fn a_real_photo_that_is_cut_is_damaged() {
    let Some(pets) = pets() else { return };
    let size = ImageSize::square(32).unwrap();
    for (path, file) in files(&pets).iter().step_by(10) {
        let bytes = fs::read(file).unwrap();
        for length in [64, bytes.len() / 10, bytes.len() / 2, bytes.len() * 9 / 10, bytes.len() - 8] {
            let error = decode(&bytes[..length], size).expect_err(path);
            assert!(matches!(error, DecodeError::Damaged(_)), "{path} cut at {length}: {error}");
        }
    }
}
