#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{assert_close, on_both, random};

#[test]
fn it_is_the_sum_of_all_terms() {
    for count in [1, 3, 64, 1000, 2051] {
        for terms in 1..=MOST_TERMS {
            let inputs: Vec<Vec<f32>> = (0..terms).map(|term| random(count, 1 + term as u32)).collect();
            let sum = |at: usize| inputs.iter().map(|term| f64::from(term[at])).sum::<f64>() as f32;
            let expected: Vec<f32> = (0..count).map(sum).collect();
            let found = on_both(Sum { count, terms }, &inputs, &[vec![f32::NAN; count]]);
            assert_close(&found[0], &expected, 1e-6);
        }
    }
}

#[test]
fn one_term_is_copied() {
    let values = random(129, 1);
    let found = on_both(Sum { count: 129, terms: 1 }, std::slice::from_ref(&values), &[vec![f32::NAN; 129]]);
    assert_eq!(found[0], values);
}
