use super::line::{BEYOND, Map, line_len};
use super::{Augment, ROW};
use crate::ops::lanes::{LANES, Lanes};
use crate::ops::{Io, product, room};

pub(super) fn augment(op: &Augment, io: &mut Io<'_>) {
    let (rows, _) = io.inputs[1].as_chunks::<ROW>();
    let bytes: &[u8] = bytemuck::cast_slice(io.inputs[0]);
    let [copy, line, ..] = &mut *io.scratch;
    let len = op.image_len();
    for (photo, (values, row)) in io.outputs[0].chunks_exact_mut(len).zip(rows).enumerate() {
        let bytes = &bytes[photo * len..];
        let photo = match bytes.get(..len + BEYOND) {
            Some(photo) => photo,
            // The last one has nothing behind it.
            None => {
                let copy: &mut [u8] = bytemuck::cast_slice_mut(room(copy, (len + BEYOND).div_ceil(4)));
                copy[..len].copy_from_slice(&bytes[..len]);
                copy
            }
        };
        match op.shape[2] {
            1 => one::<1>(op, photo, row, line, values),
            _ => one::<3>(op, photo, row, line, values),
        }
    }
}

/// The last photo with what is read behind it, and a line.
pub(super) fn scratch(op: &Augment) -> [u64; 4] {
    let [_, width, channels] = op.shape;
    let line = if channels == 1 { line_len::<1>(width) } else { line_len::<3>(width) };
    [(product(op.shape) + BEYOND as u64).div_ceil(4), line as u64, 0, 0]
}

/// One photo: line by line as bytes' sizes, then the shift, the brightness, and the numbers in [0, 1].
fn one<const CHANNELS: usize>(
    op: &Augment,
    photo: &[u8],
    row: &[f32; ROW],
    line: &mut Vec<f32>,
    values: &mut [f32],
) {
    let map = Map::new(op, row);
    let line = room(line, line_len::<CHANNELS>(op.shape[1]));
    let [shift, brightness, most] = [row[3], row[7], 255.0].map(Lanes::all);
    let finished = |value: Lanes| {
        let value = if op.brightness {
            // Nothing is below 0: the floor is what is cut to.
            value.floor().mul(brightness).at_most(most).floor()
        } else {
            value
        };
        value.mul(Lanes::all(1.0 / 255.0))
    };
    let mut span = [most, Lanes::all(0.0)];
    for (r, values) in values.chunks_exact_mut(op.shape[1] * CHANNELS).enumerate() {
        map.line::<CHANNELS>(photo, r, line);
        let line = &mut line[..values.len()];
        if op.channel_shift {
            each(line, |value| {
                span = [value.at_most(span[0]), value.at_least(span[1])];
                value
            });
        } else {
            each(line, finished);
        }
        values.copy_from_slice(line);
    }
    if op.channel_shift {
        // What the whole photo spans was not known before.
        let [least, largest] = span.map(Lanes::values);
        let least = Lanes::all(least.into_iter().fold(255.0, f32::min));
        let largest = Lanes::all(largest.into_iter().fold(0.0, f32::max));
        each(values, |value| finished(value.add(shift).at_most(largest).at_least(least)));
    }
}

/// Changes values four at a time; behind the last ones the first of them stands in.
#[inline(always)]
fn each(values: &mut [f32], mut change: impl FnMut(Lanes) -> Lanes) {
    let (fours, rest) = values.as_chunks_mut::<LANES>();
    for four in fours {
        change(Lanes::of(four)).write(four);
    }
    if let Some(first) = rest.first() {
        let mut four = [*first; LANES];
        four[..rest.len()].copy_from_slice(rest);
        let changed = change(Lanes::of(&four)).values();
        rest.copy_from_slice(&changed[..rest.len()]);
    }
}
