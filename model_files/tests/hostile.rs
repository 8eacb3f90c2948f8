//! Damaged files: whatever the bytes, there is a model or a reason, never a panic, and never an allocation that the bytes do
//! not account for.

#![allow(clippy::unwrap_used, reason = "a test ends where something is wrong")]

use std::path::Path;
use std::time::{Duration, Instant};

use fovea::random::{Purpose, Stream};
use model_files::{NamedBytes, open};

/// Files to damage, and how often: a suite has little time, and `FOVEA_FUZZ_SECONDS` gives it more.
const ROUNDS: u32 = 150;

fn files() -> Vec<NamedBytes> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut files = Vec::new();
    for folder in std::fs::read_dir(fixtures).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let ending = path.extension().unwrap_or_default();
            if ["keras", "h5", "onnx"].iter().any(|known| ending == *known) {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                files.push(NamedBytes { name, bytes: std::fs::read(&path).unwrap() });
            }
        }
    }
    files
}

/// Changes a few bytes, takes a piece out, cuts the end off or repeats one.
fn damage(bytes: &mut Vec<u8>, stream: &mut Stream) {
    let mut word = |below: usize| stream.word() as usize % below.max(1);
    for _ in 0..=word(4) {
        let at = word(bytes.len());
        let len = word(40).min(bytes.len().saturating_sub(at));
        match word(6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..at + len)),
            2 => bytes[at..at + len].fill(0xff),
            3 => bytes[at..at + len].fill(0),
            4 => {
                let piece = bytes[at..at + len].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                for byte in bytes.iter_mut().skip(at).take(1 + word(3)) {
                    *byte = word(256) as u8;
                }
            }
        }
        if bytes.is_empty() {
            return;
        }
    }
}

#[test]
fn damaged_files_are_refused_and_nothing_else_happens() {
    let files = files();
    assert!(files.len() > 10);
    let seconds = std::env::var("FOVEA_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(0));
    let (mut opened, mut refused, mut slowest) = (0_u32, 0_u32, Duration::ZERO);
    let mut round = 0;
    while round < ROUNDS || Instant::now() < end {
        for (number, file) in files.iter().enumerate() {
            let mut stream = Stream::new(round, Purpose::Split, number as u32);
            let mut damaged = file.clone();
            damage(&mut damaged.bytes, &mut stream);
            let start = Instant::now();
            match open(&[damaged], None) {
                Ok(_) => opened += 1,
                Err(error) => {
                    assert!(error.to_string().len() < 2_000, "{error}");
                    refused += 1;
                }
            }
            let took = start.elapsed();
            assert!(took < Duration::from_secs(20), "{} of round {round} took {took:?}", file.name);
            slowest = slowest.max(took);
        }
        round += 1;
    }
    println!(
        "{} files, {round} rounds: {opened} opened, {refused} refused, {slowest:?} the slowest",
        files.len()
    );
    assert!(opened > 0 && refused > 0);
}
