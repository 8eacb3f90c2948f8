use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use crate::device::DeviceError;

/// The first thing that went wrong on a GPU since it was opened; WebGPU tells it out of step.
#[derive(Debug, Clone, Default)]
pub(super) struct Failure(Arc<Mutex<Noted>>);

#[derive(Debug, Default)]
struct Noted {
    first: Option<String>,
    /// Those who wait for something that may never come now.
    waiting: Vec<Waker>,
}

impl Failure {
    pub(super) fn note(&self, message: &str) {
        if let Ok(mut noted) = self.0.lock() {
            noted.first.get_or_insert_with(|| message.to_owned());
            noted.waiting.drain(..).for_each(Waker::wake);
        }
    }

    /// # Errors
    /// [`DeviceError::Lost`] where something went wrong.
    pub(super) fn check(&self) -> Result<(), DeviceError> {
        match self.0.lock().ok().and_then(|noted| noted.first.clone()) {
            Some(message) => Err(DeviceError::Lost(message)),
            None => Ok(()),
        }
    }

    /// Waits for the GPU's answer. A GPU that is gone may answer nothing more.
    ///
    /// # Errors
    /// [`DeviceError::Lost`] where something goes wrong first.
    pub(super) async fn or<T>(&self, answer: impl Future<Output = T>) -> Result<T, DeviceError> {
        let mut answer = pin!(answer);
        poll_fn(|context| match answer.as_mut().poll(context) {
            Poll::Ready(answer) => {
                self.wait(context, false);
                Poll::Ready(Ok(answer))
            }
            Poll::Pending => {
                // Noted before this waits, or it wakes this.
                self.wait(context, true);
                self.check().map_or_else(|error| Poll::Ready(Err(error)), |()| Poll::Pending)
            }
        })
        .await
    }

    fn wait(&self, context: &Context<'_>, waits: bool) {
        if let Ok(mut noted) = self.0.lock() {
            noted.waiting.retain(|waker| !waker.will_wake(context.waker()));
            if waits {
                noted.waiting.push(context.waker().clone());
            }
        }
    }
}
