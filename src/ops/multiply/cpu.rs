use super::{AXES, Geometry, Strides};
use crate::ops::Io;
use crate::ops::lanes::{LANES, Lanes};

/// The last axis, whose values lie side by side.
const LAST: usize = AXES - 1;

pub(super) fn product(geometry: &Geometry, io: &mut Io<'_>) {
    let (len, [a, b]) = (geometry.sizes[LAST], geometry.factors);
    let mut rows = io.outputs[0].chunks_exact_mut(len);
    each_row(geometry.sizes, geometry.factors, |[at_a, at_b]| {
        let (from_a, from_b) = (&io.inputs[0][at_a..], &io.inputs[1][at_b..]);
        let Some(row) = rows.next() else { return };
        match (a[LAST], b[LAST]) {
            (0, _) => row.iter_mut().zip(from_b).for_each(|(y, b)| *y = from_a[0] * b),
            (_, 0) => row.iter_mut().zip(from_a).for_each(|(y, a)| *y = a * from_b[0]),
            _ => row.iter_mut().zip(from_a).zip(from_b).for_each(|((y, a), b)| *y = a * b),
        }
    });
}

/// The gradient of a factor that was stretched.
pub(super) fn sums(geometry: &Geometry, of: usize, io: &mut Io<'_>) {
    let len = geometry.sizes[LAST];
    let (own, other) = (geometry.factors[of], geometry.factors[1 - of]);
    let sums = &mut io.outputs[0][..geometry.factor_len(of)];
    sums.fill(0.0);
    let mut rows = io.inputs[0].chunks_exact(len);
    each_row(geometry.sizes, [own, other], |[at, at_other]| {
        let (sums, values) = (&mut sums[at..], &io.inputs[1][at_other..]);
        let Some(row) = rows.next() else { return };
        match (own[LAST], other[LAST]) {
            (0, _) => sums[0] += dot(row, &values[..len]),
            (_, 0) => sums.iter_mut().zip(row).for_each(|(sum, dy)| *sum += dy * values[0]),
            _ => sums.iter_mut().zip(row).zip(values).for_each(|((sum, dy), x)| *sum += dy * x),
        }
    });
}

/// Calls `visit` for each row of the product, with the places in two arrays where their parts of it begin.
fn each_row(sizes: [usize; AXES], strides: [Strides; 2], mut visit: impl FnMut([usize; 2])) {
    let [first, second, third, _] = sizes;
    for i in 0..first {
        for j in 0..second {
            for k in 0..third {
                visit(strides.map(|strides| i * strides[0] + j * strides[1] + k * strides[2]));
            }
        }
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let sum = a.iter().zip(b).fold(Lanes::all(0.0), |sum, (a, b)| sum.add(Lanes::of(a).mul(Lanes::of(b))));
    sum.sum() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}
