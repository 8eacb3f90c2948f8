use super::{Fold, GradInfer, Infer, Train};
use crate::ops::{Io, StepParams, room};

/// Values that are summed at once, before the sum goes to the others': they stay in the cache, and small sums of small sums
/// lose less than one large sum.
const BLOCK: usize = 4096;

/// Room for four values of each channel.
pub(super) fn scratch(channels: usize) -> [u64; 4] {
    [channels as u64 * 4, 0, 0, 0]
}

/// What is done to each channel.
#[derive(Clone, Copy)]
struct Norm<'a> {
    mean: Option<&'a [f32]>,
    variance: &'a [f32],
    gamma: Option<&'a [f32]>,
    beta: Option<&'a [f32]>,
    epsilon: f32,
}

impl Norm<'_> {
    fn factor(&self, channel: usize) -> f32 {
        self.gamma.map_or(1.0, |gamma| gamma[channel]) / (self.variance[channel] + self.epsilon).sqrt()
    }

    /// Of whole rows; a missing mean or beta counts as 0.
    fn rows(&self, x: &[f32], y: &mut [f32], scratch: &mut Vec<f32>) {
        let channels = self.variance.len();
        let [means, factors, betas, _] = quarters(scratch, channels);
        for channel in 0..channels {
            means[channel] = self.mean.map_or(0.0, |mean| mean[channel]);
            factors[channel] = self.factor(channel);
            betas[channel] = self.beta.map_or(0.0, |beta| beta[channel]);
        }
        for (x, y) in x.chunks_exact(channels).zip(y.chunks_exact_mut(channels)) {
            let settings = means.iter().zip(&*factors).zip(&*betas);
            for ((x, y), ((mean, factor), beta)) in x.iter().zip(y).zip(settings) {
                *y = (x - mean) * factor + beta;
            }
        }
    }
}

fn quarters(scratch: &mut Vec<f32>, channels: usize) -> [&mut [f32]; 4] {
    let (a, b) = room(scratch, 4 * channels).split_at_mut(2 * channels);
    let ((a, b), (c, d)) = (a.split_at_mut(channels), b.split_at_mut(channels));
    [a, b, c, d]
}

pub(super) fn infer(op: &Infer, io: &mut Io<'_>) {
    let values = op.rows * op.channels;
    let gamma = op.scale.then(|| io.inputs[3]);
    let beta = op.center.then(|| io.inputs[3 + usize::from(op.scale)]);
    let variance = &io.inputs[2][..op.channels];
    let norm = Norm { mean: Some(io.inputs[1]), variance, gamma, beta, epsilon: op.epsilon };
    norm.rows(&io.inputs[0][..values], io.outputs[0], &mut io.scratch[0]);
}

pub(super) fn grad_infer(op: &GradInfer, io: &mut Io<'_>) {
    let values = op.rows * op.channels;
    let gamma = op.scale.then(|| io.inputs[2]);
    let variance = &io.inputs[1][..op.channels];
    let norm = Norm { mean: None, variance, gamma, beta: None, epsilon: op.epsilon };
    norm.rows(&io.inputs[0][..values], io.outputs[0], &mut io.scratch[0]);
}

pub(super) fn fold(op: &Fold, io: &mut Io<'_>) {
    let behind = 1 + usize::from(op.bias);
    let gamma = op.scale.then(|| io.inputs[behind + 2]);
    let beta = op.center.then(|| io.inputs[behind + 2 + usize::from(op.scale)]);
    let (mean, variance) = (io.inputs[behind], &io.inputs[behind + 1][..op.channels]);
    let norm = Norm { mean: None, variance, gamma, beta: None, epsilon: op.epsilon };
    norm.rows(&io.inputs[0][..op.rows * op.channels], io.outputs[0], &mut io.scratch[0]);
    for (channel, to) in io.outputs[1][..op.channels].iter_mut().enumerate() {
        let bias = if op.bias { io.inputs[1][channel] } else { 0.0 };
        let beta = beta.map_or(0.0, |beta| beta[channel]);
        *to = (bias - mean[channel]) * norm.factor(channel) + beta;
    }
}

pub(super) fn fold_grad(op: &Fold, io: &mut Io<'_>) {
    let behind = 1 + usize::from(op.bias);
    let gamma = op.scale.then(|| io.inputs[behind + 1]);
    let variance = &io.inputs[behind][..op.channels];
    let norm = Norm { mean: None, variance, gamma, beta: None, epsilon: op.epsilon };
    let gradients = io.inputs[..behind].iter().zip(&mut io.outputs);
    for ((from, to), rows) in gradients.zip([op.rows, 1]) {
        norm.rows(&from[..rows * op.channels], to, &mut io.scratch[0]);
    }
}

pub(super) fn train(op: &Train, step: &StepParams, io: &mut Io<'_>) {
    let [y, mean, variance] = &mut io.outputs[..] else { return };
    let (x, rest) = split(op, step, io.inputs[0], y);
    rest.fill(0.0);
    moments(x, &mut mean[..op.channels], &mut variance[..op.channels], &mut io.scratch[0]);
    let gamma = op.scale.then(|| io.inputs[1]);
    let beta = op.center.then(|| io.inputs[1 + usize::from(op.scale)]);
    let variance = &variance[..op.channels];
    let norm = Norm { mean: Some(mean), variance, gamma, beta, epsilon: op.epsilon };
    norm.rows(x, y, &mut io.scratch[0]);
}

/// The values of real photos, and where what comes of the other rows goes.
fn split<'a, 'b>(
    op: &Train,
    step: &StepParams,
    x: &'a [f32],
    y: &'b mut [f32],
) -> (&'a [f32], &'b mut [f32]) {
    let values = op.rows(step) * op.channels;
    (&x[..values], &mut y[values..op.photos * op.rows_per_photo * op.channels])
}

fn rows_of_a_block(channels: usize) -> usize {
    (BLOCK / channels).max(1)
}

/// Mean and variance block by block: each by its own mean while it is in the cache, and then together as Chan, Golub and
/// LeVeque do it.
fn moments(x: &[f32], mean: &mut [f32], variance: &mut [f32], scratch: &mut Vec<f32>) {
    let channels = mean.len();
    let [of_block, squares, ..] = quarters(scratch, channels);
    mean.fill(0.0);
    variance.fill(0.0);
    let mut rows = 0.0;
    for block in x.chunks(rows_of_a_block(channels) * channels) {
        let count = (block.len() / channels) as f32;
        of_block.fill(0.0);
        squares.fill(0.0);
        for row in block.chunks_exact(channels) {
            for (sum, value) in of_block.iter_mut().zip(row) {
                *sum += value;
            }
        }
        for sum in &mut *of_block {
            *sum /= count;
        }
        for row in block.chunks_exact(channels) {
            for ((sum, value), mean) in squares.iter_mut().zip(row).zip(&*of_block) {
                *sum += (value - mean) * (value - mean);
            }
        }
        let total = rows + count;
        let blocks = of_block.iter().zip(&*squares);
        for ((mean, variance), (of_block, squares)) in mean.iter_mut().zip(&mut *variance).zip(blocks) {
            let off = of_block - *mean;
            *mean += off * (count / total);
            *variance += squares + off * off * (rows * count / total);
        }
        rows = total;
    }
    for variance in variance {
        *variance /= rows.max(1.0);
    }
}

pub(super) fn grad(op: &Train, step: &StepParams, io: &mut Io<'_>) {
    let channels = op.channels;
    let Some((dx, sums)) = io.outputs.split_first_mut() else { return };
    let (x, rest) = split(op, step, io.inputs[0], dx);
    rest.fill(0.0);
    let (dy, mean) = (&io.inputs[1][..x.len()], &io.inputs[2][..channels]);
    let gamma = op.scale.then(|| io.inputs[4]);
    let norm =
        Norm { mean: None, variance: &io.inputs[3][..channels], gamma, beta: None, epsilon: op.epsilon };
    let [dy_sums, products, dy_block, products_block] = quarters(&mut io.scratch[0], channels);
    dy_sums.fill(0.0);
    products.fill(0.0);
    let len = rows_of_a_block(channels) * channels;
    for (x, dy) in x.chunks(len).zip(dy.chunks(len)) {
        dy_block.fill(0.0);
        products_block.fill(0.0);
        for (x, dy) in x.chunks_exact(channels).zip(dy.chunks_exact(channels)) {
            let sums = dy_block.iter_mut().zip(&mut *products_block);
            for (((x, dy), mean), (dy_sum, product)) in x.iter().zip(dy).zip(mean).zip(sums) {
                *dy_sum += dy;
                *product += dy * (x - mean);
            }
        }
        let blocks = dy_block.iter().zip(&*products_block);
        for ((dy_sum, product), block) in dy_sums.iter_mut().zip(&mut *products).zip(blocks) {
            *dy_sum += block.0;
            *product += block.1;
        }
    }
    // In the order of the outputs: gamma's gradient, beta's.
    let mut sums = sums.iter_mut();
    if let Some(to) = op.scale.then(|| sums.next()).flatten() {
        for (channel, to) in to[..channels].iter_mut().enumerate() {
            *to = products[channel] / (norm.variance[channel] + op.epsilon).sqrt();
        }
    }
    if let Some(to) = op.center.then(|| sums.next()).flatten() {
        to[..channels].copy_from_slice(dy_sums);
    }
    let rows = ((x.len() / channels) as f32).max(1.0);
    let factors = dy_block;
    for channel in 0..channels {
        factors[channel] = norm.factor(channel);
        dy_sums[channel] /= rows;
        products[channel] /= rows * (norm.variance[channel] + op.epsilon);
    }
    let rows = x.chunks_exact(channels).zip(dy.chunks_exact(channels)).zip(dx.chunks_exact_mut(channels));
    for ((x, dy), dx) in rows {
        let values = x.iter().zip(dy).zip(dx).zip(mean);
        let settings = factors.iter().zip(&*dy_sums).zip(&*products);
        for ((((x, dy), dx), mean), ((factor, dy_mean), product)) in values.zip(settings) {
            *dx = factor * (dy - dy_mean - (x - mean) * product);
        }
    }
}
