//! Register tiles: each thread keeps a block of results and reads each value for many of them at once.

use super::Geometry;
use super::gpu::{Convolution, source};
use crate::ops::embedded::wgsl;
use crate::ops::partial_sums::PartialSums;
use crate::ops::wgsl::{Binding, Kernel, Kernels};

/// A thread's block: output pixels, quads of filters, and threads in a workgroup.
type Tile = (usize, usize, usize);
const FORWARD: [Tile; 3] = [(12, 4, 32), (8, 2, 64), (4, 1, 64)];
/// A thread's block of a kernel's gradient: quads of channels, quads of filters.
const GRAD_KERNEL: [(usize, usize); 3] = [(4, 4), (2, 2), (1, 1)];
/// Workgroups that WebGPU promises along one dimension.
const MOST_WORKGROUPS: usize = 65_535;

/// All such convolutions, the largest blocks first.
pub(super) fn forwards(convolution: &Convolution) -> impl Iterator<Item = Kernel> {
    FORWARD.into_iter().filter_map(|tile| forward(convolution, tile))
}

/// All such kernel gradients, the largest blocks first.
pub(super) fn grad_kernels(geometry: &Geometry) -> Vec<Kernels> {
    if !geometry.filters.is_multiple_of(4) || !geometry.channels.is_multiple_of(4) {
        return Vec::new();
    }
    GRAD_KERNEL.into_iter().filter_map(|tile| grad_kernel_deep(geometry, tile)).collect()
}

fn forward(convolution: &Convolution, (pixels, quads, group): Tile) -> Option<Kernel> {
    let Convolution { geometry, image, kernel, bias, clamp } = *convolution;
    let Geometry { batch, window, channels, filters, .. } = geometry;
    if image.pool.is_some() {
        return None;
    }
    let filter_quads = filters / 4;
    let places = batch * window.output_pixels();
    let groups = places.div_ceil(pixels * group);
    if !filters.is_multiple_of(4) || !filter_quads.is_multiple_of(quads) || groups > MOST_WORKGROUPS {
        return None;
    }
    let deep = channels.is_multiple_of(4);
    let mut bindings = vec![image.values, kernel, Binding::Output(0)];
    bindings.extend(bias);
    let label = format!("conv2d forward {pixels}x{}", 4 * quads);
    let source = source(&geometry, &label, wgsl!("forward_tiled.wgsl"))
        .flag("DEEP", deep)
        .flag("PADDED", window.is_padded())
        .flag("BIAS", bias.is_some())
        .clamp(clamp)
        .count("PIXELS", pixels)
        .count("QUADS", quads)
        .count("LANES", 4)
        .sizes([
            ("GROUP", group),
            ("PLACES", places),
            ("DEPTH", if deep { channels / 4 } else { channels }),
            ("FILTER_QUADS", filter_quads),
        ]);
    Some(source.dispatch([groups, filter_quads / quads, 1], &bindings))
}

fn grad_kernel_deep(geometry: &Geometry, (deep, quads): (usize, usize)) -> Option<Kernels> {
    let Geometry { batch, window, channels, filters, .. } = *geometry;
    let (channel_quads, filter_quads) = (channels / 4, filters / 4);
    if !channel_quads.is_multiple_of(deep) || !filter_quads.is_multiple_of(quads) {
        return None;
    }
    let (channel_blocks, filter_blocks) = (channel_quads / deep, filter_quads / quads);
    let tiles = window.taps() * channel_blocks * filter_blocks;
    let sums = PartialSums::of_tiles(geometry.kernel_len(), tiles, batch * window.output[0]);
    let label = format!("conv2d kernel gradient {}x{}", 4 * deep, 4 * quads);
    let parts = source(geometry, &label, wgsl!("grad_kernel_deep.wgsl"))
        .count("DEEP_QUADS", deep)
        .count("QUADS", quads)
        .count("LANES", 4)
        .sizes([
            ("CHANNEL_QUADS", channel_quads),
            ("CHANNEL_BLOCKS", channel_blocks),
            ("FILTER_QUADS", filter_quads),
            ("FILTER_BLOCKS", filter_blocks),
            ("RESULT_QUADS", sums.results / 4),
            ("ROWS_A_PART", sums.terms_a_part),
        ])
        .threads(tiles * sums.parts, [Binding::Input(0), Binding::Input(1), Binding::Scratch]);
    Some(sums.followed_by_sum(parts))
}
