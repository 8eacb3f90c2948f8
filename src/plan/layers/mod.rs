//! How each layer is computed, forward and backward: a file for each, under the name that its settings have in
//! [`crate::model`].

mod activation;
mod add;
mod batch_normalization;
mod concatenate;
mod conv2d;
mod dense;
mod depthwise_conv2d;
mod dropout;
mod flatten;
mod max_pooling2d;
mod multiply;
mod padding;
mod pooling;
mod scaling;
mod separable_conv2d;
mod weighted;

use weighted::Weights;

use super::PlanError;
use super::builder::Builder;
use super::gradients::Gradient;
use super::value::Value;
use crate::model::{Layer, PlacedLayer, Window, all_layers};

/// A layer whose steps are being added to a plan.
#[derive(Debug, Clone)]
pub(super) struct At<'a> {
    /// Its index in the network.
    pub(super) index: usize,
    /// The layer in its place.
    pub(super) placed: &'a PlacedLayer,
    /// What it reads.
    pub(super) inputs: Vec<Value>,
}

/// What comes of a layer.
pub(super) struct Lowered<'a> {
    /// The index of the layer whose output this is, if a later layer was fused with this one.
    pub(super) fused: Option<usize>,
    /// The output, activated; of the network's last layer before its activation.
    pub(super) output: Value,
    /// Adds the steps from the output's gradient to those of the layer's parameters and inputs.
    pub(super) backward: Backward<'a>,
}

pub(super) type Backward<'a> = Box<dyn FnOnce(&mut Builder<'a>, Gradient) + 'a>;

/// A layer that steps can be made of. Without a way back it has no [`Lowered`].
pub(super) trait Lower {
    /// Adds the steps that compute the output.
    ///
    /// # Errors
    /// [`PlanError::Sizes`] where the layer lacks what its class always has.
    fn lower<'a>(&'a self, builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError>;
}

macro_rules! lower_each {
    ($($class:ident($config:ident)),+ $(,)?) => {
        /// See [`Lower::lower`].
        pub(super) fn lower<'a>(builder: &mut Builder<'a>, at: At<'a>) -> Result<Lowered<'a>, PlanError> {
            match &at.placed.layer { $(Layer::$class(config) => config.lower(builder, at)),+ }
        }
    };
}
all_layers!(lower_each);

impl<'a> Lowered<'a> {
    pub(super) fn new(output: Value, backward: impl FnOnce(&mut Builder<'a>, Gradient) + 'a) -> Self {
        Self { fused: None, output, backward: Box::new(backward) }
    }

    /// The output of the layer with this index, with which it was fused.
    fn up_to(self, last: usize) -> Self {
        Self { fused: Some(last), ..self }
    }
}

impl At<'_> {
    /// The first input, of which there is always one.
    fn input(&self) -> Result<Value, PlanError> {
        self.inputs.first().copied().ok_or_else(|| self.lacks())
    }

    fn window(&self) -> Result<Window, PlanError> {
        self.placed.window.ok_or_else(|| self.lacks())
    }

    /// The channels of its first input.
    fn channels(&self) -> usize {
        self.placed.input_shape().last().copied().unwrap_or(1)
    }

    /// The last axis of its output.
    fn units(&self) -> usize {
        self.placed.output_shape.last().copied().unwrap_or(1)
    }

    /// Values of one sample at its output.
    fn output_len(&self) -> usize {
        self.placed.output_shape.iter().product()
    }

    fn lacks(&self) -> PlanError {
        PlanError::Sizes(self.placed.name.clone())
    }
}
