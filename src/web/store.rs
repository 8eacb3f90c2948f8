use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::values::error;

/// Things that JavaScript knows by their numbers.
#[derive(Debug)]
pub(super) struct Store<T> {
    what: &'static str,
    things: RefCell<HashMap<u32, Rc<T>>>,
    last: Cell<u32>,
}

impl<T> Store<T> {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, things: RefCell::default(), last: Cell::new(0) }
    }

    pub(super) fn add(&self, thing: T) -> u32 {
        let number = self.last.get() + 1;
        self.last.set(number);
        self.things.borrow_mut().insert(number, Rc::new(thing));
        number
    }

    pub(super) fn put(&self, number: u32, thing: Rc<T>) {
        self.things.borrow_mut().insert(number, thing);
    }

    pub(super) fn get(&self, number: u32) -> Result<Rc<T>, JsValue> {
        let gone = || error(format!("this {} is closed, or is none of this lab's", self.what));
        self.things.borrow().get(&number).cloned().ok_or_else(gone)
    }

    /// All of them, with their numbers.
    pub(super) fn all(&self) -> Vec<(u32, Rc<T>)> {
        self.things.borrow().iter().map(|(number, thing)| (*number, Rc::clone(thing))).collect()
    }

    pub(super) fn remove(&self, number: u32) {
        self.things.borrow_mut().remove(&number);
    }
}
