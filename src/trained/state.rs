use std::rc::Rc;

use super::Training;
use crate::model::Parameter;

/// A model's parameters, its optimizer's slots and how far its training is: all of one moment, in this thread's memory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    /// What training changes, laid out as [`crate::model::Network::parameters`] says.
    pub parameters: Vec<f32>,
    /// What it leaves as it is; all states of a model share it.
    pub frozen: Rc<Vec<f32>>,
    /// As many values each; none where the optimizer has not begun or has none.
    pub slots: Vec<Vec<f32>>,
    /// How far it is.
    pub training: Training,
}

impl State {
    /// What was never trained.
    pub fn initial(parameters: Vec<f32>, seed: u32) -> Self {
        Self { parameters, training: Training::initial(seed), ..Self::default() }
    }

    /// The values of a parameter.
    pub fn values(&self, parameter: &Parameter) -> &[f32] {
        let all = if parameter.is_frozen() { &self.frozen } else { &self.parameters };
        &all[parameter.range()]
    }

    /// Whether none of its values is NaN or infinite.
    pub fn is_finite(&self) -> bool {
        std::iter::once(&self.parameters).chain(&self.slots).all(|values| all_finite(values))
    }
}

/// Without a branch in it, so that it is done for several values at once.
pub(crate) fn all_finite(values: &[f32]) -> bool {
    let most = values.iter().fold(0, |most: u32, value| most.max(value.to_bits() & 0x7fff_ffff));
    most < f32::INFINITY.to_bits()
}
