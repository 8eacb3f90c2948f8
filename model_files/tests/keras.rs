//! Models that real Keras 3 made, trained and saved: `tests/exchange/keras_models.py` wrote those in `fixtures`, Keras 2
//! and `keras2_models.py` some more, and all of
//! `keras.applications` where `FOVEA_EXCHANGE` names a folder of them.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where something is wrong")]

#[allow(dead_code, reason = "each test takes its part")]
mod real;

use std::path::Path;

use real::{Real, farthest, predict, train};

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keras");
/// How far a probability may be off.
const NEAR: f32 = 1e-4;

fn check(folder: &Path) {
    let names = Real::names(folder);
    assert!(!names.is_empty(), "no models in {}", folder.display());
    let (mut failures, mut table) = (Vec::new(), Vec::new());
    for name in names {
        let real = Real::of(folder, &name);
        for ending in real.endings() {
            let start = std::time::Instant::now();
            let (model, opened) = match real.open(ending) {
                Ok(opened) => opened,
                Err(error) => {
                    failures.push(error);
                    continue;
                }
            };
            let seconds = start.elapsed().as_secs_f64();
            let off = real.off(&model);
            println!("{name}.{ending}: {off:.1e}, opened in {seconds:.2} s; {}", opened.notes.join(" "));
            let parameters: usize = model.network.parameters().iter().map(|parameter| parameter.len()).sum();
            let layers = model.network.layers().len();
            table.push(format!("| {name}.{ending} | {layers} | {parameters} | {seconds:.2} | {off:.0e} |"));
            if off > NEAR {
                failures.push(format!("{name}.{ending}: off by {off:.1e}"));
            }
            let Some((losses, after)) = real.said.losses.as_ref().zip(real.said.after.as_ref()) else {
                continue;
            };
            let (ours, trained) = train(&model, &real.photos, losses.len() as u32);
            let predictions = predict(&trained, &real.photos);
            let off = losses
                .iter()
                .zip(&ours)
                .map(|(theirs, ours)| (ours / theirs - 1.0).abs())
                .fold(0.0, f64::max);
            let moved = farthest(&predictions, after);
            println!("  {} steps more: losses {off:.1e}, predictions {moved:.1e}", losses.len());
            if off > 1e-3 || moved > 1e-3 {
                failures.push(format!(
                    "{name}.{ending}: trained, losses off by {off:.1e}, predictions {moved:.1e}"
                ));
            }
        }
    }
    println!(
        "| file | layers | parameters | seconds to open | largest difference on 4 photos |\n|---|---|---|---|---|"
    );
    println!("{}", table.join("\n"));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn models_of_keras_predict_and_train_as_there() {
    check(Path::new(FIXTURES));
}

#[test]
#[ignore = "takes a folder of models, named by FOVEA_EXCHANGE, that real Keras has just made"]
fn all_of_keras_applications_predict_as_there() {
    let folder = std::env::var_os("FOVEA_EXCHANGE").expect("FOVEA_EXCHANGE");
    check(Path::new(&folder));
}
