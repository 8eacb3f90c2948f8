//! What each operator becomes.

use serde_json::json;

use super::graph::Graph;
use super::nodes::Node;
use super::proto::data_type;
use super::tensors::{Constant, Files};
use super::value::{Lane, Value};
use super::{arithmetic, numbers, shapes, windows};
use crate::Reason;
use crate::tensor::Tensor;

/// The types of real numbers.
const REAL: [i32; 4] = [data_type::FLOAT, data_type::FLOAT16, data_type::BFLOAT16, data_type::DOUBLE];

/// Translates an operator; none for one that there is none of.
///
/// # Errors
/// A [`Reason`] that names the node.
pub fn translate(graph: &mut Graph, node: &Node) -> Result<Option<Value>, Reason> {
    if let Some(numbers) = numbers::translate(graph, node)? {
        return Ok(Some(numbers));
    }
    let lane = match node.operator.as_str() {
        "Conv" => windows::convolution(graph, node)?,
        "MaxPool" => windows::pooling(graph, node, "MaxPooling2D")?,
        "AveragePool" => windows::pooling(graph, node, "AveragePooling2D")?,
        "GlobalAveragePool" => global(graph, node, "GlobalAveragePooling2D", true)?,
        "GlobalMaxPool" => global(graph, node, "GlobalMaxPooling2D", true)?,
        "ReduceMean" => reduced(graph, node, "GlobalAveragePooling2D")?,
        "ReduceMax" => reduced(graph, node, "GlobalMaxPooling2D")?,
        "Gemm" => gemm(graph, node)?,
        "MatMul" => {
            let x = graph.lane(node, 0)?;
            let kernel = graph.constant(node, 1)?.ok_or_else(|| node.wrong("it has no kernel"))?;
            dense(graph, node, &x, kernel.reals(), None)?
        }
        "BatchNormalization" => batch_normalization(graph, node)?,
        "Relu" => activation(graph, node, "relu")?,
        "Tanh" => activation(graph, node, "tanh")?,
        "Sigmoid" => activation(graph, node, "sigmoid")?,
        "Softmax" | "LogSoftmax" => softmax(graph, node)?,
        "Elu" if node.float("alpha", 1.0) == 1.0 => activation(graph, node, "elu")?,
        "HardSwish" => activation(graph, node, "hard_silu")?,
        "Gelu" if node.text("approximate") != "tanh" => activation(graph, node, "gelu")?,
        "HardSigmoid" => hard_sigmoid(graph, node)?,
        "LeakyRelu" => leaky(graph, node, node.float("alpha", 0.01))?,
        "PRelu" => match graph.constant(node, 1)?.and_then(|slope| slope.one()) {
            Some(slope) => leaky(graph, node, slope)?,
            None => return Err(node.wrong("a slope of its own for each channel is not supported")),
        },
        "Clip" => clip(graph, node)?,
        "Identity" | "Dropout" | "Cast" => return passed(graph, node).map(Some),
        "Constant" => return constant(node).map(Some),
        _ => {
            return match shapes::translate(graph, node)? {
                Some(value) => Ok(Some(value)),
                None => arithmetic::translate(graph, node),
            };
        }
    };
    Ok(Some(Value::Lane(lane)))
}

fn activation(graph: &mut Graph, node: &Node, function: &str) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    Ok(graph.activation(node, &x, function))
}

/// What changes nothing when a network classifies.
fn passed(graph: &Graph, node: &Node) -> Result<Value, Reason> {
    let mut value = graph.read(node, 0)?.ok_or_else(|| node.wrong("it reads nothing"))?.clone();
    if let Value::Lane(lane) = &mut value {
        let to = node.int("to", data_type::FLOAT.into());
        if node.operator == "Cast" && !REAL.iter().any(|real| i64::from(*real) == to) {
            return Err(node.wrong("a network's values are not rounded"));
        }
        lane.is_alone &= graph.is_alone(node);
    }
    Ok(value)
}

fn constant(node: &Node) -> Result<Value, Reason> {
    if let Some(tensor) = node.attribute("value").and_then(|of| of.t.clone()) {
        return Constant::of(tensor, &mut Files::none()).map(Value::Constant);
    }
    let whole = |shape, values| Ok(Value::Constant(Constant::whole(shape, values)));
    match (node.ints("value_ints"), node.has("value_int"), node.attribute("value_float")) {
        (Some(values), ..) => whole(vec![values.len()], values.to_vec()),
        (None, true, _) => whole(Vec::new(), vec![node.int("value_int", 0)]),
        (None, false, Some(real)) => Ok(Value::Constant(Constant::real(real.f))),
        _ => Err(node.wrong("it holds no numbers")),
    }
}

fn softmax(graph: &mut Graph, node: &Node) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    if x.axis(node.int("axis", -1)) != Some(x.shape.len() - 1) {
        return Err(node.wrong("softmax is only supported over the channels"));
    }
    if node.operator == "LogSoftmax" {
        let note =
            format!("{} gives logarithms of probabilities; here it gives the probabilities.", node.name);
        graph.notes.push(note);
    }
    Ok(graph.activation(node, &x, "softmax"))
}

fn hard_sigmoid(graph: &mut Graph, node: &Node) -> Result<Lane, Reason> {
    let (alpha, beta) = (node.float("alpha", 0.2), node.float("beta", 0.5));
    if (alpha - 1.0 / 6.0).abs() < 1e-6 && beta == 0.5 {
        return activation(graph, node, "hard_sigmoid");
    }
    let x = graph.lane(node, 0)?;
    let line = graph.layer(node, "Rescaling", json!({ "scale": alpha, "offset": beta }), &[&x]).lane;
    Ok(graph.layer(node, "ReLU", json!({ "max_value": 1.0 }), &[&line]).lane)
}

fn leaky(graph: &mut Graph, node: &Node, slope: f32) -> Result<Lane, Reason> {
    if slope == 0.2 {
        return activation(graph, node, "leaky_relu");
    }
    let x = graph.lane(node, 0)?;
    Ok(graph.layer(node, "LeakyReLU", json!({ "negative_slope": slope }), &[&x]).lane)
}

fn clip(graph: &mut Graph, node: &Node) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    let bound = |at, name: &str, none: f32| -> Result<Option<f32>, Reason> {
        let given = match graph.constant(node, at)? {
            Some(constant) => constant.one(),
            None => node.has(name).then(|| node.float(name, 0.0)),
        };
        // Some exporters write the largest number that there is for none.
        Ok(given.filter(|bound| bound.is_finite() && bound.abs() < f32::MAX && *bound != none))
    };
    let (least, most) = (bound(1, "min", f32::MIN)?, bound(2, "max", f32::MAX)?);
    let slope = graph.find(&x.layer).filter(|layer| layer.class_name == "LeakyReLU");
    let slope =
        slope.and_then(|layer| Some((layer.inbound[0].clone(), layer.config.get("negative_slope")?.clone())));
    match (least, most, slope) {
        (None, None, _) => Ok(Lane { is_alone: false, ..x }),
        (Some(0.0), None, _) => Ok(graph.activation(node, &x, "relu")),
        (Some(0.0), Some(6.0), _) => Ok(graph.activation(node, &x, "relu6")),
        (Some(0.0), Some(most), _) => Ok(graph.layer(node, "ReLU", json!({ "max_value": most }), &[&x]).lane),
        (None, Some(most), Some((from, slope))) if most >= 0.0 => {
            let from = Lane { layer: from, ..x };
            let config = json!({ "max_value": most, "negative_slope": slope });
            Ok(graph.layer(node, "ReLU", config, &[&from]).lane)
        }
        // A slope of 1 below 0 leaves what is there as it is.
        (None, Some(most), None) if most >= 0.0 => {
            let config = json!({ "max_value": most, "negative_slope": 1.0 });
            Ok(graph.layer(node, "ReLU", config, &[&x]).lane)
        }
        _ => {
            Err(node
                .wrong(format!("values between {least:?} and {most:?} are not supported, only from 0 on")))
        }
    }
}

fn global(graph: &mut Graph, node: &Node, class: &str, keepdims: bool) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    let [_, _, channels] = x.shape[..] else { return Err(node.wrong("it reads no image")) };
    let made = graph.layer(node, class, json!({ "keepdims": keepdims }), &[&x]);
    Ok(if keepdims { made.shaped(vec![1, 1, channels]) } else { made.plain(vec![channels]) })
}

/// A mean over rows and columns is a global pooling.
fn reduced(graph: &mut Graph, node: &Node, class: &str) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    let axes = graph.numbers(node, 1, "axes")?.unwrap_or_default();
    let mut ours: Vec<Option<usize>> = axes.iter().map(|axis| x.axis(*axis)).collect();
    ours.sort_unstable();
    if ours != [Some(0), Some(1)] || x.shape.len() != 3 {
        return Err(node.wrong("only means over all rows and columns of an image are supported"));
    }
    global(graph, node, class, node.int("keepdims", 1) == 1)
}

fn gemm(graph: &mut Graph, node: &Node) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    let mut kernel = graph.constant(node, 1)?.ok_or_else(|| node.wrong("it has no kernel"))?.reals();
    if node.int("transA", 0) != 0 || x.shape.len() != 1 {
        return Err(node.wrong("it reads no list"));
    }
    if let ([rows, columns], 1) = (&kernel.shape[..], node.int("transB", 0)) {
        let (rows, columns) = (*rows, *columns);
        let turned = (0..columns).flat_map(|column| (0..rows).map(move |row| row * columns + column));
        kernel.values = turned.map(|at| kernel.values[at]).collect();
        kernel.shape = vec![columns, rows];
    }
    let (alpha, beta) = (node.float("alpha", 1.0), node.float("beta", 1.0));
    kernel.values.iter_mut().for_each(|value| *value *= alpha);
    let units = kernel.shape.get(1).copied().unwrap_or(0);
    let bias = graph.constant(node, 2)?.map(|bias| {
        let mut bias = bias.reals();
        bias.values.iter_mut().for_each(|value| *value *= beta);
        if bias.values.len() == 1 {
            bias.values = vec![bias.values[0]; units];
        }
        Tensor { shape: vec![bias.values.len()], ..bias }
    });
    dense(graph, node, &x, kernel, bias)
}

fn dense(
    graph: &mut Graph,
    node: &Node,
    x: &Lane,
    kernel: Tensor,
    bias: Option<Tensor>,
) -> Result<Lane, Reason> {
    let [inputs, units] = kernel.shape[..] else { return Err(node.wrong("its kernel is no matrix")) };
    let last = x.shape.len() - 1;
    if x.shape[last] != inputs || x.axes.last() != Some(&last) {
        return Err(node.wrong(format!("it reads {:?}, and its kernel is for {inputs}", x.sizes())));
    }
    let values = x.reordered(kernel.values, units);
    let mut tensors = vec![Tensor { values, name: kernel.name, shape: kernel.shape }];
    let config = json!({ "units": units, "use_bias": bias.is_some() });
    tensors.extend(bias);
    let mut shape = x.shape.clone();
    shape[last] = units;
    let mut lane = graph.layer(node, "Dense", config, &[x]).with(tensors)?.shaped(shape);
    lane.order = Vec::new();
    Ok(lane)
}

fn batch_normalization(graph: &mut Graph, node: &Node) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    if node.int("training_mode", 0) != 0 || node.int("spatial", 1) != 1 {
        return Err(node.wrong("it does not use its moving averages channel by channel"));
    }
    if x.axis(1) != Some(x.shape.len() - 1) {
        return Err(node.wrong("it reads no image with its channels first, and no list"));
    }
    let mut tensors = Vec::new();
    for at in 1..=4 {
        let numbers = graph.constant(node, at)?.ok_or_else(|| node.wrong("it lacks parameters"))?.reals();
        tensors.push(Tensor { values: x.reordered(numbers.values, 1), ..numbers });
    }
    let config = json!({ "epsilon": node.float("epsilon", 1e-5), "momentum": node.float("momentum", 0.9) });
    Ok(graph.layer(node, "BatchNormalization", config, &[&x]).with(tensors)?.lane)
}
