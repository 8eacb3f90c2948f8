use crate::random::{Purpose, Stream};

/// Fills `values` by Keras' default for kernels: uniform in ±sqrt(6 / (fan_in + fan_out))
/// (Glorot and Bengio 2010), drawn for the parameter tensor with this index.
pub fn glorot_uniform(values: &mut [f32], fan_in: usize, fan_out: usize, seed: u32, index: u32) {
    let limit = (6.0 / (fan_in + fan_out) as f64).sqrt() as f32;
    let mut stream = Stream::new(seed, Purpose::Initializer(index), 0);
    for value in values {
        *value = (2.0 * stream.uniform() - 1.0) * limit;
    }
}
