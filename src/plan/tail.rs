//! What is fused with a layer before it: where nobody else reads what lies between, one step computes it all.

use super::builder::Builder;
use super::gradients::Activated;
use super::layers::At;
use crate::model::{Activation, Layer, PlacedLayer};
use crate::ops::activation::Function;
use crate::ops::{Clamp, max_pool2d};
use crate::plan::value::Value;

/// What becomes one step with a layer that has a kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tail<'a> {
    /// The index of the last layer in it; that of the layer itself if there are none behind it.
    pub(super) last: usize,
    /// A batch norm that is folded into kernel and bias.
    pub(super) norm: Option<Norm<'a>>,
    /// What is done to the sums.
    pub(super) clamp: Clamp,
    /// The pooling of the clamped sums.
    pub(super) pool: Option<max_pool2d::Geometry>,
    /// The layer's own activation where it could not be fused.
    function: Function,
}

/// A batch norm whose statistics stay as they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Norm<'a> {
    pub(super) placed: &'a PlacedLayer,
    pub(super) epsilon: f32,
}

impl<'a> Builder<'a> {
    /// What can be fused with a layer that has this activation; `pools` says whether a pooling can.
    pub(super) fn tail(&mut self, at: &At<'a>, activation: Activation, pools: bool) -> Tail<'a> {
        let function = self.activation(at.index, activation).into();
        let mut tail = Tail { last: at.index, norm: None, clamp: Clamp::None, pool: None, function };
        match clamp(function) {
            Some(clamp) => (tail.clamp, tail.function) = (clamp, Function::Linear),
            None => return tail,
        }
        while let Some((index, next)) = self.only_reader(tail.last) {
            let bare = tail.clamp == Clamp::None;
            match &next.layer {
                Layer::BatchNormalization(norm)
                    if bare && tail.norm.is_none() && !(self.trains() && norm.trainable) =>
                {
                    tail.norm = Some(Norm { placed: next, epsilon: norm.epsilon });
                }
                Layer::Activation(_) | Layer::ReLU(_) if bare => match clamp(self.function(index, next)) {
                    Some(clamp) => tail.clamp = clamp,
                    None => break,
                },
                Layer::MaxPooling2D(_) if pools && tail.clamp != Clamp::Relu6 => {
                    let channels = next.input_shape().last().copied().unwrap_or(1);
                    let Some(window) = next.window else { break };
                    tail.pool = Some(max_pool2d::Geometry { batch: self.batch, window, channels });
                    tail.last = index;
                    self.covered[index] = true;
                    break;
                }
                _ => break,
            }
            tail.last = index;
            self.covered[index] = true;
        }
        tail
    }

    /// The only layer that reads the output of the layer with this index.
    fn only_reader(&self, index: usize) -> Option<(usize, &'a PlacedLayer)> {
        let value = index + 1;
        if self.readers[value] != 1 {
            return None;
        }
        let layers = self.network.layers();
        let reader = value + layers[value..].iter().position(|placed| placed.inputs.contains(&value))?;
        Some((reader, &layers[reader]))
    }

    /// What a layer that is a function alone computes.
    fn function(&self, index: usize, placed: &PlacedLayer) -> Function {
        match &placed.layer {
            Layer::ReLU(relu) => relu.function(),
            _ => self.activation(index, placed.activation()).into(),
        }
    }

    /// Adds a step for a layer's own activation, if it was not fused.
    pub(super) fn finish_tail(&mut self, tail: &Tail<'_>, output: Value, units: usize) -> Activated {
        let function = match tail.clamp {
            Clamp::None => return self.activate(tail.function, output, units),
            Clamp::Relu => Function::RELU,
            Clamp::Relu6 => Function::RELU6,
        };
        Activated { function, units, before: output, after: output }
    }
}

/// The clamp that a function is; none where it is another function.
fn clamp(function: Function) -> Option<Clamp> {
    match function {
        Function::Linear => Some(Clamp::None),
        Function::RELU => Some(Clamp::Relu),
        Function::RELU6 => Some(Clamp::Relu6),
        _ => None,
    }
}
