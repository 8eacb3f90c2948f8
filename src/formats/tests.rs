#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::data::{ImageSize, Interpolation};
use crate::model::Recipe;

fn model() -> Model {
    let network = Recipe::Digits.network([28, 28, 1], 10).unwrap();
    let parameters = network.initial_parameters(4);
    let classes = (0..10).map(|digit| format!("<b>{digit}</b> 숫자")).collect();
    Model { network, classes, parameters, sizing: None }
}

/// What JavaScript calls `{ imageSize: 28, interpolation: "nearest", cropToAspectRatio: true }`.
fn cropped() -> Sizing {
    let image_size = ImageSize::square(28).unwrap();
    Sizing { image_size, interpolation: Interpolation::Nearest, crop_to_aspect_ratio: true }
}

#[test]
fn a_saved_model_is_read_back_to_the_bit() {
    let file = write(&model(), "safetensors").unwrap();
    assert_eq!(file.name, "digits.safetensors");
    assert_eq!(read("a.safetensors", &file.bytes).unwrap(), model());
}

#[test]
fn how_photos_become_images_is_saved_where_it_is_known() {
    let known = Model { sizing: Some(cropped()), ..model() };
    let file = write(&known, "safetensors").unwrap();
    assert_eq!(read("a.safetensors", &file.bytes).unwrap(), known);
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    assert!(text.contains(r#"cropToAspectRatio\":true"#), "{}", &text[..2000]);
    let unknown = write(&model(), "safetensors").unwrap();
    assert!(!String::from_utf8_lossy(&unknown.bytes).contains("sizing"));
}

#[test]
fn what_is_not_written_is_said() {
    let error = write(&model(), "onnx").unwrap_err().to_string();
    assert_eq!(error, "models are not saved as \"onnx\"; there is \"safetensors\"");
}

#[test]
fn broken_files_are_named_with_their_reason() {
    let whole = write(&model(), "safetensors").unwrap().bytes;
    let error = |bytes: &[u8]| read("a.safetensors", bytes).unwrap_err().to_string();
    for bytes in [&b""[..], b"hello, this is a text", &whole[..whole.len() - 1], &whole[..100], &[0xff; 64]] {
        let error = error(bytes);
        assert!(error.starts_with("a.safetensors: not a safetensors file"), "{error}");
    }
    let mut other = whole.clone();
    let at = other.windows(5).position(|window| window == b"fovea").unwrap();
    other[at..at + 5].copy_from_slice(b"other");
    assert!(error(&other).contains("without a description"));
    let mut renamed = whole.clone();
    let at = renamed.windows(15).position(|window| window == b"\"conv2d/kernel\"").unwrap();
    renamed[at..at + 15].copy_from_slice(b"\"konv2d/kernel\"");
    assert_eq!(error(&renamed), "a.safetensors: the parameter conv2d/kernel is missing");
    let mut broken = model();
    broken.parameters[0] = f32::NAN;
    let file = write(&broken, "safetensors").unwrap();
    assert!(error(&file.bytes).contains("conv2d/kernel holds values that are no numbers"));
}
