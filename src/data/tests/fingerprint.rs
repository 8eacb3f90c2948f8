#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use crate::data::{Fingerprint, ImageSize, decode};

use super::samples::{encode, solid};
use image::ImageFormat;

/// A wave in colours, which `shift` makes brighter.
fn wave(side: usize, shift: u8) -> Vec<u8> {
    let at = |index: usize| {
        let (y, x) = (index / side, index % side);
        let value = ((x * 100 / side) + (x * y * 90 / side / side)) as u8 + shift;
        [value, value / 2, 255 - value]
    };
    (0..side * side).flat_map(at).collect()
}

fn apart(one: Fingerprint, other: Fingerprint) -> u32 {
    one.gradient.iter().zip(other.gradient).map(|(a, b)| (a ^ b).count_ones()).sum()
}

#[test]
fn photos_that_look_alike_have_like_fingerprints() {
    let of = |shift| Fingerprint::of(&wave(50, shift), [50, 50, 3]);
    assert_eq!(of(0), of(0));
    assert_ne!(of(0).exact, of(9).exact);
    assert!(apart(of(0), of(9)) <= 2);
    let mirrored: Vec<u8> = wave(50, 0)
        .chunks(150)
        .flat_map(|row| row.as_chunks::<3>().0.iter().rev().flatten().copied().collect::<Vec<_>>())
        .collect();
    assert!(apart(of(0), Fingerprint::of(&mirrored, [50, 50, 3])) > 16);
    // Of another size it still looks alike.
    assert!(apart(of(0), Fingerprint::of(&wave(128, 0), [128, 128, 3])) <= 4);
}

#[test]
fn grey_and_blank_photos_are_known() {
    let size = ImageSize::square(20).unwrap();
    let blank = decode(&encode(solid(5, 5, [9, 200, 9]), ImageFormat::Png), size).unwrap();
    let blank = Fingerprint::of(&blank, [20, 20, 3]);
    assert_eq!((blank.contrast, blank.colour), (0, 191));
    let grey: Vec<u8> = (0..400).flat_map(|value| [(value / 2) as u8; 3]).collect();
    let grey = Fingerprint::of(&grey, [20, 20, 3]);
    assert_eq!((grey.contrast, grey.colour), (199, 0));
    // Smaller than its places.
    Fingerprint::of(&[1, 2, 3], [1, 1, 3]);
}
