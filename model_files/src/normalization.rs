//! A `Normalization` as factors and numbers to add, for formats that have no such layer.

use fovea::model::{Normalization, PerChannel, PlacedLayer, Weight};
use fovea::ops::scale_shift::Rescaling;
use fovea::trained::Model;

/// `x * scale + offset` for each channel, by the layer's settings or by its parameters.
pub fn factors(model: &Model, placed: &PlacedLayer, layer: &Normalization) -> Rescaling {
    let values = |set: &Option<PerChannel>, weight| match (set, placed.weight(weight)) {
        (Some(numbers), _) => numbers.0.clone(),
        (None, Some(index)) => model.state.values(&model.network.parameters()[index]).to_vec(),
        (None, None) => vec![0.0],
    };
    let (means, variances) = (values(&layer.mean, Weight::Mean), values(&layer.variance, Weight::Variance));
    Rescaling::normalizing(placed.output_shape.iter().product(), &means, &variances)
}
