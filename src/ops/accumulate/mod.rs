//! `sum = x` in a batch's first micro-batch, `sum += x` in the others: the gradients of a batch that is
//! run in parts.

#[cfg(test)]
mod tests;

use super::wgsl::{Binding, Kernels, STEP, Source};
use super::{Io, Operation, StepParams};
use crate::ops::embedded::wgsl;

/// Input: a part's values, `[count]`. Output, changed in place: their sum over the parts so far, `[count]`.
#[derive(Debug, Clone, Copy)]
pub struct Accumulate {
    /// Values.
    pub count: usize,
}

impl Operation for Accumulate {
    fn label(&self) -> String {
        "accumulate".into()
    }

    fn cpu(&self, step: &StepParams, io: &mut Io<'_>) {
        let values = &io.inputs[0][..self.count];
        let sums = &mut io.outputs[0][..self.count];
        if step.part == 0 {
            sums.copy_from_slice(values);
            return;
        }
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += value;
        }
    }

    fn gpu(&self) -> Kernels {
        Source::new(self.label(), wgsl!("accumulate.wgsl"))
            .before(STEP)
            .threads(self.count, [Binding::Input(0), Binding::Output(0), Binding::Step])
            .into()
    }
}
