use super::{Rule, Site, settings};
use crate::model::{Activation, Axis, ModelError};

settings! {
    /// `exp(x) / sum(exp(x))` over the last axis.
    Softmax {
        /// The axis; only the last one, -1.
        #[serde(skip_serializing_if = "Axis::is_last")]
        axis: Axis = Axis(-1),
    }
}

impl Rule for Softmax {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.last_axis(self.axis)?;
        Ok(site.input()?.to_vec())
    }

    fn activation(&self) -> Activation {
        Activation::Softmax
    }
}
