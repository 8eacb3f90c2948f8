//! Operators that move values and compute nothing.

use serde_json::json;

use super::graph::Graph;
use super::nodes::Node;
use super::value::{Lane, Value};
use crate::Reason;

/// Translates an operator; none for one that is not of these.
pub fn translate(graph: &mut Graph, node: &Node) -> Result<Option<Value>, Reason> {
    let lane = match node.operator.as_str() {
        "Transpose" => transposed(graph, node)?,
        "Flatten" => {
            let x = graph.lane(node, 0)?;
            if node.int("axis", 1) != 1 {
                return Err(node.wrong("only what lies behind the batch is flattened"));
            }
            let count = x.shape.iter().product();
            reshaped(graph, node, &x, &[count])?
        }
        "Reshape" => {
            let x = graph.lane(node, 0)?;
            let sizes = graph.constant(node, 1)?.ok_or_else(|| node.wrong("it has no shape"))?.numbers();
            let target = target(node, &x, &sizes)?;
            reshaped(graph, node, &x, &target)?
        }
        "Squeeze" | "Unsqueeze" => {
            let x = graph.lane(node, 0)?;
            let axes = graph.numbers(node, 1, "axes")?.unwrap_or_default();
            let target = squeezed(node, &x, &axes)?;
            reshaped(graph, node, &x, &target)?
        }
        "Concat" => concatenated(graph, node)?,
        "Pad" => padded(graph, node)?,
        "Slice" => cropped(graph, node)?,
        _ => return Ok(None),
    };
    Ok(Some(Value::Lane(lane)))
}

fn transposed(graph: &Graph, node: &Node) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    let Some([0, rest @ ..]) = node.ints("perm") else {
        return Err(node.wrong("the batch must stay in front"));
    };
    let axes: Option<Vec<usize>> = rest.iter().map(|axis| x.axis(*axis).filter(|_| *axis > 0)).collect();
    let axes = axes.filter(|axes| {
        let mut sorted = axes.clone();
        sorted.sort_unstable();
        sorted == (0..x.shape.len()).collect::<Vec<_>>()
    });
    let axes = axes.ok_or_else(|| node.wrong(format!("perm is {:?}", node.ints("perm"))))?;
    let is_alone = x.is_alone && graph.is_alone(node);
    Ok(Lane { axes, is_alone, ..x })
}

/// The shape behind the batch that a `Reshape` asks for.
fn target(node: &Node, x: &Lane, sizes: &[i64]) -> Result<Vec<usize>, Reason> {
    let own = x.sizes();
    let count: usize = own.iter().product();
    let wrong = || node.wrong(format!("{own:?} does not become {sizes:?} photo by photo"));
    let [_, rest @ ..] = sizes else { return Err(wrong()) };
    let mut known = Vec::new();
    for (at, size) in rest.iter().enumerate() {
        known.push(match size {
            0 => own.get(at).copied(),
            size => usize::try_from(*size).ok(),
        });
    }
    let product = known.iter().flatten().try_fold(1_usize, |product, size| product.checked_mul(*size));
    let product = product.filter(|product| *product > 0).ok_or_else(wrong)?;
    let open = known.iter().filter(|size| size.is_none()).count();
    if open > 1 || !count.is_multiple_of(product) || (open == 0 && count != product) {
        return Err(wrong());
    }
    Ok(known.into_iter().map(|size| size.unwrap_or(count / product)).collect())
}

/// The shape behind the batch without some axes of 1, or with more.
fn squeezed(node: &Node, x: &Lane, axes: &[i64]) -> Result<Vec<usize>, Reason> {
    let own = x.sizes();
    let wrong = || node.wrong(format!("axes {axes:?} do not go with {own:?}"));
    if node.operator == "Squeeze" {
        let rank = own.len() as i64 + 1;
        let gone: Vec<i64> = axes.iter().map(|axis| if *axis < 0 { axis + rank } else { *axis }).collect();
        if gone.iter().any(|axis| *axis < 1 || own.get(*axis as usize - 1) != Some(&1)) {
            return Err(wrong());
        }
        let kept = own.iter().enumerate().filter(|(at, _)| !gone.contains(&(*at as i64 + 1)));
        return Ok(kept.map(|(_, size)| *size).collect());
    }
    let rank = own.len() + axes.len() + 1;
    if rank > 8 {
        return Err(wrong());
    }
    let more: Vec<i64> = axes.iter().map(|axis| if *axis < 0 { axis + rank as i64 } else { *axis }).collect();
    let mut sizes = own.iter().copied();
    let target: Option<Vec<usize>> =
        (1..rank).map(|at| if more.contains(&(at as i64)) { Some(1) } else { sizes.next() }).collect();
    target.filter(|_| sizes.next().is_none()).ok_or_else(wrong)
}

/// A lane under another shape of the graph, whose values are in the graph's order.
fn reshaped(graph: &mut Graph, node: &Node, x: &Lane, target: &[usize]) -> Result<Lane, Reason> {
    let own = x.sizes();
    let is_alone = x.is_alone && graph.is_alone(node);
    if own == target {
        return Ok(Lane { is_alone, ..x.clone() });
    }
    let solid = |sizes: &[usize]| sizes.iter().copied().filter(|size| *size != 1).collect::<Vec<_>>();
    if own.len() == target.len() && solid(&own) == solid(target) {
        // Only axes of 1 move: nothing happens but in the graph.
        let (mut ones, mut others) = (Vec::new(), Vec::new());
        x.axes
            .iter()
            .for_each(|axis| if x.shape[*axis] == 1 { ones.push(*axis) } else { others.push(*axis) });
        let (mut ones, mut others) = (ones.into_iter(), others.into_iter());
        let axes = target.iter().filter_map(|size| if *size == 1 { ones.next() } else { others.next() });
        return Ok(Lane { axes: axes.collect(), is_alone, ..x.clone() });
    }
    let channels = x.shape.last().copied().unwrap_or(1);
    if let [count] = target {
        let mut lane = graph.layer(node, "Flatten", json!({}), &[x]).plain(vec![*count]);
        let pixels = count / channels.max(1);
        // With one pixel, or one channel, both orders are the same.
        if !x.is_plain() && pixels > 1 && channels > 1 {
            if !x.is_image() {
                return Err(node.wrong("it flattens values in an order that is not supported"));
            }
            lane.order = vec![[channels, pixels]];
        }
        return Ok(lane);
    }
    // A list as an image of one pixel, for products with images whose channels come first.
    if x.is_plain() && x.shape.len() == 1 && target == [channels, 1, 1] {
        let mut lane = graph
            .layer(node, "Reshape", json!({ "target_shape": [1, 1, channels] }), &[x])
            .plain(vec![1, 1, channels]);
        lane.axes = super::value::CHANNELS_FIRST.into();
        return Ok(lane);
    }
    if !x.is_plain() || target.is_empty() {
        return Err(node
            .wrong(format!("{own:?} as {target:?} is not supported for images with their channels first")));
    }
    Ok(graph.layer(node, "Reshape", json!({ "target_shape": target }), &[x]).plain(target.to_vec()))
}

fn concatenated(graph: &mut Graph, node: &Node) -> Result<Lane, Reason> {
    let lanes: Result<Vec<Lane>, Reason> = (0..node.inputs.len()).map(|at| graph.lane(node, at)).collect();
    let lanes = lanes?;
    let Some(first) = lanes.first() else { return Err(node.wrong("it reads nothing")) };
    let axis = first.axis(node.int("axis", 1)).ok_or_else(|| node.wrong("it joins photos"))?;
    let mut shape = first.shape.clone();
    shape[axis] = 0;
    for lane in &lanes {
        let is_alike = lane.axes == first.axes && lane.shape.len() == shape.len();
        let fits = is_alike && (0..shape.len()).all(|at| at == axis || lane.shape[at] == first.shape[at]);
        if !fits {
            return Err(node.wrong(format!(
                "{:?} and {:?} do not go side by side",
                first.sizes(),
                lane.sizes()
            )));
        }
        shape[axis] = shape[axis].saturating_add(lane.shape[axis]);
    }
    let is_ordered = lanes.iter().any(|lane| !lane.order.is_empty());
    let mut order = Vec::new();
    for lane in lanes.iter().filter(|_| is_ordered) {
        match &lane.order[..] {
            [] => order.push([lane.shape[0], 1]),
            images => order.extend(images),
        }
    }
    if lanes.len() == 1 {
        return Ok(lanes[0].clone());
    }
    let config = json!({ "axis": axis as i64 + 1 });
    let mut lane = graph.layer(node, "Concatenate", config, &lanes.iter().collect::<Vec<_>>()).shaped(shape);
    lane.order = order;
    Ok(lane)
}

fn padded(graph: &mut Graph, node: &Node) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    let pads = graph.numbers(node, 1, "pads")?.unwrap_or_default();
    let value = graph.constant(node, 2)?.and_then(|value| value.one()).unwrap_or(node.float("value", 0.0));
    let is_constant = matches!(node.text("mode"), "" | "constant") && value == 0.0;
    let rank = x.axes.len() + 1;
    let sides: Option<Vec<usize>> =
        pads.iter().map(|side| usize::try_from(*side).ok().filter(|side| *side < 1 << 20)).collect();
    let sides = sides.filter(|sides| sides.len() == 2 * rank && x.shape.len() == 3 && is_constant);
    let sides = sides.ok_or_else(|| node.wrong("only zeros around images are supported"))?;
    let mut margins = [[0; 2]; 3];
    for (at, axis) in x.axes.iter().enumerate() {
        margins[*axis] = [sides[at + 1], sides[at + 1 + rank]];
    }
    if sides[0] + sides[rank] + margins[2][0] + margins[2][1] > 0 {
        return Err(node.wrong("channels and photos cannot be added"));
    }
    let shape = (0..3).map(|axis| x.shape[axis] + margins[axis][0] + margins[axis][1]).collect();
    let config = json!({ "padding": [margins[0], margins[1]] });
    Ok(graph.layer(node, "ZeroPadding2D", config, &[&x]).shaped(shape))
}

fn cropped(graph: &mut Graph, node: &Node) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    let starts = graph.numbers(node, 1, "starts")?.unwrap_or_default();
    let ends = graph.numbers(node, 2, "ends")?.unwrap_or_default();
    let axes = graph.numbers(node, 3, "axes")?.unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = graph.numbers(node, 4, "steps")?.unwrap_or_default();
    if x.shape.len() != 3
        || steps.iter().any(|step| *step != 1)
        || ends.len() != starts.len()
        || axes.len() != starts.len()
    {
        return Err(node.wrong("only borders of images are cut off"));
    }
    let mut shape = x.shape.clone();
    let mut margins = [[0; 2]; 3];
    for ((start, end), axis) in starts.iter().zip(&ends).zip(&axes) {
        let axis = x.axis(*axis).ok_or_else(|| node.wrong("it takes some of the photos"))?;
        let size = x.shape[axis] as i64;
        let within = |at: i64| (if at < 0 { at.saturating_add(size) } else { at }).clamp(0, size) as usize;
        let (start, end) = (within(*start), within(*end));
        if start >= end || (axis == 2 && (start, end) != (0, x.shape[2])) {
            return Err(node.wrong("only rows and columns are cut off"));
        }
        margins[axis] = [start, x.shape[axis] - end];
        shape[axis] = end - start;
    }
    let config = json!({ "cropping": [margins[0], margins[1]] });
    Ok(graph.layer(node, "Cropping2D", config, &[&x]).shaped(shape))
}
