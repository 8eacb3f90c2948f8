#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{on_both, random};

/// Joins arrays of so many rows each, and cuts the result into the same arrays again.
fn join_and_cut(rows: usize, widths: &[usize]) {
    let inputs: Vec<Vec<f32>> = (1..).zip(widths).map(|(seed, width)| random(rows * width, seed)).collect();
    let expected: Vec<f32> = (0..rows)
        .flat_map(|row| inputs.iter().zip(widths).flat_map(move |(x, n)| x[row * n..(row + 1) * n].to_vec()))
        .collect();
    let stride = widths.iter().sum();
    // What no step has written yet stays as it was.
    let mut joined = vec![7.0; rows * stride];
    let mut offset = 0;
    for (input, width) in inputs.iter().zip(widths.iter().copied()) {
        let (from, to) = (Columns { offset: 0, stride: width }, Columns { offset, stride });
        let step = Copy { rows, width, from, to };
        joined = on_both(step, std::slice::from_ref(input), &[joined]).remove(0);
        offset += width;
        for (at, (found, expected)) in joined.iter().zip(&expected).enumerate() {
            assert_eq!(*found, if at % stride < offset { *expected } else { 7.0 });
        }
        let back = Copy { rows, width, from: to, to: from };
        let found = on_both(back, std::slice::from_ref(&joined), &[vec![f32::NAN; rows * width]]);
        assert_eq!(found[0], *input);
    }
}

#[test]
fn arrays_are_joined_along_an_axis_and_cut_again() {
    join_and_cut(1, &[5]);
    // The last axis of [2, 3, 5, c].
    join_and_cut(30, &[3, 1, 4]);
    join_and_cut(30, &[8, 4, 16]);
    join_and_cut(30, &[8, 3, 4]);
    // The rows of two photos.
    join_and_cut(2, &[60, 48]);
    join_and_cut(2, &[35, 77, 21]);
}
