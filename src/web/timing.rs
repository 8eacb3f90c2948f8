//! The engine's methods that tell how long it computes.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Engine;
use super::clock::seconds;
use super::values::{error, from_js, to_js};
use crate::device::{Batch, DeviceError, Program};
use crate::memory;
use crate::model::{Augmentation, Loss, Optimizer};
use crate::ops::StepParams;
use crate::ops::loss::METRIC_ROWS;
use crate::plan::{Goal, Plan};

#[wasm_bindgen]
impl Engine {
    /// What each operation of a training step takes on its own: an array of
    /// `{ label, sizes, kernels, seconds }`; with `only`, those of this label, or of this label and sizes; photos are augmented where `augmentation` is
    /// given. The model is
    /// left alone: a copy of it is trained.
    ///
    /// # Errors
    /// An `Error` for a batch size that the device cannot do.
    #[wasm_bindgen(unchecked_return_type = "Timing[]")]
    pub async fn profile(
        &self,
        model: u32,
        batch_size: usize,
        runs: usize,
        only: Option<String>,
        #[wasm_bindgen(unchecked_param_type = "Partial<Augmentation> | undefined")] augmentation: JsValue,
    ) -> Result<JsValue, JsValue> {
        let (mut program, _) = self.program(model, batch_size, "train", augmentation).await?;
        to_js(&program.profile(runs, only.as_deref()).await.map_err(error)?)
    }

    /// How long steps take that train (`"train"`) or only predict (`"predict"`), one after the other: an array of
    /// the seconds of each run, from handing over the batch until its metrics, or its probabilities, have been read
    /// back. The batch is of made-up photos, which are augmented where `augmentation` is given; the model is left alone: a copy of it is trained.
    ///
    /// # Errors
    /// An `Error` for a batch size that the device cannot do, or for another goal.
    #[wasm_bindgen(unchecked_return_type = "number[]")]
    pub async fn time(
        &self,
        model: u32,
        batch_size: usize,
        #[wasm_bindgen(unchecked_param_type = "'train' | 'predict'")] goal: String,
        runs: u32,
        #[wasm_bindgen(unchecked_param_type = "Partial<Augmentation> | undefined")] augmentation: JsValue,
    ) -> Result<JsValue, JsValue> {
        let (mut program, optimizer) = self.program(model, batch_size, &goal, augmentation).await?;
        let (image_len, units) = (program.plan().image_len, program.plan().units);
        let classes = if units == 1 { 2 } else { units as u32 };
        let photos = 0..batch_size as u32;
        let images = filled((0..batch_size * image_len).map(made_up_pixel))?;
        let samples = filled(photos.clone())?;
        let labels = filled(photos.clone().map(|photo| photo % classes))?;
        let weights = filled(photos.map(|_| 1.0))?;
        let batch = Batch { images: &images, labels: &labels, weights: &weights, samples: &samples };
        let mut times = Vec::with_capacity(runs as usize);
        for run in 1..=runs {
            let step = StepParams {
                rate: optimizer.rate(run),
                scale: 1.0 / batch_size as f32,
                row: run % METRIC_ROWS as u32,
                ..StepParams::default()
            };
            let start = seconds();
            program.run(&batch, &step).await.map_err(error)?;
            if goal == "train" {
                program.metrics().await.map_err(error)?;
            } else {
                program.probabilities().await.map_err(error)?;
            }
            times.push(seconds() - start);
        }
        to_js(&times)
    }

    /// A program for a copy of the model, and what it trains with.
    async fn program(
        &self,
        model: u32,
        batch_size: usize,
        goal: &str,
        augmentation: JsValue,
    ) -> Result<(Program, Optimizer), JsValue> {
        let model = self.models.get(model)?;
        let augmentation: Augmentation = from_js(augmentation)?;
        let optimizer = Optimizer::rmsprop(1e-4);
        let goal = match goal {
            "train" => {
                let loss =
                    Loss::of(model.network.output_activation()).unwrap_or(Loss::CategoricalCrossentropy);
                Goal::Train(loss, optimizer)
            }
            "predict" => Goal::Predict,
            other => return Err(error(format!("goal is \"{other}\"; it must be \"train\" or \"predict\""))),
        };
        let device = self.computing();
        let limits = device.limits();
        let plan =
            Plan::augmented(&model.network, batch_size, goal, Some(&augmentation), limits).map_err(error)?;
        let weights = {
            let (parameters, frozen) = (model.weights.read().await.map_err(error)?, &model.good().frozen);
            device.weights(&parameters, frozen).map_err(error)?
        };
        let program = device.program(plan, &weights).await.map_err(error)?;
        Ok((program, optimizer))
    }
}

fn filled<T>(values: impl ExactSizeIterator<Item = T>) -> Result<Vec<T>, JsValue> {
    let mut filled = memory::room(values.len()).map_err(DeviceError::from).map_err(error)?;
    filled.extend(values);
    Ok(filled)
}

/// A byte that looks like noise; the same at each call.
fn made_up_pixel(place: usize) -> u8 {
    ((place as u32).wrapping_mul(2_654_435_761) >> 24) as u8
}
