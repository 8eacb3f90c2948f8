use super::{Forward, Geometry};
use crate::ops::wgsl::{Binding, Kernels, Source};

pub(super) fn forward(op: &Forward) -> Kernels {
    let source =
        source(&op.geometry, "max_pool2d forward", include_str!("forward.wgsl")).flag("PLACES", op.places);
    let threads = op.geometry.output_len();
    if op.places {
        source.threads(threads, [Binding::Input(0), Binding::Output(0), Binding::Output(1)]).into()
    } else {
        source.threads(threads, [Binding::Input(0), Binding::Output(0)]).into()
    }
}

pub(super) fn grad(geometry: &Geometry) -> Kernels {
    source(geometry, "max_pool2d gradient", include_str!("grad.wgsl"))
        .threads(geometry.input_len(), [Binding::Input(0), Binding::Input(1), Binding::Output(0)])
        .into()
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
