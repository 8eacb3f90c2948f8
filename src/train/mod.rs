//! The loop: epochs and steps over a dataset, what is seen of them, and how they are stopped.
//!
//! [`fit`] is Keras' `fit`: it shows the network the training photos batch by batch, looks at the
//! validation photos after each epoch, and tells an [`Observer`] about all of it. It never blocks for
//! longer than a step: between steps the host gets its turn, and may pause or stop.

mod event;
mod feed;
mod fit;
mod keep;
mod options;
mod pace;
mod preview;
mod programs;
#[cfg(test)]
pub(crate) mod tests;

pub use event::{Event, History, Observer, Progress};
pub use fit::fit;
pub use keep::{Place, Spoilt};
pub use options::FitOptions;
pub use preview::augmented;

use crate::classifier::ClassifierError;
use crate::data::DataError;
use crate::device::DeviceError;
use crate::model::ModelError;
use crate::plan::PlanError;

/// Why training cannot start or go on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TrainError {
    /// A number that cannot be.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
    /// A class's weight that is none.
    #[error("classWeight must be a number above 0 for each class of the dataset")]
    ClassWeight,
    /// The loss or the parameters became NaN or infinite.
    #[error(
        "Training failed: the {what} became NaN or infinite in epoch {epoch}, step {step}. The network was set back \
         to {back}. Use a smaller learning rate."
    )]
    Diverged {
        /// What became so.
        what: Spoilt,
        /// The epoch, from 1.
        epoch: u32,
        /// The step in it, from 1.
        step: u32,
        /// Where the network is now.
        back: Place,
    },
    /// The GPU was lost on the way.
    #[error(
        "Training failed: the GPU stopped working ({reason}). The network was set back to {back}. Continue on the CPU, \
         or try WebGPU again."
    )]
    Lost {
        /// What the browser says.
        reason: String,
        /// Where the network is now.
        back: Place,
    },
    /// The model cannot be run on these photos.
    #[error(transparent)]
    Classifier(#[from] ClassifierError),
}

/// What goes wrong in a run goes wrong in running the model.
macro_rules! from_classifier {
    ($($error:ty),*) => {
        $(impl From<$error> for TrainError {
            fn from(error: $error) -> Self {
                Self::Classifier(error.into())
            }
        })*
    };
}

from_classifier!(ModelError, DataError, PlanError, DeviceError);
