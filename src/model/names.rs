use std::collections::HashMap;

use super::{Layer, ModelError};

/// The name under which layers read the network's input: Keras' name of its `InputLayer`.
pub const INPUT: &str = "input_layer";

/// Names layers as Keras does, `conv2d`, `conv2d_1`, ..., and finds values by their names.
pub(super) struct Names {
    counts: HashMap<String, usize>,
    values: HashMap<String, usize>,
}

impl Default for Names {
    fn default() -> Self {
        Self { counts: HashMap::new(), values: HashMap::from([(INPUT.to_owned(), 0)]) }
    }
}

impl Names {
    pub(super) fn name(&mut self, layer: &Layer) -> Result<String, ModelError> {
        let name = if let Some(name) = layer.given_name() {
            name.to_owned()
        } else {
            let stem = layer.stem();
            let count = self.counts.entry(stem.clone()).or_insert(0);
            loop {
                let name = if *count == 0 { stem.clone() } else { format!("{stem}_{count}") };
                *count += 1;
                // Layers that came with their names may have taken some of these.
                if !self.values.contains_key(&name) {
                    break name;
                }
            }
        };
        if self.values.contains_key(&name) { Err(ModelError::DuplicateName(name)) } else { Ok(name) }
    }

    /// The next value is of the layer with this name.
    pub(super) fn add(&mut self, name: &str) {
        self.values.insert(name.to_owned(), self.values.len());
    }

    /// The numbers of the values that a layer reads, by their names.
    pub(super) fn values(&self, layer: &str, inbound: &[String]) -> Result<Vec<usize>, ModelError> {
        let value = |name: &String| {
            self.values
                .get(name)
                .copied()
                .ok_or_else(|| ModelError::UnknownInput { layer: layer.to_owned(), input: name.clone() })
        };
        inbound.iter().map(value).collect()
    }
}
