//! `dbias[u] = sum over rows of dy[r,u]`: the gradient of a bias that was added to each row.

#[cfg(test)]
mod tests;

use super::partial_sums::PartialSums;
use super::wgsl::{Binding, Kernels, Source};
use super::{Io, Operation, StepParams};
use crate::ops::embedded::wgsl;

/// Input: the output's gradient, `[rows, units]`. Output: the bias' gradient, `[units]`.
#[derive(Debug, Clone, Copy)]
pub struct Grad {
    /// Rows that the bias was added to.
    pub rows: usize,
    /// Values in a row.
    pub units: usize,
}

impl Operation for Grad {
    fn label(&self) -> String {
        "bias gradient".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        let sums = &mut io.outputs[0][..self.units];
        sums.fill(0.0);
        for row in io.inputs[0][..self.rows * self.units].chunks_exact(self.units) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += value;
            }
        }
    }

    fn gpu(&self) -> Kernels {
        let sums = PartialSums::new(self.units, self.rows);
        let parts = Source::new(self.label(), wgsl!("grad.wgsl"))
            .sizes([("ROWS", self.rows), ("UNITS", self.units), ("ROWS_A_PART", sums.terms_a_part)])
            .threads(sums.threads(), [Binding::Input(0), Binding::Scratch]);
        sums.followed_by_sum(parts)
    }
}
