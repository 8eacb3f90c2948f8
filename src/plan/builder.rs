//! A plan in the making: steps over values, of which the short-lived ones have no place yet.

use super::lifetimes::place;
use super::{Buffer, Goal, MOST_VALUES, Plan, PlanError, Role, Step, View, backward, forward};
use crate::model::{Augmentation, Network, Parameter};
use crate::ops::loss::{Crossentropy, METRIC_COLUMNS, METRIC_ROWS};
use crate::ops::optimizer::Update;
use crate::ops::{Operation, accumulate, augment, rescale};

/// A value of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// A part of a buffer that has its place already.
    Fixed(View),
    /// A short-lived value by its number.
    Short(usize),
}

#[derive(Debug)]
pub(super) struct DraftStep {
    pub(super) operation: Box<dyn Operation>,
    pub(super) inputs: Vec<Value>,
    pub(super) outputs: Vec<Value>,
}

#[derive(Debug)]
pub(super) struct Builder<'a> {
    pub(super) network: &'a Network,
    /// Photos of a micro-batch, which is the whole batch where the plan is not cut.
    pub(super) batch: usize,
    pub(super) goal: Goal,
    buffers: Vec<Buffer>,
    /// The lengths of the short-lived values.
    short: Vec<usize>,
    /// The lengths together of those that a fused step never makes.
    spared: u64,
    steps: Vec<DraftStep>,
}

/// The plan for `whole` photos that are run in `parts` micro-batches of the same size.
pub(super) fn build(
    network: &Network,
    whole: usize,
    parts: usize,
    goal: Goal,
    augmentation: Option<&Augmentation>,
) -> Result<Plan, PlanError> {
    if whole == 0 {
        return Err(PlanError::EmptyBatch);
    }
    let batch = whole.div_ceil(parts);
    check_sizes(network, batch)?;
    let image_len: usize = network.input_shape().iter().product();
    let units = network.output_units();
    let mut builder = Builder {
        network,
        batch,
        goal,
        buffers: Vec::new(),
        short: Vec::new(),
        spared: 0,
        steps: Vec::new(),
    };
    let parameters = builder.buffer(Role::Parameters, network.parameter_words());
    let bytes = builder.buffer(Role::Images, (batch * image_len).div_ceil(4));
    let images = builder.short(batch * image_len);
    match augmentation {
        Some(augmentation) => {
            let transforms = builder.buffer(Role::Transforms, batch * augment::ROW);
            let operation = augment::Augment::new(batch, network.input_shape(), augmentation);
            builder.step(operation, [bytes, transforms], [images]);
        }
        None => builder.step(rescale::Rescale { count: batch * image_len }, [bytes], [images]),
    }
    let trail = forward::lower(&mut builder, images);
    if let Goal::Evaluate(loss) | Goal::Train(loss, _) = goal {
        loss.check(network.output_activation())?;
        let labels = builder.buffer(Role::Labels, batch);
        let weights = builder.buffer(Role::Weights, batch);
        let metrics = builder.buffer(Role::Metrics, METRIC_ROWS * METRIC_COLUMNS);
        let gradient = matches!(goal, Goal::Train(..));
        let operation = Crossentropy { loss, batch, units, gradient };
        if gradient {
            let logits_gradient = builder.short(batch * units);
            builder.step(operation, [trail.logits, labels, weights], [metrics, logits_gradient]);
            backward::lower(&mut builder, &trail, logits_gradient);
        } else {
            builder.step(operation, [trail.logits, labels, weights], [metrics]);
        }
    }
    let mut steps_a_part = builder.steps.len();
    if let Goal::Train(_, optimizer) = goal {
        optimizer.check()?;
        let count = network.parameter_words();
        let mut gradients = builder.buffer(Role::Gradients, count);
        if batch < whole {
            let sums = builder.buffer(Role::GradientSums, count);
            builder.step(accumulate::Accumulate { count }, [gradients], [sums]);
            gradients = sums;
        }
        steps_a_part = builder.steps.len();
        let mut outputs = vec![parameters];
        outputs.extend((0..optimizer.slots()).map(|slot| builder.buffer(Role::Slot(slot), count)));
        builder.step_of(Update { optimizer, count }, vec![gradients], outputs);
    }
    let plan = builder.finish(image_len, units);
    Ok(Plan { batch: whole, steps_a_part, augmentation: augmentation.copied(), ..plan })
}

fn check_sizes(network: &Network, batch: usize) -> Result<(), PlanError> {
    match values_a_photo(network).checked_mul(batch as u64) {
        Some(values) if values < MOST_VALUES => Ok(()),
        _ => Err(PlanError::TooLarge { batch }),
    }
}

/// Values of one photo in all layers' outputs, and before the first one: its own, and what happens to it.
pub(super) fn values_a_photo(network: &Network) -> u64 {
    let values = |shape: &[usize]| shape.iter().map(|size| *size as u64).product::<u64>();
    let outputs = network.layers().iter().map(|layer| values(&layer.output_shape));
    outputs.fold(values(&network.input_shape()) + augment::ROW as u64, u64::saturating_add)
}

impl Builder<'_> {
    /// The buffer with this role, made if it is not there yet.
    pub(super) fn buffer(&mut self, role: Role, len: usize) -> Value {
        let buffer = self.buffers.iter().position(|buffer| buffer.role == role).unwrap_or_else(|| {
            self.buffers.push(Buffer { role, len });
            self.buffers.len() - 1
        });
        Value::Fixed(View { buffer, offset: 0, len })
    }

    /// A new short-lived value.
    pub(super) fn short(&mut self, len: usize) -> Value {
        self.short.push(len);
        Value::Short(self.short.len() - 1)
    }

    /// Notes a layer's output that is never made.
    pub(super) fn spare(&mut self, len: usize) {
        self.spared += len as u64;
    }

    pub(super) fn step<const I: usize, const O: usize>(
        &mut self,
        operation: impl Operation + 'static,
        inputs: [Value; I],
        outputs: [Value; O],
    ) {
        self.step_of(operation, inputs.to_vec(), outputs.to_vec());
    }

    pub(super) fn step_of(
        &mut self,
        operation: impl Operation + 'static,
        inputs: Vec<Value>,
        outputs: Vec<Value>,
    ) {
        self.steps.push(DraftStep { operation: Box::new(operation), inputs, outputs });
    }

    /// The part of the buffer with this role that belongs to the network's parameter with this index.
    pub(super) fn parameter(&mut self, role: Role, index: usize) -> Value {
        let Parameter { offset, .. } = self.network.parameters()[index];
        let len = self.network.parameters()[index].len();
        match self.buffer(role, self.network.parameter_words()) {
            Value::Fixed(view) => Value::Fixed(View { offset, len, ..view }),
            short @ Value::Short(_) => short,
        }
    }

    pub(super) fn trains(&self) -> bool {
        matches!(self.goal, Goal::Train(..))
    }

    fn finish(mut self, image_len: usize, units: usize) -> Plan {
        let shared = place(&self.short, &self.steps);
        let first = self.buffers.len();
        self.buffers.extend(shared.lens.iter().map(|len| Buffer { role: Role::Activations, len: *len }));
        let view = |value: &Value| match *value {
            Value::Fixed(view) => view,
            Value::Short(number) => {
                View { buffer: first + shared.buffer_of[number], offset: 0, len: self.short[number] }
            }
        };
        let steps = self.steps.into_iter().map(|draft| Step {
            inputs: draft.inputs.iter().map(view).collect(),
            outputs: draft.outputs.iter().map(view).collect(),
            operation: draft.operation,
        });
        #[cfg(test)]
        let lives = (0..self.short.len()).map(|number| (view(&Value::Short(number)), shared.lives[number]));
        Plan {
            #[cfg(test)]
            lives: lives.collect(),
            network: Some(self.network.clone()),
            goal: self.goal,
            augmentation: None,
            batch: self.batch,
            micro_batch: self.batch,
            image_len,
            units,
            steps_a_part: steps.len(),
            steps: steps.collect(),
            buffers: self.buffers,
            unshared_bytes: 4 * (self.short.iter().map(|len| *len as u64).sum::<u64>() + self.spared),
        }
    }
}
