use super::Augment;
use crate::model::FillMode;
use crate::ops::wgsl::{Binding, Kernels, Source};

/// Threads that look for what a photo spans.
const GROUP: usize = 64;

pub(super) fn augment(op: &Augment) -> Kernels {
    let [height, width, channels] = op.shape;
    let source = |label: &str| {
        Source::new(label, include_str!("augment.wgsl"))
            .sizes([("BATCH", op.batch), ("HEIGHT", height), ("WIDTH", width)])
            .real("CVAL", op.cval)
            .flag("COLOUR", channels == 3)
            .flag("REFLECT", op.fill_mode == FillMode::Reflect)
            .flag("WRAP", op.fill_mode == FillMode::Wrap)
            .flag("CLAMP", matches!(op.fill_mode, FillMode::Nearest | FillMode::Constant))
            .flag("CONSTANT", op.fill_mode == FillMode::Constant)
            .flag("SHIFT", op.channel_shift)
            .flag("BRIGHTNESS", op.brightness)
    };
    let mut bindings = vec![Binding::Input(0), Binding::Input(1), Binding::Output(0)];
    let mut kernels = Vec::new();
    if op.channel_shift {
        let spans = [Binding::Input(0), Binding::Input(1), Binding::Scratch];
        kernels.push(source("augment spans").flag("SPANS", true).threads_by(GROUP, op.batch * GROUP, &spans));
        bindings.push(Binding::ScratchInput);
    }
    kernels.push(source("augment").threads(op.batch * height * width, bindings));
    Kernels { kernels, scratch: if op.channel_shift { 2 * op.batch } else { 0 } }
}
