#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{STEP, assert_close, on_both, on_both_at, random};

const EPSILON: f32 = 1e-3;
const PRESENT: [(bool, bool); 4] = [(true, true), (true, false), (false, true), (false, false)];

/// What a batch norm has of its own, each `[channels]`.
struct Own {
    mean: Vec<f32>,
    variance: Vec<f32>,
    gamma: Option<Vec<f32>>,
    beta: Option<Vec<f32>>,
}

impl Own {
    fn new(channels: usize, (scale, center): (bool, bool)) -> Self {
        Self {
            mean: random(channels, 91),
            variance: random(channels, 92).iter().map(|value| value + 1.1).collect(),
            gamma: scale.then(|| random(channels, 93)),
            beta: center.then(|| random(channels, 94)),
        }
    }

    fn factor(&self, channel: usize) -> f64 {
        let gamma = self.gamma.as_ref().map_or(1.0, |gamma| f64::from(gamma[channel]));
        gamma / (f64::from(self.variance[channel]) + f64::from(EPSILON)).sqrt()
    }

    /// The definition.
    fn of(&self, x: f64, channel: usize) -> f64 {
        let beta = self.beta.as_ref().map_or(0.0, |beta| f64::from(beta[channel]));
        (x - f64::from(self.mean[channel])) * self.factor(channel) + beta
    }

    fn gamma_and_beta(&self) -> impl Iterator<Item = Vec<f32>> {
        self.gamma.iter().chain(&self.beta).cloned()
    }
}

fn narrow(values: impl IntoIterator<Item = f64>) -> Vec<f32> {
    values.into_iter().map(|value| value as f32).collect()
}

#[test]
fn with_given_statistics_it_is_the_definition() {
    for ((scale, center), (rows, channels)) in
        PRESENT.into_iter().flat_map(|present| [(1, 1), (7, 5), (65, 8)].map(|sizes| (present, sizes)))
    {
        let own = Own::new(channels, (scale, center));
        let x = random(rows * channels, 1);
        let expected = x.iter().enumerate().map(|(at, x)| own.of(f64::from(*x), at % channels));
        let inputs = [x.clone(), own.mean.clone(), own.variance.clone()];
        let inputs: Vec<_> = inputs.into_iter().chain(own.gamma_and_beta()).collect();
        let op = Infer { rows, channels, epsilon: EPSILON, scale, center };
        let found = on_both(op, &inputs, &[vec![f32::NAN; x.len()]]);
        assert_close(&found[0], &narrow(expected), 1e-6);
        let gradient = random(rows * channels, 2);
        let expected = x.iter().zip(&gradient).enumerate().map(|(at, (x, dy))| {
            let y = |h: f64| own.of(f64::from(*x) + h, at % channels);
            (y(1e-4) - y(-1e-4)) / 2e-4 * f64::from(*dy)
        });
        let expected = narrow(expected);
        let inputs: Vec<_> = [gradient, own.variance.clone()].into_iter().chain(own.gamma.clone()).collect();
        let op = GradInfer { rows, channels, epsilon: EPSILON, scale };
        assert_close(&on_both(op, &inputs, &[vec![f32::NAN; x.len()]])[0], &expected, 1e-6);
    }
}

/// One channel of the definition: mean, variance, and the channel normalised.
fn reference(x: &[f64], gamma: f64, beta: f64) -> (f64, f64, Vec<f64>) {
    let rows = x.len().max(1) as f64;
    let mean = x.iter().sum::<f64>() / rows;
    let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / rows;
    let y = x.iter().map(|x| (x - mean) / (variance + f64::from(EPSILON)).sqrt() * gamma + beta);
    (mean, variance, y.collect())
}

fn channel_of(values: &[f32], channel: usize, channels: usize) -> Vec<f64> {
    values.iter().skip(channel).step_by(channels).map(|value| f64::from(*value)).collect()
}

/// Sizes, and how many photos there are.
fn cases() -> impl Iterator<Item = (Train, u32)> {
    let sizes = [
        (1, 1, 1, 1),
        (3, 1, 3, 2),
        (2, 9, 5, 2),
        (3, 50, 4, 1),
        (4, 700, 8, 3),
        (2, 5000, 3, 2),
        (3, 6, 7, 0),
    ];
    PRESENT.into_iter().flat_map(move |(scale, center)| {
        sizes.map(|(photos, rows_per_photo, channels, there)| {
            (Train { photos, rows_per_photo, channels, epsilon: EPSILON, scale, center }, there)
        })
    })
}

/// Values of all photos, those of photos that are not there being of no use.
fn values_of(op: &Train, there: usize, seed: u32) -> Vec<f32> {
    let mut values = random(op.photos * op.rows_per_photo * op.channels, seed);
    values[there..].fill(f32::NAN);
    values
}

#[test]
fn with_the_batchs_statistics_it_is_the_definition() {
    for (op, photos) in cases() {
        let own = Own::new(op.channels, (op.scale, op.center));
        let there = photos as usize * op.rows_per_photo * op.channels;
        let x = values_of(&op, there, 1);
        let (mut means, mut variances, mut expected) = (Vec::new(), Vec::new(), vec![0.0; x.len()]);
        for channel in 0..op.channels {
            let gamma = own.gamma.as_ref().map_or(1.0, |gamma| f64::from(gamma[channel]));
            let beta = own.beta.as_ref().map_or(0.0, |beta| f64::from(beta[channel]));
            let (mean, variance, y) = reference(&channel_of(&x[..there], channel, op.channels), gamma, beta);
            means.push(mean as f32);
            variances.push(variance as f32);
            for (row, y) in y.into_iter().enumerate() {
                expected[row * op.channels + channel] = y as f32;
            }
        }
        let inputs: Vec<_> = [x.clone()].into_iter().chain(own.gamma_and_beta()).collect();
        let outputs = [x.len(), op.channels, op.channels].map(|len| vec![f32::NAN; len]);
        let found = on_both_at(&StepParams { photos, ..STEP }, op, &inputs, &outputs);
        assert_close(&found[0], &expected, 1e-5);
        assert_close(&found[1], &means, 1e-5);
        assert_close(&found[2], &variances, 1e-5);
    }
}

#[test]
fn a_large_mean_leaves_the_variance_as_it_is() {
    let op =
        Train { photos: 3, rows_per_photo: 4000, channels: 4, epsilon: EPSILON, scale: false, center: false };
    let x: Vec<f32> =
        random(op.photos * op.rows_per_photo * op.channels, 5).iter().map(|x| 50.0 + x).collect();
    let outputs = [x.len(), op.channels, op.channels].map(|len| vec![f32::NAN; len]);
    let found = on_both(op, std::slice::from_ref(&x), &outputs);
    for channel in 0..op.channels {
        let (mean, variance, _) = reference(&channel_of(&x, channel, op.channels), 1.0, 0.0);
        assert_close(&found[1][channel..][..1], &[mean as f32], 1e-6);
        // The mean of the squares less the mean's square is off by 1e-4 here.
        assert_close(&found[2][channel..][..1], &[variance as f32], 5e-6);
    }
}

#[test]
fn the_gradients_are_the_slopes() {
    for (op, photos) in cases() {
        let own = Own::new(op.channels, (op.scale, op.center));
        let there = photos as usize * op.rows_per_photo * op.channels;
        let (x, dy) = (values_of(&op, there, 1), values_of(&op, there, 2));
        let (mut means, mut variances) = (Vec::new(), Vec::new());
        // What is compared: some values of dx by their places, and all of the others.
        let (mut places, mut dx, mut dgamma, mut dbeta) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for channel in 0..op.channels {
            let gamma = own.gamma.as_ref().map_or(1.0, |gamma| f64::from(gamma[channel]));
            let mut x = channel_of(&x[..there], channel, op.channels);
            let dy = channel_of(&dy[..there], channel, op.channels);
            let loss = |x: &[f64], gamma: f64, beta: f64| {
                reference(x, gamma, beta).2.iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>()
            };
            let (mean, variance, _) = reference(&x, gamma, 0.0);
            means.push(mean as f32);
            variances.push(variance as f32);
            dgamma.push(((loss(&x, gamma + 1e-3, 0.0) - loss(&x, gamma - 1e-3, 0.0)) / 2e-3) as f32);
            dbeta.push(((loss(&x, gamma, 1e-3) - loss(&x, gamma, -1e-3)) / 2e-3) as f32);
            for row in (0..x.len()).step_by(x.len() / 50 + 1) {
                let value = x[row];
                let mut at = |moved| {
                    x[row] = moved;
                    loss(&x, gamma, 0.0)
                };
                let slope = (at(value + 1e-4) - at(value - 1e-4)) / 2e-4;
                x[row] = value;
                places.push(row * op.channels + channel);
                dx.push(slope as f32);
            }
        }
        let inputs: Vec<_> = [x.clone(), dy, means, variances].into_iter().chain(own.gamma).collect();
        let mut outputs = vec![vec![f32::NAN; x.len()]];
        outputs.extend(
            [op.scale, op.center].iter().filter(|there| **there).map(|_| vec![f32::NAN; op.channels]),
        );
        let mut found = on_both_at(&StepParams { photos, ..STEP }, Grad(op), &inputs, &outputs);
        assert!(found[0][there..].iter().all(|value| *value == 0.0));
        let some: Vec<f32> = places.iter().map(|at| found[0][*at]).collect();
        assert_close(&some, &dx, 2e-5);
        if op.center {
            assert_close(&found.pop().unwrap(), &dbeta, 1e-5);
        }
        if op.scale {
            assert_close(&found.pop().unwrap(), &dgamma, 1e-5);
        }
    }
}

#[test]
fn a_folded_layer_gives_what_the_batch_norm_makes_of_its_output() {
    for ((scale, center), bias) in PRESENT.into_iter().flat_map(|present| [(present, true), (present, false)])
    {
        for (rows, channels) in [(1, 1), (9, 5), (30, 8)] {
            let own = Own::new(channels, (scale, center));
            let kernel = random(rows * channels, 1);
            let biases = bias.then(|| random(channels, 2));
            let layer = |kernel: &[f32], bias: Option<&Vec<f32>>, x: &[f32], channel: usize| {
                let sum: f64 = (0..rows)
                    .map(|row| f64::from(x[row]) * f64::from(kernel[row * channels + channel]))
                    .sum();
                sum + bias.map_or(0.0, |bias| f64::from(bias[channel]))
            };
            let statistics = [own.mean.clone(), own.variance.clone()];
            let inputs = [kernel.clone()].into_iter().chain(biases.clone()).chain(statistics);
            let inputs: Vec<_> = inputs.chain(own.gamma_and_beta()).collect();
            let op = Fold { rows, channels, epsilon: EPSILON, bias, scale, center };
            let folded = on_both(op, &inputs, &[vec![f32::NAN; kernel.len()], vec![f32::NAN; channels]]);
            let (mut found, mut expected) = (Vec::new(), Vec::new());
            for photo in 0..5 {
                let x = random(rows, 10 + photo);
                let all = 0..channels;
                expected.extend(all.clone().map(|c| own.of(layer(&kernel, biases.as_ref(), &x, c), c)));
                found.extend(all.map(|c| layer(&folded[0], Some(&folded[1]), &x, c)));
            }
            assert_close(&narrow(found), &narrow(expected), 1e-6);
            // Kernel and bias alike: what goes in by h comes out by h times this.
            let (dkernel, dbias) = (random(kernel.len(), 3), random(channels, 4));
            let slope = |(at, value): (usize, &f32)| {
                let channel = at % channels;
                (own.of(1e-3, channel) - own.of(-1e-3, channel)) / 2e-3 * f64::from(*value)
            };
            let gradients = [dkernel.clone()].into_iter().chain(bias.then(|| dbias.clone()));
            let expected: Vec<Vec<f32>> =
                gradients.clone().map(|values| narrow(values.iter().enumerate().map(slope))).collect();
            let inputs: Vec<_> = gradients.chain([own.variance.clone()]).chain(own.gamma.clone()).collect();
            let outputs: Vec<_> = expected.iter().map(|values| vec![f32::NAN; values.len()]).collect();
            let found = on_both(FoldGrad(op), &inputs, &outputs);
            for (found, expected) in found.iter().zip(&expected) {
                assert_close(found, expected, 1e-6);
            }
        }
    }
}

#[test]
fn shares_by_photos_add_up_to_the_batchs_mean() {
    for count in [1, 65] {
        // Three photos in one part, and four in the other.
        let (first, second) = (random(count, 1), random(count, 2));
        let share = |values: &[f32], photos| {
            let step = StepParams { photos, scale: 1.0 / 7.0, ..STEP };
            on_both_at(&step, Share { count }, &[values.to_vec()], &[vec![f32::NAN; count]]).remove(0)
        };
        let sums: Vec<f32> = share(&first, 3).iter().zip(share(&second, 4)).map(|(a, b)| a + b).collect();
        let expected =
            first.iter().zip(&second).map(|(a, b)| (3.0 * f64::from(*a) + 4.0 * f64::from(*b)) / 7.0);
        assert_close(&sums, &narrow(expected), 1e-6);
        let moving = random(count, 3);
        let expected =
            moving.iter().zip(&sums).map(|(moving, new)| f64::from(*moving) * 0.9 + f64::from(*new) * 0.1);
        let expected = narrow(expected);
        let found = on_both(UpdateMoving { count, momentum: 0.9 }, &[sums], &[moving]);
        assert_close(&found[0], &expected, 1e-6);
    }
}
