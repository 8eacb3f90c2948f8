//! What a thread beside this one is told to do, and how it does it.

use std::collections::HashMap;
use std::fmt::Debug;
use std::rc::Rc;

use futures_channel::oneshot;
use serde::{Deserialize, Serialize};

use super::part::Part;
use crate::device::Batch;
use crate::model::{Augmentation, Network};
use crate::ops::StepParams;
use crate::ops::loss::METRIC_COLUMNS;
use crate::plan::{Goal, Plan};

/// A thread that obeys orders one after the other, with memory of its own: a [`Hand`] at its other end.
pub trait Helper: Debug {
    /// Hands over an order. The answer comes later; it never comes, and the sender is dropped, where the
    /// thread has ended. Dropping the helper ends it.
    fn order(&self, order: Order) -> oneshot::Receiver<Answer>;
}

/// An order, in three pieces that are easily sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// What is to be done.
    pub task: Task,
    /// Photos, where the task has some.
    pub images: Vec<u8>,
    /// Parameters, where the task has some.
    pub values: Vec<f32>,
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

/// What has been done.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// The metrics' sums, or zeros.
    pub metrics: [f32; METRIC_COLUMNS],
    /// The gradients, or where there are none the probabilities.
    pub values: Vec<f32>,
    /// Why it could not be done.
    pub error: Option<String>,
}

/// The helper's own end.
#[derive(Debug, Default)]
pub struct Hand {
    programs: HashMap<u32, Part>,
    parameters: HashMap<u32, Vec<f32>>,
}

impl Hand {
    /// Does what it is told.
    pub fn obey(&mut self, order: Order) -> Answer {
        let refused = |message: String| Answer { error: Some(message), ..Answer::default() };
        match order.task {
            Task::Program { program, network, batch, goal, augmentation } => {
                match Plan::augmented(&network, batch, goal, augmentation.as_deref(), None) {
                    Ok(plan) => {
                        self.programs.insert(program, Part::new(Rc::new(plan)));
                        Answer::default()
                    }
                    Err(error) => refused(error.to_string()),
                }
            }
            Task::Parameters { parameters } => {
                self.parameters.insert(parameters, order.values);
                Answer::default()
            }
            Task::Run { program, parameters, labels, weights, samples, step } => {
                let (program, parameters) =
                    (self.programs.get_mut(&program), self.parameters.get_mut(&parameters));
                let (Some(part), Some(parameters)) = (program, parameters) else {
                    return refused("there is no such program".into());
                };
                let step: StepParams = bytemuck::cast(step);
                let batch = Batch {
                    images: &order.images,
                    labels: &labels,
                    weights: bytemuck::cast_slice(&weights),
                    samples: &samples,
                };
                run(part, parameters, &batch, &step)
            }
            Task::Forget(number) => {
                self.programs.remove(&number);
                self.parameters.remove(&number);
                Answer::default()
            }
        }
    }
}

fn run(part: &mut Part, parameters: &mut Vec<f32>, batch: &Batch<'_>, step: &StepParams) -> Answer {
    part.probabilities().clear();
    part.run(parameters, batch, step);
    let row = step.row as usize;
    let metrics = part.metrics().as_chunks::<METRIC_COLUMNS>().0.get(row).copied().unwrap_or_default();
    let gradients = part.gradients().to_vec();
    let values = if gradients.is_empty() { std::mem::take(part.probabilities()) } else { gradients };
    Answer { metrics, values, error: None }
}
