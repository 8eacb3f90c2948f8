//! Runs a plan on this thread, and shares batches with other threads where there are some.
//!
//! A [`Helper`] has memory of its own and the same code: it takes a share of each batch, and gives back the
//! gradients of its photos, which this thread adds up before it changes the parameters. So the number of
//! threads changes nothing but the order of sums. In the browser helpers are workers with an instance each
//! of the one wasm; no memory is shared, so that any static host serves the page.

mod crew;
mod hand;
mod part;
#[cfg(test)]
pub(crate) mod tests;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crew::{Crew, Numbered, Version};
pub use hand::{Answer, Done, Hand, Helper, Order, Reply, Task, Values};
use part::Part;

use super::{Batch, DeviceError, Timing};
use crate::memory::{self, Full};
use crate::ops::StepParams;
use crate::ops::loss::METRIC_COLUMNS;
use crate::plan::{Goal, Plan, Role};

/// What the device is called.
pub const NAME: &str = if cfg!(target_arch = "wasm32") { "WebAssembly SIMD" } else { "CPU" };

/// How many of a helper's gradients are copied at once, and added while they are in the cache.
const PIECE: usize = 8192;

/// The bytes that a plan may take in a thread. A wasm instance has 4 GiB at the most. The plans of a run, an evaluation
/// and a prediction are there at the same time, but few are large at once; datasets, models and photos being decoded lie
/// beside them. The largest network's gradients and their sums take a quarter of this.
pub const MOST_MEMORY: u64 = 1 << 30;

/// The CPU; clones share their helpers.
#[derive(Debug, Clone)]
pub struct Cpu {
    crew: Rc<Crew>,
    memory: u64,
}

impl Default for Cpu {
    fn default() -> Self {
        Self::with_memory(MOST_MEMORY)
    }
}

impl Cpu {
    /// Shares batches with one more thread from now on.
    pub fn join(&self, helper: Box<dyn Helper>) {
        self.crew.join(helper);
    }

    /// The threads that compute, this one among them.
    pub fn workers(&self) -> usize {
        1 + self.crew.count()
    }

    /// A device whose plans may take so many bytes in each thread.
    pub(super) fn with_memory(memory: u64) -> Self {
        Self { crew: Rc::default(), memory }
    }

    /// The bytes that a plan may take in each thread.
    pub(super) fn memory(&self) -> u64 {
        self.memory
    }

    pub(super) fn weights(&self, values: &[f32], frozen: &Rc<Vec<f32>>) -> Result<Weights, Full> {
        Ok(Weights(Rc::new(Parameters {
            values: RefCell::new(memory::copy(values)?),
            slots: RefCell::default(),
            frozen: Rc::clone(frozen),
            number: self.crew.number(),
            changes: Cell::new(0),
            crew: Rc::clone(&self.crew),
        })))
    }

    pub(super) fn program(&self, plan: Plan, weights: &Weights) -> Result<Program, Full> {
        let number = self.crew.number();
        let plan = Rc::new(plan);
        // A plan costs the same for fewer photos than it is for: each thread's is for its share.
        let share = plan.batch.div_ceil(self.workers());
        let part = Box::new(Part::of_share(&plan, share, self.memory, &weights.0.frozen)?);
        // The slots are made with the first step.
        let slots = plan.buffers.iter().filter(|buffer| matches!(buffer.role, Role::Slot(_)));
        drop(memory::room::<f32>(slots.map(|slot| slot.len).sum())?);
        let (weights, crew) = (weights.clone(), Rc::clone(&self.crew));
        Ok(Program { plan, part, number, weights, crew, memory: self.memory, piece: Vec::new() })
    }
}

/// A model's parameters and its optimizer's slots; clones are the same ones.
#[derive(Debug, Clone)]
pub struct Weights(Rc<Parameters>);

#[derive(Debug)]
struct Parameters {
    values: RefCell<Vec<f32>>,
    /// None before the first training step.
    slots: RefCell<Vec<Vec<f32>>>,
    /// What no training changes.
    frozen: Rc<Vec<f32>>,
    number: u32,
    changes: Cell<u64>,
    crew: Rc<Crew>,
}

impl Drop for Parameters {
    fn drop(&mut self) {
        self.crew.forget(self.number);
    }
}

impl Weights {
    /// Their values now.
    pub fn read(&self) -> Vec<f32> {
        self.0.values.borrow().clone()
    }

    pub(super) fn read_slots(&self) -> Vec<Vec<f32>> {
        self.0.slots.borrow().clone()
    }

    pub(super) fn write(&self, values: &[f32], slots: &[Vec<f32>]) -> Result<(), DeviceError> {
        let len = self.0.values.borrow().len();
        super::check_sizes(len, values, slots)?;
        self.0.values.replace(values.to_vec());
        self.0.slots.replace(slots.to_vec());
        // The helpers have others.
        self.0.changes.set(self.0.changes.get() + 1);
        Ok(())
    }

    pub(super) fn forget_slots(&self) {
        self.0.slots.take();
    }
}

/// A plan with its buffers.
#[derive(Debug)]
pub struct Program {
    plan: Rc<Plan>,
    /// This thread's share of it.
    part: Box<Part>,
    number: u32,
    weights: Weights,
    crew: Rc<Crew>,
    /// What a helper's share of it may take, in bytes.
    memory: u64,
    /// Room for a piece of a helper's gradients.
    piece: Vec<f32>,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.crew.forget(self.number);
    }
}

impl Program {
    /// Has all that is of no use become NaN, on this thread.
    #[cfg(test)]
    pub(super) fn spoil(&mut self) {
        self.part.spoils = true;
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(super) async fn run(&mut self, batch: &Batch<'_>, step: &StepParams) {
        let helpers = if self.plan.network.is_some() { self.crew.count() } else { 0 };
        let shares = batch.shares(&self.plan, 1 + helpers);
        let Some((own, others)) = shares.split_first() else { return };
        let weights = self.weights.clone();
        let version = Version { number: weights.0.number, changes: weights.0.changes.get() };
        // The others first: they compute while this thread does its own share.
        let answers = {
            let values = weights.0.values.borrow();
            let frozen = Some((weights.0.number, &weights.0.frozen[..]));
            let frozen = frozen.filter(|_| self.plan.buffer(Role::Frozen).is_some());
            let program = Numbered { number: self.number, plan: &self.plan, memory: self.memory, frozen };
            self.crew.run(program, (version, &values), others, step)
        };
        self.part.probabilities().clear();
        let mut pieces = own.pieces(&self.plan, self.part.plan.batch).into_iter();
        if let Some(first) = pieces.next() {
            self.part.run(&mut weights.0.values.borrow_mut(), &first, step);
        }
        // There are more where a helper was lost after the program was made.
        for piece in pieces {
            self.catch_up(&mut weights.0.values.borrow_mut(), &piece, step);
        }
        for ((member, answer), share) in answers.into_iter().zip(others) {
            match answer.await {
                Some(answer) if answer.error.is_none() => self.add(&answer, step),
                // Its photos are not lost: this thread does them, too.
                _ => {
                    self.crew.lose(member);
                    for piece in share.pieces(&self.plan, self.part.plan.batch) {
                        self.catch_up(&mut weights.0.values.borrow_mut(), &piece, step);
                    }
                }
            }
        }
        if matches!(self.plan.goal, Goal::Train(..)) {
            let version = Version { changes: version.changes + 1, ..version };
            weights.0.changes.set(version.changes);
            let (parameters, slots) = (&weights.0.values, &weights.0.slots);
            self.part.update(&mut parameters.borrow_mut(), &mut slots.borrow_mut(), step);
            // They take them over while this thread makes the next batch ready.
            self.crew.teach(version, &weights.0.values.borrow());
        }
    }

    fn add(&mut self, answer: &Answer, step: &StepParams) {
        let (rows, _) = self.part.metrics().as_chunks_mut::<METRIC_COLUMNS>();
        if let Some(row) = rows.get_mut(step.row as usize) {
            add(row, &answer.metrics);
        }
        let values = answer.values.as_ref();
        let gradients = self.part.gradients();
        if gradients.is_empty() {
            let probabilities = self.part.probabilities();
            let before = probabilities.len();
            probabilities.resize(before + values.count(), 0.0);
            values.read(0, &mut probabilities[before..]);
            return;
        }
        self.piece.resize(PIECE, 0.0);
        for (nth, sums) in gradients.chunks_mut(PIECE).enumerate() {
            let piece = &mut self.piece[..sums.len()];
            values.read(nth * PIECE, piece);
            add(sums, piece);
        }
    }

    /// Runs more photos of a batch, and adds what comes of them to what is there.
    fn catch_up(&mut self, parameters: &mut Vec<f32>, share: &Batch<'_>, step: &StepParams) {
        // Behind the first part of a batch, the metrics add up, and so do the gradients of a plan that is cut.
        let before = if self.part.adds_up() { Vec::new() } else { self.part.gradients().to_vec() };
        self.part.run(parameters, share, &StepParams { part: 1, ..*step });
        add(self.part.gradients(), &before);
    }

    /// What each step takes on its own, or those alone that `only` names: for the whole batch, on this thread.
    ///
    /// # Errors
    /// Too little memory for it.
    pub(super) fn profile(&mut self, runs: usize, only: Option<&str>) -> Result<Vec<Timing>, DeviceError> {
        let mut part = Part::new(Rc::clone(&self.plan), &self.weights.0.frozen)?;
        Ok(part.profile(self.weights.read(), runs, only))
    }

    pub(super) fn write(&mut self, role: Role, values: &[f32]) {
        self.part.fill(role, bytemuck::cast_slice(values));
    }

    pub(super) fn read(&self, role: Role) -> Vec<f32> {
        match role {
            Role::Parameters => self.weights.read(),
            Role::Probabilities if self.plan.buffer(role).is_some() => {
                let mut values = self.part.read(role);
                values.resize(self.plan.batch * self.plan.units, 0.0);
                values
            }
            _ => self.part.read(role),
        }
    }
}

fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}
