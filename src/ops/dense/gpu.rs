use super::{Forward, Geometry};
use crate::ops::embedded::wgsl;
use crate::ops::wgsl::{Binding, Kernels, Source};

/// A matrix of the product: its rows' and its columns' strides.
type Strides = (usize, usize);

pub(super) fn forward(op: &Forward) -> Kernels {
    let Geometry { rows, inputs, units } = op.geometry;
    let source = product("dense forward", [rows, inputs, units], (inputs, 1), (units, 1))
        .flag("BIAS", op.bias)
        .clamp(op.clamp);
    if op.bias {
        let bindings = [Binding::Input(0), Binding::Input(1), Binding::Output(0), Binding::Input(2)];
        source.threads(rows * units, bindings).into()
    } else {
        source.threads(rows * units, [Binding::Input(0), Binding::Input(1), Binding::Output(0)]).into()
    }
}

pub(super) fn grad_input(geometry: &Geometry) -> Kernels {
    let Geometry { rows, inputs, units } = *geometry;
    product("dense input gradient", [rows, units, inputs], (units, 1), (1, units))
        .threads(rows * inputs, [Binding::Input(0), Binding::Input(1), Binding::Output(0)])
        .into()
}

pub(super) fn grad_kernel(geometry: &Geometry) -> Kernels {
    let Geometry { rows, inputs, units } = *geometry;
    product("dense kernel gradient", [inputs, rows, units], (1, inputs), (units, 1))
        .threads(inputs * units, [Binding::Input(0), Binding::Input(1), Binding::Output(0)])
        .into()
}

fn product(label: &str, [_, inner, columns]: [usize; 3], a: Strides, b: Strides) -> Source {
    Source::new(label, wgsl!("product.wgsl")).sizes([
        ("INNER", inner),
        ("COLUMNS", columns),
        ("A_ROW", a.0),
        ("A_COLUMN", a.1),
        ("B_ROW", b.0),
        ("B_COLUMN", b.1),
    ])
}
