#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use image::ImageFormat;

use super::samples::{FILES, FORMATS, encode, gradient, noise, with_exif};
use crate::data::{DecodeError, ImageSize, decode};
use crate::random::{Purpose, Stream};

fn fails(bytes: &[u8]) -> DecodeError {
    decode(bytes, ImageSize::square(8).unwrap()).unwrap_err()
}

#[test]
fn what_is_no_image_says_so() {
    assert_eq!(
        fails(b"").to_string(),
        "the file is empty (0 bytes): if it is still in a cloud, download it first"
    );
    let texts: [&[u8]; 6] = [
        b"To whom it may concern",
        b"<!doctype html><title>404</title>",
        b"%PDF-1.7 a document of many pages",
        b"II*\0 a TIFF of many kinds, maybe",
        b"\0\0\0\x1cftypheic\0\0\0\0mif1heic and more",
        &[0; 1000],
    ];
    for text in texts {
        assert_eq!(fails(text).to_string(), "not a JPEG, PNG, GIF, BMP or WebP image");
    }
}

#[test]
fn only_a_beginning_is_damaged() {
    let heads: [&[u8]; 5] =
        [b"\xFF\xD8\xFF\xE0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"RIFF\x10\0\0\0WEBP"];
    for head in heads {
        let message = fails(head).to_string();
        assert!(message.starts_with("the file ends too early or is damaged: "), "{message}");
    }
}

/// A PNG's chunk with its checksum.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in kind.iter().chain(data) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 * (crc & 1));
        }
    }
    [&(data.len() as u32).to_be_bytes(), &kind[..], data, &(!crc).to_be_bytes()].concat()
}

#[test]
fn a_header_that_claims_too_much_is_an_error_and_no_allocation() {
    let png = |side: u32| {
        let header = [&side.to_be_bytes()[..], &side.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
        [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &[]), chunk(b"IEND", &[])]
            .concat()
    };
    let error = fails(&png(30_000));
    assert_eq!(error, DecodeError::TooLarge);
    assert!(error.to_string().starts_with("it has more than 16,384 pixels a side"), "{error}");
    assert_eq!(fails(&png(16_000)), DecodeError::TooLarge);
    assert!(matches!(fails(&png(0)), DecodeError::Damaged(_)));

    let mut gif = encode(gradient(4, 4), ImageFormat::Gif);
    gif[6..10].fill(0xFF);
    assert_eq!(fails(&gif), DecodeError::TooLarge);

    let mut bmp = encode(gradient(4, 4), ImageFormat::Bmp);
    bmp[18..26].copy_from_slice(&[48, 117, 0, 0, 48, 117, 0, 0]);
    assert_eq!(fails(&bmp), DecodeError::TooLarge);

    let mut jpeg = encode(gradient(8, 8), ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xFF);
    assert_eq!(fails(&jpeg), DecodeError::TooLarge);
}

#[test]
fn a_gif_frame_larger_than_its_canvas_is_no_allocation_either() {
    let mut gif = encode(gradient(4, 4), ImageFormat::Gif);
    let frame = gif.iter().rposition(|byte| *byte == 0x2C).unwrap();
    gif[frame + 5..frame + 9].fill(0xFF);
    let error = fails(&gif);
    assert!(matches!(error, DecodeError::TooLarge | DecodeError::Damaged(_)), "{error}");
}

/// Decodes `bytes` with one to eight bits flipped, `times` times; a panic fails the test.
fn flip(name: &str, bytes: &[u8], times: u32) {
    let mut stream = Stream::new(7, Purpose::Shuffle, bytes.len() as u32);
    let (mut read, mut damaged) = (0, 0);
    for _ in 0..times {
        let mut hurt = bytes.to_vec();
        for _ in 0..=stream.word() % 8 {
            let at = stream.word() as usize % hurt.len();
            hurt[at] ^= 1 << (stream.word() % 8);
        }
        match decode(&hurt, ImageSize::square(8).unwrap()) {
            Ok(pixels) => {
                assert_eq!(pixels.len(), 8 * 8 * 3);
                read += 1;
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                damaged += 1;
            }
        }
    }
    println!("{name}: {read} read, {damaged} damaged");
    assert!(damaged > 0, "{name}");
}

#[test]
fn flipped_bits_never_panic() {
    let exif = with_exif(&encode(noise(24, 20, 3), ImageFormat::Jpeg), 6, &[1, 2, 3]);
    flip("jpeg with exif", &exif, 3000);
    for format in FORMATS {
        flip(&format!("{format:?}"), &encode(noise(24, 20, 3), format), 1500);
    }
    for (name, bytes) in FILES {
        flip(name, bytes, 1500);
    }
}
