use super::{Rule, Site, settings};
use crate::model::{Activation, ModelError};

settings! {
    /// A function as a layer of its own; Keras' `Activation`.
    ActivationLayer {
        /// The function.
        activation: Activation = Activation::Linear,
    }
}

impl Rule for ActivationLayer {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        Ok(site.input()?.to_vec())
    }

    fn activation(&self) -> Activation {
        self.activation
    }
}
