//! `y[i] = x0[i] + x1[i] + ...`: the layer Add, and the gradient of a value that several steps read.

#[cfg(test)]
mod tests;

use super::wgsl::{Binding, Kernels, Source, in_fours};
use super::{Io, Operation, StepParams};
use crate::ops::embedded::wgsl;

/// The most terms of one step: WebGPU promises eight storage buffers, of which one holds the sum.
pub const MOST_TERMS: usize = 7;

/// Values that are added up while they are in the processor's first cache.
const BLOCK: usize = 1024;

/// Inputs: the terms, `[count]` each. Output: their sum, `[count]`; of one term a copy.
#[derive(Debug, Clone, Copy)]
pub struct Sum {
    /// Values of each term.
    pub count: usize,
    /// Terms, from 1 to [`MOST_TERMS`].
    pub terms: usize,
}

impl Operation for Sum {
    fn label(&self) -> String {
        "add".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        let (first, others) = (&io.inputs[0][..self.count], &io.inputs[1..self.terms]);
        for (at, sums) in io.outputs[0][..self.count].chunks_mut(BLOCK).enumerate() {
            let block = at * BLOCK..at * BLOCK + sums.len();
            sums.copy_from_slice(&first[block.clone()]);
            for term in others {
                for (sum, value) in sums.iter_mut().zip(&term[block.clone()]) {
                    *sum += value;
                }
            }
        }
    }

    fn gpu(&self) -> Kernels {
        self.gpu_by(1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        in_fours(self.count, |lanes| self.gpu_by(lanes))
    }
}

impl Sum {
    fn gpu_by(&self, lanes: usize) -> Kernels {
        let mut bindings: Vec<Binding> = (0..self.terms).map(Binding::Input).collect();
        bindings.push(Binding::Output(0));
        Source::new(self.label(), wgsl!("add.wgsl"))
            .lanes(lanes)
            .count("TERMS", self.terms)
            .threads(self.count / lanes, bindings)
            .into()
    }
}
