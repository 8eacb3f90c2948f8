//! Sums over those terms alone that are not zero.
//!
//! What relu has passed is zero in half of its places, and the gradient of what was pooled in three of four and more. Where
//! such values are a factor of a product, listing the others pays: each adds a row of the other factor, times itself.

use bytemuck::{Pod, Zeroable};

use super::lanes::{LANES, Lanes};
use super::room;

/// A value times the values that begin at `at`.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(super) struct Term {
    pub(super) at: u32,
    pub(super) value: f32,
}

/// Room for so many terms.
pub(super) fn room_for(scratch: &mut Vec<f32>, terms: usize) -> &mut [Term] {
    bytemuck::cast_slice_mut(room(scratch, terms * (size_of::<Term>() / size_of::<f32>())))
}

/// Values that so many terms take.
pub(super) fn values_of(terms: u64) -> u64 {
    terms.saturating_mul((size_of::<Term>() / size_of::<f32>()) as u64)
}

/// Lists the values that are not zero: how many there are. `terms` has room for all.
pub(super) fn list(values: impl Iterator<Item = (usize, f32)>, terms: &mut [Term]) -> usize {
    let mut count = 0;
    for (at, value) in values {
        terms[count] = Term { at: at as u32, value };
        count += usize::from(value != 0.0);
    }
    count
}

/// How many of so many vectors are done together: the most whose sums stay in registers.
pub(super) fn together(vectors: usize) -> usize {
    match vectors {
        0..=4 => vectors,
        5..=7 => 4,
        _ => 8,
    }
}

/// Adds all terms to a row of sums.
pub(super) fn add_rows(terms: &[Term], from: &[f32], sums: &mut [f32]) {
    let vectors = sums.len() / LANES;
    let mut first = 0;
    while first < vectors {
        let count = together(vectors - first);
        add(terms, &from[first * LANES..], count, &mut sums[first * LANES..]);
        first += count;
    }
    for (at, sum) in sums.iter_mut().enumerate().skip(vectors * LANES) {
        *sum += terms.iter().map(|term| term.value * from[term.at as usize + at]).sum::<f32>();
    }
}

/// Adds all terms to so many vectors of sums, of which there are as many as are done [`together`].
pub(super) fn add(terms: &[Term], from: &[f32], vectors: usize, sums: &mut [f32]) {
    match vectors {
        1 => add_vectors::<1>(terms, from, sums),
        2 => add_vectors::<2>(terms, from, sums),
        3 => add_vectors::<3>(terms, from, sums),
        4 => add_vectors::<4>(terms, from, sums),
        _ => add_vectors::<8>(terms, from, sums),
    }
}

#[allow(unsafe_code)]
#[inline(always)]
fn add_vectors<const V: usize>(terms: &[Term], from: &[f32], to: &mut [f32]) {
    if terms.is_empty() {
        return;
    }
    let to = &mut to[..V * LANES];
    // SAFETY: there are as many vectors.
    let mut sums: [Lanes; V] = std::array::from_fn(|v| unsafe { Lanes::load(to.as_ptr().add(v * LANES)) });
    for Term { at, value } in terms {
        let from = &from[*at as usize..][..V * LANES];
        let value = Lanes::all(*value);
        for (v, sum) in sums.iter_mut().enumerate() {
            // SAFETY: there are as many vectors.
            *sum = sum.add(value.mul(unsafe { Lanes::load(from.as_ptr().add(v * LANES)) }));
        }
    }
    for (v, sum) in sums.into_iter().enumerate() {
        // SAFETY: there are as many vectors.
        unsafe { sum.store(to.as_mut_ptr().add(v * LANES)) };
    }
}
