use super::{Rule, Site, settings};
use crate::model::ModelError;

settings! {
    /// `[h, w, c]` to `[h * w * c]`.
    Flatten {}
}

impl Rule for Flatten {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        Ok(vec![site.input()?.iter().product()])
    }
}
