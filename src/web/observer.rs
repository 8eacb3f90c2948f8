use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::Function;
use wasm_bindgen::JsValue;

use super::{clock, values};
use crate::classifier::{Host, Turn};
use crate::train::{Event, Observer};

/// Computing goes on for at most this many seconds before the worker looks at its messages.
const BREATH: f64 = 0.01;

/// How a run is paused and stopped from outside.
#[derive(Debug, Default)]
pub(super) struct Control {
    paused: Cell<bool>,
    stopped: Cell<bool>,
    waiting: RefCell<Option<oneshot::Sender<()>>>,
}

impl Control {
    pub(super) fn pause(&self) {
        self.paused.set(true);
    }

    pub(super) fn resume(&self) {
        self.paused.set(false);
        self.wake();
    }

    pub(super) fn stop(&self) {
        self.stopped.set(true);
        self.wake();
    }

    fn wake(&self) {
        if let Some(waiting) = self.waiting.take() {
            // A run that ended meanwhile waits no more.
            let _ = waiting.send(());
        }
    }

    async fn turn(&self) -> Turn {
        while self.paused.get() && !self.stopped.get() {
            let (sender, woken) = oneshot::channel();
            self.waiting.replace(Some(sender));
            // An error would mean that the sender was replaced, which only this loop does.
            let _ = woken.await;
        }
        if self.stopped.get() { Turn::Stop } else { Turn::Continue }
    }
}

/// Hands events to a JavaScript function, and obeys a [`Control`].
#[derive(Debug)]
pub(super) struct PageObserver {
    control: Rc<Control>,
    on_event: Option<Function>,
    last_breath: f64,
}

impl PageObserver {
    pub(super) fn new(control: Rc<Control>, on_event: Option<Function>) -> Self {
        Self { control, on_event, last_breath: clock::seconds() }
    }
}

impl Observer for PageObserver {
    fn event(&mut self, event: &Event) {
        if let (Some(on_event), Ok(event)) = (&self.on_event, values::to_js(event)) {
            // What the page's function throws is the page's affair; training goes on.
            let _ = on_event.call1(&JsValue::NULL, &event);
        }
    }
}

impl Host for PageObserver {
    fn seconds(&self) -> f64 {
        clock::seconds()
    }

    async fn turn(&mut self) -> Turn {
        if clock::seconds() - self.last_breath >= BREATH {
            if clock::breathe().await.is_err() {
                return Turn::Stop;
            }
            self.last_breath = clock::seconds();
        }
        self.control.turn().await
    }
}
