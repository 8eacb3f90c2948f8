//! A graph on its way to a draft: what its names stand for, and the layers so far.

use std::collections::{HashMap, HashSet};

use fovea::model::{INPUT, LayerConfig};
use serde_json::{Value as Json, json};

use super::nodes::Node;
use super::tensors::Constant;
use super::value::{Lane, Value};
use crate::Reason;
use crate::draft::DraftLayer;
use crate::tensor::{Left, Tensor};

/// What was made of a graph so far.
#[derive(Default)]
pub struct Graph {
    /// The layers, in topological order.
    pub layers: Vec<DraftLayer>,
    /// Their indices by name.
    index: HashMap<String, usize>,
    /// How many layers wanted each name.
    counts: HashMap<String, usize>,
    /// What names stand for.
    pub values: HashMap<String, Value>,
    /// How many nodes read each name; the graph's output counts as one.
    pub readers: HashMap<String, usize>,
    /// Sentences for the user.
    pub notes: Vec<String>,
    /// What may still be copied into layers.
    left: Left,
}

/// Layers that are looked through for negative values; networks ask for it a few times, near their beginning.
const MOST_LOOKED_AT: usize = 1_000;
/// How many times the room of a value a setting takes.
const SETTING: usize = 8;

impl Graph {
    /// What an operator reads at a place; none if it is left out.
    ///
    /// # Errors
    /// [`Reason::Description`] for a name that nothing before it gives, as in a circle.
    pub fn read(&self, node: &Node, at: usize) -> Result<Option<&Value>, Reason> {
        let Some(name) = node.inputs.get(at).filter(|name| !name.is_empty()) else { return Ok(None) };
        let missing = || {
            let text = format!("{} reads {name}, which nothing before it gives", node.name);
            Reason::Description(text)
        };
        self.values.get(name).map(Some).ok_or_else(missing)
    }

    /// What it reads at a place where a layer's values are wanted.
    ///
    /// # Errors
    /// A [`Reason`] that names the node.
    pub fn lane(&self, node: &Node, at: usize) -> Result<Lane, Reason> {
        match self.read(node, at)? {
            Some(Value::Lane(lane)) => Ok(lane.clone()),
            _ => Err(node.wrong("it reads something else than images or lists")),
        }
    }

    /// The numbers that it reads at a place, if there are some.
    ///
    /// # Errors
    /// A [`Reason`] that names the node, for numbers that are not the file's.
    pub fn constant(&self, node: &Node, at: usize) -> Result<Option<Constant>, Reason> {
        match self.read(node, at)? {
            None => Ok(None),
            Some(Value::Constant(constant)) => Ok(Some(constant.clone())),
            Some(_) => Err(node.wrong("it takes weights or settings that the network computes")),
        }
    }

    /// Whole numbers that are an input in newer versions and a setting in older ones.
    ///
    /// # Errors
    /// As [`Self::constant`].
    pub fn numbers(&self, node: &Node, at: usize, setting: &str) -> Result<Option<Vec<i64>>, Reason> {
        match self.constant(node, at)? {
            Some(constant) => Ok(Some(constant.numbers())),
            None => Ok(node.ints(setting).map(<[i64]>::to_vec)),
        }
    }

    /// Whether one operator alone reads what this one gives.
    pub fn is_alone(&self, node: &Node) -> bool {
        node.outputs.first().and_then(|name| self.readers.get(name)) == Some(&1)
    }

    /// A layer of ours for an operator.
    pub fn layer(&mut self, node: &Node, class_name: &str, config: Json, inbound: &[&Lane]) -> Made<'_> {
        let is_alone = self.is_alone(node);
        let name = self.name(&node.name);
        let config = match config {
            Json::Object(config) => config,
            _ => LayerConfig::new(),
        };
        self.index.insert(name.clone(), self.layers.len());
        self.layers.push(DraftLayer {
            name: name.clone(),
            class_name: class_name.to_owned(),
            config,
            inbound: inbound.iter().map(|lane| lane.layer.clone()).collect(),
            ..DraftLayer::default()
        });
        let first = inbound.first();
        let lane = Lane {
            layer: name,
            shape: first.map(|lane| lane.shape.clone()).unwrap_or_default(),
            axes: first.map(|lane| lane.axes.clone()).unwrap_or_default(),
            order: first.map(|lane| lane.order.clone()).unwrap_or_default(),
            is_alone,
        };
        Made { graph: self, lane }
    }

    /// A layer by its name.
    pub fn find(&self, name: &str) -> Option<&DraftLayer> {
        self.index.get(name).map(|at| &self.layers[*at])
    }

    fn find_mut(&mut self, name: &str) -> Option<&mut DraftLayer> {
        self.index.get(name).map(|at| &mut self.layers[*at])
    }

    /// A function of each value: a part of the layer before, if that can have one and nobody else reads it.
    pub fn activation(&mut self, node: &Node, x: &Lane, function: &str) -> Lane {
        let is_alone = self.is_alone(node);
        if x.is_alone
            && let Some(layer) = self.find_mut(&x.layer)
            && ["Conv2D", "DepthwiseConv2D", "Dense"].contains(&layer.class_name.as_str())
            && !layer.config.contains_key("activation")
        {
            layer.config.insert("activation".to_owned(), function.into());
            return Lane { is_alone, ..x.clone() };
        }
        self.layer(node, "Activation", json!({ "activation": function }), &[x]).lane
    }

    /// `x * scale + offset` with numbers in our order: a bias, if the layer before lacks one.
    ///
    /// # Errors
    /// [`Reason::TooLarge`] for a graph of more numbers than a model may have.
    pub fn rescaled(&mut self, node: &Node, x: &Lane, scale: &[f32], offset: &[f32]) -> Result<Lane, Reason> {
        if scale.iter().all(|scale| *scale == 1.0) && offset.iter().all(|offset| *offset == 0.0) {
            return Ok(Lane { is_alone: false, ..x.clone() });
        }
        let is_alone = self.is_alone(node);
        let outputs = x.shape.last().copied().unwrap_or(1);
        let is_bias = scale.iter().all(|scale| *scale == 1.0) && offset.len() == outputs;
        if x.is_alone
            && is_bias
            && let Some(layer) = self.find_mut(&x.layer)
            && layer.config.get("use_bias") == Some(&Json::Bool(false))
            && !layer.config.contains_key("activation")
        {
            layer.config.insert("use_bias".to_owned(), true.into());
            layer.tensors.push(Tensor {
                name: node.name.clone(),
                shape: vec![outputs],
                values: offset.to_vec(),
            });
            return Ok(Lane { is_alone, ..x.clone() });
        }
        self.left.take(SETTING * 2 * scale.len().max(offset.len()))?;
        // Two in a row are one, unless others read the first.
        let before = self.find(&x.layer).filter(|before| x.is_alone && before.class_name == "Rescaling");
        let folded = before.map(|before| {
            let numbers = |key: &str| -> Vec<f32> {
                let list = before.config.get(key).and_then(Json::as_array);
                list.into_iter().flatten().filter_map(|of| Some(of.as_f64()? as f32)).collect()
            };
            let (scales, offsets) = (numbers("scale"), numbers("offset"));
            let at = |list: &[f32], index: usize| list[if list.len() == 1 { 0 } else { index }];
            let lens = [scales.len(), scale.len(), offsets.len(), offset.len()];
            let most = lens.into_iter().max().unwrap_or(1);
            let scaled: Vec<f32> = (0..most).map(|c| at(&scales, c) * at(scale, c)).collect();
            let moved: Vec<f32> =
                (0..most).map(|c| at(&offsets, c).mul_add(at(scale, c), at(offset, c))).collect();
            (before.inbound[0].clone(), scaled, moved)
        });
        let (from, scale, offset) = folded.unwrap_or((x.layer.clone(), scale.to_vec(), offset.to_vec()));
        let from = Lane { layer: from, ..x.clone() };
        Ok(self.layer(node, "Rescaling", json!({ "scale": scale, "offset": offset }), &[&from]).lane)
    }

    /// Whether a layer's values are never below 0: then zeros around an image never win in a max pooling.
    pub fn is_never_negative(&self, layer: &str) -> bool {
        let mut open = vec![layer.to_owned()];
        let mut seen = HashSet::new();
        while let Some(name) = open.pop() {
            if seen.len() > MOST_LOOKED_AT {
                return false;
            }
            if name == INPUT || !seen.insert(name.clone()) {
                continue;
            }
            let Some(layer) = self.find(&name) else { return false };
            let function = layer.config.get("activation").and_then(Json::as_str).unwrap_or_default();
            if ["relu", "relu6", "sigmoid", "hard_sigmoid", "softmax"].contains(&function) {
                continue;
            }
            match layer.class_name.as_str() {
                "ReLU" if !layer.config.contains_key("negative_slope") => {}
                "Add" | "Multiply" | "Concatenate" | "MaxPooling2D" | "AveragePooling2D"
                | "ZeroPadding2D" | "Cropping2D" => open.extend(layer.inbound.iter().cloned()),
                _ => return false,
            }
        }
        true
    }

    /// A name that no other layer has; Keras allows no `/` in it.
    fn name(&mut self, wanted: &str) -> String {
        let plain = wanted.trim_matches('/').replace(['/', ':'], "_");
        let plain = if plain.is_empty() || plain == INPUT { "layer".to_owned() } else { plain };
        let count = self.counts.entry(plain.clone()).or_default();
        loop {
            let name = if *count == 0 { plain.clone() } else { format!("{plain}_{count}") };
            *count += 1;
            if !self.index.contains_key(&name) {
                return name;
            }
        }
    }

    /// Leaves out layers that nothing reads up to this one.
    pub fn only_for(&mut self, output: &str) {
        let mut wanted = HashSet::from([output.to_owned()]);
        for layer in self.layers.iter().rev() {
            if wanted.contains(&layer.name) {
                wanted.extend(layer.inbound.iter().cloned());
            }
        }
        self.layers.retain(|layer| wanted.contains(&layer.name));
    }
}

/// A layer that was just made, with its lane.
pub struct Made<'a> {
    graph: &'a mut Graph,
    /// What it gives: of the shape and order of its first input until that is changed.
    pub lane: Lane,
}

impl Made<'_> {
    /// With these parameters.
    ///
    /// # Errors
    /// [`Reason::TooLarge`] for a graph of more values than a model may have.
    pub fn with(self, tensors: Vec<Tensor>) -> Result<Self, Reason> {
        self.graph.left.take_all(&tensors)?;
        if let Some(layer) = self.graph.layers.last_mut() {
            layer.tensors = tensors;
        }
        Ok(self)
    }

    /// With this shape of ours, its axes as they were.
    pub fn shaped(mut self, shape: Vec<usize>) -> Lane {
        self.lane.shape = shape;
        self.lane
    }

    /// With this shape, laid out as it is here.
    pub fn plain(mut self, shape: Vec<usize>) -> Lane {
        self.lane.axes = (0..shape.len()).collect();
        self.lane.order = Vec::new();
        self.lane.shape = shape;
        self.lane
    }
}
