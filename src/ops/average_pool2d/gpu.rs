use super::Geometry;
use crate::ops::embedded::wgsl;
use crate::ops::wgsl::{Binding, Kernels, Source};

pub(super) fn forward(geometry: &Geometry, lanes: usize) -> Kernels {
    kernels(geometry, "average_pool2d forward", wgsl!("forward.wgsl"), geometry.output_len(), lanes)
}

pub(super) fn grad(geometry: &Geometry, lanes: usize) -> Kernels {
    kernels(geometry, "average_pool2d gradient", wgsl!("grad.wgsl"), geometry.input_len(), lanes)
}

fn kernels(geometry: &Geometry, label: &str, body: &'static str, values: usize, lanes: usize) -> Kernels {
    let Geometry { window, channels, .. } = *geometry;
    Source::new(label, body)
        .vectors(channels, lanes)
        .sizes([
            ("IN_H", window.input[0]),
            ("IN_W", window.input[1]),
            ("OUT_H", window.output[0]),
            ("OUT_W", window.output[1]),
            ("KERNEL_H", window.kernel[0]),
            ("KERNEL_W", window.kernel[1]),
            ("STRIDE_Y", window.strides[0]),
            ("STRIDE_X", window.strides[1]),
            ("BEFORE_Y", window.before[0]),
            ("BEFORE_X", window.before[1]),
        ])
        .threads(values / lanes, [Binding::Input(0), Binding::Output(0)])
        .into()
}
