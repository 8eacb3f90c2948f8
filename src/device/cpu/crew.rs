//! The threads that share a batch, and what each of them has been told already.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use super::hand::{Helper, Order, Reply, Task};
use crate::device::Batch;
use crate::ops::StepParams;
use crate::plan::Plan;

/// The helpers of a CPU device.
#[derive(Debug, Default)]
pub(super) struct Crew {
    members: RefCell<Vec<Member>>,
    /// The last number that was given to a program or to parameters.
    last: Cell<u32>,
}

#[derive(Debug)]
struct Member {
    /// None where it did not answer: it is told nothing any more.
    helper: Option<Box<dyn Helper>>,
    /// Which version of the parameters with this number it has.
    parameters: HashMap<u32, u64>,
    /// The numbers of the parameters that never change and that it has.
    frozen: HashSet<u32>,
    /// The largest batch that the program with this number is for.
    programs: HashMap<u32, usize>,
}

/// Parameters as they are now: their number, and how often they have changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Version {
    pub(super) number: u32,
    pub(super) changes: u64,
}

/// A program: its number, and what it is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Numbered<'a> {
    pub(super) number: u32,
    pub(super) plan: &'a Plan,
    /// What a share of it may take, in bytes.
    pub(super) memory: u64,
    /// The parameters that it reads and that never change, with their number.
    pub(super) frozen: Option<(u32, &'a [f32])>,
}

impl Crew {
    pub(super) fn join(&self, helper: Box<dyn Helper>) {
        let (parameters, frozen, programs) = Default::default();
        self.members.borrow_mut().push(Member { helper: Some(helper), parameters, frozen, programs });
    }

    /// The helpers that work.
    pub(super) fn count(&self) -> usize {
        self.members.borrow().iter().filter(|member| member.helper.is_some()).count()
    }

    /// A number that nothing else has.
    pub(super) fn number(&self) -> u32 {
        self.last.set(self.last.get() + 1);
        self.last.get()
    }

    /// Gives a share of a batch to each of the helpers, as far as the shares go. The answers come in the
    /// shares' order, each with the helper's number for [`Self::lose`].
    pub(super) fn run(
        &self,
        program: Numbered<'_>,
        (version, parameters): (Version, &[f32]),
        shares: &[Batch<'_>],
        step: &StepParams,
    ) -> Vec<(usize, Reply)> {
        let mut members = self.members.borrow_mut();
        let working = members.iter_mut().enumerate().filter(|(_, member)| member.helper.is_some());
        let run = |((number, member), share): ((usize, &mut Member), &Batch<'_>)| {
            member.prepare(program, share.images.len() / program.plan.image_len);
            member.teach(version, parameters);
            Some((number, member.run(program.number, version.number, share, step)?))
        };
        working.zip(shares).filter_map(run).collect()
    }

    /// Gives parameters that have changed to the helpers that had those before, ahead of the next batch.
    pub(super) fn teach(&self, version: Version, parameters: &[f32]) {
        for member in self.members.borrow_mut().iter_mut() {
            if member.parameters.contains_key(&version.number) {
                member.teach(version, parameters);
            }
        }
    }

    /// Counts on a helper no more, and drops it.
    pub(super) fn lose(&self, number: usize) {
        if let Some(member) = self.members.borrow_mut().get_mut(number) {
            member.helper = None;
        }
    }

    /// Tells all helpers that a program or parameters are gone.
    pub(super) fn forget(&self, number: u32) {
        for member in self.members.borrow_mut().iter_mut() {
            let known = member.programs.remove(&number).is_some()
                | member.parameters.remove(&number).is_some()
                | member.frozen.remove(&number);
            if known {
                member.tell(Task::Forget(number), &[]);
            }
        }
    }
}

impl Member {
    /// Orders are obeyed in turn: what is told before a run need not be waited for.
    fn tell(&self, task: Task, values: &[f32]) {
        if let Some(helper) = &self.helper {
            drop(helper.order(Order { task, images: &[], values }));
        }
    }

    fn prepare(&mut self, Numbered { number, plan, memory, frozen }: Numbered<'_>, photos: usize) {
        let Some(network) = &plan.network else { return };
        if self.programs.get(&number).is_some_and(|batch| *batch >= photos) {
            return;
        }
        self.programs.insert(number, photos);
        if let Some((frozen, values)) = frozen.filter(|(frozen, _)| self.frozen.insert(*frozen)) {
            self.tell(Task::Frozen { frozen }, values);
        }
        let network = Box::new(network.clone());
        let (goal, augmentation) = (plan.goal, plan.augmentation.map(Box::new));
        let (batch, from, frozen) = (photos, plan.from, frozen.map(|(frozen, _)| frozen));
        let task =
            Task::Program { program: number, network, batch, goal, augmentation, from, memory, frozen };
        self.tell(task, &[]);
    }

    fn teach(&mut self, version: Version, values: &[f32]) {
        if self.parameters.insert(version.number, version.changes) != Some(version.changes) {
            self.tell(Task::Parameters { parameters: version.number }, values);
        }
    }

    fn run(&self, program: u32, parameters: u32, share: &Batch<'_>, step: &StepParams) -> Option<Reply> {
        let task = Task::Run {
            program,
            parameters,
            labels: share.labels.to_vec(),
            weights: bytemuck::cast_slice(share.weights).to_vec(),
            samples: share.samples.to_vec(),
            step: bytemuck::cast(*step),
        };
        let order = Order { task, images: share.images, values: &[] };
        self.helper.as_ref().map(|helper| helper.order(order))
    }
}
