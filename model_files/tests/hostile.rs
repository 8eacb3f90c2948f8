//! Damaged files: whatever the bytes, there is a model or a reason, never a panic, and never more memory or time than the bytes
//! account for.

#![allow(clippy::unwrap_used, reason = "a test ends where something is wrong")]

mod measured;

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fovea::random::{Purpose, Stream};
use measured::measured;
use model_files::{NamedBytes, open};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// How often each file is damaged: a suite has little time, and `FOVEA_FUZZ_SECONDS` gives it more.
const ROUNDS: u32 = 150;
/// What any file may take to be read: the values of the largest model as the file has them, as tensors, as a network's and as
/// our own file.
const MOST_BYTES: usize = 2 << 30;
/// What a small one takes as a rule, and how many of a hundred may take more: a size that lies may be one that is allowed.
const USUAL_BYTES: usize = 64 << 20;
const MOST_TIME: Duration = Duration::from_secs(20);
/// Sizes, offsets and addresses that lie.
const LIES: [u64; 12] = [
    0,
    1,
    0x7f,
    0xff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    1 << 40,
    0x7fff_ffff_ffff_ffff,
    1 << 63,
    u64::MAX,
];
/// The same in JSON, and what else may stand there.
const TEXTS: [&str; 12] = [
    "-1",
    "0",
    "1e40",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "null",
    "true",
    "[]",
    "{}",
    "\"\"",
    "[[1,2],[3]]",
];

/// Files that are a model together.
struct Seed {
    name: String,
    files: Vec<NamedBytes>,
    /// Whether they lie in an archive, which is packed again: else its checksums find any damage at once.
    is_archive: bool,
}

fn paths(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn read(path: &Path) -> NamedBytes {
    NamedBytes { name: name(path), bytes: std::fs::read(path).unwrap() }
}

fn unpacked(bytes: &[u8]) -> Vec<NamedBytes> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let files = (0..archive.len()).map(|at| {
        let mut file = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        NamedBytes { name: file.name().unwrap().into_owned(), bytes }
    });
    files.collect()
}

fn packed(files: &[NamedBytes]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for file in files {
        archive.start_file(file.name.as_str(), options).unwrap();
        archive.write_all(&file.bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn seeds() -> Vec<Seed> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut seeds = Vec::new();
    for path in ["keras", "onnx", "hdf5"].into_iter().flat_map(|folder| paths(&fixtures.join(folder))) {
        let (name, file) = (name(&path), read(&path));
        match path.extension().unwrap_or_default().to_string_lossy().as_ref() {
            "keras" => {
                let files = unpacked(&file.bytes);
                seeds.push(Seed { name: format!("unpacked {name}"), files, is_archive: true });
                seeds.push(Seed { name, files: vec![file], is_archive: false });
            }
            "onnx" => {
                let data = path.with_extension("onnx_data");
                let files = std::iter::once(file).chain(data.is_file().then(|| read(&data))).collect();
                seeds.push(Seed { name, files, is_archive: false });
            }
            "h5" => seeds.push(Seed { name, files: vec![file], is_archive: false }),
            _ => {}
        }
    }
    for folder in paths(&fixtures.join("tfjs")) {
        let kept = |file: &NamedBytes| file.name != "photos" && file.name != "said.json";
        let files = paths(&folder).iter().map(|path| read(path)).filter(kept).collect();
        seeds.push(Seed { name: name(&folder), files, is_archive: false });
    }
    seeds
}

/// Changes a few bytes, takes a piece out, cuts the end off, repeats a piece or lies about a size.
fn damage(bytes: &mut Vec<u8>, stream: &mut Stream) {
    let mut word = |below: usize| stream.word() as usize % below.max(1);
    let is_text = bytes.iter().take(200).all(|byte| byte.is_ascii() && *byte >= b'\n');
    for _ in 0..=word(4) {
        let at = word(bytes.len());
        let len = word(40).min(bytes.len().saturating_sub(at));
        match word(if is_text { 13 } else { 10 }) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..at + len)),
            2 => bytes[at..at + len].fill(0xff),
            3 => bytes[at..at + len].fill(0),
            4 => {
                let piece = bytes[at..at + len].to_vec();
                bytes.splice(at..at, piece);
            }
            5..=6 => {
                let lie = LIES[word(LIES.len())].to_le_bytes();
                let width = [1, 2, 4, 8][word(4)].min(bytes.len() - at);
                bytes[at..at + width].copy_from_slice(&lie[..width]);
            }
            // An address of one thing becomes that of another, and links lead in a circle.
            7 if bytes.len() >= 16 => {
                let (from, to) = (word(bytes.len() / 8 - 1) * 8, word(bytes.len() / 8 - 1) * 8);
                bytes.copy_within(from..from + 8, to);
            }
            // One thing in the place of another of the same kind.
            8 => {
                let from = word(bytes.len() - len + 1);
                bytes.copy_within(from..from + len, at);
            }
            // What stands behind a colon or a comma is a value of JSON.
            10 | 11 => {
                let value =
                    bytes[at..].iter().position(|byte| b":,[".contains(byte)).map(|found| at + found + 1);
                let Some(value) = value else { continue };
                let ends = bytes[value..].iter().position(|byte| b",]}[{".contains(byte)).unwrap_or(0);
                bytes.splice(value..value + ends, TEXTS[word(TEXTS.len())].bytes());
            }
            12 => {
                let deep = [b"[".as_slice(), b"{\"a\":"][word(2)].repeat(word(100_000));
                bytes.splice(at..at, deep);
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

/// What was seen of the seeds of a kind.
#[derive(Debug, Default)]
struct Seen {
    opened: u32,
    refused: u32,
    above_usual: u32,
    slowest: Duration,
    most_bytes: usize,
}

#[test]
fn damaged_files_are_refused_and_nothing_else_happens() {
    let seeds = seeds();
    assert!(seeds.len() > 40);
    let seconds = std::env::var("FOVEA_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let first: u32 = std::env::var("FOVEA_FUZZ_ROUND").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or(0));
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    let (mut round, mut wrong) = (first, Vec::new());
    while round - first < ROUNDS || Instant::now() < end {
        for (number, seed) in seeds.iter().enumerate() {
            let mut stream = Stream::new(round, Purpose::Split, number as u32);
            let mut files = seed.files.clone();
            let which = stream.word() as usize % files.len();
            damage(&mut files[which].bytes, &mut stream);
            if seed.is_archive {
                files = vec![NamedBytes { name: seed.name.clone(), bytes: packed(&files) }];
            }
            let start = Instant::now();
            let (result, bytes) = measured(|| catch_unwind(AssertUnwindSafe(|| open(&files, None))));
            let took = start.elapsed();
            let kind = seed.name.rsplit_once('.').map_or("model.json", |(_, ending)| ending);
            let seen = seen.entry(kind.to_owned()).or_default();
            let said = match result {
                Ok(Ok(_)) => {
                    seen.opened += 1;
                    String::new()
                }
                Ok(Err(error)) => {
                    seen.refused += 1;
                    error.to_string()
                }
                Err(_) => {
                    wrong.push(format!("{}, round {round}: a panic", seed.name));
                    continue;
                }
            };
            if said.len() > 4_000 || took > MOST_TIME || bytes > MOST_BYTES {
                let said: String = said.chars().take(200).collect();
                wrong.push(format!("{}, round {round}: {took:?}, {bytes} bytes, {said}", seed.name));
            }
            seen.above_usual += u32::from(bytes > USUAL_BYTES);
            seen.slowest = seen.slowest.max(took);
            seen.most_bytes = seen.most_bytes.max(bytes);
        }
        round += 1;
    }
    println!("{} files, {} rounds", seeds.len(), round - first);
    for (kind, seen) in &seen {
        println!("{kind}: {seen:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen.values().all(|seen| seen.opened > 0 && seen.refused > 0));
    assert!(seen.values().all(|seen| seen.above_usual * 100 <= seen.opened + seen.refused));
}

/// Groups that each hold nothing but the next one, the last of them the first: an HDF5 file of the oldest form.
fn nested_groups(count: usize) -> Vec<u8> {
    const SUPERBLOCK: usize = 96;
    const GROUP: usize = 72;
    let address = |nth: usize| ((SUPERBLOCK + nth * GROUP) as u64).to_le_bytes();
    let mut file = Vec::with_capacity(SUPERBLOCK + count * GROUP);
    // Versions, bytes of an address and of a length, and sizes of trees that there are none of.
    file.extend(*b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\x04\0\x10\0\0\0\0\0");
    // Where the file begins, what is free, where it ends, and no driver. Then the root, which is the first group.
    for word in [[0; 8], [0xff; 8], address(count), [0xff; 8], [0; 8], address(0), [0; 8], [0; 8], [0; 8]] {
        file.extend(word);
    }
    for nth in 0..count {
        // Two messages: how links are kept, with neither heap nor tree, and a link to the next group, called `a`.
        file.extend(*b"\x01\0\x02\0\x01\0\0\0\x38\0\0\0\0\0\0\0\x02\0\x18\0\0\0\0\0\0\0");
        file.extend([0xff; 16]);
        file.extend(*b"\0\0\0\0\0\0\x06\0\x10\0\0\0\0\0\x01\0\x01a");
        file.extend(address((nth + 1) % count));
        file.extend([0; 4]);
    }
    file
}

#[test]
fn a_million_nested_groups_are_walked_or_refused() {
    let count = 1_000_000;
    let deep = nested_groups(count);
    let groups = hdf5_pure::File::from_bytes(deep.clone()).unwrap();
    let path = |steps: usize| vec!["a"; steps].join("/");
    assert_eq!(groups.group("a").unwrap().groups().unwrap(), ["a"]);
    assert!(groups.root().group(&path(3 * count)).is_ok(), "three times around");
    assert!(groups.root().dataset(&format!("{}/b", path(count))).is_err());
    drop(groups);

    let said = |name: &str, bytes: Vec<u8>| {
        let files = [NamedBytes { name: name.to_owned(), bytes }];
        let start = Instant::now();
        let (result, bytes) = measured(|| open(&files, None));
        assert!(start.elapsed() < MOST_TIME && bytes < MOST_BYTES, "{name}: {bytes} bytes");
        result.err().map(|error| error.to_string()).unwrap_or_default()
    };
    let alone = said("deep.h5", deep.clone());
    assert!(alone.contains("it holds weights without a network"), "{alone}");
    // In the place of a network's weights.
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/keras");
    let mut files = unpacked(&std::fs::read(fixtures.join("book.keras")).unwrap());
    let weights = files.iter_mut().find(|file| file.name == "model.weights.h5").unwrap();
    weights.bytes = deep.clone();
    let in_place = said("deep.keras", packed(&files));
    assert!(in_place.contains("is missing") || in_place.contains("the network wants"), "{in_place}");
    for round in 0..10 {
        let mut damaged = deep.clone();
        damage(&mut damaged, &mut Stream::new(round, Purpose::Split, 0));
        assert!(!said("damaged.h5", damaged).is_empty());
    }
}
