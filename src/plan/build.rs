//! The steps of a plan in their order: the way forward, the loss, the way back, the update.

use std::collections::BTreeMap;
use std::ops::Range;

use super::builder::Builder;
use super::gradients::Gradient;
use super::layers::{self, At, Backward};
use super::value::Value;
use super::{Goal, Plan, PlanError, Role, Spec, View};
use crate::model::{Layer, Optimizer, Region};
use crate::ops::loss::{Crossentropy, METRIC_COLUMNS, METRIC_ROWS};
use crate::ops::optimizer::Update;
use crate::ops::{accumulate, activation, batch_norm};

/// The plan for `whole` photos that are run in `parts` micro-batches of the same size.
pub(super) fn build(spec: &Spec<'_>, whole: usize, parts: usize) -> Result<Plan, PlanError> {
    let Spec { network, goal, augmentation, from } = *spec;
    let batch = whole.div_ceil(parts);
    let units = spec.units();
    let mut builder = Builder::new(network, batch, goal)?;
    let parameters = builder.buffer(Role::Parameters, network.parameter_words());
    let images = if from == 0 {
        builder.images(augmentation)
    } else {
        builder.buffer(Role::Images, batch * spec.given_len())
    };
    let last = if let Goal::Features(value) = goal { value } else { network.layers().len() };
    // Nothing is fused over it.
    builder.readers[last] += 1;
    let Forward { output: logits, backward, .. } = forward(&mut builder, (from, images), last)?;
    if let Goal::Features(_) = goal {
        builder.copy_to(Role::Probabilities, logits);
    }
    if let Goal::Evaluate(loss) | Goal::Train(loss, _) = goal {
        loss.check(network.output_activation())?;
        let labels = builder.buffer(Role::Labels, batch);
        let weights = builder.buffer(Role::Weights, batch);
        let metrics = builder.buffer(Role::Metrics, METRIC_ROWS * METRIC_COLUMNS);
        let gradient = matches!(goal, Goal::Train(..));
        let operation = Crossentropy { loss, batch, units, gradient };
        if gradient {
            let of_logits = builder.short(batch * units);
            builder.step(operation, [logits, labels, weights], [metrics, of_logits]);
            builder.pass(network.layers().len(), Gradient::own(of_logits));
            // From the last layer to the lowest one that is trained.
            for (value, backward) in backward.into_iter().rev() {
                if let Some(gradient) = builder.take_gradient(value) {
                    backward(&mut builder, gradient);
                }
            }
        } else {
            builder.step(operation, [logits, labels, weights], [metrics]);
        }
    }
    let mut steps_a_part = builder.steps.len();
    if let Goal::Train(_, optimizer) = goal {
        optimizer.check()?;
        if network.words(Region::Trainable) == 0 {
            return Err(PlanError::NothingTrained);
        }
        let count = network.parameter_words();
        let mut gradients = builder.buffer(Role::Gradients, count);
        if batch < whole {
            let sums = builder.buffer(Role::GradientSums, count);
            builder.step(accumulate::Accumulate { count }, [gradients], [sums]);
            gradients = sums;
        }
        steps_a_part = builder.steps.len();
        update(&mut builder, optimizer, gradients, parameters);
    }
    let plan = builder.finish(spec.image_len(), units);
    Ok(Plan { batch: whole, steps_a_part, augmentation: augmentation.copied(), from, ..plan })
}

/// The way forward.
pub(super) struct Forward<'a> {
    /// The last value that was asked for; the last layer's output before its activation, `[batch, units]`.
    pub(super) output: Value,
    /// The network's values; none where a later layer was fused with one.
    pub(super) values: Vec<Option<Value>>,
    /// What makes the way back from each of them.
    pub(super) backward: BTreeMap<usize, Backward<'a>>,
}

/// Adds the steps from the value with the number `from`, which is `given`, to the one with the number `last`; from the last
/// layer's to the probabilities, too, where nothing is trained.
pub(super) fn forward<'a>(
    builder: &mut Builder<'a>,
    (from, given): (usize, Value),
    last: usize,
) -> Result<Forward<'a>, PlanError> {
    let network = builder.network;
    let mut values = vec![None; network.layers().len() + 1];
    let mut backward = BTreeMap::new();
    values[from] = Some(given);
    for (index, placed) in network.layers().iter().enumerate().take(last).skip(from) {
        if builder.covered[index] {
            continue;
        }
        let lacks = || PlanError::Sizes(placed.name.clone());
        let inputs = placed.inputs.iter().map(|value| values[*value].ok_or_else(lacks));
        let at = At { index, placed, inputs: inputs.collect::<Result<_, _>>()? };
        let lowered = layers::lower(builder, at)?;
        let value = lowered.fused.unwrap_or(index) + 1;
        values[value] = Some(lowered.output);
        backward.insert(value, lowered.backward);
    }
    let output = values[last].unwrap_or(given);
    if last == network.layers().len() && !builder.trains() {
        let (batch, units) = (builder.batch, network.output_units());
        let probabilities = builder.buffer(Role::Probabilities, batch * units);
        let function = network.output_activation().into();
        builder.step(activation::Forward { function, rows: batch, units }, [output], [probabilities]);
    }
    Ok(Forward { output, values, backward })
}

/// Adds the one step over all that the optimizer changes, and those that keep the moving statistics.
fn update(builder: &mut Builder<'_>, optimizer: Optimizer, gradients: Value, parameters: Value) {
    let network = builder.network;
    let count = network.words(Region::Trainable);
    let part = |whole: Value, range: Range<usize>| match whole {
        Value::Fixed(view) => Value::Fixed(View { offset: range.start, len: range.len(), ..view }),
        short @ Value::Short(_) => short,
    };
    let mut outputs = vec![part(parameters, 0..count)];
    for slot in 0..optimizer.slots() {
        let slot = builder.buffer(Role::Slot(slot), network.parameter_words());
        outputs.push(part(slot, 0..count));
    }
    builder.step_of(Update { optimizer, count }, vec![part(gradients, 0..count)], outputs);
    for placed in network.layers() {
        let Layer::BatchNormalization(norm) = &placed.layer else { continue };
        let moving = placed.weights.iter().map(|(_, index)| &network.parameters()[*index]);
        for parameter in moving.filter(|parameter| parameter.region == Region::Moving) {
            let operation = batch_norm::UpdateMoving { count: parameter.len(), momentum: norm.momentum };
            let range = parameter.range();
            builder.step(operation, [part(gradients, range.clone())], [part(parameters, range)]);
        }
    }
}
