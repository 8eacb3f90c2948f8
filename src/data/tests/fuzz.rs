//! A fuzzer over the path that a file takes: `FOVEA_FUZZ_SECONDS=300 cargo test --release --lib -- --ignored fuzz`.
//!
//! Real files are damaged in ways that a seed draws, and decoded: a panic fails it, and so does a photo of a wrong
//! size or a file that takes longer than a few seconds.

use std::time::{Duration, Instant};

use super::photos::{files, pets};
use super::samples::{FILES, FORMATS, encode, noise, with_exif};
use crate::data::{Foreign, ImageSize, Interpolation, PixelLayout, Sizing, decode};
use crate::random::{Purpose, Stream};

const SLOWEST: Duration = Duration::from_secs(10);

/// What decoders look for: markers, lengths at their ends, signatures.
const WORDS: [&[u8]; 10] = [
    &[0xFF, 0xD8],
    &[0xFF, 0xDA],
    &[0xFF, 0xC4],
    &[0xFF, 0xC2],
    &[0xFF, 0xFF, 0xFF, 0xFF],
    &[0, 0, 0, 0],
    &[0x7F, 0xFF, 0xFF, 0xFF],
    b"IDAT",
    b"VP8 ",
    b"Exif\0\0",
];

fn damage(bytes: &mut Vec<u8>, other: &[u8], stream: &mut Stream) {
    for _ in 0..=stream.word() % 6 {
        let at = stream.word() as usize % bytes.len().max(1);
        // Headers decide the most.
        let at = if stream.word().is_multiple_of(2) { at % 64.min(bytes.len().max(1)) } else { at };
        match stream.word() % 7 {
            0 | 1 if at < bytes.len() => bytes[at] ^= 1 << (stream.word() % 8),
            2 if at < bytes.len() => bytes[at] = stream.word() as u8,
            3 => bytes.truncate(at + bytes.len() / 2),
            4 => {
                let word = WORDS[stream.word() as usize % WORDS.len()];
                let end = (at + word.len()).min(bytes.len());
                bytes[at.min(end)..end].copy_from_slice(&word[..end - at.min(end)]);
            }
            5 => {
                let len = (stream.word() as usize % 64).min(bytes.len() - at.min(bytes.len()));
                let copy = bytes[at.min(bytes.len())..][..len].to_vec();
                bytes.splice(at.min(bytes.len())..at.min(bytes.len()), copy);
            }
            _ => {
                let from = stream.word() as usize % other.len();
                let piece = &other[from..other.len().min(from + 200)];
                bytes.splice(at.min(bytes.len())..at.min(bytes.len()), piece.iter().copied());
            }
        }
    }
}

#[test]
#[ignore = "runs as long as it is told"]
fn fuzz() {
    let seconds = std::env::var("FOVEA_FUZZ_SECONDS").ok().and_then(|given| given.parse().ok()).unwrap_or(60);
    let seed = std::env::var("FOVEA_FUZZ_SEED").ok().and_then(|given| given.parse().ok()).unwrap_or(1);
    let mut corpus: Vec<Vec<u8>> = FILES.iter().map(|(_, bytes)| bytes.to_vec()).collect();
    corpus.extend(FORMATS.map(|format| encode(noise(33, 21, 3), format)));
    corpus.push(with_exif(&encode(noise(40, 24, 3), FORMATS[0]), 6, &[1, 2, 3]));
    if let Some(pets) = pets() {
        corpus.extend(files(&pets).iter().step_by(40).map(|(_, file)| std::fs::read(file).unwrap()));
    }
    let start = Instant::now();
    let (mut round, mut read, mut foreign, mut slowest) = (0u32, 0, 0, Duration::ZERO);
    while start.elapsed() < Duration::from_secs(seconds) {
        let mut stream = Stream::new(seed, Purpose::Shuffle, round);
        let pick = |stream: &mut Stream| stream.word() as usize % corpus.len();
        let (one, other) = (pick(&mut stream), pick(&mut stream));
        let mut bytes = corpus[one].clone();
        damage(&mut bytes, &corpus[other], &mut stream);
        let image_size = ImageSize::new(1 + stream.word() % 40, 1 + stream.word() % 40).unwrap();
        let interpolation = [Interpolation::Bilinear, Interpolation::Nearest][stream.word() as usize % 2];
        let sizing =
            Sizing { image_size, interpolation, crop_to_aspect_ratio: stream.word().is_multiple_of(2) };
        let before = Instant::now();
        if let Ok(pixels) = decode(&bytes, sizing) {
            assert_eq!(pixels.len(), image_size.rgb_bytes(), "round {round}");
            read += 1;
        }
        if let Ok(Some(photo)) = Foreign::of(&bytes) {
            foreign += 1;
            assert!(photo.to_be_hidden().iter().all(|part| part.end <= bytes.len() && part.start < part.end));
            let halved = [stream.word().is_multiple_of(2), stream.word().is_multiple_of(2)];
            let [height, width] = photo.size();
            // As many samples as the header says, but for a few; and not the largest ones, which take long.
            let samples = (height * width * 3).min(1 << 22).saturating_sub(stream.word() as usize % 3);
            for layout in [PixelLayout::Planes { halved }, PixelLayout::Rgbx] {
                let _ = photo.resize(&vec![round as u8; samples], layout, &sizing);
            }
        }
        slowest = slowest.max(before.elapsed());
        assert!(before.elapsed() < SLOWEST, "round {round} took {:?}", before.elapsed());
        round += 1;
    }
    println!("{round} files, {read} of them read, {foreign} for the browser; the slowest took {slowest:?}");
    assert!(read > 0 && read < round);
}
