use super::{Rule, Site, settings};
use crate::model::{ModelError, Padding, Pair};

settings! {
    /// The largest value in each window, for each channel.
    MaxPooling2D {
        /// The window's height and width.
        pool_size: Pair = Pair([2, 2]),
        /// How far the window moves; by default its size.
        strides: Option<Pair> = None,
        /// How the border is treated; padding never wins.
        padding: Padding = Padding::Valid,
    }
}

impl Rule for MaxPooling2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.pooled(self.pool_size, self.strides, self.padding)
    }
}
