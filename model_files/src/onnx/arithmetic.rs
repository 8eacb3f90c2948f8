//! Sums and products, of layers or with numbers, and the functions that exporters write as several of them.

use serde_json::json;

use super::graph::Graph;
use super::nodes::Node;
use super::tensors::Constant;
use super::value::{Lane, Value};
use crate::Reason;

/// Translates an operator; none for one that there is none of.
pub fn translate(graph: &mut Graph, node: &Node) -> Result<Option<Value>, Reason> {
    let operator = node.operator.as_str();
    let values = (graph.read(node, 0)?.cloned(), graph.read(node, 1)?.cloned());
    let lane = match (operator, values) {
        ("Add", (Some(Value::Erf(x, sum)), Some(Value::Constant(one))))
        | ("Add", (Some(Value::Constant(one)), Some(Value::Erf(x, sum))))
            if one.one() == Some(1.0) && sum == 0.0 =>
        {
            return Ok(Some(Value::Erf(x, 1.0)));
        }
        ("Mul", (Some(Value::Lane(x)), Some(Value::Erf(of, 1.0))))
        | ("Mul", (Some(Value::Erf(of, 1.0)), Some(Value::Lane(x)))) => gelu(graph, node, &x, &of)?,
        ("Add" | "Mul" | "Sub" | "Div", (Some(Value::Lane(x)), Some(Value::Constant(numbers)))) => {
            with_numbers(graph, node, &x, &numbers, false)?
        }
        ("Add" | "Mul" | "Sub", (Some(Value::Constant(numbers)), Some(Value::Lane(x)))) => {
            with_numbers(graph, node, &x, &numbers, true)?
        }
        ("Mul", (Some(Value::Lane(a)), Some(Value::Lane(b)))) => {
            match gated(graph, &a, &b).or_else(|| gated(graph, &b, &a)) {
                Some((x, function)) => {
                    graph.layer(node, "Activation", json!({ "activation": function }), &[&x]).lane
                }
                None => joined(graph, node, "Multiply")?,
            }
        }
        ("Add" | "Sum", (Some(Value::Lane(x)), None)) => x,
        ("Add" | "Sum", (Some(Value::Lane(_)), Some(Value::Lane(_)))) => joined(graph, node, "Add")?,
        ("Neg", (Some(Value::Lane(x)), _)) => graph.rescaled(node, &x, &[-1.0], &[0.0])?,
        ("Erf", (Some(Value::Lane(x)), _)) => return Ok(Some(Value::Erf(x, 0.0))),
        ("Greater", (Some(Value::Lane(x)), Some(Value::Constant(bound)))) => {
            let Some(bound) = bound.one() else { return Ok(None) };
            return Ok(Some(Value::Above(x, bound)));
        }
        ("Where", (Some(Value::Above(x, threshold)), Some(Value::Lane(above)))) => {
            match relu(graph, node, &x, threshold, &above)? {
                Some(lane) => lane,
                None => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    Ok(Some(Value::Lane(lane)))
}

/// A number for all, or one for each channel.
fn with_numbers(
    graph: &mut Graph,
    node: &Node,
    x: &Lane,
    numbers: &Constant,
    is_reversed: bool,
) -> Result<Lane, Reason> {
    let rank = x.axes.len() + 1;
    let last = x.shape.len() - 1;
    // Numpy's way: shapes are compared from their ends.
    let behind = rank.checked_sub(numbers.shape.len());
    let own = numbers.shape.iter().enumerate().filter(|(_, size)| **size != 1).map(|(at, _)| at);
    let own: Vec<usize> = own.collect();
    let fits = match (&own[..], behind) {
        ([], Some(_)) => true,
        ([at], Some(behind)) => {
            x.axis((at + behind) as i64) == Some(last)
                && at + behind > 0
                && numbers.shape[*at] == x.shape[last]
        }
        _ => false,
    };
    if !fits {
        let (found, wanted) = (&numbers.shape, x.sizes());
        return Err(
            node.wrong(format!("numbers of the shape {found:?} do not go with {wanted:?} by channel"))
        );
    }
    let mut values = numbers.reals().values;
    if values.len() > 1 {
        values = x.reordered(values, 1);
    }
    let negative = || values.iter().map(|value| -value).collect::<Vec<_>>();
    match (node.operator.as_str(), is_reversed) {
        ("Add", _) => graph.rescaled(node, x, &[1.0], &values),
        ("Sub", false) => graph.rescaled(node, x, &[1.0], &negative()),
        ("Sub", true) => graph.rescaled(node, x, &[-1.0], &values),
        ("Div", _) => {
            let inverse: Vec<f32> = values.iter().map(|value| 1.0 / value).collect();
            graph.rescaled(node, x, &inverse, &[0.0])
        }
        _ => match half_of_gelu(graph, x, &values) {
            Some(of) => Ok(graph.layer(node, "Activation", json!({ "activation": "gelu" }), &[&of]).lane),
            None => graph.rescaled(node, x, &values, &[0.0]),
        },
    }
}

/// Inputs of one shape that lie alike, or that a product stretches.
fn joined(graph: &mut Graph, node: &Node, class: &str) -> Result<Lane, Reason> {
    let lanes: Result<Vec<Lane>, Reason> = (0..node.inputs.len()).map(|at| graph.lane(node, at)).collect();
    let lanes = lanes?;
    let first = &lanes[0];
    let mut shape = first.shape.clone();
    for lane in &lanes {
        let is_alike = lane.axes == first.axes && lane.order == first.order;
        let fits = lane.shape == first.shape
            || class == "Multiply" && lane.order.is_empty() && lane.shape.len() == shape.len();
        if !is_alike || !fits {
            return Err(node.wrong(format!(
                "{:?} and {:?} are not supported together",
                first.sizes(),
                lane.sizes()
            )));
        }
        shape.iter_mut().zip(&lane.shape).for_each(|(size, other)| *size = (*size).max(*other));
    }
    Ok(graph.layer(node, class, json!({}), &lanes.iter().collect::<Vec<_>>()).shaped(shape))
}

/// `x sigmoid(x)` and `x hard_sigmoid(x)`.
fn gated(graph: &Graph, x: &Lane, gate: &Lane) -> Option<(Lane, &'static str)> {
    let layer = graph.find(&gate.layer).filter(|layer| layer.class_name == "Activation")?;
    if layer.inbound != [x.layer.as_str()] || x.shape != gate.shape || x.axes != gate.axes {
        return None;
    }
    match layer.config.get("activation")?.as_str()? {
        "sigmoid" => Some((x.clone(), "silu")),
        "hard_sigmoid" => Some((x.clone(), "hard_silu")),
        _ => None,
    }
}

/// `x (1 + erf(x / sqrt(2)))`, where x may be halved already; the rest of a gelu may follow.
fn gelu(graph: &mut Graph, node: &Node, x: &Lane, of: &Lane) -> Result<Lane, Reason> {
    let wrong = || node.wrong("erf is only supported within a gelu");
    let scale = |layer: &str| -> Option<(String, f32)> {
        let layer = graph.find(layer).filter(|layer| layer.class_name == "Rescaling")?;
        let scale = layer.config.get("scale")?.get(0)?.as_f64()?;
        Some((layer.inbound[0].clone(), scale as f32))
    };
    let (from, root) = scale(&of.layer).ok_or_else(wrong)?;
    let is_near = |value: f32, wanted: f32| (value - wanted).abs() < 1e-4;
    if !is_near(root, std::f32::consts::FRAC_1_SQRT_2) {
        return Err(wrong());
    }
    let factor = match scale(&x.layer) {
        _ if from == x.layer => 2.0,
        Some((also, half)) if also == from && is_near(half, 0.5) => 1.0,
        _ => return Err(wrong()),
    };
    let from = Lane { layer: from, ..x.clone() };
    let gelu = graph.layer(node, "Activation", json!({ "activation": "gelu" }), &[&from]).lane;
    if factor == 1.0 {
        return Ok(gelu);
    }
    // Halved by the next operator as a rule.
    Ok(graph.layer(node, "Rescaling", json!({ "scale": [2.0], "offset": [0.0] }), &[&gelu]).lane)
}

/// Twice a gelu is halved to the gelu itself.
fn half_of_gelu(graph: &Graph, x: &Lane, values: &[f32]) -> Option<Lane> {
    let twice = graph.find(&x.layer).filter(|layer| layer.class_name == "Rescaling" && values == [0.5])?;
    let is_two = twice.config.get("scale")? == &json!([2.0]) && twice.config.get("offset")? == &json!([0.0]);
    let gelu = graph.find(&twice.inbound[0]).filter(|_| is_two)?;
    let is_gelu = gelu.config.get("activation").is_some_and(|function| function == "gelu");
    (is_gelu && gelu.class_name == "Activation").then(|| Lane { layer: gelu.inbound[0].clone(), ..x.clone() })
}

/// Keras' ReLU with a threshold: what is above it, at most so much, and a line below.
fn relu(
    graph: &mut Graph,
    node: &Node,
    x: &Lane,
    threshold: f32,
    above: &Lane,
) -> Result<Option<Lane>, Reason> {
    let below = graph.lane(node, 2)?;
    let Some(line) = graph.find(&below.layer).filter(|layer| layer.class_name == "Rescaling") else {
        return Ok(None);
    };
    let number = |key: &str| line.config.get(key).and_then(|list| list.get(0)?.as_f64()).map(|of| of as f32);
    let (Some(slope), Some(offset)) = (number("scale"), number("offset")) else { return Ok(None) };
    let is_line = line.inbound == [x.layer.as_str()] && (offset + slope * threshold).abs() < 1e-5;
    let mut config = json!({ "threshold": threshold, "negative_slope": slope });
    if above.layer != x.layer {
        let bounded = graph.find(&above.layer).filter(|layer| layer.inbound == [x.layer.as_str()]);
        let bounded = bounded.filter(|layer| layer.config.get("negative_slope") == Some(&json!(1.0)));
        let Some(most) = bounded.and_then(|layer| layer.config.get("max_value")) else { return Ok(None) };
        config["max_value"] = most.clone();
    }
    if !is_line {
        return Ok(None);
    }
    Ok(Some(graph.layer(node, "ReLU", config, &[x]).lane))
}
