//! Tiles in workgroup memory, for real GPUs: each value is read from memory once for a whole workgroup.

use super::gpu::{Convolution, source};
use super::{Geometry, GradKernel};
use crate::ops::partial_sums::PartialSums;
use crate::ops::wgsl::{Binding, Kernel, Kernels};

/// Output pixels that each of a workgroup's rows of threads keeps.
const PIXELS: [usize; 2] = [8, 4];
/// Workgroups that WebGPU promises along one dimension.
const MOST_WORKGROUPS: usize = 65_535;
/// Pixels of a kernel's gradient that are worth a workgroup.
const SHORTEST_PART: usize = 256;
/// Workgroups that keep a GPU busy.
const BUSY: usize = 512;

pub(super) fn forward(convolution: &Convolution) -> Vec<Kernel> {
    let Convolution { geometry, image, kernel, bias, relu } = *convolution;
    let Geometry { batch, window, channels, filters } = geometry;
    let places = batch * window.output_pixels();
    if !channels.is_multiple_of(16) || !filters.is_multiple_of(64) {
        return Vec::new();
    }
    let mut bindings = vec![image.values, kernel, Binding::Output(0)];
    bindings.extend(bias);
    bindings.extend(image.places());
    let fitting = PIXELS.into_iter().filter(|pixels| places.div_ceil(16 * pixels) <= MOST_WORKGROUPS);
    fitting
        .map(|pixels| {
            let label = format!("conv2d forward shared {}x64", 16 * pixels);
            image
                .told_to(source(&geometry, &label, include_str!("forward_shared.wgsl")))
                .flag("BIAS", bias.is_some())
                .flag("RELU", relu)
                .count("PIXELS", pixels)
                .count("LOADS", pixels / 4)
                .count("LANES", 4)
                .sizes([
                    ("PIXEL_QUADS", 64 * pixels),
                    ("PLACES", places),
                    ("DEPTH", channels / 4),
                    ("FILTER_QUADS", filters / 4),
                ])
                .dispatch([places.div_ceil(16 * pixels), filters / 64, 1], &bindings)
        })
        .collect()
}

pub(super) fn grad_kernel(op: &GradKernel) -> Option<Kernels> {
    let geometry = &op.geometry;
    let Geometry { batch, window, channels, filters } = *geometry;
    if !channels.is_multiple_of(32) || !filters.is_multiple_of(64) {
        return None;
    }
    let places = batch * window.output_pixels();
    let (channel_blocks, filter_blocks) = (channels / 32, filters / 64);
    let tiles = window.taps() * channel_blocks * filter_blocks;
    let wanted = BUSY.div_ceil(tiles).min(places.div_ceil(SHORTEST_PART));
    let sums = PartialSums::in_parts(geometry.kernel_len(), places, wanted);
    let gradient = op.gradient();
    let mut bindings = vec![Binding::Input(0), gradient.values, Binding::Scratch];
    bindings.extend(gradient.places());
    let label = "conv2d kernel gradient shared 32x64";
    let parts = gradient
        .told_to(source(geometry, label, include_str!("grad_kernel_shared.wgsl")))
        .count("LANES", 4)
        .sizes([
            ("PLACES", places),
            ("PIXELS_A_PART", sums.terms_a_part),
            ("CHANNEL_QUADS", channels / 4),
            ("FILTER_QUADS", filters / 4),
            ("FILTER_BLOCKS", filter_blocks),
            ("RESULT_QUADS", sums.results / 4),
        ])
        .dispatch([channel_blocks * filter_blocks, window.taps(), sums.parts], &bindings);
    Some(sums.followed_by_sum(parts))
}
