#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use image::{DynamicImage, ImageFormat, RgbImage};

use super::samples::{FILES, close, encode, gradient, noise, with_exif};
use crate::data::{DecodeError, Foreign, ImageSize, PixelLayout, Sizing, decode};

fn sizing() -> Sizing {
    ImageSize::new(9, 11).unwrap().into()
}

#[test]
fn jpegs_alone_are_for_the_browser() {
    for format in [ImageFormat::Png, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP] {
        assert_eq!(Foreign::of(&encode(gradient(16, 12), format)), Ok(None), "{format:?}");
    }
    for (name, bytes) in FILES {
        assert_eq!(Foreign::of(bytes).unwrap().is_some(), name == "progressive.jpg", "{name}");
    }
    let grey = DynamicImage::ImageRgb8(gradient(16, 12)).to_luma8();
    assert_eq!(Foreign::of(&encode(grey, ImageFormat::Jpeg)).unwrap().unwrap().size(), [12, 16]);
    // Too narrow for fancy upsampling.
    assert_eq!(Foreign::of(&encode(gradient(5, 12), ImageFormat::Jpeg)), Ok(None));
}

#[test]
fn what_is_no_photo_is_told_before_the_browser_sees_it() {
    let jpeg = encode(gradient(64, 48), ImageFormat::Jpeg);
    assert_eq!(Foreign::of(b""), Err(DecodeError::Empty));
    assert_eq!(Foreign::of(b"<html>"), Err(DecodeError::NotAnImage));
    assert!(matches!(Foreign::of(&jpeg[..jpeg.len() / 2]), Err(DecodeError::Damaged(_))));
    let mut large = jpeg.clone();
    let frame = large.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    large[frame + 5..frame + 9].copy_from_slice(&[0x40, 0x01, 0x00, 0x40]);
    assert_eq!(Foreign::of(&large), Err(DecodeError::TooLarge));
    large[frame + 5..frame + 9].copy_from_slice(&[0x40, 0x00, 0x40, 0x00]);
    assert_eq!(Foreign::of(&large), Err(DecodeError::TooLarge));
}

#[test]
fn its_pixels_give_what_decoding_gives_whichever_way_it_lies() {
    let jpeg = encode(gradient(40, 30), ImageFormat::Jpeg);
    for orientation in 1..=8 {
        let bytes = with_exif(&jpeg, orientation, &[1, 2, 3]);
        let photo = Foreign::of(&bytes).unwrap().unwrap();
        let hidden = photo.to_be_hidden();
        assert_eq!(hidden.is_empty(), orientation == 1);
        let mut cut = bytes.clone();
        for part in hidden {
            cut.drain(part.clone());
        }
        assert!(orientation == 1 || cut == jpeg, "the Exif segment is gone, and nothing else");
        let pixels = image::load_from_memory(&jpeg).unwrap().into_rgb8();
        let rgbx: Vec<u8> = pixels.pixels().flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 9]).collect();
        let bgrx: Vec<u8> = pixels.pixels().flat_map(|pixel| [pixel[2], pixel[1], pixel[0], 9]).collect();
        let expected = decode(&bytes, sizing()).unwrap();
        assert_eq!(photo.resize(&rgbx, PixelLayout::Rgbx, &sizing()).unwrap(), expected);
        assert_eq!(photo.resize(&bgrx, PixelLayout::Bgrx, &sizing()).unwrap(), expected);
        let error = photo.resize(&rgbx[4..], PixelLayout::Rgbx, &sizing()).unwrap_err().to_string();
        assert!(error.contains("4796 bytes are not the pixels of 40 x 30"), "{error}");
    }
}

/// A triangle over the samples, each in the middle of the pixels that it is for: in `f64`, from the textbook.
fn upsampled(plane: &[u8], [rows, columns]: [usize; 2], halved: [bool; 2], [y, x]: [usize; 2]) -> f64 {
    let weights = |at: usize, halved: bool, samples: usize| -> Vec<(usize, f64)> {
        if !halved {
            return vec![(at, 1.0)];
        }
        let place = (at as f64 - 0.5) / 2.0;
        let clamp = |sample: f64| sample.clamp(0.0, samples as f64 - 1.0) as usize;
        let part = place - place.floor();
        vec![(clamp(place.floor()), 1.0 - part), (clamp(place.floor() + 1.0), part)]
    };
    let mut sum = 0.0;
    for (row, down) in weights(y, halved[0], rows) {
        for (column, across) in weights(x, halved[1], columns) {
            sum += down * across * f64::from(plane[row * columns + column]);
        }
    }
    sum - 128.0
}

#[test]
fn planes_become_the_textbooks_colours() {
    for [height, width] in [[10, 12], [11, 13], [9, 8], [2, 9], [1, 8]] {
        let jpeg = encode(noise(width as u32, height as u32, 2), ImageFormat::Jpeg);
        let photo = Foreign::of(&jpeg).unwrap().unwrap();
        for halved in [[true, true], [false, true], [false, false]] {
            let half = |side: usize, halved: bool| if halved { side.div_ceil(2) } else { side };
            let chroma = [half(height, halved[0]), half(width, halved[1])];
            let bytes = |samples: usize, seed| -> Vec<u8> {
                noise(samples as u32, 1, seed).pixels().map(|pixel| pixel[0]).collect()
            };
            let luma = bytes(height * width, 3);
            let [blue, red] = [4, 5].map(|seed| bytes(chroma[0] * chroma[1], seed));
            let expected = RgbImage::from_fn(width as u32, height as u32, |x, y| {
                let [y, x] = [y as usize, x as usize];
                let light = f64::from(luma[y * width + x]);
                let [blue, red] = [&blue, &red].map(|plane| upsampled(plane, chroma, halved, [y, x]));
                let rgb =
                    [light + 1.402 * red, light - 0.344_136 * blue - 0.714_136 * red, light + 1.772 * blue];
                image::Rgb(rgb.map(|value| value.round().clamp(0.0, 255.0) as u8))
            });
            let same = Sizing::from(ImageSize::new(height as u32, width as u32).unwrap());
            let planes = [&luma[..], &blue, &red].concat();
            let found = photo.resize(&planes, PixelLayout::Planes { halved }, &same).unwrap();
            // Chroma is rounded to a whole value before it is multiplied.
            assert!(close(&found, expected.as_raw(), 2), "{height}x{width} {halved:?}");
            let short = photo.resize(&planes[1..], PixelLayout::Planes { halved }, &same);
            assert!(matches!(short, Err(DecodeError::Damaged(_))));
        }
    }
}
