#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;
use crate::ops::tests::{on_both, words};

fn masks(op: Dropout, samples: &[u32]) -> Vec<f32> {
    let ones = vec![1.0; op.batch * op.sample_len];
    let room = vec![f32::NAN; ones.len()];
    on_both(op, &[ones, words(samples)], &[room]).remove(0)
}

#[test]
fn the_share_is_dropped_and_the_rest_scaled() {
    for rate in [0.0, 0.2, 0.5, 0.9] {
        let mask = masks(Dropout { batch: 3, sample_len: 3001, rate, layer: 0 }, &[0, 1, 2]);
        let dropped = mask.iter().filter(|value| **value == 0.0).count() as f32 / mask.len() as f32;
        assert!((dropped - rate).abs() < 0.02, "{dropped} of {rate}");
        let scale = 1.0 / (1.0 - rate);
        assert!(mask.iter().all(|value| *value == 0.0 || (value / scale - 1.0).abs() < 1e-6));
    }
}

#[test]
fn the_mask_goes_by_the_sample_not_by_its_place_in_the_batch() {
    let op = |batch, layer| Dropout { batch, sample_len: 50, rate: 0.5, layer };
    let together = masks(op(3, 0), &[4, 9, 4]);
    assert_eq!(together[..50], together[100..]);
    assert_ne!(together[..50], together[50..100]);
    assert_eq!(masks(op(1, 0), &[9]), together[50..100]);
    assert_ne!(masks(op(1, 1), &[9]), together[50..100]);
}
