use serde::{Deserialize, Serialize};

use super::SeenPhotos;
use crate::model::Optimizer;

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

/// How far a model has come in the photos' order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Position {
    /// Passes over the photos that were begun.
    pub pass: u32,
    /// Photos of this pass that were trained on.
    pub shown: u32,
    /// Photos of a pass.
    pub photos: u32,
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
