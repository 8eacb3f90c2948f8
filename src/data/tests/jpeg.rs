//! JPEGs of every kind that decoders differ in, against Pillow's pixels.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use image::{DynamicImage, RgbImage};

use super::samples::{FORMATS, JPEGS, close, encode, gradient, noise};
use crate::data::{DecodeError, ImageSize, Sizing, decode};

fn pixels(png: &[u8]) -> RgbImage {
    image::load_from_memory(png).unwrap().into_rgb8()
}

fn own_size(image: &RgbImage) -> Sizing {
    ImageSize::new(image.height(), image.width()).unwrap().into()
}

#[test]
fn every_kind_has_pillows_pixels() {
    for (name, jpeg, png) in JPEGS {
        let expected = pixels(png);
        let found = decode(jpeg, own_size(&expected)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let off = found.iter().zip(expected.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
        assert_eq!((found.len(), off), (expected.as_raw().len(), Some(0)), "{name}");
    }
}

#[test]
fn another_decoder_finds_nearly_the_same() {
    for image in [gradient(64, 48), gradient(41, 30), noise(50, 40, 3)] {
        let jpeg = encode(image, FORMATS[0]);
        let theirs = image::load_from_memory(&jpeg).unwrap().into_rgb8();
        assert!(close(&decode(&jpeg, own_size(&theirs)).unwrap(), theirs.as_raw(), 4));
    }
}

#[test]
fn what_is_too_large_is_told_by_its_header() {
    let jpeg = encode(DynamicImage::from(gradient(64, 48)), FORMATS[0]);
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    for sides in [[0x40, 0x01, 0x00, 0x40], [0x00, 0x40, 0x40, 0x01], [0x40, 0x00, 0x40, 0x00]] {
        let mut large = jpeg.clone();
        large[frame + 5..frame + 9].copy_from_slice(&sides);
        assert_eq!(decode(&large, ImageSize::square(8).unwrap()), Err(DecodeError::TooLarge), "{sides:?}");
    }
}

#[test]
fn too_many_scans_and_too_many_coefficients_are_told() {
    let (_, progressive, _) = JPEGS.into_iter().find(|(name, ..)| *name == "progressive").unwrap();
    let size = ImageSize::square(8).unwrap();
    let last = progressive.windows(2).rposition(|marker| marker == [0xFF, 0xDA]).unwrap();
    let end = progressive.len() - 2;
    let mut many = progressive[..end].to_vec();
    (0..200).for_each(|_| many.extend(&progressive[last..end]));
    many.extend([0xFF, 0xD9]);
    let error = decode(&many, size).unwrap_err();
    assert!(error.to_string().contains("more than 200 scans"), "{error}");
    // 16,384 x 10,240 with halved chroma: 252 million samples, of three bytes each until the last scan.
    let frame = progressive.windows(2).position(|marker| marker == [0xFF, 0xC2]).unwrap();
    let mut large = progressive.to_vec();
    large[frame + 5..frame + 9].copy_from_slice(&[0x28, 0, 0x40, 0]);
    assert_eq!(decode(&large, size), Err(DecodeError::TooLarge));
}

#[test]
fn no_pixels_and_odd_samplings_are_told() {
    let jpeg = encode(gradient(64, 48), FORMATS[0]);
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    let error = |at: usize, bytes: &[u8]| {
        let mut odd = jpeg.clone();
        odd[frame + at..frame + at + bytes.len()].copy_from_slice(bytes);
        decode(&odd, ImageSize::square(8).unwrap()).unwrap_err()
    };
    assert!(matches!(error(5, &[0, 0]), DecodeError::Damaged(_)), "{}", error(5, &[0, 0]));
    // Three columns of luma on two of chroma.
    assert!(
        matches!(error(11, &[0x31, 0, 2, 0x21]), DecodeError::Unsupported { .. }),
        "{}",
        error(11, &[0x31, 0, 2, 0x21])
    );
}
