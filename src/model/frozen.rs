//! What lies in front of all that training changes: it makes the same of a photo in every epoch.

use super::{Layer, Network, PlacedLayer, Region};

impl Network {
    /// The numbers of the values that a photo always has, whatever is trained, and that are all that the layers behind them
    /// read; in ascending order, the network's input and output not among them. Those in front of the first layer with
    /// parameters are left out: computing them costs nothing.
    pub fn frozen_values(&self) -> Vec<usize> {
        let layers = self.layers();
        let mut values = Vec::new();
        let mut has_parameters = false;
        // The lowest value that is read by a layer behind each value.
        let mut lowest = vec![usize::MAX; layers.len() + 1];
        for (index, placed) in layers.iter().enumerate().rev() {
            let read = placed.inputs.iter().copied().min().unwrap_or(usize::MAX);
            lowest[index] = lowest[index + 1].min(read);
        }
        for (index, placed) in layers.iter().enumerate().take(layers.len() - 1) {
            if self.changes(placed) {
                break;
            }
            has_parameters |= !placed.weights.is_empty();
            if has_parameters && lowest[index + 1] > index {
                values.push(index + 1);
            }
        }
        values
    }

    /// Whether a layer makes another thing of the same photo as training goes on.
    fn changes(&self, placed: &PlacedLayer) -> bool {
        let draws = matches!(&placed.layer, Layer::Dropout(dropout) if dropout.rate > 0.0);
        let mut weights = placed.weights.iter().map(|(_, index)| &self.parameters()[*index]);
        draws || weights.any(|parameter| parameter.region != Region::Frozen)
    }
}
