#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

use super::samples::{FILES, FORMATS, LEFT, RIGHT, close, encode, gradient, with_exif};
use crate::data::{ImageSize, decode, decode_measured};

fn pixel(pixels: &[u8], width: usize, x: usize, y: usize) -> &[u8] {
    &pixels[(y * width + x) * 3..][..3]
}

#[test]
fn the_shorter_side_of_the_file_is_told() {
    let sizing = ImageSize::square(5).unwrap().into();
    for (name, bytes) in FILES {
        assert_eq!(decode_measured(bytes, sizing).unwrap().side, 12, "{name}");
    }
    let tall = encode(gradient(9, 200), ImageFormat::Jpeg);
    for bytes in [&tall, &with_exif(&tall, 6, &[])] {
        let photo = decode_measured(bytes, sizing).unwrap();
        assert_eq!((photo.side, &photo.pixels), (9, &decode(bytes, sizing).unwrap()));
    }
}

#[test]
fn every_format_gives_its_pixels() {
    let image = RgbImage::from_fn(40, 32, |x, y| Rgb([(x / 8 * 60) as u8, (y / 8 * 80) as u8, 90]));
    let size = ImageSize::new(32, 40).unwrap();
    for format in FORMATS {
        let pixels = decode(&encode(image.clone(), format), size).unwrap();
        let by = if format == ImageFormat::Jpeg { 20 } else { 0 };
        let worst = pixels.iter().zip(image.as_raw()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(close(&pixels, image.as_raw(), by), "{format:?} is off by {worst:?}");
    }
}

#[test]
fn the_rarer_kinds_give_rgb_too() {
    let size = ImageSize::new(12, 16).unwrap();
    for (name, bytes) in FILES {
        let pixels = decode(bytes, size).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(pixels.len(), 12 * 16 * 3, "{name}");
        for y in 0..12 {
            assert!(close(pixel(&pixels, 16, 2, y), &LEFT, 6), "{name}: {:?}", pixel(&pixels, 16, 2, y));
            assert!(close(pixel(&pixels, 16, 13, y), &RIGHT, 6), "{name}: {:?}", pixel(&pixels, 16, 13, y));
        }
    }
}

#[test]
fn every_colour_type_gives_rgb() {
    let image = DynamicImage::ImageRgb8(gradient(20, 10));
    let size = ImageSize::new(10, 20).unwrap();
    let grey = image.to_luma8();
    let spread: Vec<u8> = grey.pixels().flat_map(|pixel| [pixel.0[0]; 3]).collect();
    let rgb = image.to_rgb8().into_raw();
    let cases = [
        ("L8", DynamicImage::from(grey.clone()), &spread),
        ("La8", image.to_luma_alpha8().into(), &spread),
        ("L16", DynamicImage::from(grey).to_luma16().into(), &spread),
        ("Rgba8", image.to_rgba8().into(), &rgb),
        ("Rgb16", image.to_rgb16().into(), &rgb),
        ("Rgba16", image.to_rgba16().into(), &rgb),
    ];
    for (name, image, expected) in cases {
        assert_eq!(&decode(&encode(image, ImageFormat::Png), size).unwrap(), expected, "{name}");
    }
}

#[test]
fn alpha_is_dropped_and_not_blended() {
    let clear = RgbaImage::from_pixel(4, 4, Rgba([10, 200, 30, 0]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let pixels = decode(&encode(clear.clone(), format), ImageSize::square(2).unwrap()).unwrap();
        assert_eq!(pixels, [10, 200, 30].repeat(4), "{format:?}");
    }
}

#[test]
fn the_exif_orientation_is_honoured() {
    // Stored as red, green / blue, yellow: how each orientation shows the four quarters.
    let (r, g, b, y) = ([220, 30, 30], [30, 200, 40], [30, 40, 210], [220, 210, 30]);
    let stored = RgbImage::from_fn(64, 32, |column, row| {
        Rgb([[r, g], [b, y]][usize::from(row >= 16)][usize::from(column >= 32)])
    });
    let shown = [
        [r, g, b, y],
        [g, r, y, b],
        [y, b, g, r],
        [b, y, r, g],
        [r, b, g, y],
        [b, r, y, g],
        [y, g, b, r],
        [g, y, r, b],
    ];
    let jpeg = encode(stored, ImageFormat::Jpeg);
    for (orientation, expected) in (1..).zip(shown) {
        let bytes = with_exif(&jpeg, orientation, &[]);
        for [height, width] in [[32, 64], [64, 32], [24, 12]] {
            let pixels = decode(&bytes, ImageSize::new(height, width).unwrap()).unwrap();
            let (height, width) = (height as usize, width as usize);
            let quarter = |right: usize, low: usize| {
                pixel(&pixels, width, width / 4 + right * width / 2, height / 4 + low * height / 2)
            };
            for (found, expected) in
                [quarter(0, 0), quarter(1, 0), quarter(0, 1), quarter(1, 1)].into_iter().zip(expected)
            {
                assert!(close(found, &expected, 12), "{orientation}: {found:?}, not {expected:?}");
            }
        }
    }
}

#[test]
fn an_unknown_orientation_is_none() {
    let jpeg = encode(gradient(16, 8), ImageFormat::Jpeg);
    let size = ImageSize::new(8, 16).unwrap();
    assert_eq!(decode(&with_exif(&jpeg, 99, &[]), size), decode(&jpeg, size));
}

#[test]
fn the_content_tells_the_format() {
    // `decode` never sees a name: a PNG that is called .jpg is a PNG.
    let png = encode(gradient(8, 8), ImageFormat::Png);
    assert_eq!(decode(&png, ImageSize::square(8).unwrap()).unwrap(), gradient(8, 8).into_raw());
}

#[test]
fn one_pixel_becomes_an_image() {
    let png = encode(super::samples::solid(1, 1, [9, 8, 7]), ImageFormat::Png);
    assert_eq!(decode(&png, ImageSize::new(3, 2).unwrap()).unwrap(), [9, 8, 7].repeat(6));
}
