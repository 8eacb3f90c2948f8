#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{STEP, assert_close, on_both_at, random};

#[test]
fn the_first_part_begins_the_sum_and_the_others_add_to_it() {
    for count in [1, 63, 64, 1000] {
        let (values, before) = (random(count, 1), random(count, 2));
        let at = |part, sums| {
            let step = StepParams { part, ..STEP };
            on_both_at(&step, Accumulate { count }, std::slice::from_ref(&values), &[sums]).remove(0)
        };
        assert_eq!(at(0, vec![f32::NAN; count]), values);
        let expected: Vec<f32> = values.iter().zip(&before).map(|(value, sum)| value + sum).collect();
        assert_close(&at(1, before.clone()), &expected, 1e-6);
        assert_close(&at(7, before), &expected, 1e-6);
    }
}
