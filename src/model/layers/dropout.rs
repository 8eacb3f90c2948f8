use super::{Rule, Site, settings};
use crate::model::ModelError;

settings! {
    /// In training, sets a share of the values to zero and scales the others up by `1 / (1 - rate)`
    /// (Srivastava and others 2014).
    Dropout {
        /// The share, at least 0 and below 1.
        rate: f32 = 0.5,
    }
}

impl Rule for Dropout {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        if !(0.0..1.0).contains(&self.rate) {
            return Err(site.wrong(format!("rate is {}; it must be at least 0 and below 1", self.rate)));
        }
        Ok(site.input()?.to_vec())
    }
}
