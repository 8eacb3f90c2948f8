//! A trained model as plain data: what training goes on from, what files keep, and what the devices know nothing of.

mod base;
mod seen;
mod state;
#[cfg(test)]
mod tests;
mod threshold;
mod training;

use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) use seen::Noted;
pub use seen::SeenPhotos;
pub(crate) use seen::fingerprint;
pub use state::State;
pub(crate) use state::all_finite;
pub use threshold::{Familiar, NotSure, Threshold};
pub(crate) use threshold::{TEMPERATURES, confidence};
pub use training::{Position, Training};

use crate::data::Sizing;
use crate::model::{ModelError, Network, Region};

/// A network with its parameters, how far its training is, and the names of its classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// The network.
    pub network: Network,
    /// The classes' names, in the order of the outputs.
    pub classes: Vec<String>,
    /// Its parameters, and what its training goes on from.
    pub state: State,
    /// How photos become images for it; nothing where that is not known.
    pub sizing: Option<Sizing>,
    /// When it says that it is not sure; none where that was never set, or where it was trained since.
    pub threshold: Option<Rc<Threshold>>,
}

impl Model {
    /// The same model with some layers trained or frozen. If that moves a parameter, the optimizer begins anew, as it does
    /// after Keras' `compile`.
    ///
    /// # Errors
    /// [`ModelError::NoSuchLayer`].
    pub fn with_trainable(&self, layers: &BTreeMap<String, bool>) -> Result<Self, ModelError> {
        let network = self.network.with_trainable(layers)?;
        let pairs = || self.network.parameters().iter().zip(network.parameters());
        if pairs().all(|(before, after)| before.region == after.region) {
            return Ok(Self { network, ..self.clone() });
        }
        let mut parameters = vec![0.0; network.parameter_words()];
        let mut frozen = vec![0.0; network.words(Region::Frozen)];
        for (before, after) in pairs() {
            let to = if after.is_frozen() { &mut frozen } else { &mut parameters };
            to[after.range()].copy_from_slice(self.state.values(before));
        }
        let training = Training { optimizer: None, iteration: 0, ..self.state.training.clone() };
        let state = State { parameters, frozen: Rc::new(frozen), slots: Vec::new(), training };
        let (classes, threshold) = (self.classes.clone(), self.threshold.clone());
        Ok(Self { network, state, classes, sizing: self.sizing, threshold })
    }
}
