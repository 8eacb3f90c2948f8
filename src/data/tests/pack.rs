#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::samples::read_folder;
use crate::data::{
    DataError, Dataset, Edit, ImageSize, ImportOptions, Importer, Key, Pack, PackFile, Photos, Split, record,
};

pub const IMAGE: usize = 12;

/// A file in memory that others see, too, and that may be full.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    pub bytes: Rc<RefCell<Vec<u8>>>,
    full: Rc<Cell<bool>>,
    /// As it was when it was flushed.
    flushed: Rc<RefCell<Vec<u8>>>,
}

impl PackFile for Disk {
    fn read(&self, at: u64, into: &mut [u8]) -> Result<(), String> {
        let bytes = self.bytes.borrow();
        let found = bytes.get(at as usize..at as usize + into.len()).ok_or("the file is too short")?;
        into.copy_from_slice(found);
        Ok(())
    }

    fn write(&self, at: u64, written: &[u8]) -> Result<(), String> {
        if self.full.get() {
            return Err("the disk is full".to_owned());
        }
        let mut bytes = self.bytes.borrow_mut();
        let end = at as usize + written.len();
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[at as usize..end].copy_from_slice(written);
        Ok(())
    }

    fn size(&self) -> Result<u64, String> {
        Ok(self.bytes.borrow().len() as u64)
    }

    fn truncate(&self, size: u64) -> Result<(), String> {
        if self.full.get() && size > self.size()? {
            return Err("the disk is full".to_owned());
        }
        self.bytes.borrow_mut().resize(size as usize, 0);
        Ok(())
    }

    fn flush(&self) -> Result<(), String> {
        if self.full.get() {
            return Err("the disk is full".to_owned());
        }
        self.flushed.borrow_mut().clone_from(&self.bytes.borrow());
        Ok(())
    }
}

pub fn open(pixels: &Disk, keys: &Disk) -> Pack {
    Pack::open(Box::new(pixels.clone()), Box::new(keys.clone()), IMAGE).unwrap()
}

fn key(photo: u8) -> Key {
    Key::of(&format!("pets/{photo}.jpg"), 100, Some(7), &[])
}

fn read(pack: &Pack, photo: u8) -> Vec<u8> {
    let mut pixels = vec![0; IMAGE];
    pack.read(pack.find(key(photo)).unwrap(), &mut pixels).unwrap();
    pixels
}

#[test]
fn a_photo_is_found_again_when_the_files_are_opened_again() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = open(&pixels, &keys);
    assert!(pack.is_empty());
    for photo in 0..5 {
        assert_eq!(pack.put(key(photo), &[photo; IMAGE], 0).unwrap(), u32::from(photo));
    }
    assert_eq!(pack.put(key(3), &[99; IMAGE], 0).unwrap(), 3, "what is there is not written again");
    let again = open(&pixels, &keys);
    assert_eq!(again.len(), 5);
    for photo in 0..5 {
        assert_eq!(read(&again, photo), [photo; IMAGE]);
    }
    assert_eq!(again.find(key(5)), None);
    assert_eq!(again.keys_of(&[4, 0]), [key(4), key(0)]);
}

#[test]
fn how_large_a_photo_was_is_known_when_the_files_are_opened_again() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = open(&pixels, &keys);
    for (photo, side) in [(0, 20), (1, 300), (2, 16_384)] {
        pack.put(key(photo), &[photo; IMAGE], side).unwrap();
    }
    pack.put(key(1), &[1; IMAGE], 7).unwrap();
    let sides = |pack: &Pack| [0, 1, 2, 3].map(|slot| pack.side(slot));
    assert_eq!(sides(&pack), [20, 300, 16_384, 0]);
    let again = open(&pixels, &keys);
    assert_eq!(sides(&again), [20, 300, 16_384, 0]);
    // The first one's slot goes to another photo, and the last one's is cut off.
    again.retain(&[key(1)]).unwrap();
    assert_eq!(again.put(key(5), &[5; IMAGE], 55).unwrap(), 0);
    assert_eq!(sides(&again), [55, 300, 0, 0]);
    assert_eq!(again.put(key(6), &[6; IMAGE], 66).unwrap(), 2);
    assert_eq!(sides(&open(&pixels, &keys)), [55, 300, 66, 0]);
}

#[test]
fn a_key_tells_path_size_date_and_content() {
    let of = |path, size, modified, content: &[u8]| Key::of(path, size, modified, content);
    let one = of("a/1.jpg", 5, Some(9), b"x");
    assert_eq!(one, of("a/1.jpg", 5, Some(9), b"x"));
    for other in [
        of("a/2.jpg", 5, Some(9), b"x"),
        of("a/1.jpg", 6, Some(9), b"x"),
        of("a/1.jpg", 5, Some(8), b"x"),
        of("a/1.jpg", 5, None, b"x"),
        of("a/1.jpg", 5, Some(9), b"y"),
    ] {
        assert_ne!(one, other);
    }
    assert_ne!(of("a", 1, None, b"x"), of("a", 1, None, b"y"));
    assert_ne!(of("a", 1, None, b"x"), Key::default());
}

#[test]
fn a_file_is_known_with_whatever_content() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = open(&pixels, &keys);
    let file = Key::of_file("a/1.jpg", 5, Some(9));
    assert!(!pack.knows(file));
    pack.put(file.with(b"monday"), &[1; IMAGE], 0).unwrap();
    pack.put(file.with(b"tuesday"), &[2; IMAGE], 0).unwrap();
    for pack in [&pack, &open(&pixels, &keys)] {
        assert!(pack.knows(file));
        assert!(!pack.knows(Key::of_file("a/1.jpg", 5, Some(8))));
        assert_eq!(pack.find(file.with(b"tuesday")), Some(1));
        assert_eq!(pack.find(file.with(b"wednesday")), None);
    }
    let again = open(&pixels, &keys);
    again.retain(&[file.with(b"tuesday")]).unwrap();
    assert!(again.knows(file));
    again.retain(&[]).unwrap();
    assert!(!again.knows(file));
}

#[test]
fn what_a_crash_left_half_done_is_free() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = open(&pixels, &keys);
    for photo in 0..3 {
        pack.put(key(photo), &[photo; IMAGE], 0).unwrap();
    }
    // The last photo's pixels are cut, and half a key follows.
    pixels.truncate(2 * IMAGE as u64 + 5).unwrap();
    keys.write(54, &[1; 7]).unwrap();
    let again = open(&pixels, &keys);
    assert_eq!(again.len(), 2);
    assert_eq!(again.put(key(9), &[9; IMAGE], 0).unwrap(), 2);
    assert_eq!(read(&open(&pixels, &keys), 9), [9; IMAGE]);
}

#[test]
fn a_key_never_comes_to_the_pixels_of_another_photo() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = open(&pixels, &keys);
    for photo in 0..4 {
        pack.put(key(photo), &[photo; IMAGE], 0).unwrap();
    }
    // The last two photos' pixels never came to the disk, and the file becomes long enough again.
    pixels.truncate(2 * IMAGE as u64).unwrap();
    let again = open(&pixels, &keys);
    again.reserve(5).unwrap();
    again.put(key(9), &[9; IMAGE], 0).unwrap();
    let third = open(&pixels, &keys);
    assert_eq!([third.find(key(2)), third.find(key(3)), third.find(key(9))], [None, None, Some(2)]);

    // A key that is there twice: the second one's slot is free.
    let first = keys.bytes.borrow()[..18].to_vec();
    keys.write(36, &first).unwrap();
    let fourth = open(&pixels, &keys);
    assert_eq!((fourth.len(), fourth.find(key(0))), (2, Some(0)));
    assert_eq!(fourth.put(key(7), &[7; IMAGE], 0).unwrap(), 2);
    assert_eq!(read(&fourth, 0), [0; IMAGE]);
}

#[test]
fn a_full_disk_is_told_and_changes_nothing() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = open(&pixels, &keys);
    pack.put(key(0), &[1; IMAGE], 0).unwrap();
    pixels.full.set(true);
    let error = pack.put(key(1), &[2; IMAGE], 0).unwrap_err();
    assert!(error.to_string().contains("the disk is full"), "{error}");
    assert_eq!((pack.len(), pack.find(key(1))), (1, None));
    pixels.full.set(false);
    assert_eq!(pack.put(key(1), &[2; IMAGE], 0).unwrap(), 1);
    assert!(matches!(pack.put(key(2), &[0; 3], 0), Err(DataError::Store(_))));
}

#[test]
fn room_is_made_before_and_what_is_left_of_it_is_given_back() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = open(&pixels, &keys);
    pack.put(key(0), &[1; IMAGE], 0).unwrap();
    pack.reserve(4).unwrap();
    assert_eq!(pixels.size().unwrap(), 5 * IMAGE as u64);
    pack.put(key(1), &[2; IMAGE], 0).unwrap();
    assert_eq!(open(&pixels, &keys).len(), 2, "what is reserved is no photo");
    pixels.full.set(true);
    pack.reserve(3).unwrap();
    assert!(pack.reserve(4).unwrap_err().to_string().contains("the disk is full"));
    pixels.full.set(false);
    pack.flush().unwrap();
    assert_eq!(pixels.size().unwrap(), 2 * IMAGE as u64);
}

#[test]
fn what_is_not_retained_makes_room() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = open(&pixels, &keys);
    for photo in 0..6 {
        pack.put(key(photo), &[photo; IMAGE], 0).unwrap();
    }
    pack.retain(&[key(3), key(1), key(77)]).unwrap();
    assert_eq!(pixels.size().unwrap(), 4 * IMAGE as u64, "cut behind the last one that stays");
    assert_eq!(*keys.flushed.borrow(), *keys.bytes.borrow(), "no key is left on the disk for pixels to come");
    assert_eq!([pack.find(key(0)), pack.find(key(1)), pack.find(key(3))], [None, Some(1), Some(3)]);
    let again = open(&pixels, &keys);
    assert_eq!(again.len(), 2);
    let mut slots: Vec<u32> =
        (10..13).map(|photo| again.put(key(photo), &[photo; IMAGE], 0).unwrap()).collect();
    slots.sort_unstable();
    assert_eq!(slots, [0, 2, 4]);
    for photo in [1, 3, 10, 11, 12] {
        assert_eq!(read(&again, photo), [photo; IMAGE]);
    }
    again.retain(&[]).unwrap();
    assert_eq!(pixels.size().unwrap(), 0);
}

/// A dataset of photos that are in a pack, each of its number's colour; the `decoded` ones are added, others found.
pub fn import(pack: &Rc<Pack>, photos: usize) -> (Dataset, usize) {
    let paths: Vec<String> =
        (0..photos).map(|photo| format!("r/{}/{photo}.jpg", ["a", "b"][photo % 2])).collect();
    let image_size = ImageSize::square(2).unwrap();
    let options = ImportOptions { image_size, seed: 4, ..ImportOptions::default() };
    let mut importer = read_folder(&paths, options).unwrap();
    importer.keep_in(Rc::clone(pack));
    let mut decoded = 0;
    for (index, path) in paths.iter().enumerate() {
        let key = Key::of(path, 1, Some(1), &[]);
        if index == 5 {
            importer.reject(index, "it is no photo".to_owned());
        } else if !importer.find(index, key) {
            importer.add_pixels(index, &[index as u8; IMAGE], 10 + index as u16, key).unwrap();
            decoded += 1;
        }
    }
    (importer.finish().unwrap(), decoded)
}

#[test]
fn a_stored_dataset_is_read_photo_by_photo_and_opened_again() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = Rc::new(open(&pixels, &keys));
    let (dataset, decoded) = import(&pack, 20);
    assert_eq!(decoded, 19);
    let check = |dataset: &Dataset| {
        for split in Split::ALL {
            let data = dataset.split(split);
            assert!(data.pixels_of(0).is_empty() && !data.is_empty());
            for (photo, path) in data.paths.iter().enumerate() {
                let mut read = vec![1];
                data.append_pixels(photo, &mut read).unwrap();
                let number: u8 = path[4..path.len() - 4].parse().unwrap();
                assert_eq!(read[1..], [number; IMAGE], "{path}");
                let looks = dataset.fingerprints(data.numbers[photo], data.numbers[photo] + 1).unwrap();
                assert_eq!(looks[0].side, 10 + u32::from(number), "{path}");
                assert_eq!(dataset.classes[data.labels[photo] as usize], path[2..3]);
            }
            assert!(data.append_pixels(data.len(), &mut Vec::new()).is_err());
        }
    };
    check(&dataset);
    let (again, decoded) = import(&pack, 20);
    assert_eq!((again, decoded), (dataset.clone(), 0), "nothing is decoded twice");

    let written = record::write(&dataset).unwrap().unwrap();
    assert_eq!(*pixels.flushed.borrow(), *pixels.bytes.borrow(), "what is written down is there");
    pixels.full.set(true);
    assert!(record::write(&dataset).unwrap_err().to_string().contains("the disk is full"));
    pixels.full.set(false);
    drop(pack);
    let pack = Rc::new(open(&pixels, &keys));
    let opened = record::read(&written, &pack).unwrap();
    check(&opened);
    assert_eq!(opened.summary(), dataset.summary());
    assert_eq!(record::keys(&written).unwrap().len(), 19);
    pack.retain(&record::keys(&written).unwrap()).unwrap();
    check(&opened);

    pack.retain(&record::keys(&written).unwrap()[1..]).unwrap();
    let error = record::read(&written, &pack).unwrap_err().to_string();
    assert!(error.contains("not all of its photos are there"), "{error}");
}

#[test]
fn a_damaged_record_is_an_error() {
    let pack = Rc::new(open(&Disk::default(), &Disk::default()));
    let (dataset, _) = import(&pack, 12);
    let written = record::write(&dataset).unwrap().unwrap();
    for cut in 0..written.len() {
        assert!(record::read(&written[..cut], &pack).is_err(), "{cut}");
    }
    let larger = Rc::new(Pack::open(Box::<Disk>::default(), Box::<Disk>::default(), IMAGE * 4).unwrap());
    assert!(record::read(&written, &larger).unwrap_err().to_string().contains("of another size"));
    for at in 0..written.len() {
        let mut hurt = written.clone();
        hurt[at] ^= 0xFF;
        // It may be another text; it must not be a panic, nor a label without a class.
        if let Ok(dataset) = record::read(&hurt, &pack) {
            dataset.summary();
        }
    }
}

#[test]
fn a_stored_dataset_is_edited_and_opened_again_as_it_is() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = Rc::new(open(&pixels, &keys));
    let (dataset, _) = import(&pack, 20);
    let moved = dataset.train.paths[0].clone();
    let edited = dataset.edited(Edit::Rename("b".into(), "bee".into())).unwrap();
    let numbers = edited.numbers(&[moved]).unwrap();
    let edited = edited.edited(Edit::Move(numbers, None, Some(Split::Test))).unwrap();
    let edited = edited.edited(Edit::Remove(vec![1])).unwrap();

    let (mut room, sizing) = edited.room(1).unwrap();
    assert_eq!(sizing.image_size, ImageSize::square(2).unwrap());
    let slot = room.push(key(77), &[77; IMAGE], 770).unwrap();
    assert!(room.push(key(78), &[78; 3], 0).is_err());
    let photos = Photos { paths: vec!["new/77.jpg".to_owned()], pixels: room.into_pixels(vec![slot]) };
    let edited = edited.with_added(photos, "c".into(), Some(Split::Train)).unwrap();
    let edited = edited.edited(Edit::Rename("c".into(), "cat".into())).unwrap().undone().unwrap();
    let pixels_of = |dataset: &Dataset| {
        let mut read = Vec::new();
        for split in Split::ALL.map(|split| dataset.split(split)) {
            (0..split.len()).for_each(|photo| split.append_pixels(photo, &mut read).unwrap());
        }
        read
    };
    assert_eq!(edited.train.paths.last().unwrap(), "new/77.jpg");
    assert_eq!(pixels_of(&edited).len(), 19 * IMAGE, "20, one of them no photo, one removed and one added");
    let looks = edited.fingerprints(0, 99).unwrap();
    assert_eq!((looks.len(), looks[19].side), (20, 770));

    let written = record::write(&edited).unwrap().unwrap();
    assert_eq!(record::keys(&written).unwrap().len(), 19, "the one that was removed is not kept");
    pack.retain(&record::keys(&written).unwrap()).unwrap();
    let pack = Rc::new(open(&pixels, &keys));
    let opened = record::read(&written, &pack).unwrap();
    assert_eq!((&opened.train.paths, opened.sizing), (&edited.train.paths, edited.sizing));
    assert_eq!(opened.summary().counts, edited.summary().counts);
    assert_eq!(opened.classes, ["a", "bee", "c"]);
    assert_eq!(pixels_of(&opened), pixels_of(&edited));
    assert_eq!((opened.summary().undo, opened.summary().redo), (0, 0));
}

#[test]
fn what_is_in_memory_has_no_record() {
    let paths: Vec<String> = ["r/a/0.jpg", "r/b/1.jpg"].map(str::to_owned).to_vec();
    let options = ImportOptions {
        image_size: ImageSize::square(2).unwrap(),
        validation: 0.0,
        test: 0.0,
        ..ImportOptions::default()
    };
    let mut importer = read_folder(&paths, options).unwrap();
    for index in 0..2 {
        importer.add_pixels(index, &[index as u8; IMAGE], 0, Key::default()).unwrap();
    }
    assert_eq!(record::write(&importer.finish().unwrap()), Ok(None));
}

#[test]
fn a_dataset_that_was_begun_with_its_classes_goes_on_after_it_was_opened_again() {
    let (pixels, keys) = (Disk::default(), Disk::default());
    let pack = Rc::new(open(&pixels, &keys));
    let options =
        ImportOptions { image_size: ImageSize::square(2).unwrap(), test: 0.0, ..ImportOptions::default() };
    let mut importer = Importer::of_classes(["a", "b"].map(str::to_owned).to_vec(), options).unwrap();
    importer.keep_in(Rc::clone(&pack));
    let added = |dataset: &Dataset, photos: std::ops::Range<u8>| {
        let (mut room, _) = dataset.room(0).unwrap();
        let slots = photos.clone().map(|photo| room.push(key(photo), &[photo; IMAGE], 0).unwrap()).collect();
        let paths = photos.map(|photo| format!("b/{photo}.jpg")).collect();
        dataset.with_added(Photos { paths, pixels: room.into_pixels(slots) }, "b".into(), None).unwrap()
    };
    let dataset = added(&importer.finish().unwrap(), 0..4);
    let written = record::write(&dataset).unwrap().unwrap();
    let opened = record::read(&written, &pack).unwrap();
    assert_eq!(opened.classes, ["a", "b"]);
    let counts = added(&opened, 4..8).summary().counts;
    assert_eq!((counts.train, counts.validation), (vec![0, 6], vec![0, 2]));
    // A record without the shares, as it was written before there were any.
    let shares = serde_json::to_string(&opened.roster().shares).unwrap();
    let mut older = written[..written.len() - shares.len() - 4].to_vec();
    let sizing = serde_json::to_string(&opened.sizing).unwrap();
    let texts = older.len() - sizing.len() - 4 - "null".len() - 4 - 4;
    older[texts] = 2;
    assert_eq!(record::read(&older, &pack).unwrap().roster().shares, None);
}
