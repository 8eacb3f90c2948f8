//! An ONNX file as a draft.

use std::collections::HashMap;

use fovea::model::{Activation, Layer, Loss};
use prost::Message;
use prost::bytes::Bytes;
use serde_json::json;

use super::graph::Graph;
use super::nodes::{Node, damaged};
use super::operators::translate;
use super::proto::{GraphProto, ModelProto, TensorProto, ValueInfoProto, data_type};
use super::tensors::{Constant, Files};
use super::value::{CHANNELS_FIRST, Lane, Value};
use super::write::BESIDE;
use crate::Reason;
use crate::beside::Beside;
use crate::draft::Draft;
use crate::registry::NamedBytes;
use crate::tensor::{Left, Tensor};

/// The most operators and tensors of a graph.
const MOST_NODES: usize = 20_000;

/// Whether it is a model: protobuf has no signature, so what every model has must be there.
pub fn recognises(bytes: &[u8]) -> bool {
    // The version of the file's shape is its first field.
    bytes.first() == Some(&0x08)
        && ModelProto::decode(bytes).is_ok_and(|model| {
            (1..1000).contains(&model.ir_version) && model.graph.is_some_and(|graph| !graph.node.is_empty())
        })
}

/// Reads a model.
pub fn read(file: &NamedBytes, beside: &[NamedBytes]) -> Result<Draft, Reason> {
    let model = ModelProto::decode(Bytes::copy_from_slice(&file.bytes)).map_err(damaged)?;
    let proto = model.graph.ok_or_else(|| Reason::Missing("the graph".to_owned()))?;
    if proto.node.len() + proto.initializer.len() > MOST_NODES {
        return Err(Reason::TooDeep(format!("longer than {MOST_NODES} operators and tensors")));
    }
    let nodes: Result<Vec<Node>, Reason> = proto.node.iter().map(Node::of).collect();
    let nodes = nodes?;
    let mut graph = Graph::default();
    let mut left = Left::default();
    let mut files = Files::of(beside);
    for bytes in &proto.initializer {
        let tensor = TensorProto::decode(bytes.clone()).map_err(damaged)?;
        let name = tensor.name.clone();
        let constant = Constant::of(tensor, &mut files)?;
        left.take(constant.shape.iter().product())?;
        graph.values.insert(name, Value::Constant(constant));
    }
    let output = only(&proto.output, "output")?;
    for name in nodes.iter().flat_map(|node| &node.inputs).chain([&output.name]) {
        *graph.readers.entry(name.clone()).or_default() += 1;
    }
    let input_shape = begin(&mut graph, &proto, &nodes)?;
    for node in &nodes {
        let Some(value) = translate(&mut graph, node)? else {
            return Err(Reason::UnknownLayer {
                name: node.name.clone(),
                class: node.operator.clone(),
                place: place(node, &nodes),
            });
        };
        if let Value::Lane(lane) = &value {
            check_size(&node.name, &lane.shape)?;
        }
        if let Some(name) = node.outputs.first() {
            graph.values.insert(name.clone(), value);
        }
    }
    let Some(Value::Lane(lane)) = graph.values.get(&output.name).cloned() else {
        return Err(Reason::Description(format!("nothing gives its output {}", output.name)));
    };
    finish(&mut graph, lane)?;
    let entry = |key: &str| model.metadata_props.iter().find(|entry| entry.key == key);
    let own: Option<Beside> = entry(BESIDE).and_then(|own| serde_json::from_str(&own.value).ok());
    let listed = || serde_json::from_str::<Vec<String>>(&entry("classes")?.value).ok();
    if own.is_none() {
        graph.notes.push(
            "It gets photos as numbers from 0 to 1. If it was trained on others, open it again with the preprocessing \
             that it was trained with."
                .to_owned(),
        );
    }
    let name: String =
        proto.name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect();
    let mut draft = Draft {
        name: if name.is_empty() { "onnx".to_owned() } else { name },
        input_shape,
        layers: graph.layers,
        classes: listed(),
        notes: graph.notes,
        ..Draft::default()
    };
    if let Some(own) = own {
        own.take_over(&mut draft);
    }
    Ok(draft)
}

fn only(values: &[Bytes], what: &str) -> Result<ValueInfoProto, Reason> {
    match values {
        [one] => ValueInfoProto::decode(one.clone()).map_err(damaged),
        others => Err(Reason::NotAClassifier(format!("has {} {what}s", others.len()))),
    }
}

/// The network's input: its shape of ours, and the value that it stands for.
fn begin(graph: &mut Graph, proto: &GraphProto, nodes: &[Node]) -> Result<[usize; 3], Reason> {
    // Old files list their weights among the inputs, too.
    let mut inputs = Vec::new();
    for bytes in proto.input.iter().take(MOST_NODES) {
        let info = ValueInfoProto::decode(bytes.clone()).map_err(damaged)?;
        if !graph.values.contains_key(&info.name) {
            inputs.push(info);
        }
    }
    let [input] = &inputs[..] else {
        return Err(Reason::NotAClassifier(format!("has {} inputs", inputs.len())));
    };
    let kind = input.r#type.as_ref().and_then(|kind| kind.tensor_type.as_ref());
    let dims = kind.and_then(|kind| kind.shape.as_ref()).map(|shape| &shape.dim[..]).unwrap_or_default();
    let size = |at: usize| {
        let size = dims.get(at).and_then(|dim| dim.dim_value).filter(|size| (1..=1 << 24).contains(size));
        size.map(|size| size as usize)
    };
    let (Some(a), Some(b), Some(c), 4) = (size(1), size(2), size(3), dims.len()) else {
        let text = |at: usize| size(at).map_or("?".to_owned(), |size| size.to_string());
        let sizes: Vec<String> = (0..dims.len().min(8)).map(text).collect();
        return Err(Reason::NotAClassifier(format!(
            "reads inputs of the sizes [{}], not images of a fixed size; export it with a fixed height and width",
            sizes.join(", ")
        )));
    };
    let is_last = channels_last(&input.name, nodes).unwrap_or(matches!(c, 1 | 3) && !matches!(a, 1 | 3));
    let (shape, axes) = if is_last { ([a, b, c], [0, 1, 2]) } else { ([b, c, a], CHANNELS_FIRST) };
    check_size(&input.name, &shape)?;
    let is_alone = graph.readers.get(&input.name) == Some(&1);
    let mut lane = Lane::input(shape, axes, is_alone);
    if kind.is_some_and(|kind| kind.elem_type == data_type::UINT8) {
        let bytes = format!("{} as bytes", input.name);
        let node = Node::made(&bytes, &input.name);
        lane = graph.rescaled(&node, &lane, &[255.0], &[0.0])?;
    }
    graph.values.insert(input.name.clone(), Value::Lane(lane));
    Ok(shape)
}

/// Checks that as many values can be for each photo, and that there are some.
fn check_size(name: &str, shape: &[usize]) -> Result<(), Reason> {
    if shape.contains(&0) {
        return Err(Reason::Description(format!("{name} gives nothing: {shape:?} values")));
    }
    let sizes: Vec<u64> = shape.iter().map(|size| *size as u64).collect();
    Tensor::check_shape(name, &sizes).map(drop)
}

/// Whether the graph reads images with their channels last: the first operator that tells, if there is one.
fn channels_last(input: &str, nodes: &[Node]) -> Option<bool> {
    let mut reached = HashMap::from([(input, ())]);
    for node in nodes {
        if !node.inputs.first().is_some_and(|name| reached.contains_key(name.as_str())) {
            continue;
        }
        match (node.operator.as_str(), node.ints("perm")) {
            (
                "Conv" | "MaxPool" | "AveragePool" | "GlobalAveragePool" | "GlobalMaxPool"
                | "BatchNormalization",
                _,
            )
            | ("Transpose", Some([0, 2, 3, 1])) => return Some(false),
            ("Transpose", Some([0, 3, 1, 2])) => return Some(true),
            // Images of one channel are turned so.
            ("Reshape", _) => return None,
            _ => reached.extend(node.outputs.iter().map(|name| (name.as_str(), ()))),
        }
    }
    None
}

/// Makes a list of probabilities of what the graph gives.
fn finish(graph: &mut Graph, mut lane: Lane) -> Result<(), Reason> {
    if lane.shape.len() == 3 && lane.shape[..2] == [1, 1] {
        let node = Node::made("flatten", "");
        let units = lane.shape[2];
        lane = graph.layer(&node, "Flatten", json!({}), &[&lane]).plain(vec![units]);
    }
    if lane.shape.len() != 1 || lane.order.iter().any(|[channels, pixels]| *channels > 1 && *pixels > 1) {
        return Err(Reason::NotAClassifier(format!("gives out {:?} for each photo", lane.sizes())));
    }
    // A softmax over the channels of one pixel is one over the list.
    let function = graph.find(&lane.layer).filter(|last| last.class_name == "Flatten").and_then(|last| {
        let before = graph.find(&last.inbound[0]).filter(|before| before.class_name == "Activation")?;
        Some((before.inbound.clone(), before.config.get("activation")?.as_str()?.to_owned()))
    });
    if let Some((from, function)) = function
        && let Some(last) = graph.layers.iter_mut().find(|layer| layer.name == lane.layer)
    {
        last.inbound = from;
        let node = Node::made(&function, "");
        lane = graph.layer(&node, "Activation", json!({ "activation": function }), &[&lane]).lane;
    }
    graph.only_for(&lane.layer);
    let Some(last) = graph.layers.last() else {
        return Err(Reason::NotAClassifier("gives out its input".to_owned()));
    };
    let mut config = last.config.clone();
    config.remove("name");
    let function = match Layer::read(last.class_name.clone(), config)? {
        Layer::Conv2D(of) => of.activation,
        Layer::Dense(of) => of.activation,
        Layer::Activation(of) => of.activation,
        // A mean over what a softmax gave, or the like, is nothing that training knows.
        _ => Activation::Linear,
    };
    if Loss::of(function).is_none() {
        let name = if lane.shape == [1] { "sigmoid" } else { "softmax" };
        let layer = Node::made(name, "");
        graph.layer(&layer, "Activation", json!({ "activation": name }), &[&lane]);
        let note = format!(
            "It gives values before {name}: a {name} was put behind them, so that it tells probabilities."
        );
        graph.notes.push(note);
    }
    Ok(())
}

/// Where a node stands.
fn place(node: &Node, nodes: &[Node]) -> String {
    let names = |is_it: &dyn Fn(&Node) -> bool| {
        let found: Vec<&str> =
            nodes.iter().filter(|other| is_it(other)).map(|other| &other.name[..]).take(3).collect();
        found.join(", ")
    };
    let before =
        names(&|other| other.outputs.iter().any(|name| !name.is_empty() && node.inputs.contains(name)));
    let after =
        names(&|other| other.inputs.iter().any(|name| !name.is_empty() && node.outputs.contains(name)));
    match (before.is_empty(), after.is_empty()) {
        (true, true) => "alone".to_owned(),
        (true, false) => format!("in front of {after}"),
        (false, true) => format!("behind {before}"),
        (false, false) => format!("between {before} and {after}"),
    }
}
