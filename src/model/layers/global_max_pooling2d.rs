use super::{Rule, Site, settings};
use crate::model::ModelError;

settings! {
    /// The largest value of each channel: `[h, w, c]` to `[c]`.
    GlobalMaxPooling2D {
        /// Whether the output is `[1, 1, c]`.
        keepdims: bool = false,
    }
}

impl Rule for GlobalMaxPooling2D {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        let [_, _, channels] = site.image()?;
        Ok(if self.keepdims { vec![1, 1, channels] } else { vec![channels] })
    }
}
