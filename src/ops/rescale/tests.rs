#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{assert_close, on_both};

#[test]
fn bytes_become_numbers_up_to_one() {
    for count in [1_usize, 3, 4, 257] {
        let mut bytes: Vec<u8> = (0..count).map(|at| (at * 37 % 256) as u8).collect();
        let expected: Vec<f32> = bytes.iter().map(|byte| f32::from(*byte) / 255.0).collect();
        bytes.resize(count.next_multiple_of(4), 99);
        let input = bytemuck::pod_collect_to_vec(&bytes);
        let found = on_both(Rescale { count }, &[input], &[vec![f32::NAN; count]]);
        assert_close(&found[0], &expected, 1e-6);
    }
}
