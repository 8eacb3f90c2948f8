use super::{Forward, Function, Grad, Reads};
use crate::ops::embedded::wgsl;
use crate::ops::wgsl::{Binding, Kernels, Source, in_fours};

pub(super) fn forward(op: &Forward) -> Kernels {
    forward_by(op, 1)
}

pub(super) fn forward_variants(op: &Forward) -> Vec<Kernels> {
    match op.function {
        Function::Softmax => Vec::new(),
        _ => in_fours(op.rows * op.units, |lanes| forward_by(op, lanes)),
    }
}

pub(super) fn grad(op: &Grad) -> Kernels {
    if op.function == Function::Linear { Kernels::default() } else { grad_by(op, 1) }
}

pub(super) fn grad_variants(op: &Grad) -> Vec<Kernels> {
    match op.function {
        Function::Linear | Function::Softmax => Vec::new(),
        _ => in_fours(op.rows * op.units, |lanes| grad_by(op, lanes)),
    }
}

fn forward_by(op: &Forward, lanes: usize) -> Kernels {
    let source = Source::new(format!("{} forward", op.function.name()), wgsl!("forward.wgsl"));
    let bound = if let Function::Relu { threshold, .. } = op.function { threshold } else { 0.0 };
    choose(source, op.function, bound, [op.rows, op.units], lanes)
}

fn grad_by(op: &Grad, lanes: usize) -> Kernels {
    let source = Source::new(format!("{} gradient", op.function.name()), wgsl!("grad.wgsl"));
    let bound = match (op.function, op.function.grad_reads()) {
        (Function::Relu { threshold, .. }, Reads::Input) => threshold,
        _ => 0.0,
    };
    choose(source, op.function, bound, [op.rows, op.units], lanes)
}

/// Softmax has a thread per row; the others have one per so many values.
fn choose(
    source: Source,
    function: Function,
    bound: f32,
    [rows, units]: [usize; 2],
    lanes: usize,
) -> Kernels {
    let flag = match function {
        Function::Linear => "LINEAR",
        Function::Relu { .. } => "RELU",
        Function::Elu => "ELU",
        Function::Tanh => "TANH",
        Function::Sigmoid => "SIGMOID",
        Function::HardSigmoid => "HARD_SIGMOID",
        Function::Silu => "SILU",
        Function::HardSilu => "HARD_SILU",
        Function::Gelu => "GELU",
        Function::Softmax => "SOFTMAX",
    };
    let mut source = source.lanes(lanes).flag(flag, true);
    if let Function::Relu { negative_slope, max_value, .. } = function {
        source = source.real("BOUND", bound).flag("LEAKY", negative_slope != 0.0);
        source = source.real("SLOPE", negative_slope).flag("CAPPED", max_value.is_some());
        source = source.real("MOST", max_value.unwrap_or(0.0));
    }
    let threads = if function == Function::Softmax { rows } else { rows * units / lanes };
    source.sizes([("UNITS", units)]).threads(threads, [Binding::Input(0), Binding::Output(0)]).into()
}
