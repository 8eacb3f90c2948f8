use std::fmt::Write;

use super::{LEAST_DEVIATION, Rescaling};
use crate::ops::Operation;
use crate::ops::embedded::wgsl;
use crate::ops::wgsl::{Binding, Kernels, Source};

pub(super) fn rescaling(op: &Rescaling, lanes: usize) -> Kernels {
    let mut constants = String::new();
    for (name, values) in [("scale", &op.scale), ("offset", &op.offset)] {
        let _ = write!(constants, "var<private> {name} = array<f32, {}>(", values.len());
        values.iter().for_each(|value| {
            let _ = write!(constants, "{value:e}f,");
        });
        constants.push_str(");\n");
    }
    Source::new(op.label(), wgsl!("rescaling.wgsl"))
        .lanes(lanes)
        .before(&constants)
        .sizes([("SCALES", op.scale.len()), ("OFFSETS", op.offset.len())])
        .threads(op.count / lanes, [Binding::Input(0), Binding::Output(0)])
        .into()
}

/// The layer itself with the means, its gradient without.
pub(super) fn normalization(
    label: String,
    rows: usize,
    channels: usize,
    means: bool,
    lanes: usize,
) -> Kernels {
    let inputs = 2 + usize::from(means);
    let mut bindings: Vec<Binding> = (0..inputs).map(Binding::Input).collect();
    bindings.push(Binding::Output(0));
    Source::new(label, wgsl!("normalization.wgsl"))
        .vectors(channels, lanes)
        .flag("MEANS", means)
        .real("LEAST_DEVIATION", LEAST_DEVIATION)
        .sizes([("INPUTS", inputs), ("VARIANCE", inputs - 1)])
        .threads(rows * channels / lanes, bindings)
        .into()
}
