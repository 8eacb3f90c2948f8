//! A network and a batch size, turned once into a fixed list of steps over fixed buffers.
//!
//! A [`Plan`] knows no device: it is replayed for every batch by whatever [`crate::device`] holds it.
//! Values that live only for a while share buffers: one whose last reader is done gives its buffer to
//! the next of its size.
//!
//! Where the values of a whole batch are too large for a device, the plan is cut: it is run for one
//! micro-batch after the other, which add up their gradients, and then the parameters change once.

mod backward;
mod builder;
mod forward;
mod lifetimes;
mod micro;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::model::{Augmentation, Loss, ModelError, Network, Optimizer};
use crate::ops::Operation;

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Goal {
    /// Images to the probabilities of their classes.
    Predict,
    /// Images and labels to probabilities, loss and accuracy; nothing is learnt.
    Evaluate(Loss),
    /// Images and labels to loss, accuracy and changed parameters.
    Train(Loss, Optimizer),
}

/// What a buffer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The micro-batch's photos as bytes, four a value; written by the host.
    Images,
    /// The labels as `u32`; written by the host.
    Labels,
    /// The samples' weights in the loss; written by the host.
    Weights,
    /// The samples' numbers in the epoch as `u32`; written by the host.
    Samples,
    /// What happens to the photos, a [`crate::ops::augment::row`] each; written by the device.
    Transforms,
    /// All parameters of the network; shared by the plans of one model.
    Parameters,
    /// All parameters' gradients; of a micro-batch where the plan is cut.
    Gradients,
    /// The sums of the gradients over the micro-batches so far; only where the plan is cut.
    GradientSums,
    /// The optimizer's state with this index; zero at the start, kept from step to step.
    Slot(usize),
    /// Loss and accuracy of the last steps: see [`crate::ops::loss`].
    Metrics,
    /// The probabilities of the micro-batch's classes; the device gathers the batch's for the host.
    Probabilities,
    /// Values that live within a step.
    Activations,
}

/// A buffer of 32-bit values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buffer {
    /// What it holds.
    pub role: Role,
    /// How many values.
    pub len: usize,
}

/// A part of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// Index in [`Plan::buffers`].
    pub buffer: usize,
    /// The first value.
    pub offset: usize,
    /// How many values.
    pub len: usize,
}

/// An operation on parts of buffers. No buffer is both read and written in one step.
#[derive(Debug)]
pub struct Step {
    /// What is computed.
    pub operation: Box<dyn Operation>,
    /// What it reads.
    pub inputs: Vec<View>,
    /// What it writes.
    pub outputs: Vec<View>,
}

/// Steps over buffers for batches of one size.
#[derive(Debug)]
pub struct Plan {
    /// The network that it is of; none for kernels that run alone.
    pub network: Option<Network>,
    /// What it is for.
    pub goal: Goal,
    /// How photos are changed before they are trained on; none where they stay as they are.
    pub augmentation: Option<Augmentation>,
    /// Photos in a batch, as the host hands them over.
    pub batch: usize,
    /// Photos that are run at a time: all of them, or fewer where the plan is cut.
    pub micro_batch: usize,
    /// Bytes a photo.
    pub image_len: usize,
    /// Outputs of the network a photo.
    pub units: usize,
    /// The buffers.
    pub buffers: Vec<Buffer>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// So many of them run for each micro-batch; those behind run once, after the last one.
    pub steps_a_part: usize,
    /// What all short-lived values would take without sharing and with each layer's output kept, in bytes.
    pub unshared_bytes: u64,
}

impl Plan {
    /// The plan of `network` for batches of `batch` photos.
    ///
    /// # Errors
    /// A [`PlanError`] where the batch is empty, the loss does not go with the last activation, or a
    /// setting of the optimizer is out of range.
    pub fn new(network: &Network, batch: usize, goal: Goal) -> Result<Self, PlanError> {
        builder::build(network, batch, 1, goal, None)
    }

    /// The same for a device whose buffers may take `largest_buffer` bytes at the most: cut into the fewest
    /// micro-batches of one size whose buffers all fit.
    ///
    /// # Errors
    /// As [`Self::new`], and [`PlanError::BufferTooLarge`] where not even a single photo fits.
    pub fn within(
        network: &Network,
        batch: usize,
        goal: Goal,
        largest_buffer: Option<u64>,
    ) -> Result<Self, PlanError> {
        Self::augmented(network, batch, goal, None, largest_buffer)
    }

    /// The same, with photos changed at random where it trains; no other goal ever changes them.
    ///
    /// # Errors
    /// As [`Self::within`], and for a setting of the augmentation that is out of range.
    pub fn augmented(
        network: &Network,
        batch: usize,
        goal: Goal,
        augmentation: Option<&Augmentation>,
        largest_buffer: Option<u64>,
    ) -> Result<Self, PlanError> {
        let trains = matches!(goal, Goal::Train(..));
        let augmentation = augmentation.filter(|augmentation| trains && !augmentation.is_idle());
        if let Some(augmentation) = augmentation {
            augmentation.check()?;
            let [.., channels] = network.input_shape();
            if !matches!(channels, 1 | 3) {
                return Err(PlanError::Channels { channels });
            }
        }
        micro::within(network, batch, goal, augmentation, largest_buffer)
    }

    /// The same plan for another batch size, in one piece; none for kernels that run alone.
    pub fn resized(&self, batch: usize) -> Option<Result<Self, PlanError>> {
        let network = self.network.as_ref()?;
        Some(Self::augmented(network, batch, self.goal, self.augmentation.as_ref(), None))
    }

    /// The first photo of each micro-batch that a batch of `photos` takes. There is always one, so that the
    /// batch's sums begin.
    pub fn parts(&self, photos: usize) -> impl Iterator<Item = usize> + use<> {
        (0..photos.max(1)).step_by(self.micro_batch)
    }

    /// The buffer with this role, if the plan has one.
    pub fn buffer(&self, role: Role) -> Option<usize> {
        self.buffers.iter().position(|buffer| buffer.role == role)
    }

    /// All buffers together, in bytes.
    pub fn bytes(&self) -> usize {
        self.buffers.iter().map(|buffer| buffer.len * 4).sum()
    }

    /// The buffers of short-lived values, in bytes.
    pub fn activation_bytes(&self) -> usize {
        self.buffers
            .iter()
            .filter(|buffer| buffer.role == Role::Activations)
            .map(|buffer| buffer.len * 4)
            .sum()
    }
}

/// Why a plan cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No photos in a batch.
    #[error("the batch size is 0; it must be at least 1")]
    EmptyBatch,
    /// The network and what it is to be trained with do not go together.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Photos that are neither grey nor coloured.
    #[error("augmentation is for photos of 1 or 3 channels, and the network's have {channels}; leave it out")]
    Channels {
        /// The channels.
        channels: usize,
    },
    /// Sizes that no machine's numbers hold.
    #[error("a batch of {batch} photos is too large to compute; use a smaller batch size")]
    TooLarge {
        /// The batch size.
        batch: usize,
    },
    /// A buffer beyond the device's limit, even photo by photo.
    #[error(
        "even photo by photo this needs a buffer of {needed} MiB, and the device allows {limit} MiB; use smaller \
         images or a smaller network"
    )]
    BufferTooLarge {
        /// MiB it takes.
        needed: u64,
        /// MiB there may be.
        limit: u64,
    },
}
