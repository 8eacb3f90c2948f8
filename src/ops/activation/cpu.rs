use super::{Forward, Grad};
use crate::model::Activation;
use crate::ops::Io;

pub(super) fn forward(op: &Forward, io: &mut Io<'_>) {
    let count = op.rows * op.units;
    let (input, output) = (&io.inputs[0][..count], &mut io.outputs[0][..count]);
    match op.activation {
        Activation::Linear => output.copy_from_slice(input),
        Activation::Relu => map(input, output, |x| x.max(0.0)),
        Activation::Sigmoid => map(input, output, sigmoid),
        Activation::Softmax => {
            for (x, y) in input.chunks_exact(op.units).zip(output.chunks_exact_mut(op.units)) {
                softmax(x, y);
            }
        }
    }
}

pub(super) fn grad(op: &Grad, io: &mut Io<'_>) {
    let count = op.rows * op.units;
    let (output, gradient) = (&io.inputs[0][..count], &mut io.outputs[0][..count]);
    match op.activation {
        Activation::Linear => {}
        Activation::Relu => {
            for (dy, y) in gradient.iter_mut().zip(output) {
                *dy = if *y > 0.0 { *dy } else { 0.0 };
            }
        }
        Activation::Sigmoid => {
            for (dy, y) in gradient.iter_mut().zip(output) {
                *dy *= y * (1.0 - y);
            }
        }
        Activation::Softmax => {
            for (dy, y) in gradient.chunks_exact_mut(op.units).zip(output.chunks_exact(op.units)) {
                let sum: f32 = dy.iter().zip(y).map(|(dy, y)| dy * y).sum();
                for (dy, y) in dy.iter_mut().zip(y) {
                    *dy = y * (*dy - sum);
                }
            }
        }
    }
}

fn map(input: &[f32], output: &mut [f32], function: impl Fn(f32) -> f32) {
    for (y, x) in output.iter_mut().zip(input) {
        *y = function(*x);
    }
}

/// Never takes the exponential of a positive number, which could overflow.
pub(in crate::ops) fn sigmoid(x: f32) -> f32 {
    let e = (-x.abs()).exp();
    if x >= 0.0 { 1.0 / (1.0 + e) } else { e / (1.0 + e) }
}

fn softmax(x: &[f32], y: &mut [f32]) {
    let maximum = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for (y, x) in y.iter_mut().zip(x) {
        *y = (x - maximum).exp();
        sum += *y;
    }
    for y in y {
        *y /= sum;
    }
}
