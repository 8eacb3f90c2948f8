//! Tiles in workgroup memory, for real GPUs: each value is read from memory once for a whole workgroup.

use super::gpu::{Convolution, source};
use super::{Geometry, GradKernel};
use crate::ops::embedded::wgsl;
use crate::ops::partial_sums::PartialSums;
use crate::ops::wgsl::{Binding, Kernel, Kernels};

/// Filters of a workgroup of 256 threads, and output pixels that each thread keeps.
const TILES: [(usize, usize); 3] = [(64, 8), (64, 4), (32, 4)];
/// Workgroups that WebGPU promises along one dimension.
const MOST_WORKGROUPS: usize = 65_535;
/// Pixels of a kernel's gradient that are worth a workgroup.
const SHORTEST_PART: usize = 256;
/// Output pixels beside each other that a workgroup brings the image's rows for.
const STRIP: usize = 32;
/// Weights of a filter that a workgroup computes at the most, and values of those rows: 8 KiB, as the gradients take.
const MOST_WEIGHTS: usize = 64;
const MOST_ROW_VALUES: usize = 2048;
/// Workgroups that keep a GPU busy.
const BUSY: usize = 512;

pub(super) fn forward(convolution: &Convolution) -> Vec<Kernel> {
    // Half a tile's filters are for what has no whole one.
    let widest = if convolution.geometry.filters.is_multiple_of(64) { 64 } else { 32 };
    let tiles = TILES.into_iter().filter(|(wide, _)| *wide == widest);
    tiles.filter_map(|(wide, pixels)| forward_tile(convolution, wide, pixels)).collect()
}

fn forward_tile(convolution: &Convolution, wide: usize, pixels: usize) -> Option<Kernel> {
    let Convolution { geometry, image, kernel, bias, clamp } = *convolution;
    let Geometry { batch, window, channels, filters, .. } = geometry;
    let places = batch * window.output_pixels();
    let (quads, rows) = (wide / 4, 256 / (wide / 4));
    let groups = places.div_ceil(rows * pixels);
    if !channels.is_multiple_of(16) || !filters.is_multiple_of(wide) || groups > MOST_WORKGROUPS {
        return None;
    }
    let mut bindings = vec![image.values, kernel, Binding::Output(0)];
    bindings.extend(bias);
    bindings.extend(image.places());
    let label = format!("conv2d forward shared {}x{wide}", rows * pixels);
    let kernel = image
        .told_to(source(&geometry, &label, wgsl!("forward_shared.wgsl")))
        .flag("BIAS", bias.is_some())
        .clamp(clamp)
        .count("PIXELS", pixels)
        .count("LOADS", rows * pixels / 64)
        .count("LANES", 4)
        .sizes([
            ("ROWS", rows),
            ("QUADS", quads),
            ("PIXEL_QUADS", 4 * rows * pixels),
            ("WEIGHT_QUADS", 16 * quads),
            ("PLACES", places),
            ("DEPTH", channels / 4),
            ("FILTER_QUADS", filters / 4),
        ])
        .dispatch([groups, filters / wide, 1], &bindings);
    Some(kernel)
}

pub(super) fn grad_kernel(op: &GradKernel) -> Option<Kernels> {
    let geometry = &op.geometry;
    let Geometry { batch, window, channels, filters, .. } = *geometry;
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
        .told_to(source(geometry, label, wgsl!("grad_kernel_shared.wgsl")))
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

/// For images of few channels, whose windows hold too few values for the tile above.
pub(super) fn grad_kernel_rows(op: &GradKernel) -> Option<Kernels> {
    let geometry = &op.geometry;
    let Geometry { batch, window, channels, filters, .. } = *geometry;
    let weights = window.taps() * channels;
    let (filter_quads, quads) = (filters / 4, (filters / 4).min(16));
    let run = ((STRIP - 1) * window.strides[1] + window.kernel[1]) * channels;
    let row_values = window.kernel[0] * run;
    let threads = weights.div_ceil(4) * quads;
    let fits = weights <= MOST_WEIGHTS && row_values <= MOST_ROW_VALUES && (32..=256).contains(&threads);
    if !fits || !filters.is_multiple_of(4) || !filter_quads.is_multiple_of(quads) {
        return None;
    }
    let strips_x = window.output[1].div_ceil(STRIP);
    let strips = batch * window.output[0] * strips_x;
    let blocks = filter_quads / quads;
    let sums = PartialSums::in_parts(geometry.kernel_len(), strips, (BUSY / blocks).min(strips));
    let gradient = op.gradient();
    let mut bindings = vec![Binding::Input(0), gradient.values, Binding::Scratch];
    bindings.extend(gradient.places());
    let label = format!("conv2d kernel gradient shared rows {}x{}", weights.next_multiple_of(4), 4 * quads);
    let parts = gradient
        .told_to(source(geometry, &label, wgsl!("grad_kernel_rows.wgsl")))
        .count("LANES", 4)
        .sizes([
            ("WEIGHTS", weights),
            ("STRIP", STRIP),
            ("RUN", run),
            ("ROW_VALUES", row_values),
            ("GRADIENTS", STRIP * quads),
            ("QUADS", quads),
            ("FILTER_QUADS", filter_quads),
            ("GROUP", threads),
            ("STRIPS_X", strips_x),
            ("STRIPS", strips),
            ("STRIPS_A_PART", sums.terms_a_part),
        ])
        .dispatch([sums.parts, blocks, 1], &bindings);
    Some(sums.followed_by_sum(parts))
}
