#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::data::{ImageSize, from_rgba, grey};

#[test]
fn a_canvas_of_the_right_size_is_kept_without_its_alpha() {
    let size = ImageSize::new(1, 2).unwrap();
    assert_eq!(from_rgba(&[1, 2, 3, 255, 4, 5, 6, 0], 2, 1, size).unwrap(), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn grey_is_weighed_as_pillow_weighs_it() {
    // Pillow: Image.new("RGB", (1, 1), colour).convert("L").getpixel((0, 0)).
    for (colour, expected) in [
        ([255, 0, 0], 76),
        ([0, 255, 0], 150),
        ([0, 0, 255], 29),
        ([255, 255, 255], 255),
        ([10, 200, 30], 124),
    ] {
        assert_eq!(grey(&colour), [expected], "{colour:?}");
    }
}
