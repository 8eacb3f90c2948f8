//! Where a network can be computed in two parts: up to a value that all layers behind it begin from, and from there on.

use super::{Layer, Network, PlacedLayer, Region};

/// Channels below which different photos look alike.
const LEAST_CHANNELS: usize = 16;

impl Network {
    /// The numbers of the values that a photo always has, whatever is trained, and that are all that the layers behind them
    /// read; in ascending order, the network's input and output not among them. Those in front of the first layer with
    /// parameters are left out: computing them costs nothing.
    pub fn frozen_values(&self) -> Vec<usize> {
        let layers = self.layers();
        let trained = layers.iter().position(|placed| self.changes(placed)).unwrap_or(layers.len());
        self.cuts().into_iter().filter(|value| *value <= trained).collect()
    }

    /// The value that tells the most of what a photo shows, whatever the classes are, and the channels that remain when it is
    /// averaged over places: the last image in the network, such as the output of a base without its top. Where that has too few
    /// channels it is what the last layer with parameters reads. None where that has, too, or layers behind it read anything else.
    pub fn description(&self) -> Option<(usize, usize)> {
        let cuts = self.cuts();
        let mut images = cuts.iter().filter_map(|value| match self.value_shape(*value) {
            [height, width, channels] if height * width > 1 => Some((*value, *channels)),
            _ => None,
        });
        let tells = |(_, channels): &(usize, usize)| *channels >= LEAST_CHANNELS;
        images.next_back().filter(tells).or_else(|| {
            let last = self.layers().iter().rposition(|placed| !placed.weights.is_empty())?;
            let [value] = self.layers()[last].inputs[..] else { return None };
            let read = cuts.contains(&value).then(|| (value, self.value_shape(value).iter().product()));
            read.filter(tells)
        })
    }

    /// The number of the value with this name, if layers with parameters made it, all behind it is computed from it alone, and it has
    /// so many channels at each place.
    pub fn describing(&self, layer: &str, channels: usize) -> Option<usize> {
        let value = self.value(layer)?;
        let len: usize = self.value_shape(value).iter().product();
        (self.cuts().contains(&value) && channels > 0 && len.is_multiple_of(channels)).then_some(value)
    }

    /// The values that are all that the layers behind them read, behind the first layer with parameters; not the network's output.
    fn cuts(&self) -> Vec<usize> {
        let layers = self.layers();
        // The lowest value that is read by a layer behind each value.
        let mut lowest = vec![usize::MAX; layers.len() + 1];
        for (index, placed) in layers.iter().enumerate().rev() {
            let read = placed.inputs.iter().copied().min().unwrap_or(usize::MAX);
            lowest[index] = lowest[index + 1].min(read);
        }
        let first = layers.iter().position(|placed| !placed.weights.is_empty()).unwrap_or(layers.len());
        (first + 1..layers.len()).filter(|value| lowest[*value] >= *value).collect()
    }

    /// Whether a layer makes another thing of the same photo as training goes on.
    fn changes(&self, placed: &PlacedLayer) -> bool {
        let draws = matches!(&placed.layer, Layer::Dropout(dropout) if dropout.rate > 0.0);
        let mut weights = placed.weights.iter().map(|(_, index)| &self.parameters()[*index]);
        draws || weights.any(|parameter| parameter.region != Region::Frozen)
    }
}
