//! Optimizers: Keras' settings, and the order in which it saves their state.

use fovea::model::{Adam, Optimizer, Parameter, Region, RmsProp, Sgd};
use fovea::trained::Model;
use serde_json::{Map, Value, json};

use crate::draft::DraftTraining;
use crate::hdf5::Data;
use crate::tensor::Tensor;

/// The optimizer as Keras 3 writes it.
pub fn describe(optimizer: &Optimizer) -> Value {
    let (class, config) = match optimizer {
        Optimizer::RmsProp(config) => (
            "RMSprop",
            json!({
                "name": "rmsprop", "learning_rate": plain(config.learning_rate), "rho": plain(config.rho), "momentum": plain(config.momentum),
                "epsilon": plain(config.epsilon), "centered": false,
            }),
        ),
        Optimizer::Sgd(config) => (
            "SGD",
            json!({
                "name": "SGD", "learning_rate": plain(config.learning_rate), "momentum": plain(config.momentum),
                "nesterov": config.nesterov,
            }),
        ),
        Optimizer::Adam(config) => (
            "Adam",
            json!({
                "name": "adam", "learning_rate": plain(config.learning_rate), "beta_1": plain(config.beta_1), "beta_2": plain(config.beta_2),
                "epsilon": plain(config.epsilon), "amsgrad": false,
            }),
        ),
    };
    json!({ "module": "keras.optimizers", "class_name": class, "config": config, "registered_name": null })
}

/// The number as it was set: 0.9 and not the double nearest to the `f32` of it.
fn plain(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(number.into())
}

/// Reads an optimizer's settings.
///
/// # Errors
/// A sentence for the user that says why it cannot be taken over.
pub fn read(written: &Value) -> Result<Optimizer, String> {
    let class = written.get("class_name").and_then(Value::as_str).unwrap_or_default();
    // Registered classes are called `package>Class`.
    let class = class.rsplit('>').next().unwrap_or_default();
    let empty = Map::new();
    let config = written.get("config").and_then(Value::as_object).unwrap_or(&empty);
    let lost = |reason: &str| format!("Training starts with a fresh optimizer: {reason}.");
    for (key, name) in
        [("amsgrad", "AMSGrad"), ("centered", "centered RMSprop"), ("use_ema", "averaged weights")]
    {
        if config.get(key).and_then(Value::as_bool) == Some(true) {
            return Err(lost(&format!("{name} is not supported")));
        }
    }
    for key in ["weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "decay"] {
        if config.get(key).and_then(Value::as_f64).is_some_and(|number| number != 0.0) {
            return Err(lost(&format!("its {key} is not supported")));
        }
    }
    let number =
        |key: &str, usual: f32| config.get(key).and_then(Value::as_f64).map_or(usual, |found| found as f32);
    // A schedule is an object; its first rate is the best that can be had of it.
    let scheduled =
        config.get("learning_rate").and_then(|rate| rate.pointer("/config/initial_learning_rate")?.as_f64());
    let rate = |usual: f32| match scheduled {
        Some(rate) => rate as f32,
        None => number("learning_rate", number("lr", usual)),
    };
    match class.to_ascii_lowercase().as_str() {
        "rmsprop" => {
            let usual = RmsProp::default();
            Ok(Optimizer::RmsProp(RmsProp {
                learning_rate: rate(usual.learning_rate),
                rho: number("rho", usual.rho),
                momentum: number("momentum", usual.momentum),
                epsilon: number("epsilon", usual.epsilon),
            }))
        }
        "sgd" => {
            let usual = Sgd::default();
            Ok(Optimizer::Sgd(Sgd {
                learning_rate: rate(usual.learning_rate),
                momentum: number("momentum", usual.momentum),
                nesterov: config.get("nesterov").and_then(Value::as_bool).unwrap_or(usual.nesterov),
            }))
        }
        "adam" => {
            let usual = Adam::default();
            Ok(Optimizer::Adam(Adam {
                learning_rate: rate(usual.learning_rate),
                beta_1: number("beta_1", usual.beta_1),
                beta_2: number("beta_2", usual.beta_2),
                epsilon: number("epsilon", usual.epsilon),
            }))
        }
        _ => Err(lost(&format!("there is no optimizer {class} here"))),
    }
}

/// An optimizer's state as Keras saves it, in order: its iteration, its learning rate, then its slots.
///
/// Adam's two slots take turns, parameter by parameter; those of RMSprop come one after the other.
pub fn state(model: &Model) -> Vec<(String, Data<'_>)> {
    let Some(optimizer) = &model.state.training.optimizer else { return Vec::new() };
    let (name, slots) = names(optimizer);
    let trained: Vec<&Parameter> =
        model.network.parameters().iter().filter(|parameter| parameter.region == Region::Trainable).collect();
    let order: Vec<(usize, usize)> = if take_turns(optimizer) {
        (0..trained.len()).flat_map(|parameter| (0..slots.len()).map(move |slot| (parameter, slot))).collect()
    } else {
        (0..slots.len()).flat_map(|slot| (0..trained.len()).map(move |parameter| (parameter, slot))).collect()
    };
    let mut all = vec![
        (format!("{name}/iteration"), Data::Whole(model.state.training.iteration.into())),
        (format!("{name}/learning_rate"), Data::Real(optimizer.learning_rate())),
    ];
    all.extend(order.into_iter().map(|(parameter, slot)| {
        let parameter = trained[parameter];
        let path = format!("{name}/{}_{}", parameter.name.replace('/', "_"), slots[slot]);
        // A fresh optimizer has no slots yet, and Keras' are zero then.
        let data = match model.state.slots.get(slot) {
            Some(values) => Data::Reals(&values[parameter.range()], &parameter.shape),
            None => Data::Zeros(&parameter.shape),
        };
        (path, data)
    }));
    all
}

/// Keras' name of an optimizer, and of its slots in our order.
fn names(optimizer: &Optimizer) -> (&'static str, &'static [&'static str]) {
    match optimizer {
        Optimizer::RmsProp(config) if config.momentum != 0.0 => ("rmsprop", &["velocity", "momentum"]),
        Optimizer::RmsProp(_) => ("rmsprop", &["velocity"]),
        Optimizer::Sgd(config) if config.momentum != 0.0 => ("SGD", &["momentum"]),
        Optimizer::Sgd(_) => ("SGD", &[]),
        Optimizer::Adam(_) => ("adam", &["momentum", "velocity"]),
    }
}

fn take_turns(optimizer: &Optimizer) -> bool {
    matches!(optimizer, Optimizer::Adam(_))
}

/// What a file's state of an optimizer gives, in the order in which Keras 3 saves it. Without values training goes on with
/// these settings and from an empty state.
pub fn training(optimizer: Optimizer, saved: Vec<Tensor>) -> DraftTraining {
    let mut scalars = saved.iter().filter(|tensor| tensor.shape.is_empty());
    let iteration = scalars.next().and_then(|tensor| tensor.values.first()).copied().unwrap_or_default();
    let iteration = if (0.0..=1e9).contains(&iteration) { iteration as u32 } else { 0 };
    let mut rest: Vec<Tensor> = saved.into_iter().filter(|tensor| !tensor.shape.is_empty()).collect();
    let count = optimizer.slots();
    if count == 0 || rest.is_empty() {
        return DraftTraining { optimizer, iteration, slots: Vec::new() };
    }
    let mut slots: Vec<Vec<Tensor>> = (0..count).map(|_| Vec::new()).collect();
    let roles: Option<Vec<usize>> = rest.iter().map(|tensor| role(&optimizer, &tensor.name)).collect();
    if let Some(roles) = roles.filter(|roles| roles.iter().all(|role| *role < count)) {
        for (role, tensor) in roles.into_iter().zip(rest) {
            slots[role].push(tensor);
        }
    } else if take_turns(&optimizer) {
        for (at, tensor) in rest.into_iter().enumerate() {
            slots[at % count].push(tensor);
        }
    } else {
        let each = rest.len().div_ceil(count);
        for slot in slots.iter_mut().rev() {
            *slot = rest.split_off(rest.len().saturating_sub(each));
        }
    }
    DraftTraining { optimizer, iteration, slots }
}

/// Which slot a tensor is of, by its name: `Adam/m/conv2d/kernel:0` or `Adam/conv2d/kernel/m:0` in Keras 2,
/// `adam/conv2d_kernel_momentum` in Keras 3. An archive has numbers for names.
fn role(optimizer: &Optimizer, name: &str) -> Option<usize> {
    let name = name.split(':').next().unwrap_or_default();
    let parts: Vec<&str> = name.split('/').collect();
    let word = |part: &str| match part {
        "m" | "momentum" => Some("momentum"),
        "v" | "rms" | "velocity" => Some("velocity"),
        _ => None,
    };
    let last = parts.last()?;
    let ends = || word(last.rsplit('_').next().unwrap_or_default());
    let found = word(last).or_else(|| word(parts.get(1)?)).or_else(ends)?;
    names(optimizer).1.iter().position(|slot| *slot == found)
}
