//! The batches of a case, drawn as `drawn.py` draws them.

use fovea::device::Batch;
use fovea::random::{Purpose, Stream};

use super::fixture::Fixture;

/// One step's photos, all of weight 1.
pub struct Drawn {
    pub images: Vec<u8>,
    pub labels: Vec<u32>,
    weights: Vec<f32>,
    samples: Vec<u32>,
}

impl Drawn {
    /// Stripes whose direction and brightness go by the class, under noise.
    pub fn new(case: &Fixture, step: u32) -> Self {
        let [height, width, channels] = case.network.input_shape().map(|size| size as u32);
        let classes = case.network.output_units().max(2) as u32;
        let mut stream = Stream::new(case.seed, Purpose::Shuffle, step);
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        for _ in 0..case.batch {
            let label = stream.word() % classes;
            let phase = stream.word() % 4;
            labels.push(label);
            for y in 0..height {
                for x in 0..width {
                    let along = y * label + x * (classes - 1 - label) + phase * (classes - 1);
                    let stripe = along / (4 * (classes - 1)) % 2;
                    let bright = case.look.stripes * stripe + case.look.brightness * label / (classes - 1);
                    images.extend((0..channels).map(|_| (bright + stream.word() % case.look.noise) as u8));
                }
            }
        }
        let first = step % case.steps_per_epoch * case.batch as u32;
        let samples = (first..).take(case.batch).collect();
        Self { images, labels, weights: vec![1.0; case.batch], samples }
    }

    pub fn batch(&self) -> Batch<'_> {
        Batch { images: &self.images, labels: &self.labels, weights: &self.weights, samples: &self.samples }
    }
}

/// A sum of numbers that knows their order; the first of them has the place `start`.
pub fn checksum(start: usize, values: impl IntoIterator<Item = u32>) -> u64 {
    values
        .into_iter()
        .zip(start as u64 + 1..)
        .fold(0, |sum: u64, (value, place)| sum.wrapping_add(place.wrapping_mul(u64::from(value))))
}
