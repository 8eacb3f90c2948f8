//! A model's configuration as Keras writes it: a tree, since a model may be a layer of another one.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::calls::{self, Argument};
use crate::Reason;
use crate::tensor::check_name;

/// Models within models.
const MOST_NESTED: usize = 16;
/// Layers of a model.
const MOST_LAYERS: usize = 10_000;

/// A model and its layers.
#[derive(Debug, Clone)]
pub struct Container {
    /// Its name.
    pub name: String,
    /// In a sequence each layer reads the one before; else each says what it is called with.
    pub is_sequence: bool,
    /// Its layers.
    pub entries: Vec<Entry>,
    /// The names of its input layers; not of a sequence.
    pub inputs: Vec<String>,
    /// The layers whose outputs are its outputs; not of a sequence.
    pub outputs: Vec<Argument>,
    /// The shape that it was built for, as far as its configuration says so.
    pub built_for: Option<Value>,
}

/// A layer of a [`Container`].
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its class.
    pub class_name: String,
    /// Where Keras 3 imports the class from.
    pub module: String,
    /// Its settings.
    pub config: Map<String, Value>,
    /// What it is called with, for each call; empty in a sequence.
    pub calls: Vec<Vec<Argument>>,
    /// Its layers, if it is a model itself.
    pub nested: Option<Container>,
    /// Whether Keras 3 wrote it, in which a few functions are others than in Keras 2.
    pub is_3: bool,
    /// What a `.keras` archive calls it: its class in snake case, numbered.
    pub key: String,
}

impl Container {
    /// Reads `{ "class_name": "Functional", "config": { ... } }`, as this version of Keras wrote it.
    ///
    /// # Errors
    /// [`Reason::Description`] and [`Reason::NotAClassifier`], and [`Reason::TooDeep`] for one beyond all measure.
    pub fn read(model: &Value, version: &str) -> Result<Self, Reason> {
        let class = model.get("class_name").and_then(Value::as_str).unwrap_or_default();
        if !is_model(class) {
            let what = format!("is of the class {class:?}, which is the code of a program");
            return Err(Reason::NotAClassifier(what));
        }
        let mut container = Self::of(class, model.get("config").unwrap_or(&Value::Null), is_3(version), 0)?;
        if container.built_for.is_none() {
            container.built_for = model.pointer("/build_config/input_shape").cloned();
        }
        Ok(container)
    }

    fn of(class: &str, config: &Value, is_3: bool, depth: usize) -> Result<Self, Reason> {
        if depth > MOST_NESTED {
            return Err(Reason::TooDeep(format!("nested more than {MOST_NESTED} models deep")));
        }
        // In the oldest files a sequence's configuration is the list of its layers.
        let layers = config.get("layers").unwrap_or(config);
        let layers =
            layers.as_array().ok_or_else(|| Reason::Description("it has no list of layers".into()))?;
        if layers.len() > MOST_LAYERS {
            return Err(Reason::TooDeep(format!("longer than {MOST_LAYERS} layers")));
        }
        let mut counts = HashMap::new();
        let entries: Result<Vec<_>, _> =
            layers.iter().map(|layer| Entry::read(layer, &mut counts, is_3, depth)).collect();
        let outputs = |key: &str| match config.get(key) {
            Some(value) => match calls::history(value) {
                Some(one) => vec![one],
                None => value.as_array().into_iter().flatten().filter_map(calls::history).collect(),
            },
            None => Vec::new(),
        };
        let name_of = |argument| match argument {
            Argument::Output { layer, .. } => Some(layer),
            Argument::Number(_) => None,
        };
        Ok(Self {
            name: text(config, "name").unwrap_or_else(|| "model".to_owned()),
            is_sequence: class == "Sequential",
            entries: entries?,
            inputs: outputs("input_layers").into_iter().filter_map(name_of).collect(),
            outputs: outputs("output_layers"),
            built_for: config.get("build_input_shape").filter(|shape| !shape.is_null()).cloned(),
        })
    }

    /// The shape of its input: `[batch, height, width, channels]` with null for what is not fixed.
    pub fn input_shape(&self) -> Option<&Value> {
        let first = match self.inputs.first() {
            Some(input) => self.entries.iter().find(|entry| entry.name == *input),
            None => self.entries.first(),
        };
        first.and_then(Entry::input_shape).or(self.built_for.as_ref())
    }
}

impl Entry {
    fn read(
        layer: &Value,
        counts: &mut HashMap<String, usize>,
        is_3: bool,
        depth: usize,
    ) -> Result<Self, Reason> {
        let class =
            text(layer, "class_name").ok_or_else(|| Reason::Description("a layer has no class".into()))?;
        // Registered classes are called `package>Class`.
        let class_name = class.rsplit('>').next().unwrap_or_default().to_owned();
        let config = layer.get("config").unwrap_or(&Value::Null);
        let name = text(layer, "name").or_else(|| text(config, "name")).unwrap_or_else(|| class_name.clone());
        check_name(&name)?;
        check_name(&class_name)?;
        let stem = snake_case(&class_name);
        let count = counts.entry(stem.clone()).and_modify(|count| *count += 1).or_insert(0);
        let key = if *count == 0 { stem } else { format!("{stem}_{count}") };
        Ok(Self {
            calls: calls::read(layer.get("inbound_nodes").unwrap_or(&Value::Null), &name)?,
            module: text(layer, "module").unwrap_or_default(),
            nested: match is_model(&class_name) {
                true => Some(Container::of(&class_name, config, is_3, depth + 1)?),
                false => None,
            },
            config: config.as_object().cloned().unwrap_or_default(),
            name,
            class_name,
            is_3,
            key,
        })
    }

    fn input_shape(&self) -> Option<&Value> {
        let own = ["batch_shape", "batch_input_shape"].iter().find_map(|key| self.config.get(*key));
        own.filter(|shape| !shape.is_null()).or_else(|| self.nested.as_ref()?.input_shape())
    }
}

/// Whether a version is Keras 3's or later; one that is not known is taken for it.
fn is_3(version: &str) -> bool {
    let major = version.split('.').next().unwrap_or_default();
    !matches!(major, "1" | "2") && !version.contains("tfjs")
}

fn is_model(class: &str) -> bool {
    matches!(class, "Sequential" | "Functional" | "Model")
}

fn text(object: &Value, key: &str) -> Option<String> {
    object.get(key)?.as_str().map(str::to_owned)
}

/// As Keras writes classes in its archives: `Conv2D` is `conv2d`, `ReLU` is `re_lu`.
pub fn snake_case(class: &str) -> String {
    let letters: Vec<char> =
        class.chars().filter(|letter| letter.is_alphanumeric() || *letter == '_').collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let begins_word = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let after_lower = before.is_some_and(|before| before.is_ascii_lowercase());
        if letter.is_ascii_uppercase()
            && before.is_some_and(|before| before != '_')
            && (begins_word || after_lower)
        {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
