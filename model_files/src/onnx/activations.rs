//! Activations as operators of ONNX.

use fovea::model::{Activation, ReLU};

use super::write::Setting::{Float, Int};
use super::write::{At, Writer};

/// A function of each value, or softmax over the channels.
pub fn activation(writer: &mut Writer<'_>, at: &At<'_>, x: &str, function: Activation) {
    let y = at.output.as_str();
    let sixth = [("alpha", Float(1.0 / 6.0)), ("beta", Float(0.5))];
    match function {
        Activation::Linear => writer.node("Identity", at, &[x], y, &[]),
        Activation::Relu => writer.node("Relu", at, &[x], y, &[]),
        Activation::Relu6 => clip(writer, at, x, y, [Some(0.0), Some(6.0)]),
        Activation::LeakyRelu => writer.node("LeakyRelu", at, &[x], y, &[("alpha", Float(0.2))]),
        Activation::Elu => writer.node("Elu", at, &[x], y, &[("alpha", Float(1.0))]),
        Activation::Tanh => writer.node("Tanh", at, &[x], y, &[]),
        Activation::Sigmoid => writer.node("Sigmoid", at, &[x], y, &[]),
        Activation::HardSigmoid => writer.node("HardSigmoid", at, &[x], y, &sixth),
        Activation::Silu => {
            let sigmoid = at.inner("sigmoid");
            writer.node("Sigmoid", at, &[x], &sigmoid, &[]);
            writer.node("Mul", at, &[x, &sigmoid], y, &[]);
        }
        Activation::HardSilu => writer.node("HardSwish", at, &[x], y, &[]),
        Activation::Gelu => {
            let [root, one, half] = [("root", std::f32::consts::SQRT_2), ("one", 1.0), ("half", 0.5)]
                .map(|(name, number)| writer.reals(at.inner(name), &[], &[number]));
            let [scaled, erf, above, product] =
                ["scaled", "erf", "above", "product"].map(|name| at.inner(name));
            writer.node("Div", at, &[x, &root], &scaled, &[]);
            writer.node("Erf", at, &[&scaled], &erf, &[]);
            writer.node("Add", at, &[&erf, &one], &above, &[]);
            writer.node("Mul", at, &[x, &above], &product, &[]);
            writer.node("Mul", at, &[&product, &half], y, &[]);
        }
        Activation::Softmax => {
            let axis = if at.placed.output_shape.len() == 3 { 1 } else { -1 };
            writer.node("Softmax", at, &[x], y, &[("axis", Int(axis))]);
        }
    }
}

/// Keeps values between two bounds, or on one side of one.
fn clip(writer: &mut Writer<'_>, at: &At<'_>, x: &str, y: &str, bounds: [Option<f32>; 2]) {
    let [least, most] = [("least", bounds[0]), ("most", bounds[1])].map(|(name, bound)| {
        bound.map_or_else(String::new, |bound| writer.reals(at.inner(name), &[], &[bound]))
    });
    writer.node("Clip", at, &[x, &least, &most], y, &[]);
}

/// A relu with a bound, a slope and a threshold of its own.
pub fn relu(writer: &mut Writer<'_>, at: &At<'_>, layer: &ReLU) {
    let (x, y) = (at.input(), at.output.as_str());
    let slope = [("alpha", Float(layer.negative_slope))];
    match (layer.threshold, layer.negative_slope, layer.max_value) {
        (0.0, 0.0, None) => writer.node("Relu", at, &[x], y, &[]),
        (0.0, 0.0, most) => clip(writer, at, x, y, [Some(0.0), most]),
        (0.0, _, None) => writer.node("LeakyRelu", at, &[x], y, &slope),
        (0.0, _, most) => {
            let rising = at.inner("rising");
            writer.node("LeakyRelu", at, &[x], &rising, &slope);
            clip(writer, at, &rising, y, [None, most]);
        }
        (threshold, negative_slope, most) => {
            // Above the threshold the value itself, at most so much; below it a line that ends there.
            let [bound, slope, offset] = [
                ("threshold", threshold),
                ("slope", negative_slope),
                ("offset", -negative_slope * threshold),
            ]
            .map(|(name, number)| writer.reals(at.inner(name), &[], &[number]));
            let [is_above, sloped, below, above] =
                ["is_above", "sloped", "below", "above"].map(|name| at.inner(name));
            writer.node("Greater", at, &[x, &bound], &is_above, &[]);
            writer.node("Mul", at, &[x, &slope], &sloped, &[]);
            writer.node("Add", at, &[&sloped, &offset], &below, &[]);
            clip(writer, at, x, &above, [None, most]);
            writer.node("Where", at, &[&is_above, &above, &below], y, &[]);
        }
    }
}
