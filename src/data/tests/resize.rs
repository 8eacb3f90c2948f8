#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use image::DynamicImage;
use image::metadata::Orientation;

use super::samples::{close, noise};
use crate::data::resize::Resizer;
use crate::data::{ImageSize, Interpolation, Sizing};

fn resized(rgb: &[u8], [height, width]: [usize; 2], orientation: Orientation, sizing: &Sizing) -> Vec<u8> {
    let mut resizer = Resizer::new([height, width], orientation, sizing);
    for row in rgb.chunks_exact(width * 3) {
        let pixels: Vec<[u8; 4]> =
            row.chunks_exact(3).map(|pixel| [pixel[0], pixel[1], pixel[2], 77]).collect();
        resizer.push(&pixels);
    }
    resizer.finish().unwrap()
}

fn sizing([high, wide]: [usize; 2], interpolation: Interpolation, crop_to_aspect_ratio: bool) -> Sizing {
    let image_size = ImageSize::new(high as u32, wide as u32).unwrap();
    Sizing { image_size, interpolation, crop_to_aspect_ratio }
}

fn bilinear(rgb: Vec<u8>, from: [usize; 2], to: [usize; 2]) -> Vec<u8> {
    resized(&rgb, from, Orientation::NoTransforms, &sizing(to, Interpolation::Bilinear, false))
}

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

#[test]
fn nearest_is_pillows() {
    // Written by Pillow 13.0's `Image.resize(size, Image.NEAREST)`.
    let nearest = |from, to| {
        let sizing = sizing(to, Interpolation::Nearest, false);
        resized(&pattern(from), from, Orientation::NoTransforms, &sizing)
    };
    let smaller = [128, 20, 40, 202, 124, 98, 20, 76, 156, 54, 34, 98, 128, 138, 16, 202, 90, 190];
    assert_eq!(nearest([5, 7], [2, 3]), smaller);
    let larger = [
        0, 0, 11, 0, 0, 11, 37, 13, 11, 74, 52, 11, 74, 52, 11, 0, 0, 11, 0, 0, 11, 37, 13, 11, 74, 52, 11,
        74, 52, 11, 91, 7, 11, 91, 7, 11, 128, 20, 40, 165, 59, 69, 165, 59, 69, 91, 7, 11, 91, 7, 11, 128,
        20, 40, 165, 59, 69, 165, 59, 69,
    ];
    assert_eq!(nearest([2, 3], [4, 5]), larger);
    let narrower = [
        128, 20, 40, 202, 124, 98, 57, 219, 185, 131, 71, 243, 54, 34, 98, 128, 138, 16, 239, 233, 21, 57,
        85, 195, 236, 48, 156, 54, 152, 190, 165, 247, 113, 239, 99, 147,
    ];
    assert_eq!(nearest([7, 10], [3, 4]), narrower);
}

#[test]
fn the_middle_is_cropped_as_keras_does_it() {
    // The crop by Keras 3's `smart_resize`, resized by Pillow 13.0, which is a grey value apart from 12.
    let cropped = |from, to, interpolation| {
        resized(&pattern(from), from, Orientation::NoTransforms, &sizing(to, interpolation, true))
    };
    let square = [114, 68, 66, 136, 143, 98, 117, 82, 134, 114, 157, 137];
    assert!(close(&cropped([5, 8], [2, 2], Interpolation::Bilinear), &square, 1));
    let square = [165, 59, 69, 239, 215, 127, 91, 73, 185, 165, 229, 103];
    assert_eq!(cropped([5, 8], [2, 2], Interpolation::Nearest), square);
    let low = [28, 25, 37, 73, 54, 142, 117, 119, 67, 119, 32, 46, 164, 61, 185, 208, 126, 145];
    assert!(close(&cropped([9, 4], [2, 3], Interpolation::Bilinear), &low, 1));
    let low = [17, 21, 11, 91, 73, 185, 128, 138, 16, 108, 28, 11, 182, 80, 243, 219, 145, 103];
    assert_eq!(cropped([9, 4], [2, 3], Interpolation::Nearest), low);
    let narrow = [
        107, 50, 47, 145, 142, 79, 123, 152, 93, 94, 116, 125, 108, 63, 117, 114, 155, 137, 136, 165, 118,
        127, 129, 160, 134, 75, 140, 99, 167, 140, 114, 177, 133, 153, 141, 107,
    ];
    assert!(close(&cropped([6, 11], [3, 4], Interpolation::Bilinear), &narrow, 1));
    // Proportions that leave less than a pixel leave one.
    assert_eq!(cropped([1, 40], [40, 1], Interpolation::Nearest).len(), 120);
}

#[test]
fn a_photo_that_is_turned_last_is_as_one_that_was_turned_first() {
    for orientation in (1..=8).map(|value| Orientation::from_exif(value).unwrap()) {
        for [height, width] in [[12, 20], [21, 11], [8, 8]] {
            let stored = noise(width as u32, height as u32, 5);
            let mut upright = DynamicImage::ImageRgb8(stored.clone());
            upright.apply_orientation(orientation);
            let size = [upright.height() as usize, upright.width() as usize];
            for (to, crop) in [([5, 7], false), ([5, 7], true), ([4, 4], true), ([30, 6], false)] {
                for (interpolation, by) in [(Interpolation::Nearest, 0), (Interpolation::Bilinear, 1)] {
                    let sizing = sizing(to, interpolation, crop);
                    let last = resized(stored.as_raw(), [height, width], orientation, &sizing);
                    let first = resized(upright.as_bytes(), size, Orientation::NoTransforms, &sizing);
                    assert!(close(&last, &first, by), "{orientation:?} {height}x{width} {sizing:?}");
                }
            }
        }
    }
}

#[test]
fn too_few_rows_or_pixels_are_no_photo() {
    let sizing = sizing([2, 2], Interpolation::Bilinear, false);
    let mut resizer = Resizer::new([3, 4], Orientation::NoTransforms, &sizing);
    resizer.push(&[[0; 4]; 4]);
    assert_eq!(resizer.finish(), None);
    let mut resizer = Resizer::new([2, 4], Orientation::NoTransforms, &sizing);
    resizer.push(&[[0; 4]; 4]);
    resizer.push(&[[0; 4]; 3]);
    assert_eq!(resizer.finish(), None);
}
