//! The loop: epochs and steps over a dataset, what is seen of them, and how they are stopped.
//!
//! [`fit`] is Keras' `fit`: it shows the network the training photos batch by batch, looks at the
//! validation photos after each epoch, and tells an [`Observer`] about all of it. It never blocks for
//! longer than a step: between steps the host gets its turn, and may pause or stop.

mod batches;
mod classifier;
mod event;
mod fit;
mod keep;
mod options;
mod pace;
mod preview;
mod programs;
mod score;
mod seen;
#[cfg(test)]
pub(crate) mod tests;
mod training;

pub use batches::Position;
pub use classifier::Classifier;
pub use event::{Event, History, Observer, Progress, Turn};
pub use fit::fit;
pub use keep::{Place, Spoilt};
pub use options::FitOptions;
pub use preview::augmented;
pub(crate) use score::over_split;
pub use seen::SeenPhotos;
pub(crate) use training::all_finite;
pub use training::{State, Training};

use crate::data::{DataError, Split};
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
    /// No photos.
    #[error("there are no {0} photos in this dataset")]
    NoPhotos(Split),
    /// Photos of another size than the network's input.
    #[error(
        "the network is for images of {network:?} (height, width, channels), and the dataset's are \
         {dataset:?}; make a network for this dataset"
    )]
    Shapes {
        /// The network's input shape.
        network: [usize; 3],
        /// The dataset's image shape.
        dataset: [usize; 3],
    },
    /// Other classes than the network's.
    #[error(
        "the network's classes are {network}, and the dataset's are {dataset}; make a network for this dataset"
    )]
    Classes {
        /// The network's classes.
        network: String,
        /// The dataset's classes.
        dataset: String,
    },
    /// It is being trained already.
    #[error("this model is already being trained; wait for that run to end, or stop it")]
    Busy,
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
    /// The network does not go with the classes or with its settings.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The photos cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// No plan can be made.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The device does not do it.
    #[error(transparent)]
    Device(#[from] DeviceError),
}
