#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use image::{GrayImage, ImageFormat, Luma};

use super::samples::{encode, gradient};
use crate::data::digits::{DigitsOptions, ROW, dataset, read};
use crate::data::{DataError, Dataset, Split};

/// `rows` digits: row `r` is a `r % 10` whose grey values are all `r`.
fn file(rows: u32, label: impl Fn(u32) -> u8) -> Vec<u8> {
    let width = ROW as u32;
    let image =
        GrayImage::from_fn(width, rows, |x, y| Luma([if x == width - 1 { label(y) } else { y as u8 }]));
    encode(image, ImageFormat::Png)
}

/// As the engine and what decodes do it together.
fn unpack(png: &[u8], options: &DigitsOptions) -> Result<Dataset, DataError> {
    dataset(&read(png)?, options)
}

fn ten_each() -> Dataset {
    let options = DigitsOptions { validation: 0.2, test: 1.0, seed: 4 };
    unpack(&file(100, |row| (row % 10) as u8), &options).unwrap()
}

#[test]
fn the_file_becomes_a_dataset() {
    let digits = ten_each();
    assert_eq!(digits.classes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(digits.image_shape, [28, 28, 1]);
    let counts = digits.summary().counts;
    assert_eq!((counts.train, counts.validation, counts.test), (vec![7; 10], vec![2; 10], vec![1; 10]));
    let mut seen = Vec::new();
    for split in Split::ALL {
        let data = digits.split(split);
        assert!(data.labels.is_sorted());
        for (index, (label, path)) in data.labels.iter().zip(&data.paths).enumerate() {
            let row: u32 = path.rsplit('/').next().unwrap().parse().unwrap();
            assert_eq!(*path, format!("digits/{label}/{row:05}"));
            assert_eq!(row % 10, *label);
            assert_eq!(data.pixels_of(index), [row as u8; 784]);
            seen.push(row);
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..100).collect::<Vec<_>>());
    assert_eq!(digits, ten_each());
}

#[test]
fn another_file_says_what_is_wrong() {
    let fails = |png: &[u8]| unpack(png, &DigitsOptions::default()).unwrap_err().to_string();
    let whole = file(100, |row| (row % 10) as u8);
    for (png, part) in [
        (&b""[..], "the file of digits cannot be used: "),
        (b"not a png", "the file of digits cannot be used: "),
        (&whole[..whole.len() / 2], "the file of digits cannot be used: "),
        (&encode(gradient(ROW as u32, 3), ImageFormat::Png), "it is Rgb8 and 785 pixels wide"),
        (&encode(GrayImage::new(784, 3), ImageFormat::Png), "it is L8 and 784 pixels wide"),
        (&file(20, |row| row as u8), "row 10 has the label 10, not 0 to 9"),
        (&file(100, |row| (row % 9) as u8), "class \"9\" has no photo to train with"),
    ] {
        let error = fails(png);
        assert!(error.contains(part), "{error}");
    }
    let torn = dataset(&[0; ROW + 1], &DigitsOptions::default()).unwrap_err().to_string();
    assert!(torn.contains("786 bytes are no rows of 785"), "{torn}");
    let options = DigitsOptions { validation: 0.5, test: 0.5, seed: 0 };
    assert!(unpack(&whole, &options).unwrap_err().to_string().starts_with("validation and test"));
}
