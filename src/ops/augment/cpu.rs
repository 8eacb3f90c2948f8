use super::{Augment, ROW};
use crate::model::FillMode;
use crate::ops::Io;

pub(super) fn augment(op: &Augment, io: &mut Io<'_>) {
    let (rows, _) = io.inputs[1].as_chunks::<ROW>();
    let bytes: &[u8] = bytemuck::cast_slice(io.inputs[0]);
    let photos = bytes.chunks_exact(op.image_len()).zip(io.outputs[0].chunks_exact_mut(op.image_len()));
    for ((bytes, values), row) in photos.zip(rows) {
        match op.shape[2] {
            1 => warp::<1>(op, bytes, row, values),
            _ => warp::<3>(op, bytes, row, values),
        }
        finish(op, row, values);
    }
}

/// The photo under its map, as bytes' sizes.
fn warp<const CHANNELS: usize>(op: &Augment, bytes: &[u8], row: &[f32; ROW], values: &mut [f32]) {
    let [height, width, _] = op.shape;
    let (photo, _) = bytes.as_chunks::<CHANNELS>();
    let (to, _) = values.as_chunks_mut::<CHANNELS>();
    for (r, to) in to.chunks_exact_mut(width).enumerate() {
        let (x0, y0) = (row[1] * r as f32 + row[2], row[5] * r as f32 + row[6]);
        for (c, to) in to.iter_mut().enumerate() {
            let x = inside(op.fill_mode, row[0] * c as f32 + x0, width);
            let y = inside(op.fill_mode, row[4] * c as f32 + y0, height);
            let (Some(x), Some(y)) = (x, y) else {
                to.fill(op.cval);
                continue;
            };
            let (left, top) = (x as usize, y as usize);
            let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
            let (across, down) = (x - left as f32, y - top as f32);
            let (above, below) = (&photo[top * width..][..width], &photo[bottom * width..][..width]);
            let corners = [above[left], above[right], below[left], below[right]];
            for (channel, value) in to.iter_mut().enumerate() {
                let [a, b, c, d] = corners.map(|corner| f32::from(corner[channel]));
                // In this form equal bytes give that very byte.
                let (above, below) = (a + across * (b - a), c + across * (d - c));
                *value = above + down * (below - above);
            }
        }
    }
}

/// The place on a side of the photo that is seen at `place`, from 0 to `side - 1`; none where it is the fill's.
#[inline]
fn inside(fill_mode: FillMode, place: f32, side: usize) -> Option<f32> {
    let last = (side - 1) as f32;
    if (0.0..=last).contains(&place) {
        return Some(place);
    }
    let place = match fill_mode {
        FillMode::Nearest => place,
        FillMode::Constant => return None,
        FillMode::Reflect => {
            let (period, place) = (2.0 * side as f32, place + 0.5);
            let place = place - period * (place / period).floor();
            held(place, 0.0, period - place) - 0.5
        }
        FillMode::Wrap if place < 0.0 => place + last * ((-place / last).floor() + 1.0),
        FillMode::Wrap => place - last * (place / last).floor(),
    };
    // A place that is no number, of a photo of one pixel, becomes 0.
    Some(held(place, 0.0, last))
}

/// The value, or the limit that it is beyond. By comparisons: `f32::min` and its like are calls in wasm.
#[inline]
fn held(value: f32, least: f32, largest: f32) -> f32 {
    let value = if value > largest { largest } else { value };
    if value > least { value } else { least }
}

/// The shift, the brightness, and the numbers in [0, 1].
fn finish(op: &Augment, row: &[f32; ROW], values: &mut [f32]) {
    if op.channel_shift {
        let (low, high) = (extreme(values, |a, b| a < b), extreme(values, |a, b| a > b));
        values.iter_mut().for_each(|value| *value = held(*value + row[3], low, high));
    }
    if op.brightness {
        values.iter_mut().for_each(|value| *value = held(value.trunc() * row[7], 0.0, 255.0).trunc());
    }
    values.iter_mut().for_each(|value| *value *= 1.0 / 255.0);
}

/// The value before which none comes; lane by lane, so that it is found by SIMD.
fn extreme(values: &[f32], before: impl Fn(f32, f32) -> bool) -> f32 {
    let first = |a: f32, b: f32| if before(b, a) { b } else { a };
    let Some(start) = values.first() else { return 0.0 };
    let (lanes, rest) = values.as_chunks::<8>();
    let best =
        lanes.iter().fold([*start; 8], |best, lane| std::array::from_fn(|at| first(best[at], lane[at])));
    best.iter().chain(rest).copied().fold(*start, first)
}
