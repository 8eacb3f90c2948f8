//! Products on the CPU: tiles of sums that stay in registers, of which V8 gives fifteen.

use super::lanes::{LANES, Lanes};
use super::{Clamp, room};

/// Columns of a tile.
pub(super) const COLUMNS: usize = 2 * LANES;
/// Rows whose products with a row are added up at a time.
const DOTS: usize = 8;
/// Rows that are laid out in panels at a time.
const PACKED: usize = 8;

/// How the left factor of a tile lies in its slice: rows that begin `row` values apart, each of `runs` runs that begin
/// `run` values apart, each of `len` values that are `step` apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    pub(super) row: usize,
    pub(super) runs: usize,
    pub(super) run: usize,
    pub(super) len: usize,
    pub(super) step: usize,
}

/// `M` rows of `a` times eight columns of `b`, whose rows begin `b_step` values apart.
#[allow(unsafe_code)]
#[inline(always)]
pub(super) fn tile<const M: usize>(a: &[f32], rows: Rows, b: &[f32], b_step: usize) -> [[Lanes; 2]; M] {
    let Rows { row, runs, run, len, step } = rows;
    assert!(runs > 0 && len > 0 && (M - 1) * row + (runs - 1) * run + (len - 1) * step < a.len());
    assert!((runs * len - 1) * b_step + COLUMNS <= b.len());
    let mut sums = [[Lanes::all(0.0); 2]; M];
    let mut b = b.as_ptr();
    for number in 0..runs {
        // SAFETY: the last places that are read lie in the slices, as was checked above.
        unsafe {
            let a = a.as_ptr().add(number * run);
            for k in 0..len {
                let columns = [Lanes::load(b), Lanes::load(b.add(LANES))];
                b = b.wrapping_add(b_step);
                for (m, sums) in sums.iter_mut().enumerate() {
                    let value = Lanes::all(*a.add(m * row + k * step));
                    sums[0] = sums[0].add(value.mul(columns[0]));
                    sums[1] = sums[1].add(value.mul(columns[1]));
                }
            }
        }
    }
    sums
}

/// Writes a row of a tile to the front of `c`.
#[allow(unsafe_code)]
#[inline(always)]
pub(super) fn write(sums: [Lanes; 2], c: &mut [f32]) {
    let store = |to: &mut [f32; COLUMNS]| {
        // SAFETY: there are two vectors' values.
        unsafe {
            sums[0].store(to.as_mut_ptr());
            sums[1].store(to.as_mut_ptr().add(LANES));
        }
    };
    match c.first_chunk_mut() {
        Some(c) => store(c),
        None => {
            let mut all = [0.0; COLUMNS];
            store(&mut all);
            c.copy_from_slice(&all[..c.len()]);
        }
    }
}

/// Eight values, those that are missing behind `values` being zero.
#[allow(unsafe_code)]
#[inline(always)]
pub(super) fn read(values: &[f32]) -> [Lanes; 2] {
    let load = |from: &[f32; COLUMNS]| {
        // SAFETY: there are two vectors' values.
        unsafe { [Lanes::load(from.as_ptr()), Lanes::load(from.as_ptr().add(LANES))] }
    };
    match values.first_chunk() {
        Some(values) => load(values),
        None => {
            let mut all = [0.0; COLUMNS];
            all[..values.len()].copy_from_slice(values);
            load(&all)
        }
    }
}

/// Rows of `len` values as panels of eight columns of them, one behind the other; columns that are missing in the last one
/// are zero.
pub(super) fn panels<'a>(rows: &[f32], len: usize, scratch: &'a mut Vec<f32>) -> &'a [f32] {
    let panel_len = rows.len() / len * COLUMNS;
    let panels = room(scratch, len.div_ceil(COLUMNS) * panel_len);
    // A few rows at a time: processors read ahead in so many places.
    for (block, rows) in rows.chunks(PACKED * len).enumerate() {
        for (number, panel) in panels.chunks_exact_mut(panel_len).enumerate() {
            let to = panel[block * PACKED * COLUMNS..].chunks_exact_mut(COLUMNS);
            for (row, to) in rows.chunks_exact(len).zip(to) {
                write(read(&row[number * COLUMNS..]), to);
            }
        }
    }
    panels
}

/// `c = a bᵀ` of matrices with rows of `len` values each; `c` becomes row-major.
pub(super) fn multiply_transposed(a: &[f32], b: &[f32], len: usize, c: &mut [f32]) {
    let columns = b.len() / len;
    // A few rows of `b`, which is the large one, at a time: they stay in the first-level cache.
    for (first, b) in (0..).step_by(DOTS).zip(b.chunks(DOTS * len)) {
        for (a, c) in a.chunks_exact(len).zip(c.chunks_exact_mut(columns)) {
            match b.len() == DOTS * len {
                true => dots::<DOTS>(a, b, &mut c[first..]),
                false => b
                    .chunks_exact(len)
                    .zip(&mut c[first..])
                    .for_each(|(b, c)| dots::<1>(a, b, std::slice::from_mut(c))),
            }
        }
    }
}

/// The products of a row with `N` rows.
#[allow(unsafe_code)]
fn dots<const N: usize>(a: &[f32], b: &[f32], c: &mut [f32]) {
    let len = a.len();
    assert!(b.len() == N * len);
    let mut sums = [Lanes::all(0.0); N];
    let whole = len / LANES * LANES;
    for at in (0..whole).step_by(LANES) {
        // SAFETY: four values from `at` on lie in each row, by the lengths above.
        unsafe {
            let a = Lanes::load(a.as_ptr().add(at));
            for (n, sum) in sums.iter_mut().enumerate() {
                *sum = sum.add(a.mul(Lanes::load(b.as_ptr().add(n * len + at))));
            }
        }
    }
    for ((c, sum), b) in c.iter_mut().zip(sums).zip(b.chunks_exact(len)) {
        *c = sum.sum() + a[whole..].iter().zip(&b[whole..]).map(|(a, b)| a * b).sum::<f32>();
    }
}

/// Adds a bias to each row, then clamps it.
pub(super) fn finish_rows(rows: &mut [f32], bias: Option<&[f32]>, clamp: Clamp) {
    if let Some(bias) = bias {
        for row in rows.chunks_exact_mut(bias.len()) {
            for (value, bias) in row.iter_mut().zip(bias) {
                *value += bias;
            }
        }
    }
    match clamp {
        Clamp::None => {}
        Clamp::Relu => rows.iter_mut().for_each(|value| *value = Clamp::Relu.value(*value)),
        Clamp::Relu6 => rows.iter_mut().for_each(|value| *value = Clamp::Relu6.value(*value)),
    }
}
