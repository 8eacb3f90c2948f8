//! The order in which a model's layers are computed.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::calls::Argument;
use super::tree::Container;
use crate::Reason;

/// A call of an entry: the entry's index, and which of its calls.
pub type Call = (usize, usize);

/// The entries of a model by their names.
pub struct Index<'a> {
    model: &'a Container,
    entries: HashMap<&'a str, usize>,
}

impl<'a> Index<'a> {
    /// Of a model.
    pub fn of(model: &'a Container) -> Self {
        let entries = model.entries.iter().enumerate().map(|(at, entry)| (entry.name.as_str(), at)).collect();
        Self { model, entries }
    }

    /// The call that a layer's name and number mean. What is called once has one call, whatever its number: Keras 2 counts the
    /// calls of a nested model from its own making on.
    ///
    /// # Errors
    /// [`Reason::Description`] for a name that no layer has.
    pub fn find(&self, layer: &str, call: usize) -> Result<Call, Reason> {
        let at = *self.entries.get(layer).ok_or_else(|| unknown(layer))?;
        let calls = self.model.entries[at].calls.len();
        Ok((at, if call < calls { call } else { calls.saturating_sub(1) }))
    }

    fn reads(&self, (at, call): Call) -> Result<Vec<Call>, Reason> {
        let entry = &self.model.entries[at];
        if self.model.inputs.contains(&entry.name) {
            return Ok(Vec::new());
        }
        let Some(arguments) = entry.calls.get(call) else {
            return Err(Reason::Description(format!("it does not say what layer {} reads", entry.name)));
        };
        let layers = arguments.iter().filter_map(|argument| match argument {
            Argument::Output { layer, call } => Some((layer, *call)),
            Argument::Number(_) => None,
        });
        layers.map(|(layer, call)| self.find(layer, call)).collect()
    }

    /// The calls that one needs, and itself, each after what it reads, and else in the order of the file, which is also that
    /// of an optimizer's state. Walked with a list and not by recursion, because a file may have any number of layers.
    ///
    /// # Errors
    /// [`Reason::Description`] for a circle, or for a layer that is not there.
    pub fn in_order(&self, last: Call) -> Result<Vec<Call>, Reason> {
        let mut waits: HashMap<Call, usize> = HashMap::new();
        let mut readers: HashMap<Call, Vec<Call>> = HashMap::new();
        let mut stack = vec![last];
        let mut ready = BinaryHeap::new();
        while let Some(call) = stack.pop() {
            if waits.contains_key(&call) {
                continue;
            }
            let before = self.reads(call)?;
            waits.insert(call, before.len());
            if before.is_empty() {
                ready.push(Reverse(call));
            }
            for other in before {
                readers.entry(other).or_default().push(call);
                stack.push(other);
            }
        }
        let mut order = Vec::new();
        while let Some(Reverse(call)) = ready.pop() {
            order.push(call);
            for reader in readers.get(&call).into_iter().flatten() {
                if let Some(left) = waits.get_mut(reader) {
                    *left -= 1;
                    if *left == 0 {
                        ready.push(Reverse(*reader));
                    }
                }
            }
        }
        match waits.iter().find(|(_, left)| **left > 0) {
            Some(((at, _), _)) => {
                let name = &self.model.entries[*at].name;
                Err(Reason::Description(format!("{name} reads its own output")))
            }
            None => Ok(order),
        }
    }
}

/// A layer that is read and cannot be.
pub fn unknown(layer: &str) -> Reason {
    Reason::Description(format!("{layer} is read before it is computed, or is not there"))
}
