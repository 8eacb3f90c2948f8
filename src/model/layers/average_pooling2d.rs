use super::{Rule, Site, settings};
use crate::model::{ModelError, Padding, Pair};

settings! {
    /// The mean of each window, for each channel.
    AveragePooling2D {
        /// The window's height and width.
        pool_size: Pair = Pair([2, 2]),
        /// How far the window moves; by default its size.
        strides: Option<Pair> = None,
        /// How the border is treated; padding counts in no mean.
        padding: Padding = Padding::Valid,
    }
}

impl Rule for AveragePooling2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.pooled(self.pool_size, self.strides, self.padding)
    }
}
