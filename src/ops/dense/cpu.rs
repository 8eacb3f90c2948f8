use super::{Forward, Geometry};
use crate::ops::Io;
use crate::ops::matmul::{finish_rows, multiply_transposed};
use crate::ops::terms::{add_rows, list, room_for, values_of};

/// Rows of the kernel that all samples go through before the next: they stay in the second-level cache.
const KERNEL_ROWS: usize = 64;

pub(super) fn forward(op: &Forward, io: &mut Io<'_>) {
    let Geometry { rows, inputs, units } = op.geometry;
    let output = &mut io.outputs[0][..rows * units];
    output.fill(0.0);
    let terms = room_for(&mut io.scratch[0], KERNEL_ROWS);
    for first in (0..inputs).step_by(KERNEL_ROWS) {
        let end = (first + KERNEL_ROWS).min(inputs);
        let kernel = &io.inputs[1][first * units..end * units];
        for (x, y) in io.inputs[0].chunks_exact(inputs).zip(output.chunks_exact_mut(units)) {
            let values = x[first..end].iter().enumerate().map(|(at, value)| (at * units, *value));
            let count = list(values, terms);
            add_rows(&terms[..count], kernel, y);
        }
    }
    finish_rows(output, op.bias.then(|| io.inputs[2]), op.clamp);
}

pub(super) fn forward_scratch() -> [u64; 4] {
    [values_of(KERNEL_ROWS as u64), 0, 0, 0]
}

pub(super) fn grad_kernel_scratch(geometry: &Geometry) -> [u64; 4] {
    [values_of(geometry.rows as u64), 0, 0, 0]
}

pub(super) fn grad_input(geometry: &Geometry, io: &mut Io<'_>) {
    multiply_transposed(io.inputs[0], io.inputs[1], geometry.units, io.outputs[0]);
}

pub(super) fn grad_kernel(geometry: &Geometry, io: &mut Io<'_>) {
    let Geometry { rows, inputs, units } = *geometry;
    let terms = room_for(&mut io.scratch[0], rows);
    for (input, gradient) in io.outputs[0].chunks_exact_mut(units).enumerate() {
        let values = (0..rows).map(|row| (row * units, io.inputs[0][row * inputs + input]));
        let count = list(values, terms);
        gradient.fill(0.0);
        add_rows(&terms[..count], io.inputs[1], gradient);
    }
}
