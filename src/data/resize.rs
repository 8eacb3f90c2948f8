//! Pillow's `bilinear`, and so Keras': bit for bit, since a network sees what it was trained on.
//!
//! A triangle of width 2, or twice the reduction, is laid over the source and its weights are rounded to
//! 22 bits; rows are resized first, then columns, with whole grey values in between (Pillow's
//! `Resample.c`; from version 13 on it takes columns first for some shapes, a grey value apart). The image
//! crate's triangle works in `f32`: one value in eight is off by one, and it takes twice as long.

const CHANNELS: usize = 3;
const BITS: u32 = 22;
const HALF: i32 = 1 << (BITS - 1);

/// The source pixels that make one target pixel, and their weights in units of 2^-22.
struct Window {
    start: usize,
    weights: Vec<i32>,
}

/// Resizes `rgb`, `[height, width, 3]` of the first size, to the second one: both are `[height, width]`.
pub(super) fn bilinear(rgb: Vec<u8>, [height, width]: [usize; 2], to: [usize; 2]) -> Vec<u8> {
    let narrowed = if width == to[1] { rgb } else { rows(&rgb, width, &windows(width, to[1])) };
    if height == to[0] { narrowed } else { columns(&narrowed, to[1], &windows(height, to[0])) }
}

fn windows(from: usize, to: usize) -> Vec<Window> {
    let scale = from as f64 / to as f64;
    let support = scale.max(1.0);
    (0..to)
        .map(|target| {
            let centre = (target as f64 + 0.5) * scale;
            let start = (centre - support + 0.5).max(0.0) as usize;
            let end = ((centre + support + 0.5) as usize).min(from);
            let weights: Vec<f64> = (start..end)
                .map(|source| (1.0 - ((source as f64 - centre + 0.5) * (1.0 / support)).abs()).max(0.0))
                .collect();
            let sum: f64 = weights.iter().sum();
            let fixed = |weight| (weight / sum * f64::from(1 << BITS) + 0.5) as i32;
            Window { start, weights: weights.into_iter().map(fixed).collect() }
        })
        .collect()
}

/// Every row of `width` pixels becomes one of as many pixels as there are windows.
fn rows(rgb: &[u8], width: usize, windows: &[Window]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rgb.len() / width * windows.len());
    for row in rgb.chunks_exact(width * CHANNELS) {
        let (pixels, _) = row.as_chunks::<CHANNELS>();
        for Window { start, weights } in windows {
            let mut sum = [HALF; CHANNELS];
            for (pixel, weight) in pixels[*start..].iter().zip(weights) {
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += i32::from(*value) * weight;
                }
            }
            out.extend(sum.map(grey));
        }
    }
    out
}

/// Every column becomes one of as many pixels as there are windows; rows are `width` pixels long.
fn columns(rgb: &[u8], width: usize, windows: &[Window]) -> Vec<u8> {
    let row = width * CHANNELS;
    let mut out = Vec::with_capacity(row * windows.len());
    let mut sums = vec![HALF; row];
    for Window { start, weights } in windows {
        sums.fill(HALF);
        for (source, weight) in rgb[start * row..].chunks_exact(row).zip(weights) {
            for (sum, value) in sums.iter_mut().zip(source) {
                *sum += i32::from(*value) * weight;
            }
        }
        out.extend(sums.iter().map(|sum| grey(*sum)));
    }
    out
}

fn grey(sum: i32) -> u8 {
    (sum >> BITS).clamp(0, 255) as u8
}
