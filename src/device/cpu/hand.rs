//! What a thread beside this one is told to do, and how it does it.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Debug;
use std::pin::Pin;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::part::Part;
use crate::device::Batch;
use crate::memory;
use crate::model::{Augmentation, Network, Region};
use crate::ops::StepParams;
use crate::ops::loss::METRIC_COLUMNS;
use crate::plan::{Goal, Limits, Plan, Role, Spec};

/// A thread that obeys orders one after the other, with memory of its own: a [`Hand`] at its other end.
pub trait Helper: Debug {
    /// Hands over an order, at once; the answer comes later. Dropping the helper ends it.
    fn order(&self, order: Order<'_>) -> Reply;
}

/// The answer to an order, once it is there; none where the thread has ended.
pub type Reply = Pin<Box<dyn Future<Output = Option<Answer>>>>;

/// An order, in three pieces that are easily sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Order<'a> {
    /// What is to be done.
    pub task: Task,
    /// Photos, where the task has some.
    pub images: &'a [u8],
    /// Parameters, where the task has some.
    pub values: &'a [f32],
}

/// Values that lie in memory of another kind, from which they are best copied to where they are wanted.
pub trait Values: Debug {
    /// How many there are.
    fn count(&self) -> usize;

    /// Copies those from `first` on, as many as there is room for; they must be there.
    fn read(&self, first: usize, to: &mut [f32]);
}

impl Values for Vec<f32> {
    fn count(&self) -> usize {
        self.len()
    }

    fn read(&self, first: usize, to: &mut [f32]) {
        to.copy_from_slice(&self[first..][..to.len()]);
    }
}

/// What is to be done. It is sent as text, and so a run's numbers that are not whole are their bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// Makes a program for at most `batch` photos.
    Program {
        /// The number it will have.
        program: u32,
        /// The network.
        network: Box<Network>,
        /// Photos in a batch.
        batch: usize,
        /// What it is for.
        goal: Goal,
        /// How photos are changed before they are trained on.
        augmentation: Option<Box<Augmentation>>,
        /// The number of the value that orders give: [`Spec::from`].
        from: usize,
        /// The bytes that it may take.
        memory: u64,
        /// The number of the parameters that it reads and that never change.
        frozen: Option<u32>,
    },
    /// Takes the order's values for the parameters with this number that never change.
    Frozen {
        /// Their number.
        frozen: u32,
    },
    /// Takes the order's values for the parameters with this number.
    Parameters {
        /// The parameters' number.
        parameters: u32,
    },
    /// Runs a program on the order's images, all but the update.
    Run {
        /// The program's number.
        program: u32,
        /// The parameters' number.
        parameters: u32,
        /// The photos' labels.
        labels: Vec<u32>,
        /// The bits of their weights in the loss.
        weights: Vec<u32>,
        /// Their numbers in the epoch.
        samples: Vec<u32>,
        /// The bits of the step's parameters.
        step: [u32; 8],
    },
    /// Forgets the program or the parameters with this number.
    Forget(u32),
}

/// What a helper answers.
#[derive(Debug)]
pub struct Answer {
    /// The metrics' sums, or zeros.
    pub metrics: [f32; METRIC_COLUMNS],
    /// The gradients, or where there are none the probabilities.
    pub values: Box<dyn Values>,
    /// Why it could not be done.
    pub error: Option<String>,
}

/// What has been done, as the hand has it: an [`Answer`] without a copy.
#[derive(Debug, Default)]
pub struct Done<'a> {
    /// The metrics' sums, or zeros.
    pub metrics: [f32; METRIC_COLUMNS],
    /// The gradients, or where there are none the probabilities.
    pub values: &'a [f32],
    /// Why it could not be done.
    pub error: Option<String>,
}

/// The helper's own end.
#[derive(Debug, Default)]
pub struct Hand {
    programs: HashMap<u32, Part>,
    parameters: HashMap<u32, Vec<f32>>,
    frozen: HashMap<u32, Rc<Vec<f32>>>,
}

impl Hand {
    /// Does what it is told, with an order's images and values.
    pub fn obey(&mut self, task: Task, images: &[u8], values: &dyn Values) -> Done<'_> {
        let refused = |message: String| Done { error: Some(message), ..Done::default() };
        match task {
            Task::Program { program, network, batch, goal, augmentation, from, memory, frozen } => {
                // What the number stood for goes first: it was for fewer photos.
                self.programs.remove(&program);
                let frozen = frozen.and_then(|frozen| self.frozen.get(&frozen)).cloned().unwrap_or_default();
                let spec = Spec { network: &network, goal, augmentation: augmentation.as_deref(), from };
                match share(spec, batch, memory, &frozen) {
                    Ok(part) => {
                        self.programs.insert(program, part);
                        Done::default()
                    }
                    Err(error) => refused(error.to_string()),
                }
            }
            Task::Frozen { frozen } => match memory::zeros(values.count()) {
                Ok(mut copy) => {
                    values.read(0, &mut copy);
                    self.frozen.insert(frozen, Rc::new(copy));
                    Done::default()
                }
                Err(full) => refused(full.to_string()),
            },
            Task::Parameters { parameters } => {
                // Where those before are, so that none are made in a step.
                let parameters = self.parameters.entry(parameters).or_default();
                parameters.resize(values.count(), 0.0);
                values.read(0, parameters);
                Done::default()
            }
            Task::Run { program, parameters, labels, weights, samples, step } => {
                let (program, parameters) =
                    (self.programs.get_mut(&program), self.parameters.get_mut(&parameters));
                let (Some(part), Some(parameters)) = (program, parameters) else {
                    return refused("there is no such program".into());
                };
                let step: StepParams = bytemuck::cast(step);
                let batch = Batch {
                    images,
                    labels: &labels,
                    weights: bytemuck::cast_slice(&weights),
                    samples: &samples,
                };
                run(part, parameters, &batch, &step)
            }
            Task::Forget(number) => {
                self.programs.remove(&number);
                self.parameters.remove(&number);
                self.frozen.remove(&number);
                Done::default()
            }
        }
    }
}

fn share(spec: Spec<'_>, batch: usize, memory: u64, frozen: &Rc<Vec<f32>>) -> Result<Part, Box<dyn Error>> {
    let limits = Limits { buffer: None, memory: Some(memory) };
    let plan = Plan::of(spec, batch, limits)?;
    if plan.buffer(Role::Frozen).is_some() && spec.network.words(Region::Frozen) != frozen.len() {
        return Err("its frozen parameters are missing".into());
    }
    Ok(Part::of_share(&Rc::new(plan), batch, memory, frozen)?)
}

fn run<'a>(part: &'a mut Part, parameters: &mut Vec<f32>, batch: &Batch<'_>, step: &StepParams) -> Done<'a> {
    part.probabilities().clear();
    part.run(parameters, batch, step);
    let row = step.row as usize;
    let metrics = part.metrics().as_chunks::<METRIC_COLUMNS>().0.get(row).copied().unwrap_or_default();
    let trains = !part.gradients().is_empty();
    let values = if trains { part.gradients() } else { part.probabilities().as_mut_slice() };
    Done { metrics, values, error: None }
}
