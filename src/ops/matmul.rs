//! Products on the CPU: tiles of sums that stay in registers, of which V8 gives fifteen.

use super::lanes::{LANES, Lanes};

/// Columns of a tile.
pub(super) const COLUMNS: usize = 2 * LANES;
/// Rows of `b` that a product takes at a time: eight columns of them stay in the first-level cache.
const DEPTH: usize = 128;
/// Values of `b` that stay in the first-level cache beside others.
const NEAR: usize = 6 << 10;

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

/// A matrix in a slice; swapping its strides transposes it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// A row-major matrix.
    pub(super) fn new(values: &'a [f32], rows: usize, columns: usize) -> Self {
        assert!(values.len() >= rows * columns, "a matrix of {rows}x{columns} in {}", values.len());
        Self { values, rows, columns, row_stride: columns, column_stride: 1 }
    }

    /// The same values with rows and columns exchanged.
    pub(super) fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// `c = a b` with `b` row-major; `c` becomes row-major.
pub(super) fn multiply(a: Matrix<'_>, b: Matrix<'_>, c: &mut [f32]) {
    assert!(a.columns == b.rows && b.column_stride == 1);
    let mut narrow = [0.0; DEPTH * COLUMNS];
    for first in (0..a.columns).step_by(DEPTH) {
        let depth = DEPTH.min(a.columns - first);
        let near = depth * b.columns <= NEAR;
        let row_groups = if near { 4 } else { a.rows.max(1) };
        // What stays in the cache is gone through in the inner loop.
        for top in (0..a.rows).step_by(row_groups) {
            for left in (0..b.columns).step_by(COLUMNS) {
                let mut columns = (&b.values[first * b.columns + left..], b.columns);
                let width = COLUMNS.min(b.columns - left);
                if width < COLUMNS {
                    for (k, row) in narrow.chunks_exact_mut(COLUMNS).enumerate().take(depth) {
                        row[..width].copy_from_slice(&columns.0[k * b.columns..][..width]);
                    }
                    columns = (&narrow[..depth * COLUMNS], COLUMNS);
                }
                let mut row = top;
                let end = (top + row_groups).min(a.rows);
                while row < end {
                    let a_block = &a.values[row * a.row_stride + first * a.column_stride..];
                    let rows = Rows { row: a.row_stride, runs: 1, run: 0, len: depth, step: a.column_stride };
                    let c = &mut c[row * b.columns + left..];
                    row += match end - row {
                        1 => {
                            finish(tile::<1>(a_block, rows, columns.0, columns.1), c, b.columns, width, first)
                        }
                        2 | 3 => {
                            finish(tile::<2>(a_block, rows, columns.0, columns.1), c, b.columns, width, first)
                        }
                        _ => {
                            finish(tile::<4>(a_block, rows, columns.0, columns.1), c, b.columns, width, first)
                        }
                    };
                }
            }
        }
    }
}

/// Writes a tile to `c`, or adds it to what earlier rows of `b` gave; its rows.
#[inline(always)]
fn finish<const M: usize>(
    sums: [[Lanes; 2]; M],
    c: &mut [f32],
    row: usize,
    width: usize,
    before: usize,
) -> usize {
    for (m, sums) in sums.into_iter().enumerate() {
        let c = &mut c[m * row..][..width];
        if before == 0 {
            write(sums, c);
        } else {
            let [left, right] = read(c);
            write([sums[0].add(left), sums[1].add(right)], c);
        }
    }
    M
}

/// `c = a bᵀ` with both row-major; `c` becomes row-major.
pub(super) fn multiply_transposed(a: Matrix<'_>, b: Matrix<'_>, c: &mut [f32]) {
    assert!(a.columns == b.columns && a.column_stride == 1 && b.column_stride == 1);
    let len = a.columns;
    let (pairs, fours) = (a.rows / 2 * 2, b.rows / 4 * 4);
    let mut write = |row: usize, column: usize, dot: f32| c[row * b.rows + column] = dot;
    // A few rows of `b`, which is the large one, at a time: they stay in the first-level cache.
    for column in (0..fours).step_by(4) {
        let b = &b.values[column * len..][..4 * len];
        for row in (0..pairs).step_by(2) {
            dots::<2, 4>(&a.values[row * len..][..2 * len], b, len, |m, n, dot| {
                write(row + m, column + n, dot)
            });
        }
        if pairs < a.rows {
            let a = &a.values[pairs * len..][..len];
            dots::<1, 4>(a, b, len, |_, n, dot| write(pairs, column + n, dot));
        }
    }
    for column in fours..b.rows {
        let b = &b.values[column * len..][..len];
        for row in 0..a.rows {
            let a = &a.values[row * len..][..len];
            dots::<1, 1>(a, b, len, |_, _, dot| write(row, column, dot));
        }
    }
}

/// The products of `M` rows with `N` rows, all of `len` values.
#[allow(unsafe_code)]
#[inline(always)]
fn dots<const M: usize, const N: usize>(
    a: &[f32],
    b: &[f32],
    len: usize,
    mut visit: impl FnMut(usize, usize, f32),
) {
    assert!(a.len() == M * len && b.len() == N * len);
    let mut sums = [[Lanes::all(0.0); N]; M];
    let whole = len / LANES * LANES;
    for at in (0..whole).step_by(LANES) {
        // SAFETY: four values from `at` on lie in each row, by the lengths above.
        unsafe {
            let b: [Lanes; N] = std::array::from_fn(|n| Lanes::load(b.as_ptr().add(n * len + at)));
            for (m, sums) in sums.iter_mut().enumerate() {
                let a = Lanes::load(a.as_ptr().add(m * len + at));
                for (sum, b) in sums.iter_mut().zip(b) {
                    *sum = sum.add(a.mul(b));
                }
            }
        }
    }
    for (m, sums) in sums.into_iter().enumerate() {
        for (n, sum) in sums.into_iter().enumerate() {
            let rest: f32 = (whole..len).map(|at| a[m * len + at] * b[n * len + at]).sum();
            visit(m, n, sum.sum() + rest);
        }
    }
}

/// Adds a bias to each row, then takes `max(x, 0)` where `relu`.
pub(super) fn finish_rows(rows: &mut [f32], bias: Option<&[f32]>, relu: bool) {
    if let Some(bias) = bias {
        for row in rows.chunks_exact_mut(bias.len()) {
            for (value, bias) in row.iter_mut().zip(bias) {
                *value += bias;
            }
        }
    }
    if relu {
        for value in rows {
            *value = value.max(0.0);
        }
    }
}
