use serde::Serialize;

use crate::classifier::Host;

/// What happened in training.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Event {
    /// The device is made ready, before the first step.
    Preparing {
        /// Operations whose kernels are chosen and compiled.
        done: usize,
        /// Operations in all.
        total: usize,
    },
    /// What the network's frozen layers make of the photos is computed, once for all epochs, before the first step.
    Features {
        /// Photos that are done.
        done: usize,
        /// Photos in all.
        total: usize,
    },
    /// So many folds of a cross-validation are done.
    Fold {
        /// Folds that are done.
        done: usize,
        /// Folds in all.
        total: usize,
    },
    /// A step is done.
    Step(Progress),
    /// An epoch is done, and the validation after it.
    Epoch(Progress),
    /// The run failed, and the model went back to its last good state.
    Restored {
        /// Whole epochs of this run that the model keeps.
        epoch: u32,
        /// Steps of the epoch after those that it keeps.
        step: u32,
        /// Steps of an epoch.
        steps: u32,
        /// Whole epochs that the model has been trained for in all its runs.
        #[serde(rename = "trainedEpochs")]
        trained_epochs: u32,
    },
    /// All is done, or was stopped.
    Done {
        /// Whole epochs that were trained.
        epoch: u32,
        /// Whether somebody stopped it.
        stopped: bool,
    },
}

/// Where training stands; losses and accuracies are means over the epoch's photos so far, as Keras'
/// progress bar has them.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Progress {
    /// The epoch, from 1.
    pub epoch: u32,
    /// How many there will be.
    pub epochs: u32,
    /// Steps of this epoch that are done.
    pub step: u32,
    /// Steps of an epoch.
    pub steps: u32,
    /// Of the training photos.
    pub loss: f64,
    /// Of the training photos.
    pub accuracy: f64,
    /// The loss of the step's own batch.
    pub batch_loss: f64,
    /// Of the validation photos; only at an epoch's end, and only where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub val_loss: Option<f64>,
    /// Of the validation photos; only at an epoch's end, and only where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub val_accuracy: Option<f64>,
    /// Training photos a second in this epoch, pauses left out.
    #[serde(rename = "imagesPerSecond")]
    pub images_per_second: f64,
    /// Whole epochs that the model has been trained for, in all its runs.
    #[serde(rename = "trainedEpochs")]
    pub trained_epochs: u32,
    /// Seconds until the last epoch is done at this rate, validation included once it has been timed.
    #[serde(rename = "etaSeconds")]
    pub eta_seconds: f64,
}

/// Keras' `History.history`: a number an epoch. The validation lists are empty without such photos.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct History {
    /// Of the training photos, while they were trained on.
    pub loss: Vec<f64>,
    /// Of the training photos, while they were trained on.
    pub accuracy: Vec<f64>,
    /// Of the validation photos, after the epoch.
    pub val_loss: Vec<f64>,
    /// Of the validation photos, after the epoch.
    pub val_accuracy: Vec<f64>,
}

/// Who watches training and may halt it.
pub trait Observer: Host {
    /// Something happened.
    fn event(&mut self, event: &Event);

    /// The frozen layers have been run for so many photos of so many.
    fn features(&mut self, done: usize, total: usize) {
        self.event(&Event::Features { done, total });
    }
}
