//! From the logits' gradient to the parameters' gradients, layer by layer.

use super::Role;
use super::builder::{Builder, Value};
use super::forward::{Mark, Trail, conv_geometry, dense_geometry, dropout_of, pool_geometry};
use crate::model::{Activation, Layer, PlacedLayer};
use crate::ops::activation::{Function, Reads};
use crate::ops::{activation, bias, conv2d, dense, max_pool2d};

pub(super) fn lower(builder: &mut Builder<'_>, trail: &Trail, logits_gradient: Value) {
    let network = builder.network;
    let layers = network.layers();
    // Below the first layer with parameters no gradient is of use.
    let Some(first) = layers.iter().position(|layer| layer.kernel.is_some()) else { return };
    let mut gradient = Gradient::of(logits_gradient);
    // The last layer's activation belongs to the loss.
    let mut before_activation = true;
    for index in (first..layers.len()).rev() {
        let placed = &layers[index];
        let mark = &trail.marks[index];
        if !before_activation {
            through_activation(builder, placed.activation(), placed, mark, gradient.values);
        }
        before_activation = mark.places.is_some() && index > first && relu(&layers[index - 1]);
        if before_activation {
            // A pooled value above zero is one that relu let through. So its relu is undone here, on
            // fewer values, and the convolution's own output need not be kept.
            through_activation(builder, Activation::Relu, placed, mark, gradient.values);
        }
        parameters(builder, placed, mark, gradient);
        if index <= first {
            continue;
        }
        let routes = mark.places.filter(|_| trail.marks[index - 1].pooled);
        let pool = pool_geometry(builder.batch, placed).filter(max_pool2d::Geometry::is_apart);
        gradient = match (routes, pool) {
            // The convolution below reads the maxima's gradient itself.
            (Some(places), Some(pool)) => {
                builder.spare(pool.input_len());
                Gradient { pool: Some((pool, places)), ..gradient }
            }
            _ => Gradient::of(input(builder, placed, mark, gradient)),
        };
    }
}

/// The gradient of a layer's output; where that was pooled by windows that lie apart, the maxima's gradient
/// and their places.
#[derive(Debug, Clone, Copy)]
struct Gradient {
    values: Value,
    pool: Option<(max_pool2d::Geometry, Value)>,
}

impl Gradient {
    fn of(values: Value) -> Self {
        Self { values, pool: None }
    }

    fn inputs(&self) -> impl Iterator<Item = Value> {
        std::iter::once(self.values).chain(self.pool.map(|(_, places)| places))
    }

    fn geometry(&self) -> Option<max_pool2d::Geometry> {
        self.pool.map(|(geometry, _)| geometry)
    }
}

fn relu(placed: &PlacedLayer) -> bool {
    placed.activation() == Activation::Relu
}

/// Changes the gradient of a layer's output into that before an activation that led to it.
fn through_activation(
    builder: &mut Builder<'_>,
    activation: Activation,
    placed: &PlacedLayer,
    mark: &Mark,
    gradient: Value,
) {
    if activation == Activation::Linear {
        return;
    }
    let units = placed.output_shape.last().copied().unwrap_or(1);
    let rows = builder.batch * placed.output_shape.iter().product::<usize>() / units;
    let function: Function = activation.into();
    let read = match function.grad_reads() {
        Reads::Input => mark.activated,
        Reads::Output => mark.output,
    };
    builder.step(activation::Grad { function, rows, units }, [read], [gradient]);
}

fn parameters(builder: &mut Builder<'_>, placed: &PlacedLayer, mark: &Mark, gradient: Gradient) {
    if let Some(kernel) = placed.kernel {
        let to = builder.parameter(Role::Gradients, kernel);
        match &placed.layer {
            Layer::Conv2D(_) => {
                if let Some(geometry) = conv_geometry(builder.batch, placed) {
                    let operation = conv2d::GradKernel { geometry, pool: gradient.geometry() };
                    let inputs = std::iter::once(mark.input).chain(gradient.inputs()).collect();
                    builder.step_of(operation, inputs, vec![to]);
                }
            }
            _ => {
                let geometry = dense_geometry(builder.batch, placed);
                builder.step(dense::GradKernel { geometry }, [mark.input, gradient.values], [to]);
            }
        }
    }
    if let Some(bias) = placed.bias {
        let to = builder.parameter(Role::Gradients, bias);
        let units = placed.output_shape.last().copied().unwrap_or(1);
        let len = builder.batch * placed.output_shape.iter().product::<usize>();
        // Each maximum's gradient belongs to one output: their sum is the same.
        let rows = gradient.geometry().map_or(len, |pool| pool.output_len()) / units;
        builder.step(bias::Grad { rows, units }, [gradient.values], [to]);
    }
}

/// The gradient of a layer's input.
fn input(builder: &mut Builder<'_>, placed: &PlacedLayer, mark: &Mark, gradient: Gradient) -> Value {
    let values = gradient.values;
    let len = builder.batch * placed.input_shape.iter().product::<usize>();
    match (&placed.layer, placed.kernel, mark.places) {
        (Layer::Conv2D(_), Some(kernel), _) => {
            let Some(geometry) = conv_geometry(builder.batch, placed) else { return values };
            let (kernel, to) = (builder.parameter(Role::Parameters, kernel), builder.short(len));
            let operation = conv2d::GradInput { geometry, pool: gradient.geometry() };
            builder.step_of(operation, gradient.inputs().chain([kernel]).collect(), vec![to]);
            to
        }
        (Layer::Dense(_), Some(kernel), _) => {
            let geometry = dense_geometry(builder.batch, placed);
            let (kernel, to) = (builder.parameter(Role::Parameters, kernel), builder.short(len));
            builder.step(dense::GradInput { geometry }, [values, kernel], [to]);
            to
        }
        (Layer::MaxPooling2D(_), _, Some(places)) => {
            let Some(geometry) = pool_geometry(builder.batch, placed) else { return values };
            let to = builder.short(len);
            builder.step(max_pool2d::Grad { geometry }, [values, places], [to]);
            to
        }
        (Layer::Dropout(config), ..) if config.rate > 0.0 => {
            let to = builder.short(len);
            let samples = builder.buffer(Role::Samples, builder.batch);
            let operation = dropout_of(builder, placed, config.rate, mark.dropout);
            builder.step(operation, [values, samples], [to]);
            to
        }
        _ => values,
    }
}
