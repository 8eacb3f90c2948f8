//! Convolutions of PyTorch's as ours: another order of the kernel, and the batch norm behind them folded in.

/// A batch norm as it is outside of training, a value for each filter: `(x - mean) / sqrt(variance + epsilon) * gamma + beta`.
pub struct BatchNorm {
    pub gamma: Vec<f32>,
    pub beta: Vec<f32>,
    pub mean: Vec<f32>,
    pub variance: Vec<f32>,
    pub epsilon: f64,
}

/// The kernel and the bias that compute what a convolution without bias and the batch norm behind it do. The kernel is
/// `[filters, ...]`.
pub fn folded(kernel: &[f32], norm: &BatchNorm) -> (Vec<f32>, Vec<f32>) {
    let filters = norm.gamma.len();
    let scale = |filter: usize| {
        f64::from(norm.gamma[filter]) / (f64::from(norm.variance[filter]) + norm.epsilon).sqrt()
    };
    let own = kernel.len() / filters.max(1);
    let scaled = |(index, value): (usize, &f32)| (f64::from(*value) * scale(index / own)) as f32;
    let bias =
        |filter: usize| (f64::from(norm.beta[filter]) - f64::from(norm.mean[filter]) * scale(filter)) as f32;
    (kernel.iter().enumerate().map(scaled).collect(), (0..filters).map(bias).collect())
}

/// From `[filters, channels, height, width]` to `[height, width, channels, filters]`. A depthwise kernel is
/// `[channels, 1, height, width]` with PyTorch, and `[height, width, channels, 1]` with us: the same with the last two axes
/// exchanged, of which one is 1, so that its values are in the right order, too.
pub fn transposed(kernel: &[f32], [filters, channels, height, width]: [usize; 4]) -> Vec<f32> {
    let mut values = Vec::with_capacity(kernel.len());
    for pixel in 0..height * width {
        for channel in 0..channels {
            for filter in 0..filters {
                values.push(kernel[(filter * channels + channel) * height * width + pixel]);
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_folded_computes_the_same() {
        let norm = BatchNorm {
            gamma: vec![2.0, -0.5],
            beta: vec![0.25, 1.0],
            mean: vec![0.5, -3.0],
            variance: vec![4.0, 0.0],
            epsilon: 1e-3,
        };
        let kernel = [1.0, -2.0, 3.0, 0.5, 0.25, -1.0];
        let (folded, bias) = folded(&kernel, &norm);
        let x = [0.3, -0.7, 1.1];
        let sum = |kernel: &[f32]| kernel.iter().zip(x).map(|(k, x)| f64::from(*k) * x).sum::<f64>();
        for (filter, bias) in bias.iter().enumerate() {
            let own = filter * 3..filter * 3 + 3;
            let root = (f64::from(norm.variance[filter]) + 1e-3).sqrt();
            let expected = (sum(&kernel[own.clone()]) - f64::from(norm.mean[filter])) / root
                * f64::from(norm.gamma[filter])
                + f64::from(norm.beta[filter]);
            let found = sum(&folded[own]) + f64::from(*bias);
            assert!((found / expected - 1.0).abs() < 1e-6, "{found} is not {expected}");
        }
    }

    #[test]
    fn kernels_are_turned_around() {
        // Each value says where it was.
        let shape = [2, 3, 2, 2];
        let at = |filter: usize, channel: usize, y: usize, x: usize| {
            (filter * 1000 + channel * 100 + y * 10 + x) as f32
        };
        let mut kernel = Vec::new();
        for filter in 0..2 {
            for channel in 0..3 {
                kernel.extend([at(filter, channel, 0, 0), at(filter, channel, 0, 1)]);
                kernel.extend([at(filter, channel, 1, 0), at(filter, channel, 1, 1)]);
            }
        }
        let turned = transposed(&kernel, shape);
        assert_eq!(turned[..7], [0.0, 1000.0, 100.0, 1100.0, 200.0, 1200.0, 1.0]);
        assert_eq!(turned[((2 + 1) * 3 + 2) * 2 + 1], at(1, 2, 1, 1));
        // A depthwise kernel: a pixel of all channels, then the next pixel.
        assert_eq!(transposed(&[0.0, 1.0, 100.0, 101.0], [2, 1, 1, 2]), [0.0, 100.0, 1.0, 101.0]);
    }
}
