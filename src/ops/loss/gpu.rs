use super::{Crossentropy, METRIC_COLUMNS};
use crate::model::Loss;
use crate::ops::embedded::wgsl;
use crate::ops::wgsl::{Binding, Kernel, Kernels, STEP, Source};

pub(super) fn crossentropy(op: &Crossentropy) -> Kernels {
    let source = |name: &str, body| {
        Source::new(format!("{} {name}", op.loss.name()), body)
            .before(STEP)
            .flag("CATEGORICAL", op.loss == Loss::CategoricalCrossentropy)
            .flag("BINARY", op.loss == Loss::BinaryCrossentropy)
            .flag("GRADIENT", op.gradient)
            .sizes([("BATCH", op.batch), ("UNITS", op.units), ("COLUMNS", METRIC_COLUMNS)])
    };
    let rows = source("rows", wgsl!("rows.wgsl"));
    let [logits, labels, weights] = [0, 1, 2].map(Binding::Input);
    let rows: Kernel = if op.gradient {
        let bindings = [logits, labels, weights, Binding::Output(1), Binding::Scratch, Binding::Step];
        rows.threads(op.batch, bindings)
    } else {
        rows.threads(op.batch, [logits, labels, weights, Binding::Scratch])
    };
    let metrics = source("metrics", wgsl!("metrics.wgsl"))
        .threads(1, [Binding::ScratchInput, Binding::Output(0), Binding::Step]);
    Kernels { kernels: vec![rows, metrics], scratch: op.batch * METRIC_COLUMNS }
}
