//! A layer of ours as operators of ONNX. Images have their channels first there: kernels are turned at export, and so are the
//! rows of a dense layer behind a flattened image, so that nothing is turned when the network runs.

use fovea::model::{
    Activation, AveragePooling2D, BatchNormalization, Concatenate, Layer, MaxPooling2D, Padding, PlacedLayer,
    Weight, Window,
};
use fovea::ops::scale_shift::Rescaling;

use super::activations::{activation, relu};
use super::write::Setting::{Float, Int, Ints};
use super::write::{At, Setting, Writer};
use crate::normalization;

/// Writes a layer and returns the value that it gives; one that changes nothing gives what it reads.
pub fn write(writer: &mut Writer<'_>, at: &At<'_>) -> String {
    let placed = at.placed;
    match &placed.layer {
        Layer::Conv2D(layer) => {
            let kernel = writer.parameter(placed, Weight::Kernel).unwrap_or_default();
            convolution(writer, at, kernel, (layer.groups, layer.filters), Weight::Kernel);
        }
        Layer::DepthwiseConv2D(layer) => {
            let channels = placed.input_shape()[2];
            let kernel = by_channel(writer, placed, Weight::Kernel);
            convolution(writer, at, &kernel, (channels, channels * layer.depth_multiplier), Weight::Kernel);
        }
        Layer::SeparableConv2D(layer) => {
            let channels = placed.input_shape()[2];
            let kernel = by_channel(writer, placed, Weight::DepthwiseKernel);
            let between = channels * layer.depth_multiplier;
            convolution(writer, at, &kernel, (channels, between), Weight::DepthwiseKernel);
            let kernel = writer.parameter(placed, Weight::PointwiseKernel).unwrap_or_default();
            convolution(writer, at, kernel, (1, layer.filters), Weight::PointwiseKernel);
        }
        Layer::Dense(_) => dense(writer, at),
        Layer::MaxPooling2D(MaxPooling2D { padding, .. }) => pooling(writer, at, "MaxPool", *padding),
        Layer::AveragePooling2D(AveragePooling2D { padding, .. }) => {
            pooling(writer, at, "AveragePool", *padding);
        }
        Layer::GlobalAveragePooling2D(layer) => global(writer, at, "GlobalAveragePool", layer.keepdims),
        Layer::GlobalMaxPooling2D(layer) => global(writer, at, "GlobalMaxPool", layer.keepdims),
        Layer::Flatten(_) => flatten(writer, at),
        Layer::Dropout(_) => return unchanged(writer, at),
        Layer::Activation(layer) if layer.activation == Activation::Linear => return unchanged(writer, at),
        Layer::Activation(_) | Layer::Softmax(_) => {
            activation(writer, at, at.input(), placed.activation());
        }
        Layer::ReLU(layer) => relu(writer, at, layer),
        Layer::LeakyReLU(layer) => {
            let alpha = [("alpha", Float(layer.negative_slope))];
            writer.node("LeakyRelu", at, &[at.input()], &at.output, &alpha);
        }
        Layer::BatchNormalization(layer) => batch_normalization(writer, at, layer),
        Layer::Add(_) => {
            let inputs: Vec<&str> = at.inputs.iter().map(String::as_str).collect();
            writer.node(if inputs.len() == 2 { "Add" } else { "Sum" }, at, &inputs, &at.output, &[]);
        }
        Layer::Multiply(_) => multiply(writer, at),
        Layer::Concatenate(layer) => concatenate(writer, at, layer),
        Layer::ZeroPadding2D(layer) => {
            let [[top, bottom], [left, right]] = layer.padding.0.map(|both| both.map(|side| side as i64));
            let pads = writer.whole(at.inner("pads"), &[0, 0, top, left, 0, 0, bottom, right]);
            writer.node("Pad", at, &[at.input(), &pads], &at.output, &[]);
        }
        Layer::Cropping2D(layer) => {
            let [[top, _], [left, _]] = layer.cropping.0.map(|both| both.map(|side| side as i64));
            let [height, width] = [placed.output_shape[0] as i64, placed.output_shape[1] as i64];
            let starts = writer.whole(at.inner("starts"), &[top, left]);
            let ends = writer.whole(at.inner("ends"), &[top + height, left + width]);
            let axes = writer.whole(at.inner("axes"), &[2, 3]);
            writer.node("Slice", at, &[at.input(), &starts, &ends, &axes], &at.output, &[]);
        }
        Layer::Reshape(_) => reshape(writer, at),
        Layer::Rescaling(layer) => scaled(writer, at, ("Mul", &layer.scale.0), ("Add", &layer.offset.0)),
        Layer::Normalization(layer) => {
            let Rescaling { scale, offset, .. } = normalization::factors(writer.model, placed, layer);
            scaled(writer, at, ("Mul", &scale), ("Add", &offset));
        }
    }
    at.output.clone()
}

/// What changes nothing needs a node only if the network ends with it.
fn unchanged(writer: &mut Writer<'_>, at: &At<'_>) -> String {
    if !at.is_last {
        return at.input().to_owned();
    }
    writer.node("Identity", at, &[at.input()], &at.output, &[]);
    at.output.clone()
}

/// A kernel `[kh, kw, c, m]` as `[kh, kw, 1, c * m]`, which is how it lies already.
fn by_channel(writer: &Writer<'_>, placed: &PlacedLayer, weight: Weight) -> Vec<f32> {
    writer.parameter(placed, weight).unwrap_or_default().to_vec()
}

/// `kernel` is `[kh, kw, inputs / groups, filters]`; ONNX has `[filters, inputs / groups, kh, kw]`.
fn convolution(
    writer: &mut Writer<'_>,
    at: &At<'_>,
    kernel: &[f32],
    (groups, filters): (usize, usize),
    weight: Weight,
) {
    let placed = at.placed;
    let is_pointwise = weight == Weight::PointwiseKernel;
    let window = placed.window.filter(|_| !is_pointwise);
    let size = window.map_or([1, 1], |window| window.kernel);
    let taps = size[0] * size[1];
    let inputs = kernel.len() / (taps * filters);
    let mut turned = Vec::with_capacity(kernel.len());
    for filter in 0..filters {
        for input in 0..inputs {
            turned.extend((0..taps).map(|tap| kernel[(tap * inputs + input) * filters + filter]));
        }
    }
    let name = at.inner(weight.name());
    let kernel = writer.reals(name, &[filters, inputs, size[0], size[1]], &turned);
    let is_first_of_two = weight == Weight::DepthwiseKernel;
    let input = if is_pointwise { at.inner("depthwise") } else { at.input().to_owned() };
    let bias = if is_first_of_two { None } else { writer.parameter(placed, Weight::Bias) };
    let bias = bias.map(|bias| writer.reals(at.inner(Weight::Bias.name()), &[filters], bias));
    let mut operands = vec![input.as_str(), &kernel];
    operands.extend(bias.as_deref());
    let output = if is_first_of_two { at.inner("depthwise") } else { linear(at) };
    let mut settings = vec![("kernel_shape", Ints(&size)), ("group", Int(groups as i64))];
    let pads = window.map(|window| pads(&window));
    if let (Some(window), Some(pads)) = (&window, &pads) {
        settings.push(("strides", Ints(&window.strides)));
        settings.push(("dilations", Ints(&window.dilation)));
        settings.push(("pads", Ints(pads)));
    }
    writer.node("Conv", at, &operands, &output, &settings);
    if !is_first_of_two {
        activate(writer, at);
    }
}

/// Above, to the left, below and to the right.
fn pads(window: &Window) -> [usize; 4] {
    let after = [0, 1].map(|axis| {
        let end = (window.output[axis] - 1) * window.strides[axis] + window.covered()[axis];
        end.saturating_sub(window.input[axis] + window.before[axis])
    });
    [window.before[0], window.before[1], after[0], after[1]]
}

/// The value in front of a layer's activation.
fn linear(at: &At<'_>) -> String {
    if at.placed.activation() == Activation::Linear { at.output.clone() } else { at.inner("linear") }
}

/// The activation of a layer that has computed [`linear`].
fn activate(writer: &mut Writer<'_>, at: &At<'_>) {
    let function = at.placed.activation();
    if function != Activation::Linear {
        activation(writer, at, &linear(at), function);
    }
}

fn dense(writer: &mut Writer<'_>, at: &At<'_>) {
    let placed = at.placed;
    let kernel = writer.parameter(placed, Weight::Kernel).unwrap_or_default();
    let units = placed.output_shape.last().copied().unwrap_or(1);
    let inputs = kernel.len() / units;
    if is_image(placed.input_shape()) {
        // For each pixel the same, which is a convolution by one pixel.
        return convolution(writer, at, kernel, (1, units), Weight::Kernel);
    }
    let rows = match writer.flattened(placed) {
        Some([height, width, channels]) => {
            let pixels = height * width;
            let row = |at: usize| ((at % pixels) * channels + at / pixels) * units;
            (0..inputs).flat_map(|at| &kernel[row(at)..][..units]).copied().collect()
        }
        None => kernel.to_vec(),
    };
    let kernel = writer.reals(at.inner("kernel"), &[inputs, units], &rows);
    let bias = writer.parameter(placed, Weight::Bias);
    let bias = bias.map(|bias| writer.reals(at.inner("bias"), &[units], bias));
    let output = linear(at);
    if placed.input_shape().len() == 1 {
        let mut operands = vec![at.input(), &kernel];
        operands.extend(bias.as_deref());
        writer.node("Gemm", at, &operands, &output, &[]);
    } else if let Some(bias) = bias {
        let product = at.inner("product");
        writer.node("MatMul", at, &[at.input(), &kernel], &product, &[]);
        writer.node("Add", at, &[&product, &bias], &output, &[]);
    } else {
        writer.node("MatMul", at, &[at.input(), &kernel], &output, &[]);
    }
    activate(writer, at);
}

fn pooling(writer: &mut Writer<'_>, at: &At<'_>, operator: &str, padding: Padding) {
    let Some(window) = at.placed.window else { return };
    let pads = pads(&window);
    let mut settings = vec![("kernel_shape", Ints(&window.kernel)), ("strides", Ints(&window.strides))];
    if padding == Padding::Same {
        settings.push(("pads", Ints(&pads)));
        if operator == "AveragePool" {
            settings.push(("count_include_pad", Int(0)));
        }
    }
    writer.node(operator, at, &[at.input()], &at.output, &settings);
}

fn global(writer: &mut Writer<'_>, at: &At<'_>, operator: &str, keepdims: bool) {
    if keepdims {
        return writer.node(operator, at, &[at.input()], &at.output, &[]);
    }
    let pooled = at.inner("pooled");
    writer.node(operator, at, &[at.input()], &pooled, &[]);
    writer.node("Flatten", at, &[&pooled], &at.output, &[("axis", Int(1))]);
}

fn flatten(writer: &mut Writer<'_>, at: &At<'_>) {
    let axis = [("axis", Int(1))];
    if !is_image(at.placed.input_shape()) || writer.is_for_dense(at.index) {
        return writer.node("Flatten", at, &[at.input()], &at.output, &axis);
    }
    let turned = at.inner("channels_last");
    writer.node("Transpose", at, &[at.input()], &turned, &[("perm", Ints(&[0, 2, 3, 1]))]);
    writer.node("Flatten", at, &[&turned], &at.output, &axis);
}

/// The values go on in our order: channels last.
fn reshape(writer: &mut Writer<'_>, at: &At<'_>) {
    let mut input = at.input().to_owned();
    if is_image(at.placed.input_shape()) {
        let turned = at.inner("channels_last");
        writer.node("Transpose", at, &[&input], &turned, &[("perm", Ints(&[0, 2, 3, 1]))]);
        input = turned;
    }
    let sizes: Vec<i64> =
        std::iter::once(0).chain(at.placed.output_shape.iter().map(|size| *size as i64)).collect();
    let shape = writer.whole(at.inner("shape"), &sizes);
    if !is_image(&at.placed.output_shape) {
        return writer.node("Reshape", at, &[&input, &shape], &at.output, &[]);
    }
    let reshaped = at.inner("reshaped");
    writer.node("Reshape", at, &[&input, &shape], &reshaped, &[]);
    writer.node("Transpose", at, &[&reshaped], &at.output, &[("perm", Ints(&[0, 3, 1, 2]))]);
}

fn batch_normalization(writer: &mut Writer<'_>, at: &At<'_>, layer: &BatchNormalization) {
    let placed = at.placed;
    let channels = placed.input_shape().last().copied().unwrap_or(1);
    let whole = |writer: &Writer<'_>, weight, other: f32| {
        writer.parameter(placed, weight).map_or_else(|| vec![other; channels], <[f32]>::to_vec)
    };
    let four =
        [(Weight::Gamma, 1.0), (Weight::Beta, 0.0), (Weight::MovingMean, 0.0), (Weight::MovingVariance, 1.0)];
    let [gamma, beta, mean, variance] = four.map(|(weight, other)| whole(writer, weight, other));
    if !matches!(placed.input_shape().len(), 1 | 3) {
        // The operator takes the second axis for the channels, which is another one here.
        let factor: Vec<f32> = gamma
            .iter()
            .zip(&variance)
            .map(|(gamma, variance)| gamma / (variance + layer.epsilon).sqrt())
            .collect();
        let offset: Vec<f32> =
            beta.iter().zip(&mean).zip(&factor).map(|((beta, mean), factor)| beta - mean * factor).collect();
        return scaled(writer, at, ("Mul", &factor), ("Add", &offset));
    }
    let names = four.map(|(weight, _)| at.inner(weight.name()));
    let values = [&gamma, &beta, &mean, &variance];
    let mut operands = vec![at.input().to_owned()];
    for (name, values) in names.into_iter().zip(values) {
        operands.push(writer.reals(name, &[channels], values));
    }
    let operands: Vec<&str> = operands.iter().map(String::as_str).collect();
    let settings = [("epsilon", Float(layer.epsilon)), ("momentum", Float(layer.momentum))];
    writer.node("BatchNormalization", at, &operands, &at.output, &settings);
}

/// Two operators with numbers for all channels, or one for each.
fn scaled(writer: &mut Writer<'_>, at: &At<'_>, first: (&str, &[f32]), second: (&str, &[f32])) {
    let shape = |numbers: &[f32]| match (numbers.len(), is_image(at.placed.input_shape())) {
        (1, _) => Vec::new(),
        (channels, true) => vec![channels, 1, 1],
        (channels, false) => vec![channels],
    };
    let between = at.inner("between");
    let numbers = writer.reals(at.inner("first"), &shape(first.1), first.1);
    writer.node(first.0, at, &[at.input(), &numbers], &between, &[]);
    let numbers = writer.reals(at.inner("second"), &shape(second.1), second.1);
    writer.node(second.0, at, &[&between, &numbers], &at.output, &[]);
}

fn multiply(writer: &mut Writer<'_>, at: &At<'_>) {
    let mut product = at.input().to_owned();
    for (number, other) in at.inputs.iter().enumerate().skip(1) {
        let is_last = number + 1 == at.inputs.len();
        let to = if is_last { at.output.clone() } else { at.inner(&format!("product{number}")) };
        writer.node("Mul", at, &[&product, other], &to, &[]);
        product = to;
    }
}

fn concatenate(writer: &mut Writer<'_>, at: &At<'_>, layer: &Concatenate) {
    let shape = at.placed.input_shape();
    // Counted as Keras does: 0 is the batch, which ONNX has, too.
    let axis = if layer.axis < 0 { layer.axis + shape.len() as isize + 1 } else { layer.axis };
    let axis = match (is_image(shape), axis) {
        (true, 3) => 1,
        (true, axis) => axis + 1,
        (false, axis) => axis,
    };
    let inputs: Vec<&str> = at.inputs.iter().map(String::as_str).collect();
    writer.node("Concat", at, &inputs, &at.output, &[("axis", Setting::Int(axis as i64))]);
}

/// Height, width and channels, which ONNX has in another order.
fn is_image(shape: &[usize]) -> bool {
    shape.len() == 3
}
