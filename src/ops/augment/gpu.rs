use super::Augment;
use crate::model::FillMode;
use crate::ops::embedded::wgsl;
use crate::ops::wgsl::{Binding, Kernels, Source};

/// Threads in a workgroup.
const GROUP: usize = 64;
/// Pixels of a column that a thread makes: what it knows of its photo it reads once for all of them.
const RUN: usize = 8;

pub(super) fn augment(op: &Augment) -> Kernels {
    let [height, width, channels] = op.shape;
    let bands = height.div_ceil(RUN);
    let (parts, threads) = (width * bands, op.batch * width * bands);
    let source = |label: &str, code| {
        Source::new(label, code)
            .sizes([("BATCH", op.batch), ("HEIGHT", height), ("WIDTH", width), ("CHANNELS", channels)])
            .sizes([("RUN", RUN), ("BANDS", bands), ("PARTS", parts)])
            .flag("BRIGHTNESS", op.brightness)
    };
    let warp = source("augment", wgsl!("augment.wgsl"))
        .real("CVAL", op.cval)
        .flag("COLOUR", channels == 3)
        .flag("REFLECT", op.fill_mode == FillMode::Reflect)
        .flag("WRAP", op.fill_mode == FillMode::Wrap)
        .flag("CLAMP", matches!(op.fill_mode, FillMode::Nearest | FillMode::Constant))
        .flag("CONSTANT", op.fill_mode == FillMode::Constant)
        .flag("SHIFT", op.channel_shift);
    let mut bindings = vec![Binding::Input(0), Binding::Input(1), Binding::Output(0)];
    if !op.channel_shift {
        return warp.threads_by(GROUP, threads, &bindings).into();
    }
    bindings.push(Binding::Scratch);
    let kernels = vec![
        warp.threads_by(GROUP, threads, &bindings),
        source("augment span", wgsl!("span.wgsl")).threads_by(GROUP, op.batch * GROUP, &[Binding::Scratch]),
        source("augment settle", wgsl!("settle.wgsl")).threads_by(
            GROUP,
            threads,
            &[Binding::Input(1), Binding::Output(0), Binding::ScratchInput],
        ),
    ];
    Kernels { kernels, scratch: threads + op.batch }
}
