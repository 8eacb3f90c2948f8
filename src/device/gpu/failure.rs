use std::sync::{Arc, Mutex};

use crate::device::DeviceError;

/// The first thing that went wrong on a GPU since it was opened; WebGPU tells it out of step.
#[derive(Debug, Clone, Default)]
pub(super) struct Failure(Arc<Mutex<Option<String>>>);

impl Failure {
    pub(super) fn note(&self, message: &str) {
        if let Ok(mut first) = self.0.lock() {
            first.get_or_insert_with(|| message.to_owned());
        }
    }

    /// # Errors
    /// [`DeviceError::Gpu`] where something went wrong.
    pub(super) fn check(&self) -> Result<(), DeviceError> {
        match self.0.lock().ok().and_then(|first| first.clone()) {
            Some(message) => Err(DeviceError::Gpu(message)),
            None => Ok(()),
        }
    }
}
