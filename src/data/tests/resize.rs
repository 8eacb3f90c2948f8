#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::samples::noise;
use crate::data::resize::bilinear;

fn pattern([height, width]: [usize; 2]) -> Vec<u8> {
    let pixel = |y: usize, x: usize| [x * 37 + y * 91, x * x * 13 + y * 7, x * y * 29 + 11];
    (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| pixel(y, x)))
        .map(|value| (value % 256) as u8)
        .collect()
}

#[test]
fn it_is_pillows_bilinear_bit_for_bit() {
    // Written by Pillow 12.0's `Image.resize(size, Image.BILINEAR)` from the same pattern.
    let smaller = [99, 24, 36, 129, 121, 86, 129, 157, 99, 106, 38, 86, 118, 135, 132, 128, 171, 125];
    assert_eq!(bilinear(pattern([5, 7]), [5, 7], [2, 3]), smaller);
    let larger = [
        0, 0, 11, 15, 5, 11, 37, 13, 11, 59, 36, 11, 74, 52, 11, 23, 2, 11, 38, 7, 14, 60, 15, 18, 82, 38,
        23, 97, 54, 26, 68, 5, 11, 83, 10, 20, 105, 18, 33, 127, 41, 46, 142, 57, 55, 91, 7, 11, 106, 12, 23,
        128, 20, 40, 150, 43, 57, 165, 59, 69,
    ];
    assert_eq!(bilinear(pattern([2, 3]), [2, 3], [4, 5]), larger);
    let narrower = [
        42, 28, 11, 135, 130, 11, 120, 136, 11, 72, 44, 11, 133, 35, 44, 166, 137, 117, 83, 143, 191, 163,
        51, 97, 139, 42, 78, 65, 144, 163, 157, 150, 132, 83, 58, 98, 59, 49, 87, 152, 151, 102, 137, 157,
        107, 89, 65, 98,
    ];
    assert_eq!(bilinear(pattern([4, 11]), [4, 11], [4, 4]), narrower);
}

/// The textbook's way: a triangle in both directions at once, in `f64`.
fn naive(rgb: &[u8], [height, width]: [usize; 2], [high, wide]: [usize; 2]) -> Vec<f64> {
    let weight = |source: usize, target: usize, from: usize, to: usize| {
        let scale = from as f64 / to as f64;
        let distance = (source as f64 + 0.5) - (target as f64 + 0.5) * scale;
        (1.0 - (distance / scale.max(1.0)).abs()).max(0.0)
    };
    let mut out = Vec::new();
    for (y, x, channel) in
        (0..high).flat_map(|y| (0..wide).flat_map(move |x| (0..3).map(move |channel| (y, x, channel))))
    {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (row, column) in (0..height).flat_map(|row| (0..width).map(move |column| (row, column))) {
            let weight = weight(row, y, height, high) * weight(column, x, width, wide);
            sum += weight * f64::from(rgb[(row * width + column) * 3 + channel]);
            weights += weight;
        }
        out.push(sum / weights);
    }
    out
}

#[test]
fn it_is_the_textbooks_triangle() {
    let sizes = [1, 2, 5, 13, 24];
    for (height, width, high, wide) in sizes
        .iter()
        .flat_map(|a| sizes.iter().map(move |b| (*a, *b, 6, 9)))
        .chain([(13, 24, 30, 3), (24, 13, 1, 1)])
    {
        let rgb = noise(width as u32, height as u32, 3).into_raw();
        let expected = naive(&rgb, [height, width], [high, wide]);
        let found = bilinear(rgb, [height, width], [high, wide]);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            // Two roundings to whole grey values.
            assert!((f64::from(*found) - expected).abs() <= 1.01, "{height} x {width}: {found} {expected}");
        }
    }
}

#[test]
fn the_same_size_is_left_alone() {
    let rgb = noise(7, 5, 1).into_raw();
    assert_eq!(bilinear(rgb.clone(), [5, 7], [5, 7]), rgb);
}
