//! ONNX files: those that PyTorch's exporter and tf2onnx wrote, and others made of them (`tests/exchange/onnx_models.py`).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where something is wrong")]

#[allow(dead_code, reason = "each test takes its part")]
mod real;

use std::path::Path;

use model_files::{NamedBytes, open};
use real::Real;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/onnx");

#[test]
fn models_of_pytorch_and_tf2onnx_predict_as_there() {
    let names = Real::names(Path::new(FIXTURES));
    assert!(names.len() >= 5, "{names:?}");
    let mut failures = Vec::new();
    for name in names {
        let real = Real::of(Path::new(FIXTURES), &name);
        match real.open("onnx") {
            Ok((model, opened)) => {
                let off = real.off(&model);
                println!("{name}: {off:.1e}; {}", opened.notes.join(" "));
                if off > 1e-4 {
                    failures.push(format!("{name}: off by {off:.1e}"));
                }
            }
            Err(error) => failures.push(error),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_is_no_model_is_not_taken_for_one() {
    for bytes in [&b""[..], b"text\n", b"\x08", b"\x08\x08", &[8; 500], &[0; 500]] {
        let error =
            open(&[NamedBytes { name: "a.onnx".to_owned(), bytes: bytes.to_vec() }], None).unwrap_err();
        assert!(error.to_string().contains("none of the model files"), "{error}");
    }
}
