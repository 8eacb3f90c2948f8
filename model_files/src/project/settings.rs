use fovea::data::{Interpolation, Sizing};
use fovea::model::{Augmentation, Optimizer};
use fovea::train::FitOptions;
use fovea::trained::Model;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::FileError;
use crate::keras::config;
use crate::keras::optimizer;

/// `settings.json`; what has a name in Keras has it here.
#[derive(Debug, Serialize)]
struct Settings<'a> {
    classes: &'a [String],
    /// Height, width, channels.
    input_shape: [usize; 3],
    interpolation: Interpolation,
    crop_to_aspect_ratio: bool,
    /// What bytes are multiplied by.
    rescale: f64,
    augmentation: Option<Augmentation>,
    epochs: u32,
    batch_size: usize,
    steps_per_epoch: Option<u32>,
    shuffle: bool,
    seed: u32,
    class_weight: Option<Vec<f32>>,
    optimizer: Value,
    loss: &'static str,
}

/// The settings as JSON. The model takes over their optimizer.
pub(super) fn taken(model: &mut Model, options: &str, sizing: Option<Sizing>) -> Result<String, FileError> {
    let options = read(options, model)?;
    take_optimizer(model, options.optimizer);
    let sizing = sizing.or(model.sizing);
    let described = optimizer::describe(&options.optimizer);
    let settings = Settings {
        classes: &model.classes,
        input_shape: model.network.input_shape(),
        interpolation: sizing.map(|sizing| sizing.interpolation).unwrap_or_default(),
        crop_to_aspect_ratio: sizing.is_some_and(|sizing| sizing.crop_to_aspect_ratio),
        rescale: 1.0 / 255.0,
        augmentation: options.augmentation.filter(|augmentation| !augmentation.is_idle()),
        epochs: options.epochs,
        batch_size: options.batch_size,
        steps_per_epoch: options.steps_per_epoch,
        shuffle: options.shuffle,
        seed: options.seed.or(model.state.training.seed).unwrap_or_default(),
        class_weight: options.class_weight,
        optimizer: json!({ "class_name": described["class_name"], "config": described["config"] }),
        loss: config::loss(model),
    };
    Ok(serde_json::to_string_pretty(&settings).map_err(refused)? + "\n")
}

/// The options, or why no training can have them.
fn read(options: &str, model: &Model) -> Result<FitOptions, FileError> {
    let given: Map<String, Value> = serde_json::from_str(options).map_err(refused)?;
    let named = given.contains_key("optimizer");
    let mut options: FitOptions = serde_json::from_value(Value::Object(given)).map_err(refused)?;
    if let (false, Some(own)) = (named, model.state.training.optimizer) {
        options.optimizer = own;
    }
    options.check().map_err(refused)?;
    let activation = model.network.output_activation();
    options.loss.map_or(Ok(()), |loss| loss.check(activation)).map_err(refused)?;
    let classes = model.classes.len();
    match options.class_weight.as_ref().map(Vec::len).filter(|weights| *weights != classes) {
        Some(weights) => Err(refused(format!(
            "classWeight has {weights} numbers, and the network tells {classes} classes apart"
        ))),
        None => Ok(options),
    }
}

/// As a fit does: another optimizer than the model's begins anew.
fn take_optimizer(model: &mut Model, optimizer: Optimizer) {
    let training = &mut model.state.training;
    if !training.optimizer.is_some_and(|before| optimizer.goes_on_from(&before)) {
        model.state.slots.clear();
        training.iteration = 0;
    }
    training.optimizer = Some(optimizer);
}

fn refused(why: impl std::fmt::Display) -> FileError {
    FileError::Project(why.to_string())
}
