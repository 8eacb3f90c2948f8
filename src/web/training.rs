//! The engine's methods that go through a model's program: training, judging, predicting.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Engine;
use super::observer::{Control, PageObserver};
use super::values::{coded, error, from_js, to_js};
use crate::boundary::EvaluateOptions;
use crate::classifier::{Classifier, ClassifierError};
use crate::device::DeviceError;
use crate::evaluate::{EvaluateError, Photo, cross_validate, evaluate, predict, set_threshold};
use crate::train::{FitOptions, TrainError, fit};

/// What the page tells by that the GPU is gone, and another device is to be chosen.
const DEVICE_LOST: &str = "device-lost";

#[wasm_bindgen]
impl Engine {
    /// Trains a model and gives back its history; `run` is a number to pause, resume and stop it by.
    ///
    /// # Errors
    /// An `Error` that says why training cannot start or go on.
    #[wasm_bindgen(unchecked_return_type = "History")]
    pub async fn fit(
        &self,
        model: u32,
        dataset: u32,
        run: u32,
        #[wasm_bindgen(unchecked_param_type = "Partial<FitOptions>")] options: JsValue,
        #[wasm_bindgen(unchecked_param_type = "(event: Event) => void")] on_event: Function,
    ) -> Result<JsValue, JsValue> {
        let (number, model, dataset) = (model, self.models.get(model)?, self.datasets.get(dataset)?);
        if model.sizing != dataset.sizing && model.check(&dataset).is_ok() {
            let sizing = dataset.sizing;
            self.models.put(number, Rc::new(Classifier { sizing, ..(*model).clone() }));
        }
        let mut options: FitOptions = from_js(options)?;
        options.seed.get_or_insert(self.seed);
        let mut observer = self.observed(run, on_event);
        let history = fit(&self.computing(), &model, &dataset, &options, &mut observer).await;
        self.runs.remove(run);
        to_js(&history.map_err(|failure| match failure {
            TrainError::Lost { .. }
            | TrainError::Classifier(ClassifierError::Device(DeviceError::Lost(_))) => {
                coded(failure, DEVICE_LOST)
            }
            failure => error(failure),
        })?)
    }

    /// Halts a run after its current step.
    ///
    /// # Errors
    /// An `Error` where there is no such run.
    pub fn pause(&self, run: u32) -> Result<(), JsValue> {
        self.runs.get(run).map(|control| control.pause())
    }

    /// Lets a paused run go on.
    ///
    /// # Errors
    /// An `Error` where there is no such run.
    pub fn resume(&self, run: u32) -> Result<(), JsValue> {
        self.runs.get(run).map(|control| control.resume())
    }

    /// Ends a run after its current step.
    ///
    /// # Errors
    /// An `Error` where there is no such run.
    pub fn stop(&self, run: u32) -> Result<(), JsValue> {
        self.runs.get(run).map(|control| control.stop())
    }

    /// Loss, accuracy and confusion matrix on a split, `"test"` by default.
    ///
    /// # Errors
    /// An `Error` for a split without photos or a dataset that is not the model's.
    #[wasm_bindgen(unchecked_return_type = "Evaluation")]
    pub async fn evaluate(
        &self,
        model: u32,
        dataset: u32,
        #[wasm_bindgen(unchecked_param_type = "EvaluateOptions")] options: JsValue,
    ) -> Result<JsValue, JsValue> {
        let dataset = self.datasets.get(dataset)?;
        let EvaluateOptions { split } = from_js(options)?;
        let mut observer = PageObserver::new(Rc::default(), None);
        loop {
            let (device, model) = self.at_hand(model)?;
            model.check(&dataset).map_err(error)?;
            let data = (split, dataset.split(split));
            let evaluation = evaluate(&device, &model, data, &mut observer).await;
            // A GPU that is lost on the way leaves it to the CPU.
            if evaluation.is_ok() || device.lost().is_none() {
                return to_js(&evaluation.map_err(error)?);
            }
        }
    }

    /// Accuracy of a model's trained layers by cross-validation on all photos of a dataset, and the photos whose labels that
    /// contradicts; nothing where it was stopped. `run` is a number to stop it by.
    ///
    /// # Errors
    /// An `Error` that says why it cannot start or go on.
    #[wasm_bindgen(unchecked_return_type = "CrossValidation | null")]
    pub async fn cross_validate(
        &self,
        model: u32,
        dataset: u32,
        run: u32,
        folds: usize,
        #[wasm_bindgen(unchecked_param_type = "Partial<FitOptions>")] options: JsValue,
        #[wasm_bindgen(unchecked_param_type = "(event: Event) => void")] on_event: Function,
    ) -> Result<JsValue, JsValue> {
        let (model, dataset) = (self.models.get(model)?, self.datasets.get(dataset)?);
        let mut options: FitOptions = from_js(options)?;
        options.seed.get_or_insert(self.seed);
        let mut observer = self.observed(run, on_event);
        let judged =
            cross_validate(&self.computing(), &model, &dataset, folds, &options, &mut observer).await;
        self.runs.remove(run);
        to_js(&judged.map_err(error)?)
    }

    /// Has a model say that it is not sure, so that `keep` of its right answers on validation photos are let through; nothing where it
    /// was stopped. `run` is a number to stop it by.
    ///
    /// # Errors
    /// An `Error` that says why it cannot be told.
    #[wasm_bindgen(unchecked_return_type = "ThresholdReport | null")]
    pub async fn set_threshold(
        &self,
        model: u32,
        dataset: u32,
        run: u32,
        keep: f32,
        #[wasm_bindgen(unchecked_param_type = "(event: Event) => void")] on_event: Function,
    ) -> Result<JsValue, JsValue> {
        let (model, dataset) = (self.models.get(model)?, self.datasets.get(dataset)?);
        let mut observer = self.observed(run, on_event);
        let report = set_threshold(&self.computing(), &model, &dataset, keep, &mut observer).await;
        self.runs.remove(run);
        to_js(&report.map_err(error)?)
    }

    /// Has a model always answer.
    ///
    /// # Errors
    /// An `Error` for a model that is closed.
    pub fn drop_threshold(&self, model: u32) -> Result<(), JsValue> {
        self.models.get(model).map(|model| model.set_threshold(None))
    }

    /// How a photo becomes an image for a model: `{ imageSize, interpolation, cropToAspectRatio }`.
    ///
    /// # Errors
    /// An `Error` for a network whose images photos cannot be resized to.
    #[wasm_bindgen(unchecked_return_type = "Sizing")]
    pub fn model_sizing(&self, model: u32) -> Result<JsValue, JsValue> {
        let model = self.models.get(model)?;
        let shape = model.network.input_shape();
        to_js(&model.sizing().ok_or(EvaluateError::Shape(shape)).map_err(error)?)
    }

    /// The classes of a photo that was decoded to RGB of the size that [`Self::model_sizing`] gives, the most likely first.
    ///
    /// # Errors
    /// An `Error` for another number of bytes.
    #[wasm_bindgen(unchecked_return_type = "Answer")]
    pub async fn predict(&self, model: u32, pixels: Vec<u8>) -> Result<JsValue, JsValue> {
        self.predicted(model, Photo::Pixels(&pixels)).await
    }

    /// The classes of an image of `width * height` pixels of four bytes, the most likely first.
    ///
    /// # Errors
    /// An `Error` for another number of bytes.
    #[wasm_bindgen(unchecked_return_type = "Answer")]
    pub async fn predict_pixels(
        &self,
        model: u32,
        width: usize,
        height: usize,
        rgba: Vec<u8>,
    ) -> Result<JsValue, JsValue> {
        self.predicted(model, Photo::Rgba { width, height, pixels: &rgba }).await
    }

    /// Who hears of a run, which can be paused and stopped by its number.
    fn observed(&self, run: u32, on_event: Function) -> PageObserver {
        let control = Rc::new(Control::default());
        self.runs.put(run, Rc::clone(&control));
        PageObserver::new(control, Some(on_event))
    }

    async fn predicted(&self, model: u32, photo: Photo<'_>) -> Result<JsValue, JsValue> {
        loop {
            let (device, model) = self.at_hand(model)?;
            let predictions = predict(&device, &model, photo).await;
            // A GPU that is lost on the way leaves it to the CPU.
            if predictions.is_ok() || device.lost().is_none() {
                return to_js(&predictions.map_err(error)?);
            }
        }
    }
}
