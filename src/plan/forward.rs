//! From the images to the probabilities, and what each layer leaves behind for the way back.

use super::Role;
use super::builder::{Builder, Value};
use crate::model::{Activation, Conv2D, Dense, Layer, PlacedLayer};
use crate::ops::{Clamp, activation, conv2d, dense, dropout, max_pool2d};

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
    /// Its output before an activation that was a step of its own.
    pub(super) activated: Value,
    /// The places of a pooling's maxima.
    pub(super) places: Option<Value>,
    /// Whether the layer above pooled its output in the same step, so that the output was never kept.
    pub(super) pooled: bool,
    /// Which dropout this is.
    pub(super) dropout: u32,
}

pub(super) fn lower(builder: &mut Builder<'_>, images: Value) -> Trail {
    let network = builder.network;
    let mut marks = Vec::with_capacity(network.layers().len());
    let mut value = images;
    let mut dropouts = 0;
    let layers = network.layers();
    while let Some(placed) = layers.get(marks.len()) {
        let above = layers.get(marks.len() + 1);
        if let Some(fused) = above.and_then(|above| pooled(builder, placed, above, value, dropouts)) {
            value = fused[1].output;
            marks.extend(fused);
            continue;
        }
        let mark = layer(builder, placed, value, above.is_none(), dropouts);
        dropouts += u32::from(matches!(placed.layer, Layer::Dropout(_)));
        value = mark.output;
        marks.push(mark);
    }
    if !builder.trains() {
        let (batch, units) = (builder.batch, network.output_units());
        let probabilities = builder.buffer(Role::Probabilities, batch * units);
        let function = network.output_activation().into();
        builder.step(activation::Forward { function, rows: batch, units }, [value], [probabilities]);
    }
    Trail { logits: value, marks }
}

/// A convolution and the pooling above it as one step: nobody else wants the convolution's own output, not
/// even the way back. Its mark has the pooled one in its place.
fn pooled(
    builder: &mut Builder<'_>,
    placed: &PlacedLayer,
    above: &PlacedLayer,
    input: Value,
    dropout: u32,
) -> Option<[Mark; 2]> {
    let (Layer::Conv2D(Conv2D { activation, .. }), Layer::MaxPooling2D(_)) = (&placed.layer, &above.layer)
    else {
        return None;
    };
    if !matches!(activation, Activation::Linear | Activation::Relu) {
        return None;
    }
    let geometry = conv_geometry(builder.batch, placed)?;
    let clamp = if *activation == Activation::Relu { Clamp::Relu } else { Clamp::None };
    let convolution = conv2d::Forward { geometry, bias: placed.bias.is_some(), clamp };
    let pool =
        max_pool2d::Forward { geometry: pool_geometry(builder.batch, above)?, places: builder.trains() };
    let len = pool.geometry.output_len();
    builder.spare(geometry.output_len());
    let inputs = with_weights(builder, placed, input);
    let output = builder.short(len);
    let places = builder.trains().then(|| builder.short(len));
    let outputs = [Some(output), places].into_iter().flatten().collect();
    builder.step_of(conv2d::ForwardPooled { convolution, pool }, inputs, outputs);
    let mark = Mark { input, output, activated: output, places: None, pooled: false, dropout };
    Some([Mark { pooled: true, ..mark }, Mark { input: output, places, ..mark }])
}

fn layer(builder: &mut Builder<'_>, placed: &PlacedLayer, input: Value, last: bool, dropout: u32) -> Mark {
    let len = builder.batch * placed.output_shape.iter().product::<usize>();
    let mark = |output| Mark { input, output, activated: output, places: None, pooled: false, dropout };
    match &placed.layer {
        Layer::Conv2D(Conv2D { activation, .. }) => {
            let Some(geometry) = conv_geometry(builder.batch, placed) else { return mark(input) };
            let clamp = if *activation == Activation::Relu && !last { Clamp::Relu } else { Clamp::None };
            let operation = conv2d::Forward { geometry, bias: placed.bias.is_some(), clamp };
            let activated = weighted(builder, placed, operation, input, len);
            let output = activate(builder, *activation, activated, len, geometry.filters, last);
            Mark { activated, ..mark(output) }
        }
        Layer::Dense(Dense { activation, .. }) => {
            let geometry = dense_geometry(builder.batch, placed);
            let clamp = if *activation == Activation::Relu && !last { Clamp::Relu } else { Clamp::None };
            let operation = dense::Forward { geometry, bias: placed.bias.is_some(), clamp };
            let activated = weighted(builder, placed, operation, input, len);
            let output = activate(builder, *activation, activated, len, geometry.units, last);
            Mark { activated, ..mark(output) }
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
    let inputs = with_weights(builder, placed, input);
    builder.step_of(operation, inputs, vec![output]);
    output
}

fn with_weights(builder: &mut Builder<'_>, placed: &PlacedLayer, input: Value) -> Vec<Value> {
    let weights = [placed.kernel, placed.bias].into_iter().flatten();
    std::iter::once(input).chain(weights.map(|index| builder.parameter(Role::Parameters, index))).collect()
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
    let function = activation.into();
    builder.step(activation::Forward { function, rows: len / units, units }, [input], [output]);
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
    Some(conv2d::Geometry { batch, window: placed.window?, channels, filters, groups: 1 })
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
