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
    /// Drawn labels, with the fixture's own images where it has some, and with drawn ones else.
    pub fn new(case: &Fixture, step: u32) -> Self {
        let shape = case.network.input_shape().map(|size| size as u32);
        let classes = case.network.output_units().max(2) as u32;
        let mut stream = Stream::new(case.seed, Purpose::Shuffle, step);
        let (mut images, mut labels) = (Vec::new(), Vec::new());
        for _ in 0..case.batch {
            let label = stream.word() % classes;
            labels.push(label);
            draw(&mut images, &mut stream, shape, label, classes);
        }
        if let Some(augmented) = &case.augmented {
            let first = step as usize * images.len();
            images = augmented[first..first + images.len()].to_vec();
        }
        let first = step % case.steps_per_epoch * case.batch as u32;
        let samples = (first..).take(case.batch).collect();
        Self { images, labels, weights: vec![1.0; case.batch], samples }
    }

    pub fn batch(&self) -> Batch<'_> {
        Batch { images: &self.images, labels: &self.labels, weights: &self.weights, samples: &self.samples }
    }
}

/// A bright rectangle on a dark ground, its shape and brightness by the class.
fn draw(images: &mut Vec<u8>, stream: &mut Stream, shape: [u32; 3], label: u32, classes: u32) {
    let [height, width, channels] = shape;
    let wide = width * (4 + 8 * label / (classes - 1)) / 16;
    let high = height * (12 - 8 * label / (classes - 1)) / 16;
    let top = stream.word() % (height - high + 1);
    let left = stream.word() % (width - wide + 1);
    let mut colour =
        |darkest| (0..channels).map(|_| (darkest + stream.word() % 64) as u8).collect::<Vec<_>>();
    let (ground, bright) = (colour(16), colour(128 + 64 * label / (classes - 1)));
    for y in 0..height {
        for x in 0..width {
            let inside = (top..top + high).contains(&y) && (left..left + wide).contains(&x);
            images.extend(if inside { &bright } else { &ground });
        }
    }
}

/// A sum of numbers that knows their order; the first of them has the place `start`.
pub fn checksum(start: usize, values: impl IntoIterator<Item = u32>) -> u64 {
    values
        .into_iter()
        .zip(start as u64 + 1..)
        .fold(0, |sum: u64, (value, place)| sum.wrapping_add(place.wrapping_mul(u64::from(value))))
}
