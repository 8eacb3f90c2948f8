//! Pillow's `BILINEAR` and `NEAREST`, and so Keras': bit for bit, since a network sees what it was trained on.
//!
//! Bilinear: a triangle of width 2, or twice the reduction, is laid over the source and its weights are rounded
//! to 22 bits; rows are resized first, then columns, with whole grey values in between (Pillow's `Resample.c`;
//! from version 13 on it takes columns first for some shapes, a grey value apart). Nearest: the source pixel
//! below the target pixel's middle (`Geometry.c`).
//!
//! Rows come one by one, so that a photo's full-size pixels need never be in memory all at once.

use image::metadata::Orientation;

use super::{Interpolation, Sizing};

const CHANNELS: usize = 3;
const BITS: u32 = 22;
const HALF: i32 = 1 << (BITS - 1);

/// A pixel on its way in; the fourth byte is not looked at. Four lanes are what processors multiply at once.
pub(super) type Pixel = [u8; 4];

/// Resizes a photo while its rows come in.
#[derive(Debug)]
pub(super) struct Resizer {
    orientation: Orientation,
    interpolation: Interpolation,
    /// Along a row.
    across: Axis,
    /// Along a column.
    down: Axis,
    /// Rows of the source that have come.
    rows: usize,
    /// Resized rows, `[rows, wide, 3]`.
    narrowed: Vec<u8>,
}

/// Which source pixels make each target pixel of a line: as many for each, some with a weight of zero.
#[derive(Debug)]
struct Axis {
    /// The first one of each target pixel.
    starts: Vec<usize>,
    /// How many there are.
    taps: usize,
    /// `[target pixels, taps]`, in units of 2^-22.
    weights: Vec<i32>,
    /// The first source pixel that any target pixel has, and the one after the last.
    used: (usize, usize),
}

impl Resizer {
    /// For a photo of `[height, width]` as its file has it, which `orientation` turns upright.
    pub(super) fn new([height, width]: [usize; 2], orientation: Orientation, sizing: &Sizing) -> Self {
        let turned = Turned::by(orientation);
        let upright = if turned.swapped { [width, height] } else { [height, width] };
        let [mut down, mut across] = sizing.used(upright);
        let [mut high, mut wide] = sizing.image_size.sides();
        if turned.swapped {
            (down, across) = (across, down);
            (high, wide) = (wide, high);
        }
        let axis = |used, to, mirrored: bool, side: usize| {
            Axis::new(used, to, mirrored.then_some(side), sizing.interpolation)
        };
        let across = axis(across, wide, turned.across, width);
        let down = axis(down, high, turned.down, height);
        let narrowed = Vec::with_capacity((down.used.1 - down.used.0) * wide * CHANNELS);
        Self { orientation, interpolation: sizing.interpolation, across, down, rows: 0, narrowed }
    }

    /// Takes the next row, all of its pixels.
    pub(super) fn push(&mut self, row: &[Pixel]) {
        let (first, last) = self.down.used;
        if (first..last).contains(&self.rows) {
            match self.interpolation {
                Interpolation::Bilinear => self.across.narrow(row, &mut self.narrowed),
                Interpolation::Nearest => {
                    let picked = self.across.starts.iter().filter_map(|start| row.get(*start));
                    self.narrowed.extend(picked.flat_map(|[r, g, b, _]| [*r, *g, *b]));
                }
            }
        }
        self.rows += 1;
    }

    /// The photo, upright: RGB, `[height, width, 3]`; `None` where rows are missing, or were too short.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        let (first, last) = self.down.used;
        let (high, wide) = (self.down.starts.len(), self.across.starts.len());
        let row = wide * CHANNELS;
        if self.narrowed.len() != (last - first) * row {
            return None;
        }
        let resized = match self.interpolation {
            Interpolation::Bilinear => self.down.shorten(&self.narrowed, row),
            Interpolation::Nearest => {
                let rows = self.down.starts.iter().map(|start| (start - first) * row);
                rows.flat_map(|at| &self.narrowed[at..at + row]).copied().collect()
            }
        };
        Some(turn(resized, [high, wide], self.orientation))
    }
}

impl Axis {
    /// `to` target pixels for the source pixels that are `used`, from the first one on and so many. Where the
    /// source is `mirrored`, a line of so many pixels, all is that of the upright one, seen from behind.
    fn new(
        (first, from): (usize, usize),
        to: usize,
        mirrored: Option<usize>,
        interpolation: Interpolation,
    ) -> Self {
        let scale = from as f64 / to as f64;
        // Pillow adds up, too, where it takes the nearest.
        let mut nearest = scale * 0.5;
        let mut windows: Vec<(usize, Vec<i32>)> = Vec::with_capacity(to);
        for target in 0..to {
            let (start, weights) = match interpolation {
                Interpolation::Bilinear => triangle(target, scale, from),
                Interpolation::Nearest => {
                    let source = (nearest as usize).min(from - 1);
                    nearest += scale;
                    (source, vec![1])
                }
            };
            windows.push((first + start, weights));
        }
        if let Some(side) = mirrored {
            windows.reverse();
            for (start, weights) in &mut windows {
                *start = side - *start - weights.len();
                weights.reverse();
            }
        }
        let low = windows.iter().map(|(start, _)| *start).min().unwrap_or(0);
        let high = windows.iter().map(|(start, weights)| start + weights.len()).max().unwrap_or(0);
        let taps = windows.iter().map(|(_, weights)| weights.len()).max().unwrap_or(0);
        let mut axis =
            Self { starts: Vec::with_capacity(to), taps, weights: vec![0; to * taps], used: (low, high) };
        for ((start, weights), room) in windows.iter().zip(axis.weights.chunks_exact_mut(taps)) {
            // Those at the end begin earlier, so that none reaches beyond it.
            let earlier = (start + taps).saturating_sub(high);
            axis.starts.push(start - earlier);
            room[earlier..earlier + weights.len()].copy_from_slice(weights);
        }
        axis
    }

    /// Appends a row of one pixel a target pixel; nothing where the row is too short.
    fn narrow(&self, row: &[Pixel], out: &mut Vec<u8>) {
        if row.len() < self.used.1 {
            return;
        }
        match self.taps {
            // A loop of a known length costs half as much.
            2 => self.narrow_by::<2>(row, out),
            3 => self.narrow_by::<3>(row, out),
            4 => self.narrow_by::<4>(row, out),
            5 => self.narrow_by::<5>(row, out),
            6 => self.narrow_by::<6>(row, out),
            7 => self.narrow_by::<7>(row, out),
            8 => self.narrow_by::<8>(row, out),
            taps => {
                let windows = self.starts.iter().zip(self.weights.chunks_exact(taps));
                let narrowed = windows.map(|(start, weights)| weighted(&row[*start..start + taps], weights));
                out.extend(narrowed.flat_map(|[r, g, b, _]| [r, g, b]));
            }
        }
    }

    fn narrow_by<const TAPS: usize>(&self, row: &[Pixel], out: &mut Vec<u8>) {
        let from = out.len();
        out.resize(from + self.starts.len() * CHANNELS, 0);
        let (out, _) = out[from..].as_chunks_mut::<CHANNELS>();
        let (weights, _) = self.weights.as_chunks::<TAPS>();
        for ((out, start), weights) in out.iter_mut().zip(&self.starts).zip(weights) {
            let Some(pixels) = row.get(*start..).and_then(<[Pixel]>::first_chunk::<TAPS>) else { return };
            let [r, g, b, _] = weighted(pixels, weights);
            *out = [r, g, b];
        }
    }

    /// Every column becomes one of as many pixels as there are target pixels; a row is `row` bytes long.
    fn shorten(&self, narrowed: &[u8], row: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(row * self.starts.len());
        let mut sums = vec![HALF; row];
        for (start, weights) in self.starts.iter().zip(self.weights.chunks_exact(self.taps)) {
            sums.fill(HALF);
            let from = (start - self.used.0) * row;
            for (source, weight) in narrowed[from..].chunks_exact(row).zip(weights) {
                for (sum, value) in sums.iter_mut().zip(source) {
                    *sum += i32::from(*value) * weight;
                }
            }
            out.extend(sums.iter().map(|sum| grey(*sum)));
        }
        out
    }
}

/// The source pixels below a triangle, and their weights in units of 2^-22.
fn triangle(target: usize, scale: f64, from: usize) -> (usize, Vec<i32>) {
    let support = scale.max(1.0);
    let centre = (target as f64 + 0.5) * scale;
    let start = (centre - support + 0.5).max(0.0) as usize;
    let end = ((centre + support + 0.5) as usize).min(from);
    let weight = |source| (1.0 - ((source as f64 - centre + 0.5) * (1.0 / support)).abs()).max(0.0);
    let weights: Vec<f64> = (start..end).map(weight).collect();
    let sum: f64 = weights.iter().sum();
    let fixed = |weight| (weight / sum * f64::from(1 << BITS) + 0.5) as i32;
    (start, weights.into_iter().map(fixed).collect())
}

/// The sum of pixels by their weights.
#[cfg(not(target_arch = "wasm32"))]
fn weighted(pixels: &[Pixel], weights: &[i32]) -> Pixel {
    let mut sum = [HALF; 4];
    for (pixel, weight) in pixels.iter().zip(weights) {
        for (sum, value) in sum.iter_mut().zip(pixel) {
            *sum += i32::from(*value) * weight;
        }
    }
    sum.map(grey)
}

/// The same by hand: the compiler takes the channels one by one here, at three times the time.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn weighted(pixels: &[Pixel], weights: &[i32]) -> Pixel {
    use core::arch::wasm32::*;
    let mut sum = i32x4_splat(HALF);
    for (pixel, weight) in pixels.iter().zip(weights) {
        let values = u16x8_extend_low_u8x16(u32x4(u32::from_le_bytes(*pixel), 0, 0, 0));
        sum = i32x4_add(sum, i32x4_mul(u32x4_extend_low_u16x8(values), i32x4_splat(*weight)));
    }
    let grey = i32x4_shr(sum, BITS);
    let grey = u8x16_shuffle::<0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0>(grey, grey);
    u32x4_extract_lane::<0>(grey).to_le_bytes()
}

/// Weights are none of them negative and add up to one: no sum is beyond a byte.
fn grey(sum: i32) -> u8 {
    (sum >> BITS) as u8
}

/// How a file's rows and columns lie in the upright photo.
#[derive(Debug, Clone, Copy)]
struct Turned {
    /// Whether its rows are the upright photo's columns.
    swapped: bool,
    /// Whether its rows run the other way than the upright lines that they are.
    across: bool,
    /// Whether its columns do.
    down: bool,
}

impl Turned {
    fn by(orientation: Orientation) -> Self {
        let [swapped, across, down] = match orientation {
            Orientation::NoTransforms => [false, false, false],
            Orientation::FlipHorizontal => [false, true, false],
            Orientation::FlipVertical => [false, false, true],
            Orientation::Rotate180 => [false, true, true],
            Orientation::Rotate90FlipH => [true, false, false],
            Orientation::Rotate90 => [true, false, true],
            Orientation::Rotate270 => [true, true, false],
            Orientation::Rotate270FlipH => [true, true, true],
        };
        Self { swapped, across, down }
    }
}

/// Turns the pixels of `[height, width]` upright. Last of all: a few thousand pixels instead of millions.
fn turn(rgb: Vec<u8>, [height, width]: [usize; 2], orientation: Orientation) -> Vec<u8> {
    if orientation == Orientation::NoTransforms {
        return rgb;
    }
    let turned = Turned::by(orientation);
    let [high, wide] = if turned.swapped { [width, height] } else { [height, width] };
    let (pixels, _) = rgb.as_chunks::<CHANNELS>();
    let mut out = Vec::with_capacity(rgb.len());
    for y in 0..high {
        for x in 0..wide {
            let (mut down, mut across) = if turned.swapped { (x, y) } else { (y, x) };
            if turned.down {
                down = height - 1 - down;
            }
            if turned.across {
                across = width - 1 - across;
            }
            out.extend(pixels[down * width + across]);
        }
    }
    out
}
