//! From the images to the probabilities, and what each layer leaves behind for the way back.

use super::Role;
use super::builder::{Builder, Value};
use crate::model::{Activation, Conv2D, Dense, Layer, PlacedLayer};
use crate::ops::{activation, conv2d, dense, dropout, max_pool2d};

/// What the way back needs to know.
#[derive(Debug)]
pub(super) struct Trail {
    /// The last layer's output before its activation, `[batch, units]`.
    pub(super) logits: Value,
    /// One a layer.
    pub(super) marks: Vec<Mark>,
}

/// What a layer leaves behind.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// Its input.
    pub(super) input: Value,
    /// Its output, activated; for the last layer before its activation.
    pub(super) output: Value,
    /// The places of a pooling's maxima.
    pub(super) places: Option<Value>,
    /// Which dropout this is.
    pub(super) dropout: u32,
}

pub(super) fn lower(builder: &mut Builder<'_>, images: Value) -> Trail {
    let network = builder.network;
    let mut marks = Vec::with_capacity(network.layers().len());
    let mut value = images;
    let mut dropouts = 0;
    for (index, placed) in network.layers().iter().enumerate() {
        let last = index + 1 == network.layers().len();
        let mark = layer(builder, placed, value, last, dropouts);
        dropouts += u32::from(matches!(placed.layer, Layer::Dropout(_)));
        value = mark.output;
        marks.push(mark);
    }
    if !builder.trains() {
        let (batch, units) = (builder.batch, network.output_units());
        let probabilities = builder.buffer(Role::Probabilities, batch * units);
        let activation = network.output_activation();
        builder.step(activation::Forward { activation, rows: batch, units }, [value], [probabilities]);
    }
    Trail { logits: value, marks }
}

fn layer(builder: &mut Builder<'_>, placed: &PlacedLayer, input: Value, last: bool, dropout: u32) -> Mark {
    let len = builder.batch * placed.output_shape.iter().product::<usize>();
    let mark = |output| Mark { input, output, places: None, dropout };
    match &placed.layer {
        Layer::Conv2D(Conv2D { activation, .. }) => {
            let Some(geometry) = conv_geometry(builder.batch, placed) else { return mark(input) };
            let relu = *activation == Activation::Relu && !last;
            let operation = conv2d::Forward { geometry, bias: placed.bias.is_some(), relu };
            let output = weighted(builder, placed, operation, input, len);
            mark(activate(builder, *activation, output, len, geometry.filters, last))
        }
        Layer::Dense(Dense { activation, .. }) => {
            let geometry = dense_geometry(builder.batch, placed);
            let relu = *activation == Activation::Relu && !last;
            let operation = dense::Forward { geometry, bias: placed.bias.is_some(), relu };
            let output = weighted(builder, placed, operation, input, len);
            mark(activate(builder, *activation, output, len, geometry.units, last))
        }
        Layer::MaxPooling2D(_) => {
            let Some(geometry) = pool_geometry(builder.batch, placed) else { return mark(input) };
            let output = builder.short(len);
            let places = builder.trains();
            let operation = max_pool2d::Forward { geometry, places };
            if places {
                let places = builder.short(len);
                builder.step(operation, [input], [output, places]);
                Mark { places: Some(places), ..mark(output) }
            } else {
                builder.step(operation, [input], [output]);
                mark(output)
            }
        }
        Layer::Dropout(config) if builder.trains() && config.rate > 0.0 => {
            let output = builder.short(len);
            let samples = builder.buffer(Role::Samples, builder.batch);
            let operation = dropout_of(builder, placed, config.rate, dropout);
            builder.step(operation, [input, samples], [output]);
            mark(output)
        }
        // A flattened value is the same values, and dropout works in training alone.
        Layer::Dropout(_) | Layer::Flatten(_) => mark(input),
    }
}

fn weighted(
    builder: &mut Builder<'_>,
    placed: &PlacedLayer,
    operation: impl crate::ops::Operation + 'static,
    input: Value,
    len: usize,
) -> Value {
    let output = builder.short(len);
    let mut inputs = vec![input];
    for index in [placed.kernel, placed.bias].into_iter().flatten() {
        inputs.push(builder.parameter(Role::Parameters, index));
    }
    builder.step_of(operation, inputs, vec![output]);
    output
}

/// Relu is fused into its layer, and the last layer's activation belongs to the loss.
fn activate(
    builder: &mut Builder<'_>,
    activation: Activation,
    input: Value,
    len: usize,
    units: usize,
    last: bool,
) -> Value {
    if last || matches!(activation, Activation::Linear | Activation::Relu) {
        return input;
    }
    let output = builder.short(len);
    builder.step(activation::Forward { activation, rows: len / units, units }, [input], [output]);
    output
}

pub(super) fn dropout_of(
    builder: &Builder<'_>,
    placed: &PlacedLayer,
    rate: f32,
    layer: u32,
) -> dropout::Dropout {
    dropout::Dropout { batch: builder.batch, sample_len: placed.output_shape.iter().product(), rate, layer }
}

pub(super) fn conv_geometry(batch: usize, placed: &PlacedLayer) -> Option<conv2d::Geometry> {
    let [_, _, channels] = *placed.input_shape.first_chunk()?;
    let [_, _, filters] = *placed.output_shape.first_chunk()?;
    Some(conv2d::Geometry { batch, window: placed.window?, channels, filters })
}

pub(super) fn pool_geometry(batch: usize, placed: &PlacedLayer) -> Option<max_pool2d::Geometry> {
    let [_, _, channels] = *placed.input_shape.first_chunk()?;
    Some(max_pool2d::Geometry { batch, window: placed.window?, channels })
}

pub(super) fn dense_geometry(batch: usize, placed: &PlacedLayer) -> dense::Geometry {
    let (inputs, pixels) =
        placed.input_shape.split_last().map_or((1, 1), |(n, rest)| (*n, rest.iter().product()));
    dense::Geometry { rows: batch * pixels, inputs, units: placed.output_shape.last().copied().unwrap_or(1) }
}
