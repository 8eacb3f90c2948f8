use super::{Forward, Grad};
use crate::model::Activation;
use crate::ops::embedded::wgsl;
use crate::ops::wgsl::{Binding, Kernels, Source};

pub(super) fn forward(op: &Forward) -> Kernels {
    let source = Source::new(format!("{} forward", op.activation.name()), wgsl!("forward.wgsl"));
    choose(source, op.activation, op.rows, op.units)
}

pub(super) fn grad(op: &Grad) -> Kernels {
    if op.activation == Activation::Linear {
        return Kernels::default();
    }
    let source = Source::new(format!("{} gradient", op.activation.name()), wgsl!("grad.wgsl"));
    choose(source, op.activation, op.rows, op.units)
}

pub(super) fn grad_variants(op: &Grad) -> Vec<Kernels> {
    let values = op.rows * op.units;
    if op.activation != Activation::Relu || !values.is_multiple_of(4) {
        return Vec::new();
    }
    let source = Source::new("relu gradient x4", wgsl!("relu_grad_quads.wgsl"));
    vec![source.threads(values / 4, [Binding::Input(0), Binding::Output(0)]).into()]
}

/// Softmax has a thread a row; the others have one a value, which is a row of one value.
fn choose(source: Source, activation: Activation, rows: usize, units: usize) -> Kernels {
    let (rows, units) = if activation == Activation::Softmax { (rows, units) } else { (rows * units, 1) };
    source
        .flag("LINEAR", activation == Activation::Linear)
        .flag("RELU", activation == Activation::Relu)
        .flag("SIGMOID", activation == Activation::Sigmoid)
        .flag("SOFTMAX", activation == Activation::Softmax)
        .sizes([("UNITS", units)])
        .threads(rows, [Binding::Input(0), Binding::Output(0)])
        .into()
}
