use super::{Rule, Site, settings};
use crate::model::{ModelError, PerChannel};

settings! {
    /// `x * scale + offset`.
    Rescaling {
        /// What values are multiplied by: one number, or one for each channel.
        scale: PerChannel = PerChannel(vec![1.0]),
        /// What is added then: one number, or one for each channel.
        offset: PerChannel = PerChannel(vec![0.0]),
    }
}

impl Rule for Rescaling {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.per_channel("scale", &self.scale)?;
        site.per_channel("offset", &self.offset)?;
        Ok(site.input()?.to_vec())
    }
}
