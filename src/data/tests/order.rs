#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::data::order::epoch_order;

#[test]
fn an_epoch_goes_over_every_photo_once() {
    for count in [0, 1, 2, 1000] {
        let mut order = epoch_order(count, 1, 2, true);
        order.sort_unstable();
        assert_eq!(order, epoch_order(count, 1, 2, false));
        assert_eq!(order, (0..count as u32).collect::<Vec<_>>());
    }
}

#[test]
fn the_order_depends_on_seed_and_epoch_alone() {
    let order = epoch_order(100, 1, 0, true);
    assert_eq!(order, epoch_order(100, 1, 0, true));
    assert_ne!(order, epoch_order(100, 1, 1, true));
    assert_ne!(order, epoch_order(100, 2, 0, true));
    assert_ne!(order, epoch_order(100, 1, 0, false));
}
