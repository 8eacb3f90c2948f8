//! A model on a device: its weights there, the batches of photos that it is run on, and how it scores on a split.

mod batches;
mod features;
mod host;
mod score;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub(crate) use batches::{Gathered, Samples};
pub(crate) use features::Features;
pub use host::{Host, Turn};
pub(crate) use score::{Sums, over_split};

use crate::data::{DataError, Dataset, ImageSize, Sizing, Split};
use crate::device::{Device, DeviceError, Weights};
use crate::model::{ModelError, Network};
use crate::plan::PlanError;
use crate::trained::{Model, State, Threshold, Training};

/// A network with its weights on a device, how far its training is, and the names of the classes that it tells apart.
/// Clones share weights and training.
#[derive(Debug, Clone)]
pub struct Classifier {
    /// What it is.
    pub network: Network,
    /// What it knows.
    pub weights: Weights,
    /// The classes' names, in the order of the outputs.
    pub classes: Vec<String>,
    /// How its training photos became images; nothing where that is not known.
    pub sizing: Option<Sizing>,
    pub(crate) held: Rc<Held>,
}

/// How far a model's training is, now and when it was known to be good.
#[derive(Debug)]
pub(crate) struct Held {
    now: RefCell<Training>,
    /// The last state that is known to be good, where a device that is gone does not matter. Outside of runs it is what
    /// is on the device.
    good: RefCell<Rc<State>>,
    threshold: RefCell<Option<Rc<Threshold>>>,
    busy: Cell<bool>,
}

/// Held by a run, of which a model has one at a time.
#[derive(Debug)]
pub(crate) struct Busy(Rc<Held>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.busy.set(false);
    }
}

impl Classifier {
    /// A classifier that knows nothing yet.
    ///
    /// # Errors
    /// [`ModelError::OutputUnits`] where the outputs do not fit the classes, and the device's errors.
    pub fn untrained(
        device: &Device,
        network: Network,
        classes: Vec<String>,
        seed: u32,
    ) -> Result<Self, ClassifierError> {
        let initial = State::initial(network.initial_parameters(seed), seed);
        let state = State { frozen: Rc::new(network.initial_frozen(seed)), ..initial };
        Self::of(device, Model { network, classes, state, sizing: None, threshold: None })
    }

    /// A classifier whose training continues from where this model's is.
    ///
    /// # Errors
    /// [`ModelError::OutputUnits`] where the outputs do not fit the classes, and the device's errors.
    pub fn of(device: &Device, model: Model) -> Result<Self, ClassifierError> {
        let Model { network, classes, state, sizing, threshold } = model;
        network.check_classes(classes.len())?;
        let weights = device.weights(&state.parameters, &state.frozen)?;
        if !state.slots.is_empty() {
            weights.write(&state.parameters, &state.slots)?;
        }
        let (now, busy) = (RefCell::new(state.training.clone()), Cell::new(false));
        let (good, threshold) = (RefCell::new(Rc::new(state)), RefCell::new(threshold));
        let held = Rc::new(Held { now, good, threshold, busy });
        Ok(Self { network, weights, classes, sizing, held })
    }

    /// A copy of the classifier on another device, in its last good state.
    ///
    /// # Errors
    /// The device's.
    pub fn on(&self, device: &Device) -> Result<Self, ClassifierError> {
        Self::of(device, self.model(&self.good()))
    }

    /// The model in this state, as plain data.
    pub fn model(&self, state: &State) -> Model {
        let Self { network, classes, sizing, .. } = self.clone();
        Model { network, classes, state: state.clone(), sizing, threshold: self.threshold() }
    }

    /// How far its training is.
    pub fn training(&self) -> Training {
        self.held.now.borrow().clone()
    }

    /// Its weights and its training: during a run those of this moment if they are finite, else the last good ones.
    pub async fn state(&self) -> Rc<State> {
        if self.held.busy.get() {
            let training = self.training();
            if let Ok((parameters, slots)) = self.weights.read_with_slots().await {
                let frozen = Rc::clone(&self.good().frozen);
                let state = State { parameters, frozen, slots, training };
                if state.is_finite() {
                    return Rc::new(state);
                }
            }
        }
        self.good()
    }

    /// Its last good state, whatever has become of the device.
    pub fn good(&self) -> Rc<State> {
        Rc::clone(&self.held.good.borrow())
    }

    /// When it says that it is not sure, if that was set since it was trained.
    pub fn threshold(&self) -> Option<Rc<Threshold>> {
        self.held.threshold.borrow().clone()
    }

    /// Sets when it says that it is not sure; with none it always answers.
    pub fn set_threshold(&self, threshold: Option<Threshold>) {
        self.held.threshold.replace(threshold.map(Rc::new));
    }

    /// Whether it is being trained.
    pub fn is_busy(&self) -> bool {
        self.held.busy.get()
    }

    /// Keeps others from training it meanwhile.
    pub(crate) fn occupy(&self) -> Result<Busy, ClassifierError> {
        if self.held.busy.replace(true) {
            return Err(ClassifierError::Busy);
        }
        Ok(Busy(Rc::clone(&self.held)))
    }

    /// Reads how far its training is.
    pub(crate) fn of_training<T>(&self, read: impl FnOnce(&Training) -> T) -> T {
        read(&self.held.now.borrow())
    }

    /// Changes how far its training is.
    pub(crate) fn note(&self, change: impl FnOnce(&mut Training)) {
        change(&mut self.held.now.borrow_mut());
    }

    /// This state is known to be good.
    pub(crate) fn keep(&self, good: &Rc<State>) {
        self.held.good.replace(Rc::clone(good));
    }

    /// Goes back to a good state.
    pub(crate) fn go_back(&self, to: &Rc<State>) {
        // A device that is gone cannot be written to, and is not read any more either.
        let _ = self.weights.write(&to.parameters, &to.slots);
        self.held.now.replace(to.training.clone());
        self.keep(to);
    }

    /// How a photo becomes an image for this network: as the training photos did, or bilinear and stretched. `None`
    /// where images of its size cannot be made.
    pub fn sizing(&self) -> Option<Sizing> {
        let [height, width, _] = self.network.input_shape();
        let size = ImageSize::new(u32::try_from(height).ok()?, u32::try_from(width).ok()?).ok()?;
        Some(Sizing { image_size: size, ..self.sizing.unwrap_or_else(|| size.into()) })
    }

    /// Checks that a dataset's photos and classes are this network's.
    ///
    /// # Errors
    /// [`ClassifierError::Shapes`], [`ClassifierError::Classes`], or [`ModelError::OutputUnits`] as a [`ClassifierError::Model`].
    pub fn check(&self, dataset: &Dataset) -> Result<(), ClassifierError> {
        let (network, dataset_shape) = (self.network.input_shape(), dataset.image_shape);
        if network != dataset_shape {
            return Err(ClassifierError::Shapes { network, dataset: dataset_shape });
        }
        if self.classes.len() != dataset.classes.len() {
            let (units, classes) = (self.network.output_units(), dataset.classes.len());
            return Err(ModelError::OutputUnits { units, classes }.into());
        }
        if self.classes != dataset.classes {
            let (network, dataset) = (self.classes.join(", "), dataset.classes.join(", "));
            return Err(ClassifierError::Classes { network, dataset });
        }
        Ok(())
    }
}

/// Why a model cannot be run on photos.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ClassifierError {
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
