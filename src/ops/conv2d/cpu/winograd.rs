//! Winograd's F(4x4,3x3): tiles of 4x4 pixels take 36 multiplications a channel and filter instead of 144.
//!
//! `Y = Aᵀ [sum over channels of (G g Gᵀ) ⊙ (Bᵀ d B)] A` with `d` 6x6 pixels of the image and the points 0, ±1, ±2 and
//! infinity (Lavin and Gray, *Fast Algorithms for Convolutional Neural Networks*, 2015). The sum over channels is a matrix
//! product, tiles by channels by filters, for each of the 36 places.

use super::super::Geometry;
use super::canvas::Canvas;
use crate::ops::lanes::{LANES, Lanes};
use crate::ops::matmul::{COLUMNS, Rows, tile, write};
use crate::ops::{product, room};

/// Pixels of the output along a side of a tile, and those of the image.
pub(super) const SIDE: usize = 4;
const PATCH: usize = SIDE + 2;
const PLACES: usize = PATCH * PATCH;
/// Tiles that are done at a time, be they of several images: their values stay in the second-level cache.
const TILES: usize = 16;
/// The channels of a photo.
const RGB: usize = 3;
/// Fewer tiles are not worth transforming the kernel.
const FEWEST_TILES: usize = 6;
/// Values between places beyond what they take, so that the 36 do not fall on the same few lines of the cache.
const APART: usize = 16;

/// A kernel, transformed.
pub(super) struct Winograd<'a> {
    geometry: Geometry,
    canvas: Canvas,
    /// `[places, panels, channels, 8]`.
    kernel: &'a [f32],
}

/// Where a tile lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) image: usize,
    /// Its first pixel in the output.
    pub(super) y: usize,
    pub(super) x: usize,
    /// The first of the four filters.
    pub(super) filter: usize,
}

/// Whether a convolution of which `size` pixels of each image are wanted is done like this.
pub(super) fn pays(geometry: &Geometry, size: [usize; 2]) -> bool {
    let Geometry { batch, window, channels, filters, .. } = *geometry;
    window.kernel == [3, 3]
        && window.strides == [1, 1]
        && (channels == RGB || channels >= 16)
        && filters.is_multiple_of(COLUMNS)
        && batch * size[0].div_ceil(SIDE) * size[1].div_ceil(SIDE) >= FEWEST_TILES
}

/// The transformed kernel, a canvas, and what some tiles take.
pub(super) fn scratch(geometry: &Geometry) -> [u64; 4] {
    let kernel = product([PLACES, geometry.channels, geometry.filters]) + (PLACES * APART) as u64;
    let [apart_in, apart_out] = apart(geometry).map(|apart| product([PLACES, apart]));
    [kernel, Canvas::new(geometry).scratch(), apart_in + apart_out, 0]
}

/// Values from a place's patches to the next one's, and from its sums.
fn apart(geometry: &Geometry) -> [usize; 2] {
    [depth(geometry), geometry.filters].map(|len| TILES * len + APART)
}

/// Values that a tile's channels take: whole vectors.
fn depth(geometry: &Geometry) -> usize {
    geometry.channels.next_multiple_of(LANES)
}

impl<'a> Winograd<'a> {
    pub(super) fn new(geometry: &Geometry, kernel: &[f32], scratch: &'a mut Vec<f32>) -> Self {
        let Geometry { channels, filters, .. } = *geometry;
        let apart = channels * filters + APART;
        let transformed = room(scratch, PLACES * apart);
        for channel in 0..channels {
            for filter in (0..filters).step_by(LANES) {
                let weights =
                    std::array::from_fn(|tap| load(&kernel[(tap * channels + channel) * filters + filter..]));
                let panel = filter / COLUMNS * channels + channel;
                let at = panel * COLUMNS + filter % COLUMNS;
                transform_kernel(weights, |place, value| {
                    store(value, &mut transformed[place * apart + at..])
                });
            }
        }
        Self { geometry: *geometry, canvas: Canvas::new(geometry), kernel: transformed }
    }

    /// Convolves images, of each the first `size` pixels of the output: `visit` gets four rows of four pixels of four
    /// filters, some of which may lie beyond the output.
    #[inline(never)]
    pub(super) fn run(
        &self,
        images: &[f32],
        size: [usize; 2],
        [canvas, values]: [&mut Vec<f32>; 2],
        visit: &mut dyn FnMut(Place, &mut [[Lanes; SIDE]; SIDE]),
    ) {
        let (depth, filters) = (depth(&self.geometry), self.geometry.filters);
        let [apart_in, apart_out] = apart(&self.geometry);
        let (patches, sums) = room(values, PLACES * (apart_in + apart_out)).split_at_mut(PLACES * apart_in);
        let [down, across] = size.map(|size| size.div_ceil(SIDE));
        let place = |number: usize| {
            let (image, number) = (number / (down * across), number % (down * across));
            Place { image, y: number / across * SIDE, x: number % across * SIDE, filter: 0 }
        };
        let mut images = images.chunks_exact(self.geometry.input_len() / self.geometry.batch).enumerate();
        let count = images.len() * down * across;
        let (mut current, mut pixels): (Option<usize>, &[f32]) = (None, &[]);
        for first in (0..count).step_by(TILES) {
            let tiles = TILES.min(count - first);
            for row in 0..tiles {
                let place = place(first + row);
                if current != Some(place.image) {
                    let Some((number, image)) = images.next() else { return };
                    current = Some(number);
                    pixels = self.canvas.of(image, canvas);
                }
                self.transform_patch(pixels, place, &mut patches[row * depth..], apart_in);
            }
            self.multiply(tiles, patches, sums);
            for row in 0..tiles {
                for filter in (0..filters).step_by(LANES) {
                    let sums = &sums[row * filters + filter..];
                    let mut tile = transform_sums(|place| load(&sums[place * apart_out..]));
                    visit(Place { filter, ..place(first + row) }, &mut tile);
                }
            }
        }
    }

    /// `Bᵀ d B` of all channels; pixels beyond the image matter to pixels beyond the output alone.
    fn transform_patch(&self, image: &[f32], Place { y, x, .. }: Place, to: &mut [f32], apart: usize) {
        let channels = self.geometry.channels;
        let [height, width] = self.canvas.size;
        let rows: [usize; PATCH] = std::array::from_fn(|i| (y + i).min(height - 1) * self.canvas.row);
        let columns: [usize; PATCH] = std::array::from_fn(|j| (x + j).min(width - 1) * channels);
        // Where the channels do not come out even, those of the next pixel are taken along.
        for channel in (0..channels).step_by(LANES) {
            let mut half = [[Lanes::all(0.0); PATCH]; PATCH];
            for (j, column) in columns.iter().enumerate() {
                let pixels = rows.map(|row| load(&image[row + column + channel..]));
                for (row, value) in half.iter_mut().zip(patch_line(pixels)) {
                    row[j] = value;
                }
            }
            for (i, row) in half.into_iter().enumerate() {
                for (j, value) in patch_line(row).into_iter().enumerate() {
                    store(value, &mut to[(i * PATCH + j) * apart + channel..]);
                }
            }
        }
    }

    /// The 36 products; of the last four tiles some may be of an earlier block.
    fn multiply(&self, tiles: usize, patches: &[f32], sums: &mut [f32]) {
        let Geometry { channels, filters, .. } = self.geometry;
        let depth = depth(&self.geometry);
        let patches = patches.chunks_exact(TILES * depth + APART);
        let sums = sums.chunks_exact_mut(TILES * filters + APART);
        let kernels = self.kernel.chunks_exact(channels * filters + APART);
        let rows = Rows { row: depth, runs: 1, run: 0, len: channels, step: 1 };
        for ((patches, sums), kernel) in patches.zip(sums).zip(kernels) {
            if channels == RGB {
                multiply_rgb(&patches[..tiles * depth], kernel, &mut sums[..tiles * filters], filters);
                continue;
            }
            for (number, panel) in kernel[..channels * filters].chunks_exact(channels * COLUMNS).enumerate() {
                for first in (0..tiles).step_by(4) {
                    let products = tile::<4>(&patches[first * depth..], rows, panel, COLUMNS);
                    for (row, products) in products.into_iter().enumerate() {
                        write(products, &mut sums[(first + row) * filters + number * COLUMNS..][..COLUMNS]);
                    }
                }
            }
        }
    }
}

/// Three channels are too few for tiles of sums.
fn multiply_rgb(patches: &[f32], kernel: &[f32], sums: &mut [f32], filters: usize) {
    for (patch, sums) in patches.chunks_exact(LANES).zip(sums.chunks_exact_mut(filters)) {
        let [red, green, blue] = std::array::from_fn(|channel| Lanes::all(patch[channel]));
        for (sums, panel) in sums.chunks_exact_mut(COLUMNS).zip(kernel.chunks_exact(RGB * COLUMNS)) {
            for half in [0, LANES] {
                let [r, g, b] = std::array::from_fn(|channel| load(&panel[channel * COLUMNS + half..]));
                store(red.mul(r).add(green.mul(g)).add(blue.mul(b)), &mut sums[half..]);
            }
        }
    }
}

/// `Bᵀ d`.
#[inline(always)]
fn patch_line(d: [Lanes; PATCH]) -> [Lanes; PATCH] {
    let (four, five) = (Lanes::all(4.0), Lanes::all(5.0));
    let (even, odd) = (d[4].sub(d[2].mul(four)), d[3].sub(d[1].mul(four)));
    let (near, far) = (d[4].sub(d[2]), d[3].sub(d[1]));
    let far = far.add(far);
    [
        d[0].mul(four).sub(d[2].mul(five)).add(d[4]),
        even.add(odd),
        even.sub(odd),
        near.add(far),
        near.sub(far),
        d[1].mul(four).sub(d[3].mul(five)).add(d[5]),
    ]
}

/// `Aᵀ m`.
#[inline(always)]
fn sums_line(m: [Lanes; PATCH]) -> [Lanes; SIDE] {
    let (sum, difference) = (m[1].add(m[2]), m[1].sub(m[2]));
    let (far_sum, far_difference) = (m[3].add(m[4]), m[3].sub(m[4]));
    [
        m[0].add(sum).add(far_sum),
        difference.add(far_difference.add(far_difference)),
        sum.add(far_sum.mul(Lanes::all(4.0))),
        difference.add(far_difference.mul(Lanes::all(8.0))).add(m[5]),
    ]
}

/// `Aᵀ m A`, row by row.
#[inline(always)]
fn transform_sums(sums: impl Fn(usize) -> Lanes) -> [[Lanes; SIDE]; SIDE] {
    let mut half = [[Lanes::all(0.0); PATCH]; SIDE];
    for j in 0..PATCH {
        let column = sums_line(std::array::from_fn(|i| sums(i * PATCH + j)));
        for (row, value) in half.iter_mut().zip(column) {
            row[j] = value;
        }
    }
    half.map(sums_line)
}

/// `G g`.
#[inline(always)]
fn kernel_line(g: [Lanes; 3]) -> [Lanes; PATCH] {
    let sixth = Lanes::all(1.0 / 6.0);
    let (outer, inner) = (g[0].add(g[2]).mul(Lanes::all(-1.0 / 6.0)), g[1].mul(sixth));
    let far = g[0].mul(Lanes::all(1.0 / 24.0)).add(g[2].mul(sixth));
    let far_inner = g[1].mul(Lanes::all(1.0 / 12.0));
    [
        g[0].mul(Lanes::all(0.25)),
        outer.sub(inner),
        outer.add(inner),
        far.add(far_inner),
        far.sub(far_inner),
        g[2],
    ]
}

/// `G g Gᵀ`; `weights` are row by row.
#[inline(always)]
fn transform_kernel(weights: [Lanes; 9], mut visit: impl FnMut(usize, Lanes)) {
    let columns: [[Lanes; PATCH]; 3] =
        std::array::from_fn(|x| kernel_line([weights[x], weights[3 + x], weights[6 + x]]));
    for i in 0..PATCH {
        for (j, value) in kernel_line(columns.map(|column| column[i])).into_iter().enumerate() {
            visit(i * PATCH + j, value);
        }
    }
}

#[allow(unsafe_code)]
#[inline(always)]
pub(super) fn load(values: &[f32]) -> Lanes {
    // SAFETY: these are four values.
    unsafe { Lanes::load(values[..LANES].as_ptr()) }
}

#[allow(unsafe_code)]
#[inline(always)]
pub(super) fn store(value: Lanes, to: &mut [f32]) {
    // SAFETY: these are four values.
    unsafe { value.store(to[..LANES].as_mut_ptr()) }
}
