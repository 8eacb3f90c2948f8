//! A trained model as plain data: what training goes on from, what files keep, and what the devices know nothing of.

mod seen;
mod state;
mod training;

pub(crate) use seen::Noted;
pub use seen::SeenPhotos;
#[cfg(test)]
pub(crate) use seen::fingerprint;
pub use state::State;
pub(crate) use state::all_finite;
pub use training::{Position, Training};

use crate::data::Sizing;
use crate::model::Network;

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
}
