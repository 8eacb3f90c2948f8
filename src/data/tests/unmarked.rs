//! JPEGs without their end-of-image marker, as some phones write them: what counts is whether every pixel is there.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use image::ImageFormat;

use super::samples::{JPEGS, encode, noise, solid};
use crate::data::{DecodeError, ImageSize, decode};
use crate::random::{Purpose, Stream};

/// Every kind of JPEG there is a file of, and one whose pixels take next to no bytes.
fn jpegs() -> Vec<(&'static str, Vec<u8>)> {
    let mut jpegs: Vec<_> = JPEGS.iter().map(|(name, jpeg, _)| (*name, jpeg.to_vec())).collect();
    jpegs.push(("one colour", encode(solid(64, 64, [90, 120, 40]), ImageFormat::Jpeg)));
    jpegs
}

/// In a size that no pixel gets lost in.
fn pixels(jpeg: &[u8]) -> Result<Vec<u8>, DecodeError> {
    decode(jpeg, ImageSize::square(64).unwrap())
}

fn unmarked(jpeg: &[u8]) -> &[u8] {
    jpeg.strip_suffix(&[0xFF, 0xD9]).unwrap()
}

/// What a phone might put behind a photo: bytes of all values, and so things that look like markers.
fn trailer(seed: u32, words: usize) -> Vec<u8> {
    let mut stream = Stream::new(seed, Purpose::Shuffle, 0);
    let noise = (0..words).flat_map(|_| stream.word().to_le_bytes());
    b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data".iter().copied().chain(noise).chain(*b"SEFT").collect()
}

#[test]
fn every_kind_is_whole_without_its_marker() {
    for (name, jpeg) in jpegs() {
        let whole = pixels(&jpeg).unwrap();
        assert!(pixels(unmarked(&jpeg)) == Ok(whole), "{name}");
    }
}

#[test]
fn what_a_maker_puts_behind_the_pixels_changes_nothing() {
    let second = encode(noise(24, 24, 8), ImageFormat::Jpeg);
    let video = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42 and so on".to_vec();
    // A segment of an application, zeros up to a sector's end, and nothing but 0xFF.
    let fixed =
        [second, video, b"\xFF\xE5\0\x04ab".to_vec(), vec![0; 512], vec![0xFF; 512], b"\xFF\xCD".to_vec()];
    let random = (0..40).map(|seed| trailer(seed, 500));
    let trailers: Vec<Vec<u8>> = fixed.into_iter().chain(random).collect();
    for (name, jpeg) in jpegs() {
        let whole = pixels(&jpeg).unwrap();
        for (nth, trailer) in trailers.iter().enumerate() {
            let found = pixels(&[&jpeg[..], trailer].concat());
            assert!(found.as_ref() == Ok(&whole), "{name} and trailer {nth}: {:?}", found.err());
            let found = pixels(&[unmarked(&jpeg), trailer].concat());
            assert!(found.as_ref() == Ok(&whole), "{name} unmarked and trailer {nth}: {:?}", found.err());
        }
    }
}

#[test]
fn pixels_that_are_missing_are_damage() {
    for (name, jpeg) in jpegs() {
        let whole = pixels(&jpeg).unwrap();
        for length in 2..jpeg.len() - 2 {
            // Cut, cut where room was made for all of the file, and cut in memory that was erased.
            for filling in [None, Some(0), Some(0xFF)] {
                let mut cut = jpeg[..length].to_vec();
                cut.resize(filling.map_or(length, |_| jpeg.len()), filling.unwrap_or(0));
                match pixels(&cut) {
                    Ok(found) => {
                        assert!(found == whole, "{name} cut at {length} and filled with {filling:?}")
                    }
                    Err(DecodeError::Damaged(_) | DecodeError::NotAnImage) => {}
                    Err(error) => panic!("{name} cut at {length} and filled with {filling:?}: {error}"),
                }
            }
        }
        let early = jpeg.len() - jpeg.len() / 16 - 4;
        assert!(pixels(&jpeg[..early]).is_err(), "{name} cut at {early} of {}", jpeg.len());
    }
}

#[test]
fn a_photo_that_goes_on_as_another_file_is_damaged() {
    let jpeg = encode(noise(200, 150, 1), ImageFormat::Jpeg);
    for seed in 0..20 {
        let cut = [&jpeg[..jpeg.len() / 2], &trailer(seed, 20_000)].concat();
        assert!(matches!(pixels(&cut), Err(DecodeError::Damaged(_))), "{seed}");
    }
}
