//! Convolutions and poolings.

use fovea::model::{Padding, Window};
use serde_json::json;

use super::graph::Graph;
use super::nodes::Node;
use super::value::Lane;
use crate::Reason;
use crate::tensor::Tensor;

/// How a window moves over an image.
struct Slide {
    size: [usize; 2],
    strides: [usize; 2],
    dilations: [usize; 2],
    /// Rows above and below, columns to the left and to the right.
    pads: [[usize; 2]; 2],
    /// Whether the pads are those of `same`.
    is_same: bool,
    /// Places of the window.
    output: [usize; 2],
}

fn pair(node: &Node, setting: &str, or: [usize; 2]) -> Result<[usize; 2], Reason> {
    let Some(numbers) = node.ints(setting) else { return Ok(or) };
    let sizes: Option<Vec<usize>> = numbers
        .iter()
        .map(|number| usize::try_from(*number).ok().filter(|size| (1..=1 << 20).contains(size)))
        .collect();
    let pair = sizes.and_then(|sizes| <[usize; 2]>::try_from(sizes).ok());
    pair.ok_or_else(|| node.wrong(format!("{setting} is {numbers:?}; it must be two numbers from 1 on")))
}

fn slide(node: &Node, x: &Lane, size: [usize; 2]) -> Result<Slide, Reason> {
    if !x.is_image() {
        return Err(node.wrong("it reads no image with its channels first"));
    }
    let strides = pair(node, "strides", [1, 1])?;
    let dilations = pair(node, "dilations", [1, 1])?;
    let input = [x.shape[0], x.shape[1]];
    let too_large = || node.wrong(format!("its window does not fit into {}x{} pixels", input[0], input[1]));
    let same = Window::dilated(input, size, strides, dilations, Padding::Same).ok_or_else(too_large)?;
    let reach = |axis: usize, places: usize| (places - 1) * strides[axis] + same.covered()[axis];
    let ends = |axis: usize| reach(axis, same.output[axis]).saturating_sub(input[axis] + same.before[axis]);
    let same_pads = [0, 1].map(|axis| [same.before[axis], ends(axis)]);
    let given: [[usize; 2]; 2] = match (node.text("auto_pad"), node.ints("pads")) {
        ("SAME_UPPER", _) => same_pads,
        ("SAME_LOWER", _) => same_pads.map(|[before, after]| [after, before]),
        ("VALID", _) | (_, None) => [[0, 0], [0, 0]],
        (_, Some(pads)) => {
            let sides: Option<Vec<usize>> =
                pads.iter().map(|side| usize::try_from(*side).ok().filter(|side| *side <= 1 << 20)).collect();
            let sides = sides.and_then(|sides| <[usize; 4]>::try_from(sides).ok());
            let [top, left, bottom, right] =
                sides.ok_or_else(|| node.wrong(format!("pads are {pads:?}; they must be four from 0 on")))?;
            [[top, bottom], [left, right]]
        }
    };
    let mut output = [0; 2];
    let mut pads = given;
    for axis in 0..2 {
        let whole = input[axis] + given[axis][0] + given[axis][1];
        let rest = whole.checked_sub(same.covered()[axis]).ok_or_else(too_large)?;
        let up = node.int("ceil_mode", 0) == 1;
        output[axis] = 1 + if up { rest.div_ceil(strides[axis]) } else { rest / strides[axis] };
        // A last window that begins in the padding does not count.
        if up && (output[axis] - 1) * strides[axis] >= input[axis] + given[axis][0] {
            output[axis] -= 1;
        }
        // What no window reaches does not matter.
        pads[axis][1] = reach(axis, output[axis]).saturating_sub(input[axis] + given[axis][0]);
    }
    let is_same = pads == same_pads && output == same.output && pads != [[0, 0], [0, 0]];
    Ok(Slide { size, strides, dilations, pads, is_same, output })
}

/// Zeros in front, if the pads are neither none nor those of `same`; and what the layer's `padding` is then.
fn padded(graph: &mut Graph, node: &Node, x: &Lane, slide: &Slide) -> (Lane, &'static str) {
    if slide.is_same {
        return (x.clone(), "same");
    }
    if slide.pads == [[0, 0], [0, 0]] {
        return (x.clone(), "valid");
    }
    let mut shape = x.shape.clone();
    for (size, [before, after]) in shape.iter_mut().zip(slide.pads) {
        *size += before + after;
    }
    let padding = json!({ "padding": slide.pads });
    (graph.layer(node, "ZeroPadding2D", padding, &[x]).shaped(shape), "valid")
}

/// `Conv`.
pub fn convolution(graph: &mut Graph, node: &Node) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    let kernel = graph.constant(node, 1)?.ok_or_else(|| node.wrong("it has no kernel"))?;
    let [filters, inputs, height, width] = kernel.shape[..] else {
        return Err(node.wrong(format!("its kernel is {:?}, not that of images", kernel.shape)));
    };
    let slide = slide(node, &x, [height, width])?;
    let channels = x.shape[2];
    let groups = usize::try_from(node.int("group", 1)).unwrap_or(0);
    if groups == 0 || inputs.checked_mul(groups) != Some(channels) || filters == 0 || filters % groups != 0 {
        return Err(node.wrong(format!("{groups} groups of {inputs} do not make {channels} channels")));
    }
    let bias = graph.constant(node, 2)?.map(|bias| bias.reals());
    let kernel = kernel.reals();
    let is_depthwise = groups > 1 && inputs == 1;
    let taps = height * width;
    let mut values = Vec::with_capacity(kernel.values.len());
    for tap in 0..taps {
        for input in 0..inputs {
            values.extend((0..filters).map(|filter| kernel.values[(filter * inputs + input) * taps + tap]));
        }
    }
    let multiplier = filters / groups;
    let shape = if is_depthwise {
        vec![height, width, channels, multiplier]
    } else {
        vec![height, width, inputs, filters]
    };
    let (x, padding) = padded(graph, node, &x, &slide);
    let mut config = json!({
        "kernel_size": slide.size, "strides": slide.strides, "dilation_rate": slide.dilations,
        "padding": padding, "use_bias": bias.is_some(),
    });
    let class = if is_depthwise {
        config["depth_multiplier"] = multiplier.into();
        "DepthwiseConv2D"
    } else {
        config["filters"] = filters.into();
        config["groups"] = groups.into();
        "Conv2D"
    };
    let mut tensors = vec![Tensor { name: kernel.name, shape, values }];
    tensors.extend(bias);
    let output = vec![slide.output[0], slide.output[1], filters];
    Ok(graph.layer(node, class, config, &[&x]).with(tensors)?.shaped(output))
}

/// `MaxPool` and `AveragePool`.
pub fn pooling(graph: &mut Graph, node: &Node, class: &str) -> Result<Lane, Reason> {
    let x = graph.lane(node, 0)?;
    let slide = slide(node, &x, pair(node, "kernel_shape", [0, 0])?)?;
    if slide.dilations != [1, 1] {
        return Err(node.wrong("windows with gaps are not supported"));
    }
    let is_padded = slide.pads != [[0, 0], [0, 0]];
    let is_mean = class == "AveragePooling2D";
    let counts = is_mean && node.int("count_include_pad", 0) == 1;
    let mut slide = slide;
    if counts && is_padded {
        if node.int("ceil_mode", 0) == 1 {
            return Err(node.wrong("ceil_mode with pads that count in the mean is not supported"));
        }
        slide.is_same = false;
    } else if is_padded && !slide.is_same && (is_mean || !graph.is_never_negative(&x.layer)) {
        let reason = "its pads are others than Keras' same, and zeros in front would change what it gives";
        return Err(node.wrong(reason));
    }
    let (x, padding) = padded(graph, node, &x, &slide);
    let config = json!({ "pool_size": slide.size, "strides": slide.strides, "padding": padding });
    let output = vec![slide.output[0], slide.output[1], x.shape[2]];
    Ok(graph.layer(node, class, config, &[&x]).shaped(output))
}
