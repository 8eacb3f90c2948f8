//! A plan run on this thread.

use std::rc::Rc;

use crate::device::profile::{is, least, median, more};
use crate::device::{Batch, Timing};
use crate::memory::{self, Full};
use crate::ops::{Io, Scratch, StepParams};
use crate::plan::{Limits, Plan, Role, Step, View};

/// How often a step is repeated at the most to be timed: a browser's clock may step by a tenth of a millisecond.
const MOST_REPEATS: usize = 10_000;

/// A plan with its buffers, but for the parameters and the optimizer's slots, which are the model's.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) plan: Rc<Plan>,
    buffers: Vec<Vec<f32>>,
    /// The parameters that no training changes; empty where the plan reads none.
    frozen: Rc<Vec<f32>>,
    scratch: Scratch,
    /// Of all photos of the last batch.
    probabilities: Vec<f32>,
    /// Whether all that is of no use becomes NaN.
    #[cfg(test)]
    pub(super) spoils: bool,
}

impl Part {
    /// Makes the plan's buffers, filled with zeros, and room for the scratch: no step allocates anything large.
    ///
    /// # Errors
    /// All that it takes, where there is less.
    pub(super) fn new(plan: Rc<Plan>, frozen: &Rc<Vec<f32>>) -> Result<Self, Full> {
        let all = |_| Full(plan.cpu_bytes());
        let mut buffers = Vec::with_capacity(plan.buffers.len());
        for buffer in &plan.buffers {
            let len = if buffer.role.is_a_models() { 0 } else { buffer.len };
            buffers.push(memory::zeros(len).map_err(all)?);
        }
        let mut scratch = Scratch::default();
        for (part, len) in scratch.iter_mut().zip(plan.cpu_scratch()) {
            *part = usize::try_from(len).map_err(|_| Full(len)).and_then(memory::room).map_err(all)?;
        }
        Ok(Self {
            buffers,
            frozen: Rc::clone(frozen),
            scratch,
            probabilities: Vec::new(),
            plan,
            #[cfg(test)]
            spoils: false,
        })
    }

    /// The part for a share of a plan's photos that takes so many bytes at the most. Where there is less memory, it does
    /// with half of that, and so on, in smaller micro-batches.
    ///
    /// # Errors
    /// What the smallest part takes that was tried, where there is less.
    pub(super) fn of_share(
        plan: &Rc<Plan>,
        share: usize,
        memory: u64,
        frozen: &Rc<Vec<f32>>,
    ) -> Result<Self, Full> {
        let mut limit = memory;
        let within = |limit| {
            let resized = plan.resized(share, Limits { buffer: None, memory: Some(limit) })?;
            resized.ok().map(Rc::new)
        };
        let mut tried = if share < plan.batch {
            within(limit).unwrap_or_else(|| Rc::clone(plan))
        } else {
            Rc::clone(plan)
        };
        loop {
            let full = match Self::new(Rc::clone(&tried), frozen) {
                Ok(part) => return Ok(part),
                Err(full) => full,
            };
            limit = limit.min(tried.cpu_bytes()) / 2;
            tried = within(limit).ok_or(full)?;
        }
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
            let plan = Rc::clone(&self.plan);
            self.with_parameters(parameters, |part| {
                #[cfg(test)]
                part.spoil_buffers(plan.anew(step.part == 0));
                for (planned, _number) in plan.steps[..plan.steps_a_part].iter().zip(0..) {
                    #[cfg(test)]
                    part.spoil(plan.begun_at(_number));
                    part.run_step(planned, &step);
                    #[cfg(test)]
                    part.spoil(plan.ended_at(_number));
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
                let plan = Rc::clone(&part.plan);
                for planned in &plan.steps[plan.steps_a_part..] {
                    part.run_step(planned, step);
                }
            });
        });
    }

    /// Whether the gradients of a batch's parts are added up in its run.
    pub(super) fn adds_up(&self) -> bool {
        self.plan.buffer(Role::GradientSums).is_some()
    }

    /// The gradients of all parameters, summed over the parts where there are several; empty where the plan does not
    /// train.
    pub(super) fn gradients(&mut self) -> &mut [f32] {
        match self.plan.buffer(Role::GradientSums).or(self.plan.buffer(Role::Gradients)) {
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
        let step = StepParams { scale: 1.0 / photos as f32, photos: photos as u32, ..StepParams::default() };
        self.make_up();
        self.fill(Role::Transforms, bytemuck::cast_slice(&Batch::first_transforms(&self.plan)));
        let mut profile = Vec::new();
        let mut slots = Vec::new();
        let timed = |part: &mut Self| {
            let plan = Rc::clone(&part.plan);
            for planned in &plan.steps {
                // The others run once all the same: what a gradient takes depends on how much of it is zero.
                if !is(planned.operation.as_ref(), only) {
                    part.run_step(planned, &step);
                    continue;
                }
                let mut time = |repeats: usize| {
                    let start = web_time::Instant::now();
                    for _ in 0..repeats {
                        part.run_step(planned, &step);
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

    fn run_step(&mut self, planned: &Step, step: &StepParams) {
        let frozen = self.plan.buffer(Role::Frozen).map(|buffer| (buffer, &self.frozen[..]));
        run(planned, step, &mut self.buffers, frozen, &mut self.scratch);
    }

    /// Writes bytes to the front of a buffer, zeros behind them.
    pub(super) fn fill(&mut self, role: Role, bytes: &[u8]) {
        let Some(buffer) = self.plan.buffer(role) else { return };
        let to: &mut [u8] = bytemuck::cast_slice_mut(&mut self.buffers[buffer]);
        let (front, rest) = to.split_at_mut(bytes.len());
        front.copy_from_slice(bytes);
        rest.fill(0);
    }
}

#[cfg(test)]
impl Part {
    /// What it takes, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        let values = self.buffers.iter().chain(&self.scratch).map(|values| values.capacity() as u64);
        4 * values.sum::<u64>()
    }

    fn spoil(&mut self, views: impl Iterator<Item = View>) {
        if self.spoils {
            views.for_each(|view| self.buffers[view.buffer][..view.len].fill(f32::NAN));
            self.scratch.iter_mut().for_each(|scratch| scratch.fill(f32::NAN));
        }
    }

    fn spoil_buffers(&mut self, buffers: impl Iterator<Item = usize>) {
        if self.spoils {
            buffers.for_each(|buffer| self.buffers[buffer].fill(f32::NAN));
        }
    }
}

/// Takes the buffers that the step writes out of their places, so that the others can be borrowed. The parameters that no
/// training changes are given by the number of their buffer.
pub(super) fn run(
    planned: &Step,
    step: &StepParams,
    buffers: &mut [Vec<f32>],
    frozen: Option<(usize, &[f32])>,
    scratch: &mut Scratch,
) {
    let mut written: Vec<(usize, &View)> = planned.outputs.iter().enumerate().collect();
    written.sort_by_key(|(_, view)| (view.buffer, view.offset));
    let of_one_buffer = || written.chunk_by(|(_, one), (_, other)| one.buffer == other.buffer);
    let mut taken: Vec<Vec<f32>> =
        of_one_buffer().map(|views| std::mem::take(&mut buffers[views[0].1.buffer])).collect();
    let mut outputs = Vec::with_capacity(written.len());
    for (views, taken) in of_one_buffer().zip(&mut taken) {
        // Parts of one buffer lie behind each other.
        let (mut rest, mut first) = (taken.as_mut_slice(), 0);
        for (number, view) in views {
            let (values, behind) = rest[view.offset - first..].split_at_mut(view.len);
            outputs.push((*number, values));
            (rest, first) = (behind, view.offset + view.len);
        }
    }
    outputs.sort_by_key(|(number, _)| *number);
    let range = |view: &View| view.offset..view.offset + view.len;
    let input = |view: &View| match frozen {
        Some((buffer, values)) if buffer == view.buffer => &values[range(view)],
        _ => &buffers[view.buffer][range(view)],
    };
    let mut io = Io {
        inputs: planned.inputs.iter().map(input).collect(),
        outputs: outputs.into_iter().map(|(_, values)| values).collect(),
        scratch,
    };
    planned.operation.cpu(step, &mut io);
    for (views, taken) in of_one_buffer().zip(taken) {
        buffers[views[0].1.buffer] = taken;
    }
}
