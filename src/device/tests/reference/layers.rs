//! What layers make of their inputs, value by value.

use crate::model::{Activation, PlacedLayer, Window};

pub(super) fn activate(activation: Activation, placed: &PlacedLayer, mut values: Vec<f64>) -> Vec<f64> {
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
pub(super) fn normal(x: f64) -> f64 {
    let density = |t: f64| (-t * t / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let step = x / 200.0;
    let weight = |n: u32| if n == 0 || n == 200 { 1.0 } else { f64::from(2 + n % 2 * 2) };
    0.5 + (0..=200).map(|n| weight(n) * density(f64::from(n) * step)).sum::<f64>() * step / 3.0
}

/// A row times a matrix.
pub(super) fn product(row: &[f64], matrix: &[f64]) -> Vec<f64> {
    let columns = matrix.len() / row.len();
    let sum =
        |column: usize| row.iter().enumerate().map(|(at, x)| x * matrix[at * columns + column]).sum::<f64>();
    (0..columns).map(sum).collect()
}

pub(super) fn with_bias(mut sums: Vec<f64>, bias: Option<&[f64]>) -> Vec<f64> {
    if let Some(bias) = bias {
        sums.iter_mut().enumerate().for_each(|(at, sum)| *sum += bias[at % bias.len()]);
    }
    sums
}

/// Each channel by itself, with `multiplier` kernels of its own.
pub(super) fn depthwise(placed: &PlacedLayer, input: &[f64], kernel: &[f64], multiplier: usize) -> Vec<f64> {
    let channels = placed.input_shape()[2];
    let mut output = Vec::new();
    each_place(placed, input, |image, window, place| {
        let mut sums = vec![0.0; channels * multiplier];
        each_tap(window, place, |tap, pixel| {
            for (at, sum) in sums.iter_mut().enumerate() {
                *sum += image[pixel * channels + at / multiplier] * kernel[tap * channels * multiplier + at];
            }
        });
        output.extend(sums);
    });
    output
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub(super) fn largest(values: &[f64]) -> f64 {
    values.iter().fold(f64::NEG_INFINITY, |largest, value| largest.max(*value))
}

/// What `of` makes of the values under each window that lie inside the image, channel by channel.
pub(super) fn pooling(placed: &PlacedLayer, input: &[f64], of: fn(&[f64]) -> f64) -> Vec<f64> {
    let channels = placed.input_shape()[2];
    let mut output = Vec::new();
    each_place(placed, input, |image, window, place| {
        let mut values = vec![Vec::new(); channels];
        each_tap(window, place, |_, pixel| {
            let pixel = &image[pixel * channels..][..channels];
            values.iter_mut().zip(pixel).for_each(|(values, value)| values.push(*value));
        });
        output.extend(values.iter().map(|values| of(values)));
    });
    output
}

/// What `of` makes of each photo's values, channel by channel.
pub(super) fn over_photos(placed: &PlacedLayer, input: &[f64], of: fn(&[f64]) -> f64) -> Vec<f64> {
    let (pixels, channels) = (placed.input_shape()[..2].iter().product::<usize>(), placed.input_shape()[2]);
    let mut output = Vec::new();
    for photo in input.chunks_exact(pixels * channels) {
        for channel in 0..channels {
            let values: Vec<f64> = photo.iter().skip(channel).step_by(channels).copied().collect();
            output.push(of(&values));
        }
    }
    output
}

/// A layer's output, value by value: what `of(photo, place)` says of each place in a sample.
pub(super) fn gathered(placed: &PlacedLayer, of: impl Fn(usize, &[usize]) -> f64) -> Vec<f64> {
    let shape = &placed.output_shape;
    let len: usize = shape.iter().product();
    let value = |at: usize| {
        let mut place = vec![0; shape.len()];
        let mut rest = at % len;
        for axis in (0..shape.len()).rev() {
            (place[axis], rest) = (rest % shape[axis], rest / shape[axis]);
        }
        of(at / len, &place)
    };
    (0..super::super::BATCH * len).map(value).collect()
}

/// An image so many rows and columns further down and to the right, with zeros where there is none.
pub(super) fn moved(placed: &PlacedLayer, input: &[f64], by: [isize; 2]) -> Vec<f64> {
    let &[height, width, channels] = placed.input_shape() else { panic!("{} takes images", placed.name) };
    gathered(placed, |photo, place| {
        let at = |axis: usize, size: usize| {
            place[axis].checked_add_signed(-by[axis]).filter(|place| *place < size)
        };
        match at(0, height).zip(at(1, width)) {
            Some((y, x)) => input[((photo * height + y) * width + x) * channels + place[2]],
            None => 0.0,
        }
    })
}

pub(super) fn by_channel(placed: &PlacedLayer, input: &[f64], of: impl Fn(f64, usize) -> f64) -> Vec<f64> {
    let channels = *placed.output_shape.last().unwrap();
    input.iter().enumerate().map(|(at, x)| of(*x, at % channels)).collect()
}

/// Calls `visit(image, window, place)` for all places of a layer's window on all images.
pub(super) fn each_place(
    placed: &PlacedLayer,
    input: &[f64],
    mut visit: impl FnMut(&[f64], &Window, [usize; 2]),
) {
    let window = placed.window.unwrap();
    for image in input.chunks_exact(placed.input_shape().iter().product()) {
        for y in 0..window.output[0] {
            for x in 0..window.output[1] {
                visit(image, &window, [y, x]);
            }
        }
    }
}

/// Calls `visit(tap, pixel)` for the taps of a window that lie inside its image.
pub(super) fn each_tap(window: &Window, [y, x]: [usize; 2], mut visit: impl FnMut(usize, usize)) {
    for tap in 0..window.taps() {
        let at = |axis, place, tap| window.source(axis, place, tap);
        let (row, column) = (at(0, y, tap / window.kernel[1]), at(1, x, tap % window.kernel[1]));
        if let Some((row, column)) = row.zip(column) {
            visit(tap, row * window.input[1] + column);
        }
    }
}
