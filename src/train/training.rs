use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::SeenPhotos;
use super::batches::Position;
use crate::model::{Optimizer, Parameter};

/// A count that no training reaches, and that is far from what its type holds.
const MOST: u32 = 1 << 30;

/// How far a model's training is, beside its parameters and the optimizer's slots: a fit goes on from here. A model file
/// keeps it; what such a file lacks is as in a network that was never trained.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Training {
    /// What the initial parameters were drawn from; none where that is not known.
    pub seed: Option<u32>,
    /// The optimizer of the last fit; none before the first one.
    pub optimizer: Option<Optimizer>,
    /// Steps of this optimizer: Keras' `optimizer.iterations`.
    pub iteration: u32,
    /// Whole epochs.
    pub epochs: u32,
    /// Epochs begun, those among them that were stopped or failed: what masks and augmentation are drawn by, so that no
    /// run shows the network what an earlier one has shown it.
    pub epochs_begun: u32,
    /// Where the photos' order stands.
    pub position: Position,
    /// The photos that it was trained with, as far as that is known.
    pub photos: SeenPhotos,
}

/// A model's parameters, its optimizer's slots and how far its training is: all of one moment, in this thread's memory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// What training changes, laid out as [`crate::model::Network::parameters`] says.
    pub parameters: Vec<f32>,
    /// What it leaves as it is; all states of a model share it.
    pub frozen: Rc<Vec<f32>>,
    /// As many values each; none where the optimizer has not begun or has none.
    pub slots: Vec<Vec<f32>>,
    /// How far it is.
    pub training: Training,
}

impl State {
    /// What was never trained.
    pub fn initial(parameters: Vec<f32>, seed: u32) -> Self {
        Self { parameters, training: Training::initial(seed), ..Self::default() }
    }

    /// The values of a parameter.
    pub fn values(&self, parameter: &Parameter) -> &[f32] {
        let all = if parameter.is_frozen() { &self.frozen } else { &self.parameters };
        &all[parameter.range()]
    }

    /// Whether none of its values is NaN or infinite.
    pub fn is_finite(&self) -> bool {
        std::iter::once(&self.parameters).chain(&self.slots).all(|values| all_finite(values))
    }
}

/// Without a branch in it, so that it is done for several values at once.
pub(crate) fn all_finite(values: &[f32]) -> bool {
    let most = values.iter().fold(0, |most: u32, value| most.max(value.to_bits() & 0x7fff_ffff));
    most < f32::INFINITY.to_bits()
}

impl Training {
    /// Of a network whose parameters were drawn from this seed.
    pub fn initial(seed: u32) -> Self {
        Self { seed: Some(seed), photos: SeenPhotos::none(), ..Self::default() }
    }

    /// Checks what a file says.
    ///
    /// # Errors
    /// What cannot be, in words.
    pub fn check(&self) -> Result<(), String> {
        if let Some(optimizer) = &self.optimizer {
            optimizer.check().map_err(|error| error.to_string())?;
        }
        let counts = [
            ("iteration", self.iteration),
            ("epochs", self.epochs),
            ("epochs_begun", self.epochs_begun),
            ("pass", self.position.pass),
        ];
        match counts.into_iter().find(|(_, count)| *count > MOST) {
            Some((name, count)) => Err(format!("{name} is {count}; it must be at most {MOST}")),
            None if self.epochs > self.epochs_begun => {
                Err(format!("{} epochs cannot be done of {} begun", self.epochs, self.epochs_begun))
            }
            None if self.photos.complete
                && self.photos.fingerprints().is_empty()
                && self.epochs.max(self.iteration) > 0 =>
            {
                Err("it was trained, but with no photos".to_owned())
            }
            None => Ok(()),
        }
    }
}
