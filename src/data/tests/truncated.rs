#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use image::ImageFormat;

use super::samples::{FILES, FORMATS, encode, noise, with_exif};
use crate::data::{DecodeError, ImageSize, decode};

/// The lengths at which a file can be cut and still gives all of its pixels.
///
/// At every other length it has to be an error: never half a photo.
fn whole_at(bytes: &[u8], name: &str) -> Vec<usize> {
    let size = ImageSize::square(16).unwrap();
    let whole = decode(bytes, size).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut lengths = Vec::new();
    for length in 0..bytes.len() {
        match decode(&bytes[..length], size) {
            Ok(pixels) => {
                assert_eq!(pixels, whole, "{name} cut at {length} of {} bytes", bytes.len());
                lengths.push(length);
            }
            Err(DecodeError::Empty) => assert_eq!(length, 0),
            Err(DecodeError::NotAnImage) => assert!(length < 16, "{name} cut at {length}"),
            Err(DecodeError::Damaged(_)) => {}
            Err(error) => panic!("{name} cut at {length}: {error}"),
        }
    }
    lengths
}

#[test]
fn a_file_that_ends_too_early_is_no_photo() {
    for format in FORMATS {
        let bytes = encode(noise(23, 17, 5), format);
        let lengths = whole_at(&bytes, &format!("{format:?}"));
        println!("{format:?}: {} bytes, whole from {:?}", bytes.len(), lengths.first());
    }
    for (name, bytes) in FILES {
        let lengths = whole_at(bytes, name);
        println!("{name}: {} bytes, whole from {:?}", bytes.len(), lengths.first());
    }
}

#[test]
fn a_run_length_encoded_bmp_is_no_photo_either() {
    // 8 x 4 pixels in two colours, each row a run of five and a run of three.
    let rows: Vec<u8> = [5, 0, 3, 1, 0, 0].repeat(4).into_iter().chain([0, 1]).collect();
    let length = 62 + rows.len() as u32;
    let mut bmp = b"BM".to_vec();
    for word in
        [length, 0, 62, 40, 8, 4, 0x0008_0001, 1, rows.len() as u32, 0, 0, 2, 0, 0x00FF_8040, 0x0010_2030]
    {
        bmp.extend(word.to_le_bytes());
    }
    bmp.extend(rows);
    let pixels = decode(&bmp, ImageSize::new(4, 8).unwrap()).unwrap();
    assert_eq!(pixels, [[0xFF, 0x80, 0x40].repeat(5), [0x10, 0x20, 0x30].repeat(3)].concat().repeat(4));
    println!("BMP with runs: {} bytes, whole from {:?}", bmp.len(), whole_at(&bmp, "runs").first());
}

#[test]
fn a_jpeg_needs_its_pixels_and_not_its_thumbnails() {
    let thumbnail = encode(noise(8, 8, 1), ImageFormat::Jpeg);
    let jpeg = with_exif(&encode(noise(40, 30, 2), ImageFormat::Jpeg), 1, &thumbnail);
    let size = ImageSize::square(20).unwrap();
    assert!(decode(&jpeg, size).is_ok());
    let whole = decode(&jpeg, size);
    for length in 0..jpeg.len() {
        let cut = decode(&jpeg[..length], size);
        // The marker has two bytes, and before it may be bits that only fill up a byte.
        assert!(cut.is_err() || cut == whole && length + 4 > jpeg.len(), "cut at {length} of {}", jpeg.len());
    }
}

#[test]
fn what_follows_a_jpegs_end_does_not_matter() {
    let jpeg = encode(noise(40, 30, 2), ImageFormat::Jpeg);
    let size = ImageSize::square(20).unwrap();
    let whole = decode(&jpeg, size);
    assert_eq!(decode(&[&jpeg[..], &[0; 100]].concat(), size), whole);
    assert_eq!(decode(&[&jpeg[..], &jpeg[..]].concat(), size), whole);
}

#[test]
fn a_webp_needs_its_image_and_not_the_notes_behind_it() {
    let (_, lossy) = FILES.into_iter().find(|(name, _)| *name == "lossy.webp").unwrap();
    let chunk = |name: &[u8; 4], data: &[u8]| [&name[..], &(data.len() as u32).to_le_bytes(), data].concat();
    let notes = chunk(b"NOTE", &[7; 100]);
    let webp = chunk(b"RIFF", &[&lossy[8..], &notes].concat());
    let size = ImageSize::new(12, 16).unwrap();
    let whole = decode(lossy, size).unwrap();
    for length in 0..=webp.len() {
        match decode(&webp[..length], size) {
            Ok(pixels) => assert!(pixels == whole, "cut at {length}"),
            Err(error) => assert!(length < lossy.len(), "cut at {length} of {}: {error}", lossy.len()),
        }
    }
    assert!(decode(&webp[..lossy.len() - 2], size).is_err());
}
