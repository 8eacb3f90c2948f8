//! When a model says that it is not sure: where its answer is likely wrong, or where the photo is like none that it learned from.

use half::f16;
use serde::Serialize;

use super::all_finite;

/// The neighbour whose distance counts. The very nearest one may be a photo that happens to look alike.
const NEIGHBOUR: usize = 5;
/// The range of temperatures.
pub(crate) const TEMPERATURES: [f32; 2] = [0.05, 20.0];
/// A probability that logarithms can be taken of.
const LEAST: f32 = 1e-30;

/// When an answer is withheld.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// The share of right answers that it lets through, on the photos that it was set on.
    pub keep: f32,
    /// What the logarithms of probabilities are divided by, so that a probability of 0.9 is right nine times of ten (Guo and
    /// others 2017, "On Calibration of Modern Neural Networks").
    pub temperature: f32,
    /// The least probability of an answer, after division by the temperature.
    pub least_probability: f32,
    /// The photos that it learned from; none where the network has no value that describes them.
    pub familiar: Option<Familiar>,
}

/// What photos that a model learned from look like to it, and how far from them another one may be.
#[derive(Debug, Clone, PartialEq)]
pub struct Familiar {
    /// The layer whose output describes a photo.
    pub layer: String,
    /// The most that a photo may be away from the fifth nearest of them: half the square of the distance between descriptions, which
    /// is 1 less their cosine (Sun and others 2022, "Out-of-Distribution Detection with Deep Nearest Neighbors").
    pub most_distance: f32,
    /// Channels of a description, which is the mean over all places of the layer's output.
    pub channels: usize,
    /// The descriptions, each of length 1, or 0 where no channel sees anything, of half precision. Model files keep them beside this record.
    pub(crate) photos: Vec<f32>,
}

/// Why an answer is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum NotSure {
    /// The photo is like none that the model learned from.
    Unfamiliar,
    /// The answer is likely wrong.
    Uncertain,
}

impl Threshold {
    /// What is said of a file whose descriptions of photos are not whole.
    pub(crate) const DAMAGED: &str = "what it knows of its training photos is damaged";

    /// Why these probabilities of all classes, of a photo at this distance, are no answer; `None` where they are one.
    pub(crate) fn doubts(&self, probabilities: &[f32], distance: Option<f32>) -> Option<NotSure> {
        let most = self.familiar.as_ref().map(|familiar| familiar.most_distance);
        if distance.zip(most).is_some_and(|(distance, most)| distance > most) {
            return Some(NotSure::Unfamiliar);
        }
        (confidence(probabilities, self.temperature) < self.least_probability).then_some(NotSure::Uncertain)
    }

    /// Checks what a file says.
    ///
    /// # Errors
    /// What cannot be, in words.
    pub fn check(&self) -> Result<(), String> {
        let [coolest, hottest] = TEMPERATURES;
        if !(0.0..=1.0).contains(&self.keep) || !(0.0..=1.0).contains(&self.least_probability) {
            return Err("its shares must be between 0 and 1".into());
        }
        if !(coolest..=hottest).contains(&self.temperature) {
            return Err(format!("its temperature must be between {coolest} and {hottest}"));
        }
        match &self.familiar {
            Some(familiar) if !familiar.is_whole() => Err(Self::DAMAGED.into()),
            _ => Ok(()),
        }
    }
}

/// The probability that the likeliest class is right.
pub(crate) fn confidence(probabilities: &[f32], temperature: f32) -> f32 {
    let cooled = || probabilities.iter().map(|probability| probability.max(LEAST).ln() / temperature);
    let highest = cooled().fold(f32::NEG_INFINITY, f32::max);
    1.0 / cooled().map(|logarithm| (logarithm - highest).exp()).sum::<f32>()
}

impl Familiar {
    /// The most photos that are remembered.
    pub const MOST: usize = 2048;
    /// The most channels of a description.
    pub const MOST_CHANNELS: usize = 4096;

    /// Remembers what a layer made of a photo.
    pub(crate) fn add(&mut self, values: &[f32]) {
        let half = |value| f16::from_f32(value).to_f32();
        self.photos.extend(described(values, self.channels).into_iter().map(half));
    }

    /// How far a photo, of which the layer made this, is from those that are remembered.
    pub(crate) fn distance(&self, values: &[f32]) -> f32 {
        let photo = described(values, self.channels);
        let mut nearest = [f32::INFINITY; NEIGHBOUR];
        for known in self.photos.chunks_exact(self.channels) {
            let squares = known.iter().zip(&photo).map(|(known, value)| (known - value) * (known - value));
            let distance = squares.sum::<f32>() / 2.0;
            if let Some(at) = nearest.iter().position(|nearer| distance < *nearer) {
                nearest[at..].rotate_right(1);
                nearest[at] = distance;
            }
        }
        let known = self.photos.len() / self.channels;
        nearest[known.clamp(1, NEIGHBOUR) - 1]
    }

    /// The descriptions, as files keep them: two bytes a value, little-endian.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.photos.iter().flat_map(|value| f16::from_f32(*value).to_le_bytes()).collect()
    }

    /// How many photos are remembered.
    pub fn len(&self) -> usize {
        self.photos.len() / self.channels.max(1)
    }

    /// Whether there are none, as in no file that is whole.
    pub fn is_empty(&self) -> bool {
        self.photos.is_empty()
    }

    fn is_whole(&self) -> bool {
        (1..=Self::MOST_CHANNELS).contains(&self.channels)
            && all_finite(&self.photos)
            && self.most_distance.is_finite()
            && (1..=Self::MOST).contains(&self.len())
            && self.photos.len().is_multiple_of(self.channels)
    }
}

/// A layer's output, `[places, channels]`, as the mean over all places, of length 1; a length of 0 stays so.
fn described(values: &[f32], channels: usize) -> Vec<f32> {
    let mut sum = vec![0.0_f32; channels];
    for place in values.chunks_exact(channels) {
        sum.iter_mut().zip(place).for_each(|(sum, value)| *sum += value);
    }
    let length = sum.iter().map(|sum| sum * sum).sum::<f32>().sqrt();
    let scale = if length > 0.0 && all_finite(&[length]) { 1.0 / length } else { 0.0 };
    sum.iter().map(|sum| sum * scale).collect()
}
