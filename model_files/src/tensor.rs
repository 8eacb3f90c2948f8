//! Named values of any shape.

use crate::Reason;

/// The most values of all tensors of a file: 512 MiB of them.
pub const MOST_VALUES: u64 = 128 << 20;

/// Real numbers of some shape, in row-major order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tensor {
    /// What the file calls it, for messages.
    pub name: String,
    /// How many there are along each axis.
    pub shape: Vec<usize>,
    /// The numbers.
    pub values: Vec<f32>,
}

impl Tensor {
    /// Checks a shape that a file claims, before anything of that size is asked for.
    ///
    /// # Errors
    /// [`Reason::TooLarge`] for more than [`MOST_VALUES`].
    pub fn check_shape(name: &str, shape: &[u64]) -> Result<Vec<usize>, Reason> {
        let count = shape.iter().try_fold(1_u64, |product, size| product.checked_mul(*size));
        match count {
            Some(count) if count <= MOST_VALUES => Ok(shape.iter().map(|size| *size as usize).collect()),
            count => Err(Reason::TooLarge {
                what: name.to_owned(),
                bytes: count.unwrap_or(u64::MAX).saturating_mul(4),
                most: MOST_VALUES * 4,
            }),
        }
    }
}
