//! Writes models in every format, beside what we predict with them, for other programs to open: `tests/exchange` does so.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where something is wrong")]

#[allow(dead_code, reason = "each test takes its part")]
mod real;

use std::fs;
use std::path::Path;

use fovea::formats;
use fovea::model::{Adam, Optimizer, Recipe};
use fovea::trained::{Model, State};
use model_files::registry::FORMATS;
use model_files::save;
use real::{Real, predict, train};
use serde_json::json;

/// Steps that other programs are to repeat.
const STEPS: u32 = 2;

/// Models that a format cannot hold.
const LACKING: [(&str, &str); 1] = [("keras_every_layer", "tfjs")];

fn write(folder: &Path, name: &str, model: &Model, photos: &[u8]) {
    let own = formats::write(model, "safetensors").unwrap().bytes;
    for format in FORMATS {
        let file = match save(&own, format.id) {
            Ok((file, _)) => file,
            Err(error) if LACKING.contains(&(name, format.id)) => {
                println!("{name}: {error}");
                continue;
            }
            Err(error) => panic!("{name}: {error}"),
        };
        fs::write(folder.join(format!("{name}.{}", format.extension)), file.bytes).unwrap();
    }
    let units = model.network.output_units();
    let rows = |flat: &[f32]| flat.chunks(units).map(<[f32]>::to_vec).collect::<Vec<_>>();
    let mut said = json!({
        "shape": model.network.input_shape(), "classes": model.classes, "predictions": rows(&predict(model, photos)),
    });
    if model.state.training.optimizer.is_some() && units > 1 {
        let (losses, after) = train(model, photos, STEPS);
        said["losses"] = json!(losses);
        said["after"] = json!(rows(&after));
    }
    fs::write(folder.join(format!("{name}.json")), said.to_string()).unwrap();
    fs::write(folder.join(format!("{name}.photos")), photos).unwrap();
}

#[test]
#[ignore = "writes into the folder that FOVEA_EXPORTS names, for other programs to read"]
fn every_model_is_written_in_every_format() {
    let folder = std::env::var_os("FOVEA_EXPORTS").expect("FOVEA_EXPORTS");
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).unwrap();
    let made = std::env::var_os("FOVEA_EXCHANGE").expect("FOVEA_EXCHANGE");
    for name in Real::names(Path::new(&made)) {
        let real = Real::of(Path::new(&made), &name);
        let (model, _) = real.open(real.endings()[0]).unwrap();
        write(folder, &format!("keras_{name}"), &model, &real.photos);
    }
    for (recipe, shape, classes) in [
        (Recipe::Digits, [28, 28, 1], 10),
        (Recipe::CatsAndDogsSmall, [80, 80, 3], 2),
        (Recipe::CatsAndDogsSmall, [80, 80, 3], 3),
        (Recipe::CatsAndDogsSmall2, [80, 80, 3], 2),
    ] {
        let network = recipe.network(shape, classes).unwrap();
        let parameters = network.initial_parameters(4);
        let classes: Vec<String> = (0..classes).map(|class| format!("<b>{class}</b> 숫자")).collect();
        let mut state = State::initial(parameters, 4);
        state.training.optimizer = Some(Optimizer::Adam(Adam::default()));
        let name = format!("recipe_{}_{}", network.name(), classes.len());
        let photos: Vec<u8> =
            (0..4 * shape.iter().product::<usize>()).map(|at| (at * 37 % 251) as u8).collect();
        write(folder, &name, &Model { network, classes, state, sizing: None }, &photos);
    }
}
