//! A network and a batch size, turned once into a fixed list of steps over fixed buffers.
//!
//! A [`Plan`] knows no device: it is replayed for every batch by whatever [`crate::device`] holds it.
//! Values that live only for a while share buffers: one whose last reader is done gives its buffer to
//! the next of its size.
//!
//! Where the values of a whole batch are too large for a device, the plan is cut: it is run for one
//! micro-batch after the other, which add up their gradients, and then the parameters change once.

mod backward;
mod build;
mod builder;
mod gradients;
mod layers;
mod lifetimes;
mod micro;
mod tail;
#[cfg(test)]
mod tests;
mod value;
mod watch;

use serde::{Deserialize, Serialize};
pub use watch::{Differentiate, Watch};

use crate::memory::Bytes;
use crate::model::{Augmentation, Loss, ModelError, Network, Optimizer};
use crate::ops::Operation;

/// The most values of all layers' outputs together: what `u32` numbers in shaders can count.
const MOST_VALUES: u64 = 1 << 31;

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Goal {
    /// Images to the probabilities of their classes.
    Predict,
    /// Images and labels to probabilities, loss and accuracy; nothing is learnt.
    Evaluate(Loss),
    /// Images and labels to loss, accuracy and changed parameters.
    Train(Loss, Optimizer),
    /// Images to the network's value with this number (see [`crate::model::PlacedLayer::inputs`]), in the place of
    /// probabilities.
    Features(usize),
}

impl Goal {
    /// Whether photos need labels for it.
    pub fn is_labelled(self) -> bool {
        matches!(self, Self::Evaluate(_) | Self::Train(..))
    }
}

/// What a plan computes, for any number of photos.
#[derive(Debug, Clone, Copy)]
pub struct Spec<'a> {
    /// The network.
    pub network: &'a Network,
    /// What it is for.
    pub goal: Goal,
    /// How photos are changed at random where it trains; no other goal ever changes them.
    pub augmentation: Option<&'a Augmentation>,
    /// The number of the value that the host gives: 0 for photos as bytes, else what a plan with [`Goal::Features`] made of
    /// them. No layer behind it may read a value before it: [`Network::frozen_values`] are such.
    pub from: usize,
}

impl<'a> Spec<'a> {
    /// From the photos as they are.
    pub fn new(network: &'a Network, goal: Goal) -> Self {
        Self { network, goal, augmentation: None, from: 0 }
    }

    /// Values of one photo that the host gives.
    fn given_len(&self) -> usize {
        self.network.value_shape(self.from).iter().product()
    }

    /// Bytes of one photo that the host gives.
    fn image_len(&self) -> usize {
        if self.from == 0 { self.given_len() } else { 4 * self.given_len() }
    }

    /// Values of one photo that the plan answers with.
    fn units(&self) -> usize {
        match self.goal {
            Goal::Features(value) => self.network.value_shape(value).iter().product(),
            _ => self.network.output_units(),
        }
    }
}

/// What a device allows a plan to take, in bytes; nothing where there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Of its largest buffer: GPUs have such a limit.
    pub buffer: Option<u64>,
    /// Of [`Plan::cpu_bytes`].
    pub memory: Option<u64>,
}

/// What a buffer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The micro-batch's photos as bytes, four a value, or what was made of them before; written by the host.
    Images,
    /// The labels as `u32`; written by the host.
    Labels,
    /// The samples' weights in the loss; written by the host.
    Weights,
    /// The samples' numbers in the epoch as `u32`; written by the host.
    Samples,
    /// What happens to the photos, a [`crate::ops::augment::row`] each; written by the device.
    Transforms,
    /// All parameters that training changes; shared by the plans of one model.
    Parameters,
    /// All parameters that it leaves as they are; shared by the plans of one model.
    Frozen,
    /// All parameters' gradients; of a micro-batch where the plan is cut.
    Gradients,
    /// The sums of the gradients over the micro-batches so far; only where the plan is cut.
    GradientSums,
    /// The optimizer's state with this index; zero at the start, kept from step to step.
    Slot(usize),
    /// Loss and accuracy of the last steps: see [`crate::ops::loss`].
    Metrics,
    /// The probabilities of the micro-batch's classes, or its features; the device gathers the batch's for the host.
    Probabilities,
    /// What a watched layer's output was: the one with this index in [`Watch::outputs`].
    Output(usize),
    /// What each value of the output that is differentiated counts; written by the host.
    Seed,
    /// A gradient with respect to a layer's output: the one with this index in [`Differentiate::wrt`].
    GradientOf(usize),
    /// Values that live within a step.
    Activations,
}

impl Role {
    /// Whether it belongs to the model, whose plans share it.
    pub fn is_a_models(self) -> bool {
        matches!(self, Self::Parameters | Self::Frozen | Self::Slot(_))
    }
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
    /// The network that it is of; none for kernels that run alone and for plans that watch.
    pub network: Option<Network>,
    /// What it is for.
    pub goal: Goal,
    /// How photos are changed before they are trained on; none where they stay as they are.
    pub augmentation: Option<Augmentation>,
    /// The number of the value that the host gives; see [`Spec::from`].
    pub from: usize,
    /// Photos in a batch, as the host hands them over.
    pub batch: usize,
    /// Photos that are run at a time: all of them, or fewer where the plan is cut.
    pub micro_batch: usize,
    /// Bytes a photo, or of the value that the host gives in its place.
    pub image_len: usize,
    /// Outputs a photo.
    pub units: usize,
    /// The buffers.
    pub buffers: Vec<Buffer>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// So many of them run for each micro-batch; those behind run once, after the last one.
    pub steps_a_part: usize,
    /// What all short-lived values would take without sharing and with each layer's output kept, in bytes.
    pub unshared_bytes: u64,
    /// Where each short-lived value lies, and its first and its last step.
    #[cfg(test)]
    pub(crate) lives: Vec<(View, [usize; 2])>,
}

/// For tests: plans in parts, and what a step finds of no use (see `device/tests/lifetimes.rs`).
#[cfg(test)]
impl Plan {
    /// The plan in so many parts, whatever fits.
    pub(crate) fn in_parts(
        network: &Network,
        batch: usize,
        parts: usize,
        goal: Goal,
        augmentation: Option<&Augmentation>,
    ) -> Self {
        build::build(&Spec { augmentation, ..Spec::new(network, goal) }, batch, parts)
            .map_err(|error| error.to_string())
            .unwrap()
    }

    /// The places of those short-lived values that the step writes first.
    pub(crate) fn begun_at(&self, step: usize) -> impl Iterator<Item = View> {
        self.lives.iter().filter(move |(_, [first, _])| *first == step).map(|(view, _)| *view)
    }

    /// The places of those that nobody reads after it.
    pub(crate) fn ended_at(&self, step: usize) -> impl Iterator<Item = View> {
        self.lives.iter().filter(move |(_, [_, last])| *last == step).map(|(view, _)| *view)
    }

    /// The buffers that a batch's first part, or another one, has to write anew.
    pub(crate) fn anew(&self, first_part: bool) -> impl Iterator<Item = usize> {
        let anew = move |role| match role {
            Role::Activations | Role::Gradients | Role::Probabilities => true,
            Role::GradientSums => first_part,
            _ => false,
        };
        (0..self.buffers.len()).filter(move |buffer| anew(self.buffers[*buffer].role))
    }
}

impl Plan {
    /// The plan of `network` for batches of `batch` photos.
    ///
    /// # Errors
    /// A [`PlanError`] where the batch is empty, the loss does not go with the last activation, or a
    /// setting of the optimizer is out of range.
    pub fn new(network: &Network, batch: usize, goal: Goal) -> Result<Self, PlanError> {
        build::build(&Spec::new(network, goal), batch, 1)
    }

    /// The same for a device with limits: cut into the fewest micro-batches of one size that fit.
    ///
    /// # Errors
    /// As [`Self::new`], [`PlanError::BatchTooLarge`], and [`PlanError::BufferTooLarge`] or
    /// [`PlanError::PhotoTooLarge`] where not even a single photo fits.
    pub fn within(network: &Network, batch: usize, goal: Goal, limits: Limits) -> Result<Self, PlanError> {
        Self::augmented(network, batch, goal, None, limits)
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
        limits: Limits,
    ) -> Result<Self, PlanError> {
        Self::of(Spec { augmentation, ..Spec::new(network, goal) }, batch, limits)
    }

    /// The plan of any kind for batches of `batch` photos, on a device with limits.
    ///
    /// # Errors
    /// As [`Self::augmented`].
    pub fn of(spec: Spec<'_>, batch: usize, limits: Limits) -> Result<Self, PlanError> {
        let trains = matches!(spec.goal, Goal::Train(..));
        let augmentation = spec.augmentation.filter(|augmentation| trains && !augmentation.is_idle());
        if let Some(augmentation) = augmentation {
            augmentation.check()?;
            let [.., channels] = spec.network.input_shape();
            if !matches!(channels, 1 | 3) {
                return Err(PlanError::Channels { channels });
            }
        }
        micro::within(&Spec { augmentation, ..spec }, batch, limits)
    }

    /// A plan that predicts `batch` photos at once, and keeps what `watch` names. It is neither cut nor shared by threads.
    ///
    /// # Errors
    /// [`PlanError::EmptyBatch`], [`PlanError::TooLarge`] and [`PlanError::UnknownLayer`].
    pub fn watching(network: &Network, batch: usize, watch: &Watch) -> Result<Self, PlanError> {
        watch::build(network, batch, watch)
    }

    /// The same plan for another batch size and other limits; none where [`Self::network`] is none.
    pub fn resized(&self, batch: usize, limits: Limits) -> Option<Result<Self, PlanError>> {
        let network = self.network.as_ref()?;
        let spec =
            Spec { network, goal: self.goal, augmentation: self.augmentation.as_ref(), from: self.from };
        Some(Self::of(spec, batch, limits))
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

    /// What the CPU takes for it: all buffers but a model's own, and the scratch. In bytes.
    pub fn cpu_bytes(&self) -> u64 {
        let buffers = self.buffers.iter().filter(|buffer| !buffer.role.is_a_models());
        let values = buffers.map(|buffer| buffer.len as u64).chain(self.cpu_scratch());
        4 * values.fold(0_u64, u64::saturating_add)
    }

    /// Values of each part of the scratch that its steps share on the CPU.
    pub fn cpu_scratch(&self) -> [u64; 4] {
        self.steps.iter().fold([0; 4], |most, step| {
            let scratch = step.operation.cpu_scratch();
            std::array::from_fn(|part| most[part].max(scratch[part]))
        })
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
    /// More photos than can be gathered for one step.
    #[error(
        "a batch of {batch} photos takes {} as pixels alone, and may take {}; use a smaller batch size",
        Bytes(*.needed), Bytes(*.limit)
    )]
    BatchTooLarge {
        /// The batch size.
        batch: usize,
        /// Bytes it takes.
        needed: u64,
        /// Bytes there may be.
        limit: u64,
    },
    /// More memory than a device may use, even photo by photo.
    #[error(
        "even photo by photo this needs {} of memory, and this device may use {}; use smaller images or a smaller \
         network",
        Bytes(*.needed), Bytes(*.limit)
    )]
    PhotoTooLarge {
        /// Bytes it takes.
        needed: u64,
        /// Bytes there may be.
        limit: u64,
    },
    /// Sizes that no machine's numbers hold.
    #[error("a batch of {batch} photos is too large to compute; use a smaller batch size")]
    TooLarge {
        /// The batch size.
        batch: usize,
    },
    /// A network of which every layer is frozen, or has no parameters.
    #[error("no layer of this network is trained; set \"trainable\" of at least one layer with parameters")]
    NothingTrained,
    /// A layer that is to be watched and is not there.
    #[error("the network has no layer \"{0}\"")]
    UnknownLayer(String),
    /// A layer without the sizes that its class always has: no network that was checked has one.
    #[error("{0}: its sizes are not known; build the network anew")]
    Sizes(String),
    /// Factors whose shapes alternate too often to be multiplied in one step.
    #[error("{layer}: {:?} and {:?} cannot be multiplied; one of them must have size 1 along some axes in a row", .shapes[0], .shapes[1])]
    Broadcast {
        /// The layer's name.
        layer: String,
        /// The factors' shapes.
        shapes: [Vec<usize>; 2],
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
