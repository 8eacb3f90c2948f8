use super::{Forward, Geometry};
use crate::ops::embedded::wgsl;
use crate::ops::wgsl::{Binding, Kernels, Source};

pub(super) fn forward(op: &Forward) -> Kernels {
    let source = source(&op.geometry, "max_pool2d forward", wgsl!("forward.wgsl")).flag("PLACES", op.places);
    let threads = op.geometry.output_len();
    if op.places {
        source.threads(threads, [Binding::Input(0), Binding::Output(0), Binding::Output(1)]).into()
    } else {
        source.threads(threads, [Binding::Input(0), Binding::Output(0)]).into()
    }
}

pub(super) fn grad(geometry: &Geometry) -> Kernels {
    source(geometry, "max_pool2d gradient", wgsl!("grad.wgsl"))
        .threads(geometry.input_len(), [Binding::Input(0), Binding::Input(1), Binding::Output(0)])
        .into()
}

/// Four channels a thread, where there are so many.
pub(super) fn forward_variants(op: &Forward) -> Vec<Kernels> {
    let geometry = &op.geometry;
    if !geometry.channels.is_multiple_of(4) {
        return Vec::new();
    }
    let source = source(geometry, "max_pool2d forward x4", wgsl!("forward_quads.wgsl"))
        .flag("PLACES", op.places)
        .sizes([("CHANNEL_QUADS", geometry.channels / 4)]);
    let threads = geometry.output_len() / 4;
    let kernel = if op.places {
        source.threads(threads, [Binding::Input(0), Binding::Output(0), Binding::Output(1)])
    } else {
        source.threads(threads, [Binding::Input(0), Binding::Output(0)])
    };
    vec![kernel.into()]
}

/// Four channels a thread, where there are so many.
pub(super) fn grad_variants(geometry: &Geometry) -> Vec<Kernels> {
    if !geometry.channels.is_multiple_of(4) {
        return Vec::new();
    }
    let kernel = source(geometry, "max_pool2d gradient x4", wgsl!("grad_quads.wgsl"))
        .sizes([("CHANNEL_QUADS", geometry.channels / 4)])
        .threads(geometry.input_len() / 4, [Binding::Input(0), Binding::Input(1), Binding::Output(0)]);
    vec![kernel.into()]
}

fn source(geometry: &Geometry, label: &str, body: &'static str) -> Source {
    let Geometry { window, channels, .. } = *geometry;
    Source::new(label, body).sizes([
        ("IN_H", window.input[0]),
        ("IN_W", window.input[1]),
        ("CHANNELS", channels),
        ("OUT_H", window.output[0]),
        ("OUT_W", window.output[1]),
        ("KERNEL_H", window.kernel[0]),
        ("KERNEL_W", window.kernel[1]),
        ("STRIDE_Y", window.strides[0]),
        ("STRIDE_X", window.strides[1]),
        ("BEFORE_Y", window.before[0]),
        ("BEFORE_X", window.before[1]),
    ])
}
