//! A plan run on this thread.

use std::rc::Rc;

use crate::device::profile::{is, least, median, more};
use crate::device::{Batch, Timing};
use crate::ops::{Io, Scratch, StepParams};
use crate::plan::{Plan, Role, Step, View};

/// How often a step is repeated at the most to be timed: a browser's clock may step by a tenth of a millisecond.
const MOST_REPEATS: usize = 10_000;

/// A plan with its buffers, but for the parameters and the optimizer's slots, which are the model's.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) plan: Rc<Plan>,
    buffers: Vec<Vec<f32>>,
    scratch: Scratch,
    /// Of all photos of the last batch.
    probabilities: Vec<f32>,
}

impl Part {
    /// Makes the plan's buffers, filled with zeros.
    pub(super) fn new(plan: Rc<Plan>) -> Self {
        let buffers = plan.buffers.iter().map(|buffer| match buffer.role {
            Role::Parameters | Role::Slot(_) => Vec::new(),
            _ => vec![0.0; buffer.len],
        });
        Self { buffers: buffers.collect(), scratch: Scratch::default(), probabilities: Vec::new(), plan }
    }

    /// All that comes before the update, for at most as many photos as the plan is for. Gradients are then
    /// those of these photos, and their probabilities come behind those before.
    pub(super) fn run(&mut self, parameters: &mut Vec<f32>, batch: &Batch<'_>, step: &StepParams) {
        for (batch, step) in batch.parts(&self.plan, step) {
            self.fill(Role::Images, batch.images);
            self.fill(Role::Labels, bytemuck::cast_slice(batch.labels));
            self.fill(Role::Weights, bytemuck::cast_slice(batch.weights));
            self.fill(Role::Samples, bytemuck::cast_slice(batch.samples));
            self.fill(Role::Transforms, bytemuck::cast_slice(&batch.transforms(&self.plan, &step)));
            self.with_parameters(parameters, |part| {
                for planned in &part.plan.steps[..part.plan.steps_a_part] {
                    run(planned, &step, &mut part.buffers, &mut part.scratch);
                }
            });
            if let Some(probabilities) = self.plan.buffer(Role::Probabilities) {
                let photos = batch.images.len() / self.plan.image_len;
                let of_photos = &self.buffers[probabilities][..photos * self.plan.units];
                self.probabilities.extend_from_slice(of_photos);
            }
        }
    }

    /// Changes the parameters by what the gradients say, where the plan trains. Slots that are not there yet begin at zero.
    pub(super) fn update(&mut self, parameters: &mut Vec<f32>, slots: &mut Vec<Vec<f32>>, step: &StepParams) {
        self.with_slots(slots, |part| {
            part.with_parameters(parameters, |part| {
                for planned in &part.plan.steps[part.plan.steps_a_part..] {
                    run(planned, step, &mut part.buffers, &mut part.scratch);
                }
            });
        });
    }

    /// The gradients of all parameters; empty where the plan does not train.
    pub(super) fn gradients(&mut self) -> &mut [f32] {
        match self.plan.buffer(Role::Gradients) {
            Some(buffer) => &mut self.buffers[buffer],
            None => &mut [],
        }
    }

    /// The metrics, a row a step; empty where the plan has none.
    pub(super) fn metrics(&mut self) -> &mut [f32] {
        match self.plan.buffer(Role::Metrics) {
            Some(buffer) => &mut self.buffers[buffer],
            None => &mut [],
        }
    }

    pub(super) fn probabilities(&mut self) -> &mut Vec<f32> {
        &mut self.probabilities
    }

    /// What each step takes on its own, or those alone that `only` names.
    pub(super) fn profile(
        &mut self,
        mut parameters: Vec<f32>,
        runs: usize,
        only: Option<&str>,
    ) -> Vec<Timing> {
        let photos = self.plan.micro_batch;
        let step = StepParams { scale: 1.0 / photos as f32, ..StepParams::default() };
        self.make_up();
        self.fill(Role::Transforms, bytemuck::cast_slice(&Batch::first_transforms(&self.plan)));
        let mut profile = Vec::new();
        let mut slots = Vec::new();
        let timed = |part: &mut Self| {
            let plan = Rc::clone(&part.plan);
            for planned in &plan.steps {
                // The others run once all the same: what a gradient takes depends on how much of it is zero.
                if !is(planned.operation.as_ref(), only) {
                    run(planned, &step, &mut part.buffers, &mut part.scratch);
                    continue;
                }
                let mut time = |repeats: usize| {
                    let start = web_time::Instant::now();
                    for _ in 0..repeats {
                        run(planned, &step, &mut part.buffers, &mut part.scratch);
                    }
                    start.elapsed().as_secs_f64()
                };
                time(1);
                let mut repeats = 1;
                while let Some(next) = more(repeats, time(repeats), least(0.0), MOST_REPEATS) {
                    repeats = next;
                }
                profile.push(Timing {
                    label: planned.operation.label(),
                    sizes: planned.operation.sizes(),
                    kernels: Vec::new(),
                    seconds: median((0..runs).map(|_| time(repeats) / repeats as f64).collect()),
                });
            }
        };
        self.with_slots(&mut slots, |part| part.with_parameters(&mut parameters, timed));
        profile
    }

    /// Fills the batch with photos that look like noise, of the first class.
    fn make_up(&mut self) {
        let photos = self.plan.micro_batch;
        let noise = |place: u32| (place.wrapping_mul(2_654_435_761) >> 24) as u8;
        let images: Vec<u8> = (0..(photos * self.plan.image_len) as u32).map(noise).collect();
        self.fill(Role::Images, &images);
        self.fill(Role::Weights, bytemuck::cast_slice(&vec![1.0_f32; photos]));
    }

    pub(super) fn read(&self, role: Role) -> Vec<f32> {
        match (self.plan.buffer(role), role) {
            (_, Role::Probabilities) => self.probabilities.clone(),
            (Some(buffer), _) => self.buffers[buffer].clone(),
            (None, _) => Vec::new(),
        }
    }

    /// Lends the parameters to the plan's own buffer for them.
    fn with_parameters(&mut self, parameters: &mut Vec<f32>, with: impl FnOnce(&mut Self)) {
        let buffer = self.plan.buffer(Role::Parameters);
        if let Some(buffer) = buffer {
            std::mem::swap(&mut self.buffers[buffer], parameters);
        }
        with(self);
        if let Some(buffer) = buffer {
            std::mem::swap(&mut self.buffers[buffer], parameters);
        }
    }

    /// Lends the optimizer's slots to the plan's own buffers for them.
    fn with_slots(&mut self, slots: &mut Vec<Vec<f32>>, with: impl FnOnce(&mut Self)) {
        let plan = Rc::clone(&self.plan);
        let planned = plan.buffers.iter().enumerate().filter_map(|(index, buffer)| match buffer.role {
            Role::Slot(number) => Some((index, number, buffer.len)),
            _ => None,
        });
        for (_, number, len) in planned.clone() {
            if slots.len() <= number {
                slots.resize(number + 1, Vec::new());
            }
            slots[number].resize(len, 0.0);
        }
        let swap = |part: &mut Self, slots: &mut Vec<Vec<f32>>| {
            for (index, number, _) in planned.clone() {
                std::mem::swap(&mut part.buffers[index], &mut slots[number]);
            }
        };
        swap(self, slots);
        with(self);
        swap(self, slots);
    }

    /// Writes bytes to the front of a buffer, zeros behind them.
    fn fill(&mut self, role: Role, bytes: &[u8]) {
        let Some(buffer) = self.plan.buffer(role) else { return };
        let to: &mut [u8] = bytemuck::cast_slice_mut(&mut self.buffers[buffer]);
        let (front, rest) = to.split_at_mut(bytes.len());
        front.copy_from_slice(bytes);
        rest.fill(0);
    }
}

/// Takes the buffers that the step writes out of their places, so that the others can be borrowed.
fn run(planned: &Step, step: &StepParams, buffers: &mut [Vec<f32>], scratch: &mut Scratch) {
    let mut taken: Vec<Vec<f32>> =
        planned.outputs.iter().map(|view| std::mem::take(&mut buffers[view.buffer])).collect();
    let range = |view: &View| view.offset..view.offset + view.len;
    let mut io = Io {
        inputs: planned.inputs.iter().map(|view| &buffers[view.buffer][range(view)]).collect(),
        outputs: taken
            .iter_mut()
            .zip(&planned.outputs)
            .map(|(taken, view)| &mut taken[range(view)])
            .collect(),
        scratch,
    };
    planned.operation.cpu(step, &mut io);
    for (taken, view) in taken.into_iter().zip(&planned.outputs) {
        buffers[view.buffer] = taken;
    }
}
