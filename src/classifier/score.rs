//! A network's loss and accuracy on a split, without learning from it.

use super::batches::{Gathered, Samples};
use super::{ClassifierError, Host, Turn};
use crate::device::{Metrics, Program};
use crate::ops::StepParams;
use crate::ops::loss::METRIC_ROWS;

/// Sums over photos, in double precision since there may be many.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Sums {
    loss: f64,
    accuracy: f64,
    count: f64,
}

impl Sums {
    pub(crate) fn add(&mut self, metrics: Metrics) {
        self.loss += f64::from(metrics.loss);
        self.accuracy += f64::from(metrics.accuracy);
        self.count += f64::from(metrics.count);
    }

    /// The mean loss.
    pub(crate) fn loss(&self) -> f64 {
        self.loss / self.count.max(1.0)
    }

    /// The share of photos told rightly.
    pub(crate) fn accuracy(&self) -> f64 {
        self.accuracy / self.count.max(1.0)
    }
}

/// What is to be done with a batch and its probabilities, `[photos, units]`.
pub(crate) type Visit<'a> = &'a mut dyn FnMut(&Gathered, &[f32]);

/// Runs an evaluation plan over all photos of a split and hands each batch and its probabilities to `visit` where it
/// asks for them. Where the plan begins from a value of the network, and that was not computed before, `lower` computes it.
/// `None` where the host stopped it.
///
/// # Errors
/// The device's.
pub(crate) async fn over_split(
    program: &mut Program,
    mut lower: Option<&mut Program>,
    samples: Samples<'_>,
    host: &mut impl Host,
    mut visit: Option<Visit<'_>>,
) -> Result<Option<Sums>, ClassifierError> {
    let (batch_size, units) = (program.plan().batch, program.plan().units);
    let split = samples.split;
    let mut gathered = Gathered::of(lower.as_ref().map_or(program.plan(), |lower| lower.plan()))?;
    let mut sums = Sums::default();
    let mut unread = 0;
    for first in (0..split.len()).step_by(batch_size) {
        gathered.gather(samples, first..split.len().min(first + batch_size), 0)?;
        if let Some(lower) = lower.as_mut() {
            gathered.run_through(lower).await?;
        }
        let step = StepParams { row: unread as u32, ..StepParams::default() };
        program.run(&gathered.batch(), &step).await?;
        unread += 1;
        if let Some(visit) = visit.as_mut() {
            let probabilities = program.probabilities().await?;
            visit(&gathered, &probabilities[..gathered.len() * units]);
        }
        program.keep_pace().await?;
        if unread == METRIC_ROWS || first + batch_size >= split.len() {
            program.metrics().await?[..unread].iter().for_each(|metrics| sums.add(*metrics));
            unread = 0;
        }
        if host.turn().await == Turn::Stop {
            return Ok(None);
        }
    }
    Ok(Some(sums))
}
