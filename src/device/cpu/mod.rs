//! Runs a plan on this thread.
//!
//! It is SIMD where the compiler makes it so and a GEMM crate for the large products; it is not yet
//! spread over several workers.

use std::cell::RefCell;
use std::rc::Rc;

use super::Batch;
use crate::ops::{Io, Scratch, StepParams};
use crate::plan::{Plan, Role, Step, View};

/// What the device is called.
pub const NAME: &str = if cfg!(target_arch = "wasm32") { "WebAssembly SIMD" } else { "CPU" };

/// A model's parameters; clones are the same parameters.
#[derive(Debug, Clone)]
pub struct Weights(Rc<RefCell<Vec<f32>>>);

impl Weights {
    /// Parameters with these values.
    pub fn new(values: &[f32]) -> Self {
        Self(Rc::new(RefCell::new(values.to_vec())))
    }

    /// Their values now.
    pub fn read(&self) -> Vec<f32> {
        self.0.borrow().clone()
    }
}

/// A plan with its buffers.
#[derive(Debug)]
pub struct Program {
    plan: Plan,
    weights: Weights,
    buffers: Vec<Vec<f32>>,
    scratch: Scratch,
    /// Of the whole batch, where it is run in parts.
    probabilities: Vec<f32>,
}

impl Program {
    /// Makes the plan's buffers, filled with zeros.
    pub fn new(plan: Plan, weights: &Weights) -> Self {
        let buffers = plan.buffers.iter().map(|buffer| match buffer.role {
            Role::Parameters => Vec::new(),
            _ => vec![0.0; buffer.len],
        });
        Self {
            buffers: buffers.collect(),
            weights: weights.clone(),
            scratch: Scratch::default(),
            probabilities: Vec::new(),
            plan,
        }
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) fn run(&mut self, batch: &Batch<'_>, step: &StepParams) {
        let parameters = self.plan.buffer(Role::Parameters);
        if let Some(parameters) = parameters {
            std::mem::swap(&mut self.buffers[parameters], &mut self.weights.0.borrow_mut());
        }
        self.probabilities.clear();
        for (batch, step) in batch.parts(&self.plan, step) {
            self.fill(Role::Images, batch.images);
            self.fill(Role::Labels, bytemuck::cast_slice(batch.labels));
            self.fill(Role::Weights, bytemuck::cast_slice(batch.weights));
            self.fill(Role::Samples, bytemuck::cast_slice(batch.samples));
            for planned in &self.plan.steps[..self.plan.steps_a_part] {
                run(planned, &step, &mut self.buffers, &mut self.scratch);
            }
            if let Some(probabilities) = self.plan.buffer(Role::Probabilities) {
                self.probabilities.extend_from_slice(&self.buffers[probabilities]);
            }
        }
        for planned in &self.plan.steps[self.plan.steps_a_part..] {
            run(planned, step, &mut self.buffers, &mut self.scratch);
        }
        if let Some(parameters) = parameters {
            std::mem::swap(&mut self.buffers[parameters], &mut self.weights.0.borrow_mut());
        }
    }

    /// Seconds of each step on its own, the shortest of `runs` times, by its operation's label.
    pub(super) fn profile(&mut self, runs: usize) -> Vec<(String, f64)> {
        let step = StepParams::default();
        let weights = self.weights.read();
        if let Some(parameters) = self.plan.buffer(Role::Parameters) {
            self.buffers[parameters] = weights;
        }
        let time = |planned: &Step| {
            let once = |_| {
                let start = web_time::Instant::now();
                run(planned, &step, &mut self.buffers, &mut self.scratch);
                start.elapsed().as_secs_f64()
            };
            (planned.operation.label(), (0..runs).map(once).fold(f64::INFINITY, f64::min))
        };
        self.plan.steps.iter().map(time).collect()
    }

    pub(super) fn read(&self, role: Role) -> Vec<f32> {
        match (self.plan.buffer(role), role) {
            (_, Role::Parameters) => self.weights.read(),
            (_, Role::Probabilities) => self.whole_probabilities(),
            (Some(buffer), _) => self.buffers[buffer].clone(),
            (None, _) => Vec::new(),
        }
    }

    /// Of the batch, `[batch, units]`; zeros where a short one has no photos.
    fn whole_probabilities(&self) -> Vec<f32> {
        let mut values = self.probabilities.clone();
        let has_them = self.plan.buffer(Role::Probabilities).is_some();
        values.resize(if has_them { self.plan.batch * self.plan.units } else { 0 }, 0.0);
        values
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
