use super::{Rule, Site, settings};
use crate::model::ModelError;

settings! {
    /// `x` above 0, else `negative_slope * x`.
    LeakyReLU {
        /// The slope below 0.
        negative_slope: f32 = 0.3,
    }
}

impl Rule for LeakyReLU {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.not_negative("negative_slope", self.negative_slope)?;
        Ok(site.input()?.to_vec())
    }
}
