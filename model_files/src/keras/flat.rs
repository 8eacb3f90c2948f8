//! A tree of models as one graph of our layers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use fovea::model::INPUT;
use serde_json::Value;

use super::calls::Argument;
use super::layers::{Translated, translate};
use super::tree::{Container, Entry};
use crate::Reason;
use crate::draft::{Draft, DraftLayer};

/// How many layers a sentence names.
const NAMED: usize = 3;

/// Where a layer's values lie in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Its path in a `.keras` archive: `layers/functional/layers/conv2d`.
    pub archive: String,
    /// The outermost model's layer that it is or is part of: its group in a `.h5` file.
    pub group: String,
    /// Its own name in the file.
    pub name: String,
    /// Whether it is part of a nested model.
    pub is_nested: bool,
}

impl Place {
    /// Those of a list of weights' names that are its layer's: `vgg16/block1_conv1/kernel:0` is block1_conv1's.
    pub fn own<'a>(&self, names: &'a [String]) -> Vec<&'a String> {
        let exact: Vec<_> = names.iter().filter(|path| is_of(path, &self.name)).collect();
        // TensorFlow numbers names that another model has already.
        if exact.is_empty() {
            names.iter().filter(|path| is_numbered(path, &self.name)).collect()
        } else {
            exact
        }
    }
}

/// The layer that a weight is of: `block1_conv1` in `vgg16/block1_conv1/kernel:0`.
fn owner(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    parts.next();
    parts.next().unwrap_or_default()
}

fn is_of(path: &str, layer: &str) -> bool {
    // A layer's name may hold a `/`.
    owner(path) == layer
        || path.rsplit_once('/').is_some_and(|(own, _)| own == layer || own.ends_with(&format!("/{layer}")))
}

fn is_numbered(path: &str, layer: &str) -> bool {
    owner(path)
        .strip_prefix(layer)
        .and_then(|rest| rest.strip_prefix('_'))
        .is_some_and(|number| !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit()))
}

/// Makes a draft of a model, without any values, and says where those of each layer lie.
///
/// # Errors
/// A [`Reason`] that names the layer.
pub fn flatten(model: &Container) -> Result<(Draft, Vec<Place>), Reason> {
    let mut flat = Flat { draft: Draft { keeps_order: true, ..Draft::default() }, ..Flat::default() };
    let shape = model.input_shape();
    let output = flat.container(model, "", None, INPUT.to_owned())?;
    flat.draft.input_shape = match flat.resized {
        // What is resized to may be of any size before.
        Some(size) => {
            let channels = shape.and_then(|shape| shape.as_array()?.last()?.as_u64()).unwrap_or(3);
            [size[0], size[1], channels as usize]
        }
        None => fixed(shape)?,
    };
    flat.draft.name = file_name(&model.name);
    flat.draft.notes.extend(flat.left_out.iter().map(|((why, class), names)| {
        let rest = names.len().saturating_sub(NAMED);
        let rest = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let named = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
        format!("Layers of the class {class} were left out, because they {why}: {named}{rest}.")
    }));
    if flat.draft.layers.last().is_none_or(|last| last.name != output) {
        let what = "gives out its input, or a layer that others go on from".to_owned();
        return Err(Reason::NotAClassifier(what));
    }
    Ok((flat.draft, flat.places))
}

/// Height, width and channels.
fn fixed(shape: Option<&Value>) -> Result<[usize; 3], Reason> {
    let Some(shape) = shape else {
        let what = "does not say how large its images are";
        return Err(Reason::NotAClassifier(what.to_owned()));
    };
    let sizes: Option<Vec<usize>> = shape
        .as_array()
        .and_then(|axes| axes.iter().skip(1).map(|axis| Some(axis.as_u64()? as usize)).collect());
    sizes.and_then(|sizes| <[usize; 3]>::try_from(sizes).ok()).ok_or_else(|| {
        Reason::NotAClassifier(format!("reads inputs of the shape {shape}, not images of a fixed size"))
    })
}

/// A network's name becomes a file's.
fn file_name(name: &str) -> String {
    name.chars()
        .map(|letter| if letter.is_alphanumeric() || "-_ ".contains(letter) { letter } else { '_' })
        .collect()
}

#[derive(Default)]
struct Flat {
    draft: Draft,
    places: Vec<Place>,
    names: HashSet<String>,
    /// The names of the layers that were left out, by the reason and their class.
    left_out: BTreeMap<(&'static str, String), Vec<String>>,
    /// The size that a layer in front of all others resizes photos to.
    resized: Option<[usize; 2]>,
}

impl Flat {
    /// Adds the layers of a model that reads `input`, and returns the name of its output.
    fn container(
        &mut self,
        model: &Container,
        prefix: &str,
        group: Option<&str>,
        input: String,
    ) -> Result<String, Reason> {
        if model.is_sequence {
            let mut value = input;
            for entry in &model.entries {
                value = self.entry(model, entry, prefix, group, &[Read::Value(value)])?;
            }
            return Ok(value);
        }
        let [_] = model.inputs[..] else {
            return Err(Reason::NotAClassifier(format!("has {} inputs", model.inputs.len())));
        };
        let [Argument::Output { layer: output, call }] = &model.outputs[..] else {
            return Err(Reason::NotAClassifier(format!("has {} outputs", model.outputs.len())));
        };
        let mut values: HashMap<(usize, usize), String> = HashMap::new();
        let order = in_order(model, output, *call)?;
        let with_weights = order.iter().filter(|(at, _)| has_weights(&model.entries[*at].class_name));
        self.draft.keeps_order &= with_weights.is_sorted();
        for (at, call) in order {
            let entry = &model.entries[at];
            let value = if model.inputs.contains(&entry.name) {
                input.clone()
            } else {
                let reads = entry.calls[call].iter().map(|argument| match argument {
                    Argument::Number(number) => Ok(Read::Number(*number)),
                    Argument::Output { layer, call } => {
                        let key = find(model, layer, *call)?;
                        values.get(&key).cloned().map(Read::Value).ok_or_else(|| unknown(layer))
                    }
                });
                let reads = reads.collect::<Result<Vec<_>, _>>()?;
                if call > 0 && entry.calls.len() > 1 && entry.nested.is_some() {
                    return Err(shared(entry));
                }
                self.entry(model, entry, prefix, group, &reads)?
            };
            values.insert((at, call), value);
        }
        values.remove(&find(model, output, *call)?).ok_or_else(|| unknown(output))
    }

    /// Adds a layer, or the layers of a nested model, and returns the name of its output.
    fn entry(
        &mut self,
        model: &Container,
        entry: &Entry,
        prefix: &str,
        group: Option<&str>,
        reads: &[Read],
    ) -> Result<String, Reason> {
        let archive = format!("{prefix}layers/{}", entry.key);
        let outermost = group.unwrap_or(&entry.name);
        let inbound: Vec<String> = reads.iter().filter_map(Read::value).collect();
        if let Some(nested) = &entry.nested {
            let [input] = &inbound[..] else {
                return Err(Reason::NotAClassifier(format!("calls {} with several inputs", entry.name)));
            };
            return self.container(nested, &format!("{archive}/"), Some(outermost), input.clone());
        }
        let numbers: Vec<(usize, f32)> = reads
            .iter()
            .enumerate()
            .filter_map(|(at, read)| match read {
                Read::Number(number) => Some((at, *number)),
                Read::Value(_) => None,
            })
            .collect();
        let translated = translate(entry, &numbers, || between(model, entry))?;
        match translated {
            Translated::Input => Ok(inbound.into_iter().next().unwrap_or_else(|| INPUT.to_owned())),
            Translated::LeftOut(why) => {
                self.left_out.entry((why, entry.class_name.clone())).or_default().push(entry.name.clone());
                one(inbound, entry)
            }
            Translated::Resized(size) => {
                let value = one(inbound, entry)?;
                if value != INPUT || self.resized.is_some() {
                    let reason = "it is only supported in front of all other layers".to_owned();
                    return Err(wrong(entry, reason));
                }
                self.resized = Some(size);
                self.draft
                    .notes
                    .push(format!("{} was left out: photos come in its size already.", entry.name));
                Ok(value)
            }
            Translated::Layer { class_name, config } => {
                let name = self.unique(&entry.name, group);
                if self.places.iter().any(|place| place.archive == archive) && has_weights(class_name) {
                    return Err(shared(entry));
                }
                self.places.push(Place {
                    archive,
                    group: outermost.to_owned(),
                    name: entry.name.clone(),
                    is_nested: group.is_some(),
                });
                let class_name = class_name.to_owned();
                self.draft.layers.push(DraftLayer {
                    name: name.clone(),
                    class_name,
                    config,
                    inbound,
                    tensors: Vec::new(),
                });
                Ok(name)
            }
        }
    }

    /// A name that no layer has. Names are parts of paths, so they hold no `/`.
    fn unique(&mut self, name: &str, group: Option<&str>) -> String {
        let plain = name.replace('/', "_");
        let mut unique = plain.clone();
        if let Some(group) = group
            && (unique == INPUT || self.names.contains(&unique))
        {
            unique = format!("{}_{plain}", group.replace('/', "_"));
        }
        let mut count = 1;
        while unique == INPUT || !self.names.insert(unique.clone()) {
            unique = format!("{plain}_{count}");
            count += 1;
        }
        unique
    }
}

/// What an entry is called with.
enum Read {
    Value(String),
    Number(f32),
}

impl Read {
    fn value(&self) -> Option<String> {
        match self {
            Self::Value(name) => Some(name.clone()),
            Self::Number(_) => None,
        }
    }
}

fn one(inbound: Vec<String>, entry: &Entry) -> Result<String, Reason> {
    match <[String; 1]>::try_from(inbound) {
        Ok([value]) => Ok(value),
        Err(inbound) => Err(wrong(entry, format!("it takes one input, and has {}", inbound.len()))),
    }
}

fn wrong(entry: &Entry, reason: String) -> Reason {
    Reason::Layer { name: entry.name.clone(), class: entry.class_name.clone(), reason }
}

fn shared(entry: &Entry) -> Reason {
    wrong(entry, "it is called several times with the same weights, which is not supported".to_owned())
}

fn unknown(layer: &str) -> Reason {
    Reason::Description(format!("{layer} is read before it is computed, or is not there"))
}

fn has_weights(class: &str) -> bool {
    matches!(
        class,
        "Conv2D" | "DepthwiseConv2D" | "SeparableConv2D" | "Dense" | "BatchNormalization" | "Normalization"
    )
}

/// The entry of this name and the number of its call.
fn find(model: &Container, layer: &str, call: usize) -> Result<(usize, usize), Reason> {
    let at = model.entries.iter().position(|entry| entry.name == layer).ok_or_else(|| unknown(layer))?;
    Ok((at, which(call, model.entries[at].calls.len())))
}

/// The calls that the output needs, each after what it reads, and else in the order of the file, which is also that of an
/// optimizer's state. Walked with a list and not by recursion, because a file may have any number of layers.
fn in_order(model: &Container, output: &str, call: usize) -> Result<Vec<(usize, usize)>, Reason> {
    let index: HashMap<&str, usize> =
        model.entries.iter().enumerate().map(|(at, entry)| (entry.name.as_str(), at)).collect();
    let place = |layer: &str, call: usize| {
        let at = *index.get(layer).ok_or_else(|| unknown(layer))?;
        Ok::<_, Reason>((at, which(call, model.entries[at].calls.len())))
    };
    let reads = |(at, call): (usize, usize)| -> Result<Vec<(usize, usize)>, Reason> {
        let entry = &model.entries[at];
        if model.inputs.contains(&entry.name) {
            return Ok(Vec::new());
        }
        let Some(arguments) = entry.calls.get(call) else {
            return Err(Reason::Description(format!("it does not say what layer {} reads", entry.name)));
        };
        let layers = arguments.iter().filter_map(|argument| match argument {
            Argument::Output { layer, call } => Some((layer, *call)),
            Argument::Number(_) => None,
        });
        layers.map(|(layer, call)| place(layer, call)).collect()
    };
    let last = place(output, call)?;
    let mut waits: HashMap<(usize, usize), usize> = HashMap::new();
    let mut readers: HashMap<(usize, usize), Vec<(usize, usize)>> = HashMap::new();
    let mut stack = vec![last];
    let mut ready = BinaryHeap::new();
    while let Some(call) = stack.pop() {
        if waits.contains_key(&call) {
            continue;
        }
        let before = reads(call)?;
        waits.insert(call, before.len());
        if before.is_empty() {
            ready.push(Reverse(call));
        }
        for other in before {
            readers.entry(other).or_default().push(call);
            stack.push(other);
        }
    }
    let mut order = Vec::new();
    while let Some(Reverse(call)) = ready.pop() {
        order.push(call);
        for reader in readers.get(&call).into_iter().flatten() {
            if let Some(left) = waits.get_mut(reader) {
                *left -= 1;
                if *left == 0 {
                    ready.push(Reverse(*reader));
                }
            }
        }
    }
    match waits.iter().find(|(_, left)| **left > 0) {
        Some(((at, _), _)) => {
            Err(Reason::Description(format!("{} reads its own output", model.entries[*at].name)))
        }
        None => Ok(order),
    }
}

/// What is called once has one call, whatever its number: Keras 2 counts the calls of a nested model from its own making on.
fn which(call: usize, calls: usize) -> usize {
    if call < calls { call } else { calls.saturating_sub(1) }
}

/// "between a and b": what an entry reads, and who reads it.
fn between(model: &Container, entry: &Entry) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) = if model.is_sequence {
        let at = model.entries.iter().position(|other| other.name == entry.name).unwrap_or_default();
        let name =
            |at: Option<usize>| at.and_then(|at| model.entries.get(at)).map(|other| other.name.as_str());
        (name(at.checked_sub(1)).into_iter().collect(), name(Some(at + 1)).into_iter().collect())
    } else {
        let reads = |other: &Entry, name: &str| {
            other
                .calls
                .iter()
                .flatten()
                .any(|argument| matches!(argument, Argument::Output { layer, .. } if layer == name))
        };
        let names = |keep: &dyn Fn(&&Entry) -> bool| {
            model.entries.iter().filter(keep).map(|other| other.name.as_str()).take(3).collect()
        };
        (names(&|other| reads(entry, &other.name)), names(&|other| reads(other, &entry.name)))
    };
    match (&before[..], &after[..]) {
        ([], []) => "alone".to_owned(),
        ([], after) => format!("in front of {}", after.join(", ")),
        (before, []) => format!("behind {}", before.join(", ")),
        (before, after) => format!("between {} and {}", before.join(", "), after.join(", ")),
    }
}
