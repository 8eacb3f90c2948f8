//! Which device the engine computes on, and with what, when that changes or is gone.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::Engine;
use super::engine::choose;
use super::values::error;
use crate::classifier::{Classifier, ClassifierError};
use crate::device::Device;

#[wasm_bindgen]
impl Engine {
    /// Switches to another device, with all models; datasets know no device. If that fails, everything stays as it was.
    /// From a GPU that is lost, models come over in their last good state.
    ///
    /// # Errors
    /// An `Error` while a model is being trained, or for a device that is not there or on which a model does not fit.
    pub async fn switch_device(&self, wish: String) -> Result<(), JsValue> {
        let training = "the device can be changed when the training has ended";
        if self.models.all().iter().any(|(_, model)| model.is_busy()) {
            return Err(error(training));
        }
        let (device, reason) = choose(&wish).await?;
        let models = self.models.all();
        if models.iter().any(|(_, model)| model.is_busy()) {
            return Err(error(training));
        }
        let move_one = |(number, model): &(u32, Rc<Classifier>)| Ok((*number, Rc::new(model.on(&device)?)));
        let moved: Result<Vec<_>, ClassifierError> = models.iter().map(move_one).collect();
        for (number, model) in moved.map_err(error)? {
            self.models.put(number, model);
        }
        self.device.replace(device);
        self.reason.replace(reason);
        Ok(())
    }
}

impl Engine {
    /// What computes now.
    pub(super) fn computing(&self) -> Device {
        self.device.borrow().clone()
    }

    /// A model, and what it can be computed on: where the GPU is gone that is the CPU, with its last good state.
    pub(super) fn at_hand(&self, model: u32) -> Result<(Device, Rc<Classifier>), JsValue> {
        let (device, model) = (self.computing(), self.models.get(model)?);
        if device.lost().is_none() {
            return Ok((device, model));
        }
        let cpu = Device::cpu();
        let moved = model.on(&cpu).map_err(error)?;
        Ok((cpu, Rc::new(moved)))
    }
}
