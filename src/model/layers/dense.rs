use super::{Rule, Site, Weight, settings};
use crate::model::{Activation, ModelError};

settings! {
    /// A fully connected layer over the last axis; its kernel is `[inputs, units]`.
    Dense {
        /// Outputs.
        units: usize = 1,
        /// What the output goes through.
        activation: Activation = Activation::Linear,
        /// Whether each unit has a bias.
        use_bias: bool = true,
    }
}

impl Rule for Dense {
    fn place(&self, site: &mut Site<'_>) -> Result<Vec<usize>, ModelError> {
        site.positive("units", self.units)?;
        let mut shape = site.input()?.to_vec();
        let inputs = shape.last().copied().unwrap_or(0);
        site.kernel(Weight::Kernel, vec![inputs, self.units]);
        site.bias(self.use_bias, self.units);
        if let Some(last) = shape.last_mut() {
            *last = self.units;
        }
        Ok(shape)
    }

    fn activation(&self) -> Activation {
        self.activation
    }
}
