//! Plans that keep what lies within a network, and say how one value depends on others: response maps and the like.

use super::build::forward;
use super::builder::Builder;
use super::gradients::{Gradient, Gradients};
use super::{Goal, Plan, PlanError, Role};
use crate::model::Network;

/// What is to be seen of a network while it predicts. Layers are named; the network's input is [`crate::model::INPUT`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Watch {
    /// Layers whose outputs are kept, in [`Role::Output`] by their order here. The last layer's output is the one before its
    /// activation.
    pub outputs: Vec<String>,
    /// Which gradients are computed.
    pub gradients: Option<Differentiate>,
}

/// The gradient of one value with respect to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differentiate {
    /// The layer whose output is differentiated: the sum of its values, each times what [`Role::Seed`] says.
    pub of: String,
    /// The layers with respect to whose outputs, in [`Role::GradientOf`] by their order here; zeros where it does not depend
    /// on one.
    pub wrt: Vec<String>,
}

/// The plan for so many photos at once; nothing is fused over what is watched.
pub(super) fn build(network: &Network, batch: usize, watch: &Watch) -> Result<Plan, PlanError> {
    let value = |name: &String| network.value(name).ok_or_else(|| PlanError::UnknownLayer(name.clone()));
    let values = |names: &[String]| names.iter().map(value).collect::<Result<Vec<usize>, _>>();
    let outputs = values(&watch.outputs)?;
    let (of, wrt) = match &watch.gradients {
        Some(Differentiate { of, wrt }) => (Some(value(of)?), values(wrt)?),
        None => (None, Vec::new()),
    };
    let mut builder = Builder::new(network, batch, Goal::Predict)?;
    for value in outputs.iter().chain(&of).chain(&wrt) {
        builder.readers[*value] += 1;
    }
    builder.gradients =
        Gradients::to(network, (0..=network.layers().len()).map(|value| wrt.contains(&value)).collect());
    builder.keeps_the_way_back = of.is_some();
    // Zeros are the gradient with respect to what the differentiated value does not depend on.
    for (number, value) in wrt.iter().enumerate() {
        let len: usize = network.value_shape(*value).iter().product();
        builder.buffer(Role::GradientOf(number), batch * len);
    }
    let images = builder.images(None);
    let forward = forward(&mut builder, (0, images), network.layers().len())?;
    for (number, value) in outputs.into_iter().enumerate() {
        if let Some(found) = forward.values[value] {
            builder.copy_to(Role::Output(number), found);
        }
    }
    if let Some((of, found)) = of.and_then(|of| Some((of, forward.values[of]?))) {
        let len = builder.len(found);
        let seed = builder.buffer(Role::Seed, len);
        builder.pass(of, Gradient::shared(seed));
        let backward = forward.backward.into_iter().map(|(value, backward)| (value, Some(backward)));
        for (value, backward) in std::iter::once((0, None)).chain(backward).rev() {
            let Some(gradient) = builder.take_gradient(value) else { continue };
            for number in (0..wrt.len()).filter(|number| wrt[*number] == value) {
                builder.copy_to(Role::GradientOf(number), gradient.value);
            }
            if let Some(backward) = backward {
                backward(&mut builder, gradient);
            }
        }
    }
    let plan = builder.finish(network.input_shape().iter().product(), network.output_units());
    // It is not cut and not shared.
    Ok(Plan { network: None, ..plan })
}
