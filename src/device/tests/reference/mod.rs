//! A network's loss as anyone can read it: layer by layer, value by value, in double precision.

mod layers;

use layers::{
    activate, by_channel, depthwise, each_place, each_tap, gathered, largest, mean, moved, over_photos,
    pooling, product, with_bias,
};

use super::Samples;
use crate::model::{Activation, Layer, Loss, Network, PlacedLayer, Weight};
use crate::ops::Operation as _;
use crate::ops::dropout::Dropout;
use crate::ops::tests::{on_cpu, words};

/// A network on some photos: all values are kept, so that a changed parameter is followed from its layer on.
pub(super) struct Reference<'a> {
    network: &'a Network,
    loss: Loss,
    samples: &'a Samples,
    parameters: Vec<f64>,
    frozen: Vec<f64>,
    /// The network's values, `[photo, value]`; see [`PlacedLayer::inputs`].
    values: Vec<Vec<f64>>,
    /// What each layer multiplies its values by: of dropouts alone.
    factors: Vec<Vec<f64>>,
}

impl<'a> Reference<'a> {
    pub(super) fn new(
        network: &'a Network,
        loss: Loss,
        samples: &'a Samples,
        step: &crate::ops::StepParams,
        [parameters, frozen]: [&[f32]; 2],
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
        let wide = |values: &[f32]| values.iter().map(|value| f64::from(*value)).collect();
        let (parameters, frozen) = (wide(parameters), wide(frozen));
        let mut reference = Self { network, loss, samples, parameters, frozen, values: Vec::new(), factors };
        let images = samples.images.iter().map(|byte| f64::from(*byte) / 255.0).collect();
        reference.values = reference.from(0, vec![images]);
        reference
    }

    /// The mean loss with one trained parameter moved.
    pub(super) fn loss_with(&mut self, at: usize, moved: f64) -> f64 {
        let parameters = self.network.parameters();
        let owns = |placed: &PlacedLayer| {
            let mut own = placed.weights.iter().map(|(_, own)| &parameters[*own]);
            own.any(|own| !own.is_frozen() && own.range().contains(&at))
        };
        let first = self.network.layers().iter().position(owns).unwrap();
        let before = self.parameters[at];
        self.parameters[at] += moved;
        let values = self.from(first, self.values[..=first].to_vec());
        self.parameters[at] = before;
        self.mean_loss(values.last().unwrap())
    }

    /// One of the network's values, `[photo, value]`.
    pub(super) fn value(&self, value: usize) -> &[f64] {
        &self.values[value]
    }

    /// The last layer's output before its activation, where one entry of a value is moved.
    pub(super) fn with_value(&self, value: usize, at: usize, moved: f64) -> Vec<f64> {
        let mut values = self.values[..=value].to_vec();
        values[value][at] += moved;
        self.from(value, values).pop().unwrap_or_default()
    }

    /// All values, from those before the layer with index `first` on.
    fn from(&self, first: usize, mut values: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        for index in first..self.network.layers().len() {
            let inputs: Vec<&[f64]> =
                self.network.layers()[index].inputs.iter().map(|value| &values[*value][..]).collect();
            let output = self.layer(index, &inputs);
            values.push(output);
        }
        values
    }

    /// A layer's output; of the last layer before its activation, which belongs to the loss.
    fn layer(&self, index: usize, inputs: &[&[f64]]) -> Vec<f64> {
        let placed = &self.network.layers()[index];
        let activation =
            if index + 1 == self.network.layers().len() { Activation::Linear } else { placed.activation() };
        let input = inputs[0];
        match &placed.layer {
            Layer::Conv2D(config) => {
                activate(activation, placed, self.convolution(placed, input, config.groups))
            }
            Layer::DepthwiseConv2D(config) => {
                let kernel = self.weight(placed, Weight::Kernel).unwrap();
                let sums = depthwise(placed, input, kernel, config.depth_multiplier);
                activate(activation, placed, with_bias(sums, self.weight(placed, Weight::Bias)))
            }
            Layer::SeparableConv2D(config) => {
                let kernels = [Weight::DepthwiseKernel, Weight::PointwiseKernel];
                let [deep, point] = kernels.map(|weight| self.weight(placed, weight).unwrap());
                let between = depthwise(placed, input, deep, config.depth_multiplier);
                let channels = placed.input_shape()[2] * config.depth_multiplier;
                let sums = between.chunks_exact(channels).flat_map(|pixel| product(pixel, point)).collect();
                activate(activation, placed, with_bias(sums, self.weight(placed, Weight::Bias)))
            }
            Layer::Dense(_) => activate(activation, placed, self.dense(placed, input)),
            Layer::MaxPooling2D(_) => pooling(placed, input, largest),
            Layer::AveragePooling2D(_) => pooling(placed, input, mean),
            Layer::GlobalAveragePooling2D(_) => over_photos(placed, input, mean),
            Layer::GlobalMaxPooling2D(_) => over_photos(placed, input, largest),
            Layer::Dropout(_) => {
                input.iter().zip(&self.factors[index]).map(|(x, factor)| x * factor).collect()
            }
            Layer::Flatten(_) | Layer::Reshape(_) => input.to_vec(),
            Layer::Activation(_) | Layer::Softmax(_) => activate(activation, placed, input.to_vec()),
            Layer::ReLU(config) => {
                let [slope, threshold] = [config.negative_slope, config.threshold].map(f64::from);
                let most = config.max_value.map_or(f64::INFINITY, f64::from);
                let relu = |x: &f64| if *x >= threshold { x.min(most) } else { slope * (x - threshold) };
                input.iter().map(relu).collect()
            }
            Layer::LeakyReLU(config) => {
                input.iter().map(|x| x.max(f64::from(config.negative_slope) * x)).collect()
            }
            Layer::Add(_) => {
                let sum = |at| inputs.iter().map(|input| input[at]).sum();
                (0..input.len()).map(sum).collect()
            }
            Layer::Multiply(_) => gathered(placed, |photo, place| {
                let factor = |(input, shape): (&&[f64], &Vec<usize>)| {
                    let len: usize = shape.iter().product();
                    let at = place.iter().zip(shape).fold(0, |at, (place, size)| at * size + place % size);
                    input[photo * len + at]
                };
                inputs.iter().zip(&placed.input_shapes).map(factor).product()
            }),
            Layer::Concatenate(config) => gathered(placed, |photo, place| {
                let axis = config.sample_axis(place.len()).unwrap();
                let mut place = place.to_vec();
                for (input, shape) in inputs.iter().zip(&placed.input_shapes) {
                    if place[axis] < shape[axis] {
                        let len: usize = shape.iter().product();
                        let at = place.iter().zip(shape).fold(0, |at, (place, size)| at * size + place);
                        return input[photo * len + at];
                    }
                    place[axis] -= shape[axis];
                }
                unreachable!("every place is one of an input's")
            }),
            Layer::ZeroPadding2D(config) => {
                moved(placed, input, config.padding.0.map(|[before, _]| before as isize))
            }
            Layer::Cropping2D(config) => {
                moved(placed, input, config.cropping.0.map(|[before, _]| -(before as isize)))
            }
            Layer::BatchNormalization(config) => {
                let channels = *placed.output_shape.last().unwrap();
                let rows = input.len() / channels;
                let mean_of = |of: &dyn Fn(f64) -> f64, channel: usize| {
                    input.iter().skip(channel).step_by(channels).map(|x| of(*x)).sum::<f64>() / rows as f64
                };
                let statistics: Vec<[f64; 2]> = (0..channels)
                    .map(|channel| {
                        if config.trainable {
                            let mean = mean_of(&|x| x, channel);
                            [mean, mean_of(&|x| (x - mean).powi(2), channel)]
                        } else {
                            let moving = [Weight::MovingMean, Weight::MovingVariance];
                            moving.map(|weight| self.weight(placed, weight).unwrap()[channel])
                        }
                    })
                    .collect();
                let of = |weight, channel: usize| self.weight(placed, weight).map(|values| values[channel]);
                by_channel(placed, input, |x, channel| {
                    let [mean, variance] = statistics[channel];
                    let normal = (x - mean) / (variance + f64::from(config.epsilon)).sqrt();
                    normal * of(Weight::Gamma, channel).unwrap_or(1.0)
                        + of(Weight::Beta, channel).unwrap_or(0.0)
                })
            }
            Layer::Rescaling(config) => by_channel(placed, input, |x, channel| {
                let of = |numbers: &[f32]| f64::from(numbers[channel % numbers.len()]);
                x * of(&config.scale.0) + of(&config.offset.0)
            }),
            Layer::Normalization(config) => by_channel(placed, input, |x, channel| {
                let of = |given: &Option<crate::model::PerChannel>, weight| match given {
                    Some(numbers) => f64::from(numbers.0[channel % numbers.0.len()]),
                    None => self.weight(placed, weight).unwrap()[channel],
                };
                (x - of(&config.mean, Weight::Mean)) / of(&config.variance, Weight::Variance).sqrt()
            }),
        }
    }

    fn weight(&self, placed: &PlacedLayer, weight: Weight) -> Option<&[f64]> {
        let parameter = &self.network.parameters()[placed.weight(weight)?];
        let values = if parameter.is_frozen() { &self.frozen } else { &self.parameters };
        Some(&values[parameter.range()])
    }

    fn convolution(&self, placed: &PlacedLayer, input: &[f64], groups: usize) -> Vec<f64> {
        let (kernel, bias) =
            (self.weight(placed, Weight::Kernel).unwrap(), self.weight(placed, Weight::Bias));
        let (channels, filters) = (placed.input_shape()[2], placed.output_shape[2]);
        let (own_channels, own_filters) = (channels / groups, filters / groups);
        let mut output = Vec::new();
        each_place(placed, input, |image, window, place| {
            let mut sums = bias.map_or_else(|| vec![0.0; filters], <[f64]>::to_vec);
            each_tap(window, place, |tap, pixel| {
                for (filter, sum) in sums.iter_mut().enumerate() {
                    let first = filter / own_filters * own_channels;
                    for channel in 0..own_channels {
                        let weight = kernel[(tap * own_channels + channel) * filters + filter];
                        *sum += image[pixel * channels + first + channel] * weight;
                    }
                }
            });
            output.extend(sums);
        });
        output
    }

    fn dense(&self, placed: &PlacedLayer, input: &[f64]) -> Vec<f64> {
        let (kernel, bias) =
            (self.weight(placed, Weight::Kernel).unwrap(), self.weight(placed, Weight::Bias));
        let units = *placed.output_shape.last().unwrap();
        let row = |row: &[f64]| {
            let mut sums = bias.map_or_else(|| vec![0.0; units], <[f64]>::to_vec);
            for (value, weights) in row.iter().zip(kernel.chunks_exact(units)) {
                sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += value * weight);
            }
            sums
        };
        input.chunks_exact(*placed.input_shape().last().unwrap()).flat_map(row).collect()
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
