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
    /// [`Reason::TooLarge`] for more than [`MOST_VALUES`], also along one axis of a tensor without values.
    pub fn check_shape(name: &str, shape: &[u64]) -> Result<Vec<usize>, Reason> {
        let count = shape.iter().try_fold(1_u64, |product, size| product.checked_mul(*size));
        let longest = shape.iter().copied().max().unwrap_or(0);
        match count {
            Some(count) if count.max(longest) <= MOST_VALUES => {
                Ok(shape.iter().map(|size| *size as usize).collect())
            }
            count => Err(too_large(name, count.unwrap_or(u64::MAX).max(longest))),
        }
    }
}

fn too_large(what: &str, values: u64) -> Reason {
    Reason::TooLarge { what: what.to_owned(), bytes: values.saturating_mul(4), most: MOST_VALUES * 4 }
}

/// How many times its size a file may unpack to: no byte of deflate stands for more.
const MOST_TIMES: u64 = 1032;

/// What may still be read of a file. A few bytes can name one tensor for thousands of layers, each of which gets a copy.
#[derive(Debug)]
pub struct Left {
    most: u64,
    taken: u64,
}

impl Default for Left {
    fn default() -> Self {
        Self { most: MOST_VALUES, taken: 0 }
    }
}

impl Left {
    /// For a file of so many bytes, whose values may be packed.
    pub fn of_file(bytes: usize) -> Self {
        Self { most: MOST_VALUES.min((bytes as u64).saturating_mul(MOST_TIMES)), taken: 0 }
    }

    /// Takes room for so many values.
    ///
    /// # Errors
    /// [`Reason::TooLarge`] if all together are too many.
    pub fn take(&mut self, count: usize) -> Result<(), Reason> {
        self.taken = self.taken.saturating_add(count as u64);
        if self.taken > self.most {
            let what = "all tensors together".to_owned();
            let [bytes, most] = [self.taken, self.most].map(|values| values.saturating_mul(4));
            return Err(Reason::TooLarge { what, bytes, most });
        }
        Ok(())
    }

    /// Takes room for these tensors.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub fn take_all(&mut self, tensors: &[Tensor]) -> Result<(), Reason> {
        tensors.iter().try_for_each(|tensor| self.take(tensor.values.len()))
    }
}

/// The longest name of a layer or a tensor: paths of programs have a few hundred letters. It is kept for each that reads it.
const MOST_LETTERS: usize = 1_000;

/// Checks the length of a name.
///
/// # Errors
/// [`Reason::Description`], without the name.
pub fn check_name(name: &str) -> Result<(), Reason> {
    if name.len() > MOST_LETTERS {
        let text = format!("a name in it has {} bytes, and at most {MOST_LETTERS} are read", name.len());
        return Err(Reason::Description(text));
    }
    Ok(())
}
