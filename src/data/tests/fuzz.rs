//! Fuzzers over the paths that files take: `FOVEA_FUZZ_SECONDS=300 cargo test --release --lib -- --ignored fuzz`.
//!
//! Real files are damaged in ways that a seed draws, and decoded: a panic fails it, and so does a photo of a wrong
//! size or a file that takes longer than a few seconds. So are tables of labels, and what is kept of a dataset.

use std::collections::HashSet;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::pack::{Disk, IMAGE, import, open};
use super::photos::photos;
use super::samples::{FILES, FORMATS, JPEGS, encode, noise, with_exif};
use crate::data::{
    Contents, Dataset, Edit, ImageSize, Interpolation, Key, Layout, LayoutKind, Placement, Shares, Sizing,
    Split, SplitBy, decode, record,
};
use crate::random::{Purpose, Stream};

const SLOWEST: Duration = Duration::from_secs(10);

/// What decoders look for: markers, lengths at their ends, signatures.
const WORDS: &[&[u8]] = &[
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

/// What readers of tables look for.
const MARKS: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r\n",
    b"/",
    b"\\",
    b"..",
    b".jpg",
    b"0",
    b"1",
    b"train",
    b"label",
    b"\xEF\xBB\xBF",
    b"\xEA\xB0\x80",
    b"\0",
];

/// Draws rounds until the time is over; `run` says whether what it damaged could be read.
fn rounds(what: &str, mut run: impl FnMut(&mut Stream) -> bool) {
    let told = |name, or| std::env::var(name).ok().and_then(|given| given.parse().ok()).unwrap_or(or);
    let (seconds, seed) = (told("FOVEA_FUZZ_SECONDS", 60), told("FOVEA_FUZZ_SEED", 1));
    let (start, mut slowest) = (Instant::now(), Duration::ZERO);
    let (mut round, mut read) = (0u32, 0u32);
    while start.elapsed() < Duration::from_secs(seconds.into()) {
        let before = Instant::now();
        read += u32::from(run(&mut Stream::new(seed, Purpose::Shuffle, round)));
        slowest = slowest.max(before.elapsed());
        assert!(before.elapsed() < SLOWEST, "round {round} took {:?}", before.elapsed());
        round += 1;
    }
    println!("{round} {what}, {read} of them read; the slowest took {slowest:?}");
    assert!(read > 0 && read < round);
}

fn damage(bytes: &mut Vec<u8>, other: &[u8], words: &[&[u8]], stream: &mut Stream) {
    for _ in 0..=stream.word() % 6 {
        let at = stream.word() as usize % bytes.len().max(1);
        // Headers decide the most.
        let at = if stream.word().is_multiple_of(2) { at % 64.min(bytes.len().max(1)) } else { at };
        match stream.word() % 7 {
            0 | 1 if at < bytes.len() => bytes[at] ^= 1 << (stream.word() % 8),
            2 if at < bytes.len() => bytes[at] = stream.word() as u8,
            3 => bytes.truncate(at + bytes.len() / 2),
            4 => {
                let word = words[stream.word() as usize % words.len()];
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
    let mut corpus: Vec<Vec<u8>> = FILES.iter().map(|(_, bytes)| bytes.to_vec()).collect();
    corpus.extend(JPEGS.map(|(_, jpeg, _)| jpeg.to_vec()));
    corpus.extend(FORMATS.map(|format| encode(noise(33, 21, 3), format)));
    corpus.push(with_exif(&encode(noise(40, 24, 3), FORMATS[0]), 6, &[1, 2, 3]));
    corpus.extend(photos().into_iter().flat_map(|files| files.into_iter().step_by(40)).map(|(_, file)| file));
    rounds("photos", |stream| {
        let pick = |stream: &mut Stream| stream.word() as usize % corpus.len();
        let (one, other) = (pick(stream), pick(stream));
        let mut bytes = corpus[one].clone();
        damage(&mut bytes, &corpus[other], WORDS, stream);
        let image_size = ImageSize::new(1 + stream.word() % 40, 1 + stream.word() % 40).unwrap();
        let interpolation = [Interpolation::Bilinear, Interpolation::Nearest][stream.word() as usize % 2];
        let sizing =
            Sizing { image_size, interpolation, crop_to_aspect_ratio: stream.word().is_multiple_of(2) };
        let decoded = decode(&bytes, sizing);
        if let Ok(pixels) = &decoded {
            assert_eq!(pixels.len(), image_size.rgb_bytes());
        }
        decoded.is_ok()
    });
}

#[test]
#[ignore = "runs as long as it is told"]
fn fuzz_tables() {
    let corpus = [
        "id,size,filename,label\n9,7,1.jpg,cat\n9,8,2.jpg,dog\n8,9,3.jpg,cat\n8,9,r/4.jpg,dog\n",
        "\u{feff}1.jpg;cat\r\n2.jpg;dog\r\n3.jpg;cat\r\n4.jpg;dog\r\n",
        "image,MEL,NV\n1,1.0,0.0\n2,0.0,1.0\n3,1.0,0.0\n4,0.0,1.0",
        "\"1.jpg\"\t\"<b>, \"\"x\"\"\"\ttrain\n2.jpg\t고양이\ttest\n3.jpg\t고양이\ttrain\n4.jpg\t\"<b>, \"\"x\"\"\"\tval",
        "파일,라벨\n1,개\n2,고양이\n3,개\n4,고양이\n",
        "r/1.jpg\nr/cats.2.jpg\nr/dogs.3.jpg\ntrain/a/4.jpg\nval/b/4.jpg\n../5.png\n\\6.gif\n.DS_Store\nx.zip/7.bmp",
    ];
    rounds("tables", |stream| {
        let mut damaged = || {
            let pick = |stream: &mut Stream| corpus[stream.word() as usize % corpus.len()].as_bytes();
            let (mut bytes, other) = (pick(stream).to_vec(), pick(stream));
            damage(&mut bytes, other, MARKS, stream);
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let (text, other, names) = (damaged(), damaged(), damaged());
        // The names of files are anyone's, too.
        let mut paths: Vec<String> = ["t.csv", "a/u.tsv"].map(str::to_owned).to_vec();
        paths.extend(["r/1.jpg", "r/2.jpg", "r/3.jpg", "4.jpg"].map(str::to_owned));
        paths.extend(names.split(['\n', ',', ';', '\t']).map(str::to_owned));
        let wanted = [LayoutKind::Auto, LayoutKind::Folders, LayoutKind::Names, LayoutKind::Table];
        let contents = Contents {
            tables: vec![(0, text), (1, other)],
            refused: vec![(2 + stream.word() as usize % 9, String::new())],
            photos: vec![stream.word() as usize % 12],
            sizes: (0..stream.word() as u64 % 20).map(|file| file % 3).collect(),
        };
        let layout = Layout::of(&paths, &contents, wanted[stream.word() as usize % 4]);
        if let Ok(layout) = &layout {
            assert_eq!(layout.placements.len(), paths.len());
            let known = |placement: &Placement| !matches!(placement, Placement::Photo { class, .. } if *class >= layout.classes.len());
            assert!(layout.classes.len() > 1 && layout.placements.iter().all(known));
        }
        layout.is_ok()
    });
}

#[test]
#[ignore = "runs as long as it is told"]
fn fuzz_kept() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = Rc::new(open(&pixels, &keys));
    let (dataset, _) = import(&pack, 30);
    let edited = dataset.edited(Edit::Rename("b".into(), "<b>개".into())).unwrap();
    let records = [record::write(&dataset).unwrap().unwrap(), record::write(&edited).unwrap().unwrap()];
    let known = record::keys(&records[0]).unwrap();
    let files = [pixels.bytes.borrow().clone(), keys.bytes.borrow().clone()];
    rounds("records and stores", |stream| {
        // A record alone, on a store that is whole.
        let mut bytes = records[stream.word() as usize % 2].clone();
        damage(&mut bytes, &records[0], WORDS, stream);
        let opened = record::read(&bytes, &pack);
        if let Ok(dataset) = &opened {
            use_up(dataset, stream);
        }
        // A store alone.
        let [mut one, mut other] = files.clone();
        if stream.word().is_multiple_of(2) {
            damage(&mut one, &files[1], WORDS, stream);
        }
        damage(&mut other, &files[1], WORDS, stream);
        let disks = [one, other].map(|bytes| {
            let disk = Disk::default();
            disk.bytes.replace(bytes);
            disk
        });
        let hurt = Rc::new(open(&disks[0], &disks[1]));
        if let Ok(dataset) = record::read(&records[1], &hurt) {
            use_up(&dataset, stream);
        }
        for photo in 0..stream.word() % 5 {
            let key = Key::of(&photo.to_string(), 1, None, &[1]);
            let slot = hurt.put(key, &[photo as u8; IMAGE], 0).unwrap();
            let mut read = [0; IMAGE];
            hurt.read(slot, &mut read).unwrap();
            assert_eq!(read, [photo as u8; IMAGE]);
        }
        hurt.retain(&known[..stream.word() as usize % known.len()]).unwrap();
        let again = open(&disks[0], &disks[1]);
        assert_eq!(again.len(), hurt.len(), "what is on the disk is what was said");
        let slots: HashSet<u32> = known.iter().filter_map(|key| again.find(*key)).collect();
        assert_eq!(slots.len(), again.len());
        for slot in slots {
            again.read(slot, &mut [0; IMAGE]).unwrap();
        }
        opened.is_ok()
    });
}

/// Does with a dataset what the page does.
fn use_up(dataset: &Dataset, stream: &mut Stream) {
    dataset.summary();
    let mut photo = Vec::new();
    for split in Split::ALL.map(|split| dataset.split(split)) {
        (0..split.len()).for_each(|index| split.append_pixels(index, &mut photo).unwrap());
    }
    dataset.fingerprints(0, 100).unwrap();
    let shares = Shares { train: None, validation: 0.2, test: 1.0, by: SplitBy::Name, seed: stream.word() };
    let _ = dataset.edited(Edit::Split(shares));
    let number = stream.word() as usize % 40;
    let _ = dataset.edited(Edit::Move(vec![number], Some("new".into()), Some(Split::Test)));
    if let Some(class) = dataset.classes.first() {
        let _ = dataset.edited(Edit::Drop(class.clone()));
    }
    let written = record::write(dataset).unwrap().unwrap();
    assert!(record::keys(&written).is_ok());
}
