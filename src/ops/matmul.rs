//! Matrix products on the CPU, by the crate `matrixmultiply`.

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

/// `c = a b`, or `c += a b`, with `c` row-major.
#[allow(unsafe_code)]
pub(super) fn multiply(a: Matrix<'_>, b: Matrix<'_>, c: &mut [f32], add: bool) {
    assert_eq!(a.columns, b.rows);
    assert!(c.len() >= a.rows * b.columns);
    // SAFETY: a `Matrix` lies in its slice by construction, and `c` was checked above.
    unsafe {
        matrixmultiply::sgemm(
            a.rows,
            a.columns,
            b.columns,
            1.0,
            a.values.as_ptr(),
            a.row_stride as isize,
            a.column_stride as isize,
            b.values.as_ptr(),
            b.row_stride as isize,
            b.column_stride as isize,
            if add { 1.0 } else { 0.0 },
            c.as_mut_ptr(),
            b.columns as isize,
            1,
        );
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
