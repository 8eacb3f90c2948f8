//! Writes models in every format, beside what we predict with them, for other programs to open: `tests/exchange` does so.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where something is wrong")]

#[allow(dead_code, reason = "each test takes its part")]
mod real;

use std::fs;
use std::path::Path;
use std::time::Instant;

use fovea::data::digits::{self, ROW, SIDE};
use fovea::formats;
use fovea::model::{Adam, Network, Optimizer, Recipe, RmsProp};
use fovea::random::{Purpose, Stream};
use fovea::trained::{Model, State, Training};
use model_files::registry::FORMATS;
use model_files::save;
use real::{Real, predict, train};
use serde_json::json;

/// Photos that other programs predict for, and those among them that are trained on.
const PHOTOS: usize = 50;
const TRAINED: usize = 20;
/// Steps before a model is written.
const STEPS: u32 = 12;
/// Steps that other programs are to repeat.
const MORE: u32 = 2;
/// What the set-up packs from an npm package.
const DIGITS: &str = "../www/demo/digits.png";
/// What Keras made with each layer that there is.
const EVERY_LAYER: &str = "every_layer";

/// Photos of bright rectangles on a dark ground, wide or high by the class, which is counted up.
fn drawn(shape: [usize; 3], classes: usize) -> Vec<u8> {
    let [height, width, channels] = shape;
    let mut stream = Stream::new(5, Purpose::Shuffle, 0);
    let mut photos = Vec::new();
    for label in (0..PHOTOS).map(|photo| photo % classes) {
        let side = |size: usize, part: usize| size * (3 + 10 * part / (classes - 1)) / 16;
        let (wide, high) = (side(width, label), side(height, classes - 1 - label));
        let mut below = |most: usize| stream.word() as usize % (most + 1);
        let (top, left) = (below(height - high), below(width - wide));
        let mut colour = |darkest| (0..channels).map(|_| darkest + below(96)).collect::<Vec<_>>();
        let (ground, bright) = (colour(0), colour(128));
        for y in 0..height {
            for x in 0..width {
                let is_inside = (top..top + high).contains(&y) && (left..left + wide).contains(&x);
                let pixel = if is_inside { &bright } else { &ground };
                photos.extend(pixel.iter().map(|value| (value + below(31)) as u8));
            }
        }
    }
    photos
}

/// Real handwritten digits, which come with the page; the class is counted up.
fn written() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(DIGITS);
    let png = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let values = digits::read(&png).unwrap();
    let rows: Vec<&[u8]> = values.chunks_exact(ROW).collect();
    let of_class = |class: usize, nth: usize| {
        let all = rows.iter().filter(|row| usize::from(row[SIDE * SIDE]) == class);
        &all.clone().nth(nth * all.count() / PHOTOS).unwrap()[..SIDE * SIDE]
    };
    (0..PHOTOS).flat_map(|photo| of_class(photo % 10, photo)).copied().collect()
}

/// Writes a model in each format, with what its maker predicts for these photos, or we, and what we do after more steps with the
/// first of them.
fn write(folder: &Path, name: &str, model: &Model, photos: &[u8], made: Option<Vec<f32>>) {
    let own = formats::write(model, "safetensors").unwrap().bytes;
    for format in FORMATS {
        let (file, _) = save(&own, format.id).unwrap_or_else(|error| panic!("{name}: {error}"));
        fs::write(folder.join(format!("{name}.{}", format.extension)), file.bytes).unwrap();
    }
    fs::write(folder.join(format!("{name}.safetensors")), own).unwrap();
    let units = model.network.output_units();
    let rows = |flat: &[f32]| flat.chunks(units).map(<[f32]>::to_vec).collect::<Vec<_>>();
    let predictions = made.unwrap_or_else(|| predict(model, photos));
    let ends = |unit: usize| {
        let of_unit = predictions.iter().skip(unit).step_by(units);
        of_unit.fold((f32::MAX, f32::MIN), |(least, most), value| (least.min(*value), most.max(*value)))
    };
    let apart = (0..units).map(ends).map(|(least, most)| most - least).fold(0.0, f32::max);
    let shape = model.network.input_shape();
    let mut said = json!({ "shape": shape, "classes": model.classes, "predictions": rows(&predictions) });
    let mut learned = String::new();
    if model.state.training.optimizer.is_some() {
        let some = &photos[..photos.len().min(TRAINED * shape.iter().product::<usize>())];
        let (losses, after) = train(model, some, MORE);
        learned = format!(", and with losses of {losses:?} after that");
        (said["losses"], said["after"]) = (json!(losses), json!(rows(&predict(&after, some))));
    }
    println!("{name}: predictions {apart:.1e} apart{learned}");
    assert!(apart > 1e-3, "what {name} predicts tells nothing");
    fs::write(folder.join(format!("{name}.json")), said.to_string()).unwrap();
    fs::write(folder.join(format!("{name}.photos")), photos).unwrap();
}

/// Trains a model for a few steps and writes it.
fn train_and_write(folder: &Path, name: &str, mut model: Model, optimizer: Optimizer) {
    let start = Instant::now();
    // Its photos are not noted, as in files of other programs.
    model.state.training = Training { optimizer: Some(optimizer), ..Training::default() };
    let shape = model.network.input_shape();
    let photos = match (shape, model.network.output_units()) {
        ([SIDE, SIDE, 1], 10) => written(),
        (_, units) => drawn(shape, units.max(2)),
    };
    let (losses, trained) = train(&model, &photos[..TRAINED * shape.iter().product::<usize>()], STEPS);
    let (first, last) = (losses[0], losses[STEPS as usize - 1]);
    println!("{name}: a loss of {first:.3} became {last:.3} in {:.1} s", start.elapsed().as_secs_f64());
    assert!(last < first, "{name} learned nothing");
    write(folder, name, &trained, &photos, None);
}

/// A graph whose layers stand in another order than Keras', and have the same shapes.
fn branches() -> Model {
    let conv = |name: &str, from: &str| {
        let config =
            json!({ "name": name, "filters": 3, "kernel_size": 3, "padding": "same", "activation": "relu" });
        json!({ "class_name": "Conv2D", "inbound": [from], "config": config })
    };
    let layers = json!([
        conv("stem", "input_layer"), conv("short", "stem"), conv("b", "stem"), conv("c", "b"),
        { "class_name": "Add", "inbound": ["c", "short"], "config": { "name": "sum" } },
        { "class_name": "Flatten" },
        { "class_name": "Dense", "config": { "units": 2, "activation": "softmax" } },
    ]);
    let network = Network::graph("branches", [16, 16, 3], serde_json::from_value(layers).unwrap()).unwrap();
    let state = State::initial(network.initial_parameters(4), 4);
    let classes = vec!["wide".to_owned(), "high".to_owned()];
    Model { network, classes, state, sizing: None, threshold: None }
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
        let ending = real.endings()[0];
        let (model, _) = real.open(ending).unwrap();
        if name == EVERY_LAYER {
            train_and_write(folder, &name, model.clone(), Optimizer::Adam(Adam::default()));
        }
        if ending == "onnx" {
            // As they come, what they predict hardly differs from photo to photo.
            train_and_write(folder, &format!("keras_{name}"), model, Optimizer::Adam(Adam::default()));
            continue;
        }
        let made = real.said.predictions.concat();
        write(folder, &format!("keras_{name}"), &model, &real.photos, Some(made));
    }
    train_and_write(folder, "branches", branches(), Optimizer::Adam(Adam::default()));
    for (recipe, shape, classes) in [
        (Recipe::Digits, [28, 28, 1], 10),
        (Recipe::CatsAndDogsSmall, [80, 80, 3], 2),
        (Recipe::CatsAndDogsSmall, [80, 80, 3], 3),
        (Recipe::CatsAndDogsSmall2, [80, 80, 3], 2),
    ] {
        let network = recipe.network(shape, classes).unwrap();
        let parameters = network.initial_parameters(4);
        let optimizer = match recipe {
            Recipe::CatsAndDogsSmall2 => Optimizer::RmsProp(RmsProp::default()),
            _ => Optimizer::Adam(Adam::default()),
        };
        let name = format!("recipe_{}_{classes}", network.name());
        let classes: Vec<String> = (0..classes).map(|class| format!("<b>{class}</b> 숫자")).collect();
        let state = State::initial(parameters, 4);
        train_and_write(
            folder,
            &name,
            Model { network, classes, state, sizing: None, threshold: None },
            optimizer,
        );
    }
}
