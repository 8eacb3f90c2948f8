//! A tree of models as one graph of our layers.

use std::collections::{BTreeMap, HashMap, HashSet};

use fovea::model::INPUT;
use serde_json::Value;

use super::calls::Argument;
use super::layers::{Translated, translate};
use super::order::{Call, Index, unknown};
use super::place::Place;
use super::tree::{Container, Entry};
use crate::Reason;
use crate::draft::{Draft, DraftLayer};

/// How many layers a sentence names.
const NAMED: usize = 3;

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
    /// The paths of the places.
    archives: HashSet<String>,
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
        let mut values: HashMap<Call, String> = HashMap::new();
        let index = Index::of(model);
        let last = index.find(output, *call)?;
        let order = index.in_order(last)?;
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
                        let key = index.find(layer, *call)?;
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
        values.remove(&last).ok_or_else(|| unknown(output))
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
                if !self.archives.insert(archive.clone()) && has_weights(class_name) {
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

fn has_weights(class: &str) -> bool {
    matches!(
        class,
        "Conv2D" | "DepthwiseConv2D" | "SeparableConv2D" | "Dense" | "BatchNormalization" | "Normalization"
    )
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
