//! The last good state of a model, kept while it is trained.
//!
//! A state is good where all of it is finite, and so is a loss that was computed with it. It lies in this thread's memory,
//! where a GPU that is gone does not matter.

use std::fmt;
use std::rc::Rc;

use crate::classifier::Classifier;
use crate::device::DeviceError;
use crate::trained::State;

/// The share of the time that keeping states may take: within an epoch, and at its end.
const SHARE_WITHIN: f64 = 0.01;
const SHARE_AT_ENDS: f64 = 0.05;
/// Seconds between two states that are kept within an epoch.
const LEAST_WITHIN: f64 = 5.0;

/// What became NaN or infinite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoilt {
    /// The loss of a batch.
    Loss,
    /// The loss of the validation photos.
    ValidationLoss,
    /// Parameters, or the optimizer's slots.
    Parameters,
}

impl fmt::Display for Spoilt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loss => "loss",
            Self::ValidationLoss => "validation loss",
            Self::Parameters => "network's parameters",
        })
    }
}

/// A moment of a run: so many whole epochs, and steps of the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// Whole epochs of the run.
    pub epoch: u32,
    /// Steps of the next one.
    pub step: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self { epoch: 0, step: 0 } => f.write_str("how it was before this run"),
            Self { epoch, step: 0 } => write!(f, "the end of epoch {epoch}"),
            Self { epoch, step } => write!(f, "epoch {}, step {step}", epoch + 1),
        }
    }
}

type Kept = (Place, Rc<State>);

/// Keeps the last good state of a model.
#[derive(Debug)]
pub(super) struct Keeper<'a> {
    classifier: &'a Classifier,
    /// At the last end of an epoch, after its validation.
    validated: Kept,
    /// The last one that was good; the classifier has it, too.
    good: Kept,
    /// Finite, but no loss has been computed with it.
    candidate: Option<Kept>,
    /// Whether nothing has changed since the last good one.
    clean: bool,
    /// When the last one was kept, and how long that took.
    last: f64,
    cost: f64,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(classifier: &'a Classifier, now: f64) -> Self {
        let start = (Place::default(), classifier.good());
        let (validated, good) = (start.clone(), start);
        Self { classifier, validated, good, candidate: None, clean: true, last: now, cost: 0.0 }
    }

    /// A step has changed the model.
    pub(super) fn changed(&mut self) {
        self.clean = false;
    }

    pub(super) fn is_clean(&self) -> bool {
        self.clean
    }

    /// Called within an epoch after losses were read, when the device rests: all of them were finite, and some were
    /// computed after the last candidate. `false` where the model is spoilt all the same.
    pub(super) async fn within(
        &mut self,
        place: Place,
        clock: impl Fn() -> f64,
    ) -> Result<bool, DeviceError> {
        self.promote();
        let since = clock() - self.last;
        if since < LEAST_WITHIN || since * SHARE_WITHIN < self.cost {
            return Ok(true);
        }
        let state = self.read(clock).await?;
        let finite = state.is_some();
        self.candidate = state.map(|state| (place, state));
        Ok(finite)
    }

    /// Called after a finite loss was computed with the model as it is. `false` where it is spoilt all the same.
    pub(super) async fn at_an_end(
        &mut self,
        place: Place,
        last: bool,
        clock: impl Fn() -> f64,
    ) -> Result<bool, DeviceError> {
        self.promote();
        if !last && (clock() - self.last) * SHARE_AT_ENDS < self.cost {
            return Ok(true);
        }
        let Some(state) = self.read(clock).await? else { return Ok(false) };
        self.keep((place, state));
        self.validated = self.good.clone();
        self.clean = true;
        Ok(true)
    }

    /// A finite loss has been computed with the candidate or after it.
    fn promote(&mut self) {
        if let Some(candidate) = self.candidate.take() {
            self.keep(candidate);
        }
    }

    /// Goes back to the last good state; where the validation loss is spoilt, to the last one that passed a validation.
    pub(super) fn go_back(&mut self, what: Spoilt) -> Place {
        let (place, state) = if what == Spoilt::ValidationLoss { &self.validated } else { &self.good };
        self.classifier.go_back(state);
        *place
    }

    fn keep(&mut self, kept: Kept) {
        self.classifier.keep(&kept.1);
        self.good = kept;
    }

    /// The state as it is; `None` where it is not finite.
    async fn read(&mut self, clock: impl Fn() -> f64) -> Result<Option<Rc<State>>, DeviceError> {
        let before = clock();
        let training = self.classifier.training();
        let (parameters, slots) = self.classifier.weights.read_with_slots().await?;
        let frozen = Rc::clone(&self.good.1.frozen);
        let state = State { parameters, frozen, slots, training };
        let finite = state.is_finite();
        self.last = clock();
        self.cost = self.last - before;
        Ok(finite.then(|| Rc::new(state)))
    }
}
