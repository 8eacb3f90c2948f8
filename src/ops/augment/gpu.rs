use super::Augment;
use crate::model::FillMode;
use crate::ops::wgsl::{Binding, Kernels, Source};

/// Threads a photo where they have to know of each other.
const GROUP: usize = 256;

pub(super) fn augment(op: &Augment) -> Kernels {
    let [height, width, channels] = op.shape;
    let source = Source::new("augment", include_str!("augment.wgsl"))
        .sizes([("BATCH", op.batch), ("HEIGHT", height), ("WIDTH", width)])
        .real("CVAL", op.cval)
        .flag("COLOUR", channels == 3)
        .flag("REFLECT", op.fill_mode == FillMode::Reflect)
        .flag("WRAP", op.fill_mode == FillMode::Wrap)
        .flag("CLAMP", matches!(op.fill_mode, FillMode::Nearest | FillMode::Constant))
        .flag("CONSTANT", op.fill_mode == FillMode::Constant)
        .flag("SHIFT", op.channel_shift)
        .flag("BRIGHTNESS", op.brightness);
    let bindings = [Binding::Input(0), Binding::Input(1), Binding::Output(0)];
    if op.channel_shift {
        return source.threads_by(GROUP, op.batch * GROUP, &bindings).into();
    }
    source.threads(op.batch * height * width, bindings).into()
}
