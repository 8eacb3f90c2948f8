//! Tiles of whole windows in registers: what software adapters want, to which a read costs as much as nine
//! multiplications. Each pixel under a tile is read once, and used for all taps and filters.

use super::gpu::{Convolution, source};
use super::{Geometry, GradKernel};
use crate::model::Window;
use crate::ops::embedded::wgsl;
use crate::ops::max_pool2d;
use crate::ops::partial_sums::PartialSums;
use crate::ops::wgsl::{Binding, Kernel, Kernels, Source};
use crate::sorting::sort_by;

/// Threads in a workgroup: few, so that two cores share even a small layer evenly.
const GROUP: usize = 32;
/// Neighbouring threads that take neighbouring filters: as wide as a software adapter's vectors.
const LANES: usize = 4;
/// What reading a value costs, and what computing an address or writing does, in multiplications.
const READ: usize = 9;
/// Sums that a thread may keep.
const MOST_SUMS: usize = 160;
/// Multiplications that may be written out: compilers take a second for so many.
const MOST_WRITTEN: usize = 1200;
/// How many of the cheapest tiles are tried.
pub(super) const TRIED: usize = 2;
/// Threads that share a kernel's gradient evenly among a few cores.
const BUSY: usize = 64 * LANES;

/// What a thread keeps: rows and columns of output pixels, and how many of every fourth filter; in a
/// kernel's gradient, of how many channels.
#[derive(Debug, Clone, Copy)]
struct Tile {
    rows: usize,
    columns: usize,
    depth: usize,
    quads: usize,
}

impl Tile {
    fn patch(&self, window: &Window) -> [usize; 2] {
        let patch = |axis: usize, places: usize| (places - 1) * window.strides[axis] + window.kernel[axis];
        [patch(0, self.rows), patch(1, self.columns)]
    }

    fn products(&self, window: &Window) -> usize {
        self.rows * self.columns * self.depth * self.quads * window.taps()
    }

    fn label(&self, what: &str) -> String {
        let Self { rows, columns, depth, quads } = self;
        format!("{what} {rows}x{columns}x{depth}x{}", LANES * quads)
    }
}

/// Convolutions, pooled where `pool` is given; the outputs are the maxima (and their places) then.
pub(super) fn forward(convolution: &Convolution, pool: Option<&max_pool2d::Forward>) -> Vec<Kernel> {
    let Convolution { geometry, image, kernel, bias, clamp } = *convolution;
    let Geometry { batch, window, channels, filters, .. } = geometry;
    let (pool_size, pooled) = pool
        .map_or(([1, 1], window.output), |pool| (pool.geometry.window.kernel, pool.geometry.window.output));
    let [cell, _] = image.cells(window.input);
    if image.pool.is_some() && window.strides != [1, 1] {
        return Vec::new();
    }
    // Where in a cell a tile's first pixel lies.
    let phase = [0, 1].map(|axis| (cell[axis] - window.before[axis] % cell[axis]) % cell[axis]);
    let patch_cells = |tile: &Tile| {
        let patch = tile.patch(&window);
        [0, 1].map(|axis| (phase[axis] + patch[axis]).div_ceil(cell[axis]))
    };
    let tiles_of = |tile: &Tile| {
        [(pooled[0] * pool_size[0]).div_ceil(tile.rows), (pooled[1] * pool_size[1]).div_ceil(tile.columns)]
    };
    let cost = |tile: &Tile| {
        let patch: usize = patch_cells(tile).iter().product();
        let reads = patch * (1 + usize::from(image.pool.is_some())) + window.taps() * tile.quads;
        let [tiles_y, tiles_x] = tiles_of(tile);
        let around = READ * (patch + tile.rows * tile.columns * tile.quads);
        tiles_y
            * tiles_x
            * (filters / LANES / tile.quads)
            * (channels * (READ * reads + tile.products(&window)) + around)
    };
    let fits = |tile: &Tile| {
        let aligned = |axis: usize, places: usize| {
            places.is_multiple_of(pool_size[axis]) && places.is_multiple_of(cell[axis])
        };
        tile.rows * tile.columns * tile.quads <= MOST_SUMS
            && aligned(0, tile.rows)
            && aligned(1, tile.columns)
    };
    let places = pool.is_some_and(|pool| pool.places);
    let mut bindings = vec![image.values, kernel, Binding::Output(0)];
    bindings.extend(places.then_some(Binding::Output(1)));
    bindings.extend(bias);
    bindings.extend(image.places());
    let what = if pool.is_some() { "conv2d pooled window" } else { "conv2d forward window" };
    cheapest(filters, &window, std::iter::once(1), fits, cost)
        .map(|tile| {
            let [tiles_y, tiles_x] = tiles_of(&tile);
            let [cells_h, cells_w] = patch_cells(&tile);
            let blocks = filters / LANES / tile.quads;
            image
                .told_to(tiled(&geometry, &tile, what, wgsl!("forward_window.wgsl")))
                .flag("BIAS", bias.is_some())
                .clamp(clamp)
                .flag("POOLED", pool.is_some())
                .flag("PLACES", places)
                .sizes([
                    ("PHASE_Y", phase[0]),
                    ("PHASE_X", phase[1]),
                    ("PATCH_CELLS_H", cells_h),
                    ("PATCH_CELLS_W", cells_w),
                    ("WITH_PLACES", usize::from(places)),
                    ("POOL_H", pool_size[0]),
                    ("POOL_W", pool_size[1]),
                    ("POOLED_ROWS", tile.rows / pool_size[0]),
                    ("POOLED_COLUMNS", tile.columns / pool_size[1]),
                    ("POOLED_H", pooled[0]),
                    ("POOLED_W", pooled[1]),
                    ("TILES_Y", tiles_y),
                    ("TILES_X", tiles_x),
                    ("FILTER_BLOCKS", blocks),
                ])
                .threads_by(GROUP, batch * tiles_y * tiles_x * blocks * LANES, &bindings)
        })
        .collect()
}

pub(super) fn grad_kernel(op: &GradKernel) -> Vec<Kernels> {
    let geometry = &op.geometry;
    let Geometry { batch, window, channels, filters, .. } = *geometry;
    let gradient = op.gradient();
    let [cell, cells] = gradient.cells(window.output);
    let tiles_of =
        |tile: &Tile| [(cells[0] * cell[0]).div_ceil(tile.rows), (cells[1] * cell[1]).div_ceil(tile.columns)];
    let blocks_of = |tile: &Tile| [channels / tile.depth, filters / LANES / tile.quads];
    let cost = |tile: &Tile| {
        let [patch_h, patch_w] = tile.patch(&window);
        let tile_cells = (tile.rows / cell[0]) * (tile.columns / cell[1]);
        let gradients = tile_cells * tile.quads * (1 + usize::from(gradient.pool.is_some()));
        let reads = patch_h * patch_w * tile.depth + gradients;
        let [tiles_y, tiles_x] = tiles_of(tile);
        let [channel_blocks, filter_blocks] = blocks_of(tile);
        tiles_y * tiles_x * channel_blocks * filter_blocks * (READ * reads + tile.products(&window))
    };
    let fits = |tile: &Tile| {
        window.taps() * tile.depth * tile.quads <= MOST_SUMS
            && tile.rows.is_multiple_of(cell[0])
            && tile.columns.is_multiple_of(cell[1])
    };
    let depths = (1..=8).filter(|depth| channels.is_multiple_of(*depth));
    let mut bindings = vec![Binding::Input(0), gradient.values, Binding::Scratch];
    bindings.extend(gradient.places());
    cheapest(filters, &window, depths, fits, cost)
        .map(|tile| {
            let [tiles_y, tiles_x] = tiles_of(&tile);
            let [channel_blocks, filter_blocks] = blocks_of(&tile);
            let threads = channel_blocks * filter_blocks * LANES;
            let tiles = batch * tiles_y * tiles_x;
            let sums = PartialSums::in_parts(geometry.kernel_len(), tiles, BUSY.div_ceil(threads));
            let what = "conv2d kernel gradient window";
            let exact = (cells[0] * cell[0]).is_multiple_of(tile.rows)
                && (cells[1] * cell[1]).is_multiple_of(tile.columns);
            let parts = gradient
                .told_to(tiled(geometry, &tile, what, wgsl!("grad_kernel_window.wgsl")))
                .flag("EXACT", exact)
                .sizes([
                    ("TILE_CELLS_H", tile.rows / cell[0]),
                    ("TILE_CELLS_W", tile.columns / cell[1]),
                    ("DEPTH", tile.depth),
                    ("TILES_Y", tiles_y),
                    ("TILES_X", tiles_x),
                    ("TILES", tiles),
                    ("TILES_A_PART", sums.terms_a_part),
                    ("CHANNEL_BLOCKS", channel_blocks),
                    ("FILTER_BLOCKS", filter_blocks),
                    ("RESULTS", sums.results),
                ])
                .threads_by(GROUP, threads * sums.parts, &bindings);
            sums.followed_by_sum(parts)
        })
        .collect()
}

fn tiled(geometry: &Geometry, tile: &Tile, what: &str, body: &'static str) -> Source {
    let [patch_h, patch_w] = tile.patch(&geometry.window);
    source(geometry, &tile.label(what), body).flag("PADDED", geometry.window.is_padded()).sizes([
        ("ROWS", tile.rows),
        ("COLUMNS", tile.columns),
        ("QUADS", tile.quads),
        ("PATCH_H", patch_h),
        ("PATCH_W", patch_w),
    ])
}

/// The tiles that fit and cost the least; none where the filters do not fill the lanes.
fn cheapest(
    filters: usize,
    window: &Window,
    depths: impl Iterator<Item = usize> + Clone,
    fits: impl Fn(&Tile) -> bool,
    cost: impl Fn(&Tile) -> usize,
) -> impl Iterator<Item = Tile> {
    let quads = [1, 2, 4, 8].into_iter().filter(move |quads| filters.is_multiple_of(LANES * quads));
    let tiles = quads.flat_map(|quads| depths.clone().map(move |depth| (quads, depth)));
    let tiles = tiles.flat_map(|(quads, depth)| {
        (1..=8).flat_map(move |rows| (1..=10).map(move |columns| Tile { rows, columns, depth, quads }))
    });
    let mut tiles: Vec<Tile> =
        tiles.filter(|tile| tile.products(window) <= MOST_WRITTEN && fits(tile)).collect();
    sort_by(&mut tiles, |one, other| cost(one).cmp(&cost(other)));
    tiles.truncate(TRIED);
    tiles.into_iter()
}
