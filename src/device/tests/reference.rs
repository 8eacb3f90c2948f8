//! A network's loss as anyone can read it: layer by layer, value by value, in double precision.

use super::Samples;
use crate::model::{Activation, Layer, Loss, Network, Parameter, PlacedLayer, Window};
use crate::ops::Operation as _;
use crate::ops::dropout::Dropout;
use crate::ops::tests::{on_cpu, words};

/// A network on some photos: what each layer gets is kept, so that a changed parameter is followed from its layer on.
pub(super) struct Reference<'a> {
    network: &'a Network,
    loss: Loss,
    samples: &'a Samples,
    parameters: Vec<f64>,
    /// What each layer gets, `[photo, value]`.
    inputs: Vec<Vec<f64>>,
    /// What each layer multiplies its values by: of dropouts alone.
    factors: Vec<Vec<f64>>,
}

impl<'a> Reference<'a> {
    pub(super) fn new(
        network: &'a Network,
        loss: Loss,
        samples: &'a Samples,
        step: &crate::ops::StepParams,
        parameters: &[f32],
    ) -> Self {
        let (mut dropouts, mut factors) = (0, Vec::new());
        for placed in network.layers() {
            let sample_len = placed.output_shape.iter().product();
            let mut of_layer = Vec::new();
            if let Layer::Dropout(config) = &placed.layer {
                let batch = samples.labels.len();
                let op = Dropout { batch, sample_len, rate: config.rate, layer: dropouts };
                let ones = [vec![1.0; batch * sample_len], words(&samples.samples)];
                let [made] = &on_cpu(step, &op, &ones, &[vec![0.0; batch * sample_len]])[..] else {
                    panic!("{} has one output", op.label());
                };
                of_layer = made.iter().map(|factor| f64::from(*factor)).collect();
                dropouts += 1;
            }
            factors.push(of_layer);
        }
        let parameters = parameters.iter().map(|parameter| f64::from(*parameter)).collect();
        let mut reference = Self { network, loss, samples, parameters, inputs: Vec::new(), factors };
        let mut value: Vec<f64> = samples.images.iter().map(|byte| f64::from(*byte) / 255.0).collect();
        for index in 0..network.layers().len() {
            let next = reference.layer(index, &value);
            reference.inputs.push(value);
            value = next;
        }
        reference
    }

    /// The mean loss with one parameter moved.
    pub(super) fn loss_with(&mut self, at: usize, moved: f64) -> f64 {
        let owner = |index: &usize| {
            let placed = &self.network.layers()[*index];
            let own = [placed.kernel, placed.bias].into_iter().flatten();
            own.map(|own| self.network.parameters()[own].range()).any(|range| range.contains(&at))
        };
        let first = (0..self.network.layers().len()).find(owner).unwrap();
        let before = self.parameters[at];
        self.parameters[at] += moved;
        let mut value = self.inputs[first].clone();
        for index in first..self.network.layers().len() {
            value = self.layer(index, &value);
        }
        self.parameters[at] = before;
        self.mean_loss(&value)
    }

    /// A layer's output; of the last layer before its activation, which belongs to the loss.
    fn layer(&self, index: usize, input: &[f64]) -> Vec<f64> {
        let placed = &self.network.layers()[index];
        let activation =
            if index + 1 == self.network.layers().len() { Activation::Linear } else { placed.activation() };
        match &placed.layer {
            Layer::Conv2D(_) => activate(activation, placed, self.convolution(placed, input)),
            Layer::Dense(_) => activate(activation, placed, self.dense(placed, input)),
            Layer::MaxPooling2D(_) => pooling(placed, input),
            Layer::Dropout(_) => {
                input.iter().zip(&self.factors[index]).map(|(x, factor)| x * factor).collect()
            }
            Layer::Flatten(_) => input.to_vec(),
        }
    }

    fn parameter(&self, index: Option<usize>) -> Option<&[f64]> {
        let parameter: &Parameter = &self.network.parameters()[index?];
        Some(&self.parameters[parameter.range()])
    }

    fn convolution(&self, placed: &PlacedLayer, input: &[f64]) -> Vec<f64> {
        let (kernel, bias) = (self.parameter(placed.kernel).unwrap(), self.parameter(placed.bias));
        let (channels, filters) = (placed.input_shape[2], placed.output_shape[2]);
        let mut output = Vec::new();
        each_place(placed, input, |image, window, [y, x]| {
            let mut sums = bias.map_or_else(|| vec![0.0; filters], <[f64]>::to_vec);
            each_tap(window, [y, x], |tap, pixel| {
                for (channel, value) in image[pixel * channels..][..channels].iter().enumerate() {
                    let weights = &kernel[(tap * channels + channel) * filters..][..filters];
                    sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
                }
            });
            output.extend(sums);
        });
        output
    }

    fn dense(&self, placed: &PlacedLayer, input: &[f64]) -> Vec<f64> {
        let (kernel, bias) = (self.parameter(placed.kernel).unwrap(), self.parameter(placed.bias));
        let units = *placed.output_shape.last().unwrap();
        let row = |row: &[f64]| {
            let mut sums = bias.map_or_else(|| vec![0.0; units], <[f64]>::to_vec);
            for (value, weights) in row.iter().zip(kernel.chunks_exact(units)) {
                sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
            }
            sums
        };
        input.chunks_exact(*placed.input_shape.last().unwrap()).flat_map(row).collect()
    }

    fn mean_loss(&self, logits: &[f64]) -> f64 {
        let photos = self.samples.labels.len() as f64;
        let units = self.network.output_units();
        let of_photo = |(logits, label): (&[f64], &u32)| match self.loss {
            Loss::CategoricalCrossentropy => {
                let sum: f64 = logits.iter().map(|z| z.exp()).sum();
                sum.ln() - logits[*label as usize]
            }
            Loss::BinaryCrossentropy => {
                let of_unit = |(unit, z): (usize, &f64)| {
                    let hit = if units == 1 { *label == 1 } else { unit == *label as usize };
                    let probability = 1.0 / (1.0 + (-z).exp());
                    -(if hit { probability } else { 1.0 - probability }).ln()
                };
                logits.iter().enumerate().map(of_unit).sum::<f64>() / units as f64
            }
        };
        logits.chunks_exact(units).zip(&self.samples.labels).map(of_photo).sum::<f64>() / photos
    }
}

fn activate(activation: Activation, placed: &PlacedLayer, mut values: Vec<f64>) -> Vec<f64> {
    for row in values.chunks_exact_mut(*placed.output_shape.last().unwrap()) {
        let sum: f64 = row.iter().map(|x| x.exp()).sum();
        for x in row {
            *x = match activation {
                Activation::Linear => *x,
                Activation::Relu => x.max(0.0),
                Activation::Relu6 => x.clamp(0.0, 6.0),
                Activation::LeakyRelu => x.max(0.2 * *x),
                Activation::Elu => x.max(x.exp_m1().min(0.0)),
                Activation::Tanh => x.tanh(),
                Activation::Sigmoid => 1.0 / (1.0 + (-*x).exp()),
                Activation::HardSigmoid => (*x / 6.0 + 0.5).clamp(0.0, 1.0),
                Activation::Silu => *x / (1.0 + (-*x).exp()),
                Activation::HardSilu => *x * (*x / 6.0 + 0.5).clamp(0.0, 1.0),
                Activation::Gelu => *x * normal(*x),
                Activation::Softmax => x.exp() / sum,
            };
        }
    }
    values
}

/// The normal distribution's cumulative function: half of it, and the density's integral from 0 by Simpson's rule.
fn normal(x: f64) -> f64 {
    let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let step = x / 200.0;
    let weight = |n: u32| if n == 0 || n == 200 { 1.0 } else { f64::from(2 + n % 2 * 2) };
    0.5 + (0..=200).map(|n| weight(n) * density(f64::from(n) * step)).sum::<f64>() * step / 3.0
}

fn pooling(placed: &PlacedLayer, input: &[f64]) -> Vec<f64> {
    let channels = placed.input_shape[2];
    let mut output = Vec::new();
    each_place(placed, input, |image, window, place| {
        let mut maxima = vec![f64::NEG_INFINITY; channels];
        each_tap(window, place, |_, pixel| {
            let values = &image[pixel * channels..][..channels];
            maxima.iter_mut().zip(values).for_each(|(maximum, value)| *maximum = maximum.max(*value));
        });
        output.extend(maxima);
    });
    output
}

/// Calls `visit(image, window, place)` for all places of a layer's window on all images.
fn each_place(placed: &PlacedLayer, input: &[f64], mut visit: impl FnMut(&[f64], &Window, [usize; 2])) {
    let window = placed.window.unwrap();
    for image in input.chunks_exact(placed.input_shape.iter().product()) {
        for y in 0..window.output[0] {
            for x in 0..window.output[1] {
                visit(image, &window, [y, x]);
            }
        }
    }
}

/// Calls `visit(tap, pixel)` for the taps of a window that lie inside its image.
fn each_tap(window: &Window, [y, x]: [usize; 2], mut visit: impl FnMut(usize, usize)) {
    for tap in 0..window.taps() {
        let at = |axis, place, tap| window.source(axis, place, tap);
        let (row, column) = (at(0, y, tap / window.kernel[1]), at(1, x, tap % window.kernel[1]));
        if let Some((row, column)) = row.zip(column) {
            visit(tap, row * window.input[1] + column);
        }
    }
}
