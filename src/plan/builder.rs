//! A plan in the making: steps over values, of which the short-lived ones have no place yet.

use super::gradients::{Activated, Gradients};
use super::lifetimes::place;
use super::value::{DraftStep, Value};
use super::{Buffer, Goal, MOST_VALUES, Plan, PlanError, Role, Step, View};
use crate::model::{Activation, Augmentation, Network, PlacedLayer, Region, Weight};
use crate::ops::activation::{self, Function};
use crate::ops::add::{MOST_TERMS, Sum};
use crate::ops::{Operation, augment, rescale};

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
    pub(super) steps: Vec<DraftStep>,
    /// How many layers read each value of the network.
    pub(super) readers: Vec<usize>,
    /// Which layers became part of a step of a layer before them.
    pub(super) covered: Vec<bool>,
    pub(super) gradients: Gradients,
    /// Whether values are kept that only the way back reads.
    pub(super) keeps_the_way_back: bool,
    dropouts: u32,
}

/// Values of one photo in all layers' outputs, and before the first one: its own, and what happens to it.
pub(super) fn values_a_photo(network: &Network) -> u64 {
    let values = |shape: &[usize]| shape.iter().map(|size| *size as u64).product::<u64>();
    let outputs = network.layers().iter().map(|layer| values(&layer.output_shape));
    outputs.fold(values(&network.input_shape()) + augment::ROW as u64, u64::saturating_add)
}

impl<'a> Builder<'a> {
    /// # Errors
    /// [`PlanError::EmptyBatch`], and [`PlanError::TooLarge`] for more values than shaders can count.
    pub(super) fn new(network: &'a Network, batch: usize, goal: Goal) -> Result<Self, PlanError> {
        if batch == 0 {
            return Err(PlanError::EmptyBatch);
        }
        match values_a_photo(network).checked_mul(batch as u64) {
            Some(values) if values < MOST_VALUES => {}
            _ => return Err(PlanError::TooLarge { batch }),
        }
        Ok(Self {
            network,
            batch,
            goal,
            buffers: Vec::new(),
            short: Vec::new(),
            spared: 0,
            steps: Vec::new(),
            readers: network.readers(),
            covered: vec![false; network.layers().len()],
            gradients: Gradients::to_trained(network),
            keeps_the_way_back: matches!(goal, Goal::Train(..)),
            dropouts: 0,
        })
    }

    /// Adds the step from the photos' bytes to the network's input.
    pub(super) fn images(&mut self, augmentation: Option<&Augmentation>) -> Value {
        let count = self.batch * self.network.input_shape().iter().product::<usize>();
        let bytes = self.buffer(Role::Images, count.div_ceil(4));
        let images = self.short(count);
        match augmentation {
            Some(augmentation) => {
                let transforms = self.buffer(Role::Transforms, self.batch * augment::ROW);
                let operation = augment::Augment::new(self.batch, self.network.input_shape(), augmentation);
                self.step(operation, [bytes, transforms], [images]);
            }
            None => self.step(rescale::Rescale { count }, [bytes], [images]),
        }
        images
    }

    /// Copies a value into a buffer of its own.
    pub(super) fn copy_to(&mut self, role: Role, value: Value) {
        let count = self.len(value);
        let to = self.buffer(role, count);
        self.step(Sum { count, terms: 1 }, [value], [to]);
    }

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
        let parameter = &self.network.parameters()[index];
        let (offset, len) = (parameter.offset, parameter.len());
        let frozen = self.network.words(Region::Frozen);
        let words = if parameter.is_frozen() { frozen } else { self.network.parameter_words() };
        match self.buffer(role, words) {
            Value::Fixed(view) => Value::Fixed(View { offset, len, ..view }),
            short @ Value::Short(_) => short,
        }
    }

    /// A layer's parameter, if it has it.
    pub(super) fn weight(&mut self, placed: &PlacedLayer, weight: Weight) -> Option<Value> {
        let index = placed.weight(weight)?;
        let frozen = self.network.parameters()[index].is_frozen();
        Some(self.parameter(if frozen { Role::Frozen } else { Role::Parameters }, index))
    }

    /// What a layer's output goes through in this plan: the last layer's activation belongs to the loss.
    pub(super) fn activation(&self, index: usize, activation: Activation) -> Activation {
        if index + 1 == self.network.layers().len() { Activation::Linear } else { activation }
    }

    /// Adds a step for an activation that nothing was fused with.
    pub(super) fn activate(&mut self, function: Function, before: Value, units: usize) -> Activated {
        if function == Function::Linear {
            return Activated { function, units, before, after: before };
        }
        let len = self.len(before);
        let after = self.short(len);
        self.step(activation::Forward { function, rows: len / units, units }, [before], [after]);
        Activated { function, units, before, after }
    }

    /// The samples' numbers in the epoch.
    pub(super) fn samples(&mut self) -> Value {
        self.buffer(Role::Samples, self.batch)
    }

    /// A number for each dropout, by which its masks are drawn.
    pub(super) fn next_dropout(&mut self) -> u32 {
        self.dropouts += 1;
        self.dropouts - 1
    }

    /// The sum of values of the same length, as a new value.
    pub(super) fn sum(&mut self, values: &[Value]) -> Value {
        let count = values.first().map_or(0, |value| self.len(*value));
        let mut sum: Option<Value> = None;
        let mut rest = values;
        while !rest.is_empty() {
            let room = MOST_TERMS - usize::from(sum.is_some());
            let (terms, others) = rest.split_at(rest.len().min(room));
            let terms: Vec<Value> = sum.into_iter().chain(terms.iter().copied()).collect();
            let to = self.short(count);
            self.step_of(Sum { count, terms: terms.len() }, terms, vec![to]);
            (sum, rest) = (Some(to), others);
        }
        sum.unwrap_or_else(|| self.short(0))
    }

    /// How many values there are in a value.
    pub(super) fn len(&self, value: Value) -> usize {
        match value {
            Value::Fixed(view) => view.len,
            Value::Short(number) => self.short[number],
        }
    }

    pub(super) fn trains(&self) -> bool {
        matches!(self.goal, Goal::Train(..))
    }

    pub(super) fn finish(mut self, image_len: usize, units: usize) -> Plan {
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
            from: 0,
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
