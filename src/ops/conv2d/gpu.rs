use super::{Forward, Geometry};
use crate::ops::partial_sums::PartialSums;
use crate::ops::wgsl::{Binding, Kernels, Source};

pub(super) fn forward(op: &Forward) -> Kernels {
    let source = source(&op.geometry, "conv2d forward", include_str!("forward.wgsl"))
        .flag("BIAS", op.bias)
        .flag("RELU", op.relu);
    let threads = op.geometry.output_len();
    if op.bias {
        let bindings = [Binding::Input(0), Binding::Input(1), Binding::Output(0), Binding::Input(2)];
        source.threads(threads, bindings).into()
    } else {
        source.threads(threads, [Binding::Input(0), Binding::Input(1), Binding::Output(0)]).into()
    }
}

pub(super) fn grad_input(geometry: &Geometry) -> Kernels {
    source(geometry, "conv2d input gradient", include_str!("grad_input.wgsl"))
        .threads(geometry.input_len(), [Binding::Input(0), Binding::Input(1), Binding::Output(0)])
        .into()
}

pub(super) fn grad_kernel(geometry: &Geometry) -> Kernels {
    let pixels = geometry.batch * geometry.window.output_pixels();
    let sums = PartialSums::new(geometry.kernel_len(), pixels);
    let parts = source(geometry, "conv2d kernel gradient", include_str!("grad_kernel.wgsl"))
        .sizes([("RESULTS", sums.results), ("PIXELS", pixels), ("PIXELS_A_PART", sums.terms_a_part)])
        .threads(sums.threads(), [Binding::Input(0), Binding::Input(1), Binding::Scratch]);
    sums.followed_by_sum(parts)
}

pub(super) fn source(geometry: &Geometry, label: &str, body: &'static str) -> Source {
    let Geometry { batch, window, channels, filters } = *geometry;
    Source::new(label, body).sizes([
        ("BATCH", batch),
        ("IN_H", window.input[0]),
        ("IN_W", window.input[1]),
        ("CHANNELS", channels),
        ("OUT_H", window.output[0]),
        ("OUT_W", window.output[1]),
        ("FILTERS", filters),
        ("KERNEL_H", window.kernel[0]),
        ("KERNEL_W", window.kernel[1]),
        ("STRIDE_Y", window.strides[0]),
        ("STRIDE_X", window.strides[1]),
        ("BEFORE_Y", window.before[0]),
        ("BEFORE_X", window.before[1]),
    ])
}
