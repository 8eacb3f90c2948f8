#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use serde_json::{Value, from_value, json, to_value};

use crate::data::digits::DigitsOptions;
use crate::data::{ImageSize, ImportOptions};

fn read(value: Value) -> Result<ImportOptions, String> {
    let options: ImportOptions = from_value(value).map_err(|error| error.to_string())?;
    options.check().map_err(|error| error.to_string())?;
    Ok(options)
}

#[test]
fn what_is_left_out_has_its_default() {
    let options = read(json!({})).unwrap();
    assert_eq!(options, ImportOptions::default());
    assert_eq!((options.image_size.height(), options.image_size.width()), (150, 150));
    assert_eq!((options.validation, options.test, options.seed), (0.25, 0.25, 0));
    let digits: DigitsOptions = from_value(json!({ "seed": 3 })).unwrap();
    assert_eq!(digits, DigitsOptions { validation: 0.15, test: 0.15, seed: 3 });
}

#[test]
fn options_go_there_and_back() {
    for size in [json!(64), json!([90, 160])] {
        let value = json!({
            "imageSize": size, "interpolation": "nearest", "cropToAspectRatio": true, "train": 0.5,
            "validation": 500.0, "test": 0.1, "seed": 4294967295u32, "splitBy": "name", "layout": "names",
        });
        assert_eq!(to_value(read(value.clone()).unwrap()).unwrap(), value);
    }
    let square = read(json!({ "imageSize": [64, 64] })).unwrap();
    assert_eq!(square.image_size, ImageSize::square(64).unwrap());
    // JavaScript has one kind of number.
    assert_eq!(read(json!({ "imageSize": 64.0, "seed": 7.0, "test": 1 })).unwrap().seed, 7);
}

#[test]
fn a_wrong_argument_is_named() {
    for (name, value) in [
        ("bicubic", json!({ "interpolation": "bicubic" })),
        ("imageSize", json!({ "imageSize": 0 })),
        ("imageSize", json!({ "imageSize": 1025 })),
        ("imageSize", json!({ "imageSize": -5 })),
        ("imageSize", json!({ "imageSize": 1.5 })),
        ("imageSize", json!({ "imageSize": 1e30 })),
        ("imageSize", json!({ "imageSize": "150" })),
        ("imageSize", json!({ "imageSize": null })),
        ("imageSize", json!({ "imageSize": [150] })),
        ("imageSize", json!({ "imageSize": [150, 150, 3] })),
        ("imageSize", json!({ "imageSize": [150, 0] })),
        ("imageSize", json!({ "imageSize": [150, 2.5] })),
        ("imageSize", json!({ "imageSize": [150, "x"] })),
        ("imageSize", json!({ "imageSize": { "height": 150 } })),
        ("validation", json!({ "validation": -0.1 })),
        ("validation", json!({ "validation": 1.5 })),
        ("validation", json!({ "validation": "0.25" })),
        ("validation", json!({ "validation": 0.6, "test": 0.4 })),
        ("test", json!({ "test": -1 })),
        ("test", json!({ "test": null })),
        ("seed", json!({ "seed": -1 })),
        ("seed", json!({ "seed": 0.5 })),
        ("seed", json!({ "seed": 4294967296u64 })),
        ("image_size", json!({ "image_size": 150 })),
    ] {
        let error = read(value.clone()).expect_err(&value.to_string());
        assert!(error.contains(name), "{value}: {error}");
    }
    let error = read(json!({ "imageSize": 1025 })).unwrap_err();
    assert_eq!(
        error,
        "imageSize must be a whole number of pixels from 1 to 1024, or [height, width] of such, but is 1025"
    );
}

#[test]
fn numbers_that_are_none_are_errors() {
    for share in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let options = ImportOptions { validation: share, ..ImportOptions::default() };
        assert!(options.check().unwrap_err().to_string().starts_with("validation must be "), "{share}");
        let options = ImportOptions { test: share, ..ImportOptions::default() };
        assert!(options.check().unwrap_err().to_string().starts_with("test must be "), "{share}");
    }
    let options = ImportOptions { validation: 0.5, test: 0.5, ..ImportOptions::default() };
    assert_eq!(
        options.check().unwrap_err().to_string(),
        "validation and test leave nothing to train with: 0.5 + 0.5 must stay below 1"
    );
}
