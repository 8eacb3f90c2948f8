use super::{Forward, Geometry};
use crate::ops::Io;
use crate::ops::matmul::{Matrix, finish_rows, multiply, multiply_transposed};

pub(super) fn forward(op: &Forward, io: &mut Io<'_>) {
    let Geometry { rows, inputs, units } = op.geometry;
    let x = Matrix::new(io.inputs[0], rows, inputs);
    let kernel = Matrix::new(io.inputs[1], inputs, units);
    let output = &mut io.outputs[0][..rows * units];
    multiply(x, kernel, output);
    finish_rows(output, op.bias.then(|| io.inputs[2]), op.relu);
}

pub(super) fn grad_input(geometry: &Geometry, io: &mut Io<'_>) {
    let gradient = Matrix::new(io.inputs[0], geometry.rows, geometry.units);
    let kernel = Matrix::new(io.inputs[1], geometry.inputs, geometry.units);
    multiply_transposed(gradient, kernel, io.outputs[0]);
}

pub(super) fn grad_kernel(geometry: &Geometry, io: &mut Io<'_>) {
    let x = Matrix::new(io.inputs[0], geometry.rows, geometry.inputs);
    let gradient = Matrix::new(io.inputs[1], geometry.rows, geometry.units);
    multiply(x.transposed(), gradient, io.outputs[0]);
}
