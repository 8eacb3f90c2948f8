//! `www/engine.d.ts` is what these types are.
#![cfg(not(target_arch = "wasm32"))]

use std::fmt::Write as _;
use std::path::Path;

use ts_rs::{Config, TS};

use super::*;
use crate::data::{self, digits};
use crate::{device, evaluate, model, train};

/// A type and all that it says of itself.
fn declaration<T: TS>(config: &Config, text: &mut String) {
    let docs = T::docs().unwrap_or_default();
    writeln!(text, "\n{docs}export {}", T::decl(config)).unwrap();
}

macro_rules! declarations {
    ($($type:ty),* $(,)?) => {{
        let config = Config::new().with_large_int("number");
        let mut text = String::from(
            "// Written from the engine's own types: `FOVEA_WRITE_TYPES=1 cargo test --lib boundary` writes it anew.\n",
        );
        $(declaration::<$type>(&config, &mut text);)*
        text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect::<String>()
    }};
}

fn declared() -> String {
    declarations![
        OpenOptions,
        device::Kind,
        DeviceInfo,
        DeviceReport,
        device::Memory,
        device::Tuning,
        device::Timing,
        Split,
        data::SplitBy,
        data::LayoutKind,
        data::Interpolation,
        data::ImageSize,
        data::Sizing,
        data::ImportOptions,
        digits::DigitsOptions,
        data::Shares,
        data::Told,
        data::Rejection,
        data::ClassOfReading,
        data::Reading,
        data::SplitCounts,
        data::Leftover,
        data::LeftOut,
        data::DatasetSummary,
        LayerSpec,
        ModelOptions,
        LayerSummary,
        LayerReport,
        evaluate::CrossValidation,
        evaluate::Doubtful,
        model::Pooling,
        model::RecipeInfo,
        RecipeDefaults,
        ModelReport,
        model::Loss,
        model::RmsProp,
        model::Sgd,
        model::Adam,
        model::Optimizer,
        model::Amount,
        model::FillMode,
        model::Augmentation,
        train::FitOptions,
        train::Progress,
        train::Event,
        train::History,
        EvaluateOptions,
        evaluate::ClassFigures,
        evaluate::Evaluation,
        evaluate::Answers,
        evaluate::ThresholdReport,
        evaluate::Prediction,
        evaluate::Answer,
        evaluate::Sureness,
        crate::trained::NotSure,
    ]
}

#[test]
fn the_page_knows_the_types_that_the_engine_has() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/engine.d.ts");
    let declared = declared();
    if std::env::var_os("FOVEA_WRITE_TYPES").is_some() {
        std::fs::write(&file, &declared).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    let (line, _) =
        written.lines().zip(declared.lines()).enumerate().find(|(_, (a, b))| a != b).unwrap_or_default();
    assert!(
        written.replace("\r\n", "\n") == declared,
        "www/engine.d.ts differs from the engine's types from line {} on: write it anew with \
         `FOVEA_WRITE_TYPES=1 cargo test --lib boundary`, and let the page follow",
        line + 1
    );
}
