//! `y[r, to + i] = x[r, from + i]`: columns of rows, out of an array whose rows are as wide or wider, into another.
//!
//! Concatenate along any axis takes one such step for each of its inputs, and so does the gradient of each: a row is what
//! lies behind one place along the axes before that axis. So several steps write parts of one output.

#[cfg(test)]
mod tests;

use super::wgsl::{Binding, Kernels, Source, in_fours};
use super::{Io, Operation, StepParams};
use crate::ops::embedded::wgsl;

/// Where the columns lie in an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// The first value of the first row.
    pub offset: usize,
    /// Values from one row's first to the next one's.
    pub stride: usize,
}

/// Input: the array that is read. Output: the one that is written, of which all other values stay.
#[derive(Debug, Clone, Copy)]
pub struct Copy {
    /// Rows: those of the whole batch.
    pub rows: usize,
    /// Values of a row that are copied.
    pub width: usize,
    /// Where they lie in the input.
    pub from: Columns,
    /// Where they lie in the output.
    pub to: Columns,
}

impl Operation for Copy {
    fn label(&self) -> String {
        "copy".into()
    }

    fn cpu(&self, _: &StepParams, io: &mut Io<'_>) {
        let Self { rows, width, from, to } = *self;
        for row in 0..rows {
            let values = &io.inputs[0][from.offset + row * from.stride..][..width];
            io.outputs[0][to.offset + row * to.stride..][..width].copy_from_slice(values);
        }
    }

    fn gpu(&self) -> Kernels {
        self.gpu_by(1)
    }

    fn gpu_variants(&self) -> Vec<Kernels> {
        // The lowest bits of all of them: a multiple of four where each is one.
        let sizes = self.width | self.from.offset | self.from.stride | self.to.offset | self.to.stride;
        in_fours(sizes, |lanes| self.gpu_by(lanes))
    }
}

impl Copy {
    fn gpu_by(&self, lanes: usize) -> Kernels {
        Source::new(self.label(), wgsl!("copy.wgsl"))
            .lanes(lanes)
            .sizes([
                ("WIDTH", self.width / lanes),
                ("FROM", self.from.offset / lanes),
                ("FROM_STRIDE", self.from.stride / lanes),
                ("TO", self.to.offset / lanes),
                ("TO_STRIDE", self.to.stride / lanes),
            ])
            .threads(self.rows * self.width / lanes, [Binding::Input(0), Binding::Output(0)])
            .into()
    }
}
