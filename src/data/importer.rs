use std::cmp::Ordering;
use std::rc::Rc;

use super::rejection::first_reasons;
use super::split::{assign, natural};
use super::{
    DataError, Dataset, DecodeError, ImportOptions, Key, Layout, LeftOut, Pack, Photos, Pixels, Place,
    Placement, Rejection, Room, Roster, Shares, Sizing, Split, SplitBy, Told,
};
use crate::sorting::sort_by;

/// Turns a folder into a dataset, one file at a time and in any order.
///
/// Each decoded photo is held once: in memory, in the buffer that becomes the dataset's, or in a store.
#[derive(Debug)]
pub struct Importer {
    paths: Vec<String>,
    classes: Vec<String>,
    files: Vec<File>,
    options: ImportOptions,
    /// Nothing where the classes come before the photos.
    told: Option<Told>,
    /// What tables say of photos that are not there.
    missing: Vec<Rejection>,
    /// What systems and programs left beside the photos.
    left_out: Vec<LeftOut>,
    /// None as long as it is not decided.
    room: Option<Room>,
}

#[derive(Debug)]
enum File {
    Ignored,
    Rejected(String),
    Waiting { class: usize, split: Option<Split> },
    Read { class: usize, split: Option<Split>, slot: u32 },
}

/// A photo that was read, on its way into a split.
struct Photo {
    index: usize,
    slot: u32,
    split: Option<Split>,
}

impl Importer {
    /// Takes the folder's paths and their layout; the index of a path is its file's name from here on.
    ///
    /// # Errors
    /// Options out of their range.
    pub fn new(paths: Vec<String>, layout: Layout, options: ImportOptions) -> Result<Self, DataError> {
        options.check()?;
        let Layout { classes, placements, told, missing, left_out } = layout;
        let files: Vec<File> = placements
            .into_iter()
            .map(|placement| match placement {
                Placement::Ignored => File::Ignored,
                Placement::Rejected(reason) => File::Rejected(reason),
                Placement::Photo { class, split } => File::Waiting { class, split },
            })
            .collect();
        Ok(Self { paths, classes, files, options, told: Some(told), missing, left_out, room: None })
    }

    /// Begins a dataset of classes alone, that photos are added to afterwards and shared out as the options say.
    ///
    /// # Errors
    /// Options out of their range, or a name that is empty or there twice.
    pub fn of_classes(classes: Vec<String>, options: ImportOptions) -> Result<Self, DataError> {
        options.check()?;
        for (index, name) in classes.iter().enumerate() {
            if name.is_empty() || classes[..index].contains(name) {
                return Err(DataError::ClassName { name: name.clone() });
            }
        }
        let (paths, files, missing, left_out) = Default::default();
        Ok(Self { paths, classes, files, options, told: None, missing, left_out, room: None })
    }

    /// Makes room in memory for all photos that are wanted; else it is made when the first one comes.
    ///
    /// # Errors
    /// [`DataError::Memory`] where there is too little.
    pub fn hold_in_memory(&mut self) -> Result<(), DataError> {
        self.room = Some(Room::in_memory(self.wanted(), self.options.image_size)?);
        Ok(())
    }

    /// Has the photos go to a store; those that are there already need not be decoded.
    pub fn keep_in(&mut self, pack: Rc<Pack>) {
        self.room = Some(Room::Store(pack));
    }

    /// Whether the store has a photo of this file, which may have had another content: see [`Key::of_file`].
    pub fn knows(&self, file: Key) -> bool {
        matches!(&self.room, Some(Room::Store(pack)) if pack.knows(file))
    }

    /// Looks whether the store has the photo of file `index`, and takes it from there.
    pub fn find(&mut self, index: usize, key: Key) -> bool {
        let (Some(Room::Store(pack)), Some(File::Waiting { class, split })) =
            (&self.room, self.files.get(index))
        else {
            return false;
        };
        let Some(slot) = pack.find(key) else { return false };
        let (class, split) = (*class, *split);
        self.files[index] = File::Read { class, split, slot };
        true
    }

    /// Whether the bytes of file `index` are still to be given to [`Importer::add_pixels`].
    pub fn wants(&self, index: usize) -> bool {
        matches!(self.files.get(index), Some(File::Waiting { .. }))
    }

    /// How many files [`Importer::wants`] is true for.
    pub fn wanted(&self) -> usize {
        self.files.iter().filter(|file| matches!(file, File::Waiting { .. })).count()
    }

    /// How photos become images, for decoding elsewhere.
    pub fn sizing(&self) -> Sizing {
        self.options.sizing()
    }

    /// Takes the pixels of file `index` that were decoded elsewhere: RGB of [`Importer::sizing`]. `side` is the shorter
    /// one of the file's photo, in pixels, 0 where it is not known; `key` is what a store finds them by.
    ///
    /// # Errors
    /// A file that is not wanted, another number of bytes, or a store that is full: then the import cannot go on.
    pub fn add_pixels(
        &mut self,
        index: usize,
        pixels: &[u8],
        side: u16,
        key: Key,
    ) -> Result<(), DecodeError> {
        let Some(File::Waiting { class, split }) = self.files.get(index) else {
            return Err(DecodeError::NotWanted(index));
        };
        let (class, split) = (*class, *split);
        if self.room.is_none() {
            self.hold_in_memory().map_err(|error| DecodeError::NotKept(error.to_string()))?;
        }
        let room = self.room.as_mut().ok_or(DecodeError::NotWanted(index))?;
        let slot = room.push(key, pixels, side)?;
        self.files[index] = File::Read { class, split, slot };
        Ok(())
    }

    /// Leaves out file `index`, for instance since the browser could not read it.
    pub fn reject(&mut self, index: usize, reason: String) {
        if let Some(file @ (File::Waiting { .. } | File::Read { .. })) = self.files.get_mut(index) {
            *file = File::Rejected(reason);
        }
    }

    /// Draws the splits among the photos that could be read.
    ///
    /// Each class is split by itself; see [`ImportOptions`]. Splits that the folder gives are kept, and
    /// where it gives no validation or no test photos, their share is drawn from the training photos. A
    /// class without a readable photo is dropped. A file that was never added is rejected.
    ///
    /// # Errors
    /// Fewer than two classes left, or a class without a photo to train with.
    pub fn finish(mut self) -> Result<Dataset, DataError> {
        if self.told.is_none() {
            let (classes, shares) = (std::mem::take(&mut self.classes), Some(self.options.shares()));
            let roster = Roster { classes, places: Vec::new(), shares };
            return Ok(self.dataset(Vec::new(), Vec::new(), roster, Vec::new()));
        }
        let mut of_class: Vec<Vec<Photo>> = self.classes.iter().map(|_| Vec::new()).collect();
        let mut rejected = Vec::new();
        let files = std::mem::take(&mut self.files);
        for (index, file) in files.into_iter().enumerate() {
            let reason = match file {
                File::Ignored => continue,
                File::Read { class, split, slot } => {
                    of_class[class].push(Photo { index, slot, split });
                    continue;
                }
                File::Rejected(reason) => reason,
                File::Waiting { .. } => "it was not read before the import ended".to_owned(),
            };
            rejected.push(Rejection { path: std::mem::take(&mut self.paths[index]), reason });
        }
        rejected.append(&mut self.missing);
        let (classes, mut of_class): (Vec<String>, Vec<Vec<Photo>>) =
            self.classes.iter().cloned().zip(of_class).filter(|(_, photos)| !photos.is_empty()).unzip();
        if classes.len() < 2 {
            let left = classes.first().map_or("none".to_owned(), |class| format!("only \"{class}\""));
            return Err(DataError::TooFewClasses { left, reasons: first_reasons(&rejected) });
        }
        let by_name = self.options.split_by == SplitBy::Name;
        let compare: fn(&str, &str) -> Ordering = if by_name { natural } else { str::cmp };
        for photos in &mut of_class {
            sort_by(photos, |a, b| compare(&self.paths[a.index], &self.paths[b.index]));
        }
        let shares = shares(&of_class, self.options.shares());
        let (mut paths, mut slots) = (Vec::new(), Vec::new());
        let mut roster = Roster { classes, places: Vec::new(), shares: None };
        for (label, photos) in of_class.iter().enumerate() {
            let given: Vec<Option<Split>> = photos.iter().map(|photo| photo.split).collect();
            let splits = assign((label, &roster.classes[label]), &given, shares)?;
            for (photo, split) in photos.iter().zip(splits) {
                paths.push(std::mem::take(&mut self.paths[photo.index]));
                slots.push(photo.slot);
                roster.places.push(Place { class: Some(label), split });
            }
        }
        Ok(self.dataset(paths, slots, roster, rejected))
    }

    fn dataset(
        self,
        paths: Vec<String>,
        slots: Vec<u32>,
        roster: Roster,
        rejected: Vec<Rejection>,
    ) -> Dataset {
        let size = self.options.image_size;
        let image_shape = [size.height() as usize, size.width() as usize, 3];
        let pixels = self.room.map_or_else(Pixels::default, |room| room.into_pixels(slots));
        let photos = Photos { paths, pixels };
        let sizing = Some(self.options.sizing());
        let left_out = self.left_out;
        Dataset { sizing, left_out, ..Dataset::new(image_shape, photos, roster, rejected, self.told) }
    }
}

/// What is left to draw where the folder itself gives splits: those that it does not give, from its training photos.
fn shares(of_class: &[Vec<Photo>], asked: Shares) -> Shares {
    let given = |wanted: Option<Split>| of_class.iter().flatten().any(|photo| photo.split == wanted);
    let share = |split: Split, asked: f64| if given(Some(split)) { 0.0 } else { asked };
    Shares {
        validation: share(Split::Validation, asked.validation),
        test: share(Split::Test, asked.test),
        ..asked
    }
}
