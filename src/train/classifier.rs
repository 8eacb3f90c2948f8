use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::{FitOptions, State, TrainError, Training};
use crate::data::{Dataset, ImageSize, Sizing};
use crate::device::{Device, Weights};
use crate::model::{ModelError, Network};

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
    pub(crate) trained: Rc<Trained>,
}

/// How far a model's training is, now and when it was known to be good.
#[derive(Debug)]
pub(crate) struct Trained {
    pub(super) now: RefCell<Training>,
    /// The last state that is known to be good, where a device that is gone does not matter. Outside of runs it is what
    /// is on the device.
    pub(super) good: RefCell<Rc<State>>,
    busy: Cell<bool>,
}

/// Held by a run, of which a model has one at a time.
#[derive(Debug)]
pub(super) struct Busy(Rc<Trained>);

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
    ) -> Result<Self, TrainError> {
        let initial = State::initial(network.initial_parameters(seed), seed);
        let state = State { frozen: Rc::new(network.initial_frozen(seed)), ..initial };
        Self::with_state(device, network, classes, state)
    }

    /// A classifier whose training continues from this state.
    ///
    /// # Errors
    /// [`ModelError::OutputUnits`] where the outputs do not fit the classes, and the device's errors.
    pub fn with_state(
        device: &Device,
        network: Network,
        classes: Vec<String>,
        state: State,
    ) -> Result<Self, TrainError> {
        network.check_classes(classes.len())?;
        let weights = device.weights(&state.parameters, &state.frozen)?;
        if !state.slots.is_empty() {
            weights.write(&state.parameters, &state.slots)?;
        }
        let (now, busy) = (RefCell::new(state.training.clone()), Cell::new(false));
        let trained = Rc::new(Trained { now, good: RefCell::new(Rc::new(state)), busy });
        Ok(Self { network, weights, classes, sizing: None, trained })
    }

    /// A copy of the classifier on another device, in its last good state.
    ///
    /// # Errors
    /// The device's.
    pub fn on(&self, device: &Device) -> Result<Self, TrainError> {
        let state = (*self.good()).clone();
        let moved = Self::with_state(device, self.network.clone(), self.classes.clone(), state)?;
        Ok(Self { sizing: self.sizing, ..moved })
    }

    /// How far its training is.
    pub fn training(&self) -> Training {
        self.trained.now.borrow().clone()
    }

    /// Its weights and its training: during a run those of this moment if they are finite, else the last good ones.
    pub async fn state(&self) -> Rc<State> {
        if self.trained.busy.get() {
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
        Rc::clone(&self.trained.good.borrow())
    }

    /// Whether it is being trained.
    pub fn is_busy(&self) -> bool {
        self.trained.busy.get()
    }

    /// Keeps others from training it meanwhile.
    pub(super) fn occupy(&self) -> Result<Busy, TrainError> {
        if self.trained.busy.replace(true) {
            return Err(TrainError::Busy);
        }
        Ok(Busy(Rc::clone(&self.trained)))
    }

    /// Prepares the model for a run with these options; the program has to be made after this.
    pub(super) fn begin(&self, options: &FitOptions) -> Result<(), TrainError> {
        let mut training = self.trained.now.borrow_mut();
        if options.initial {
            let seed = training.seed.or(options.seed).unwrap_or_default();
            self.weights.write(&self.network.initial_parameters(seed), &[])?;
            *training = Training::initial(seed);
        }
        if !training.optimizer.is_some_and(|before| options.optimizer.goes_on_from(&before)) {
            self.weights.forget_slots();
            training.iteration = 0;
        }
        training.optimizer = Some(options.optimizer);
        Ok(())
    }

    /// Goes back to a good state.
    pub(super) fn go_back(&self, to: &Rc<State>) {
        // A device that is gone cannot be written to, and is not read any more either.
        let _ = self.weights.write(&to.parameters, &to.slots);
        self.trained.now.replace(to.training.clone());
        self.trained.good.replace(Rc::clone(to));
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
    /// [`TrainError::Shapes`], [`TrainError::Classes`], or [`ModelError::OutputUnits`] as a [`TrainError::Model`].
    pub fn check(&self, dataset: &Dataset) -> Result<(), TrainError> {
        let (network, dataset_shape) = (self.network.input_shape(), dataset.image_shape);
        if network != dataset_shape {
            return Err(TrainError::Shapes { network, dataset: dataset_shape });
        }
        if self.classes.len() != dataset.classes.len() {
            let (units, classes) = (self.network.output_units(), dataset.classes.len());
            return Err(ModelError::OutputUnits { units, classes }.into());
        }
        if self.classes != dataset.classes {
            let (network, dataset) = (self.classes.join(", "), dataset.classes.join(", "));
            return Err(TrainError::Classes { network, dataset });
        }
        Ok(())
    }
}
