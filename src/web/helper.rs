//! Both ends of the CPU device's helpers: workers of the engine's worker.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::{Array, Float32Array, Reflect, Uint8Array};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, Worker};

use super::values::{error, object};
use crate::device::cpu;
use crate::device::cpu::{Answer, Done, Helper, Order, Reply, Values};
use crate::json;
use crate::ops::loss::METRIC_COLUMNS;

/// Milliseconds without an answer after which a helper is given up.
const PATIENCE: i32 = 60_000;

type Listener = Closure<dyn FnMut(MessageEvent)>;

/// A worker that obeys orders: `www/worker/helper_worker.js` at its other end.
#[derive(Debug)]
pub(super) struct WorkerHelper(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    worker: Worker,
    /// Those who wait for answers, which come in the orders' order.
    waiting: RefCell<VecDeque<oneshot::Sender<Answer>>>,
    /// What carried an answer's values, for the next parameters.
    spare: Spare,
    answered: Cell<u32>,
    ended: Cell<bool>,
    listeners: RefCell<Vec<Listener>>,
}

impl Drop for WorkerHelper {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl WorkerHelper {
    pub(super) fn new(worker: Worker) -> Self {
        let inner = Rc::new(Inner {
            worker,
            waiting: RefCell::default(),
            spare: Spare::default(),
            answered: Cell::new(0),
            ended: Cell::new(false),
            listeners: RefCell::default(),
        });
        let listen = |to: fn(&Inner, MessageEvent)| {
            let weak = Rc::downgrade(&inner);
            Listener::new(move |event| {
                if let Some(inner) = weak.upgrade() {
                    to(&inner, event);
                }
            })
        };
        let on_answer = listen(Inner::hear);
        let on_error = listen(|inner, event| {
            // Else it would count as an error of this worker, too.
            event.prevent_default();
            inner.end();
        });
        inner.worker.set_onmessage(Some(on_answer.as_ref().unchecked_ref()));
        inner.worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        inner.listeners.replace(vec![on_answer, on_error]);
        Self(inner)
    }
}

impl Helper for WorkerHelper {
    fn order(&self, order: Order<'_>) -> Reply {
        let (answered, answer) = oneshot::channel();
        if !self.0.ended.get() {
            self.0.waiting.borrow_mut().push_back(answered);
            match self.0.post(&order) {
                Ok(()) => watch(&self.0, 2),
                Err(_) => self.0.end(),
            }
        }
        Box::pin(async { answer.await.ok() })
    }
}

impl Inner {
    fn post(&self, order: &Order<'_>) -> Result<(), JsValue> {
        let (images, values) = (Uint8Array::from(order.images), self.spare.filled(order.values));
        let transferred = Array::of2(&images.buffer(), &values.buffer());
        let task = serde_json::to_string(&order.task).map_err(error)?;
        let message = object([("task", task.into()), ("images", images.into()), ("values", values.into())]);
        self.worker.post_message_with_transfer(&message, &transferred)
    }

    fn hear(&self, event: MessageEvent) {
        self.answered.set(self.answered.get().wrapping_add(1));
        let Some(waiting) = self.waiting.borrow_mut().pop_front() else { return };
        let answer = read_answer(&event.data(), &self.spare).unwrap_or_else(|_| Answer {
            metrics: Default::default(),
            values: Box::new(Vec::new()),
            error: Some("an answer without values".into()),
        });
        // Nobody waits for the answers to some orders.
        let _ = waiting.send(answer);
    }

    /// Ends the worker; all who wait learn it.
    fn end(&self) {
        self.ended.set(true);
        self.worker.terminate();
        self.waiting.borrow_mut().clear();
    }
}

/// Gives the helper up where nothing is heard from it for too long. The last time counts only after this
/// thread has listened in between: it may have been busy itself.
fn watch(inner: &Rc<Inner>, times: u32) {
    let (weak, heard) = (Rc::downgrade(inner), inner.answered.get());
    let look = Closure::once_into_js(move || {
        let Some(inner) = weak.upgrade() else { return };
        if inner.answered.get() == heard && !inner.waiting.borrow().is_empty() {
            if times > 1 { watch(&inner, times - 1) } else { inner.end() }
        }
    });
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        // Without a timer nothing is watched.
        let _ = scope.set_timeout_with_callback_and_timeout_and_arguments_0(look.unchecked_ref(), PATIENCE);
    }
}

/// An array that came over, to go back with other values: parameters and gradients are as many, so that in a run one array
/// goes to and fro, and none is made.
#[derive(Debug, Default, Clone)]
struct Spare(Rc<RefCell<Option<Float32Array>>>);

impl Spare {
    fn keep(&self, array: &Float32Array) {
        if array.length() > 0 {
            self.0.replace(Some(array.clone()));
        }
    }

    fn filled(&self, values: &[f32]) -> Float32Array {
        let fits = |array: &Float32Array| array.length() as usize == values.len();
        match self.0.borrow_mut().take_if(|array| fits(array)) {
            Some(array) => {
                array.copy_from(values);
                array
            }
            None => Float32Array::from(values),
        }
    }
}

/// Values as they came over; once they have been read, their array is spare.
#[derive(Debug)]
struct Received {
    values: Float32Array,
    spare: Spare,
}

impl Values for Received {
    fn count(&self) -> usize {
        self.values.length() as usize
    }

    fn read(&self, first: usize, to: &mut [f32]) {
        let first = first as u32;
        self.values.subarray(first, first + to.len() as u32).copy_to(to);
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        self.spare.keep(&self.values);
    }
}

fn read_answer(message: &JsValue, spare: &Spare) -> Result<Answer, JsValue> {
    let field = |name: &str| Reflect::get(message, &name.into());
    let sums: Float32Array = field("metrics")?.dyn_into()?;
    let values = Received { values: field("values")?.dyn_into()?, spare: spare.clone() };
    let mut metrics = [0.0; METRIC_COLUMNS];
    if sums.length() as usize == METRIC_COLUMNS {
        sums.copy_to(&mut metrics);
    }
    Ok(Answer { metrics, values: Box::new(values), error: field("error")?.as_string() })
}

/// The helper's own end: what `www/worker/helper_worker.js` drives.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Hand {
    hand: cpu::Hand,
    /// The last order's photos.
    images: Vec<u8>,
    /// What carried the parameters, for the next answer's values.
    spare: Spare,
}

#[wasm_bindgen]
impl Hand {
    /// A hand that knows nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        console_error_panic_hook::set_once();
        Self::default()
    }

    /// Does what a message tells it, and gives back the message that answers it.
    ///
    /// # Errors
    /// An `Error` for a message that is no order.
    pub fn obey(&mut self, message: &JsValue) -> Result<JsValue, JsValue> {
        let field = |name: &str| Reflect::get(message, &name.into());
        let task = field("task")?.as_string().unwrap_or_default();
        let images: Uint8Array = field("images")?.dyn_into()?;
        let values = Received { values: field("values")?.dyn_into()?, spare: self.spare.clone() };
        let task = json::read(&task).map_err(error)?;
        self.images.resize(images.length() as usize, 0);
        images.copy_to(&mut self.images);
        let Done { metrics, values, error } = self.hand.obey(task, &self.images, &values);
        Ok(object([
            ("metrics", Float32Array::from(&metrics[..]).into()),
            ("values", self.spare.filled(values).into()),
            ("error", error.map_or(JsValue::UNDEFINED, JsValue::from)),
        ]))
    }
}
