use std::rc::Rc;

use serde::Serialize;

use super::{
    DataError, Edit, Feature, LeftOut, Pixels, Rejection, Room, Roster, Shares, Sizing, Split, Told,
};

/// How many changes can be undone.
const REMEMBERED: usize = 100;

/// Photos of one size, sorted into classes and splits.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// The classes' names; a label is an index into them.
    pub classes: Vec<String>,
    /// Height, width and channels of every photo.
    pub image_shape: [usize; 3],
    /// What the network learns from.
    pub train: SplitData,
    /// What its progress is watched on.
    pub validation: SplitData,
    /// What it is judged by in the end.
    pub test: SplitData,
    /// The files that are in no split, in the order in which they came.
    pub rejected: Vec<Rejection>,
    /// What systems and programs left beside the photos.
    pub left_out: Vec<LeftOut>,
    /// Where the classes come from; nothing for photos that come with the page or one by one.
    pub told: Option<Told>,
    /// How photos became images; nothing for photos that come with the page.
    pub sizing: Option<Sizing>,
    pub(crate) photos: Photos,
    pub(crate) roster: Roster,
    /// The rosters before the last changes, the latest last.
    pub(crate) undo: Vec<Rc<Roster>>,
    /// Those that were undone.
    pub(crate) redo: Vec<Rc<Roster>>,
}

/// All photos that were read, in the order of their numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Photos {
    /// The paths, as they were given.
    pub paths: Vec<String>,
    /// `[height, width, channels]` of each, row-major.
    pub pixels: Pixels,
}

/// The photos of one split, sorted by class and then by number.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SplitData {
    pixels: Pixels,
    /// The number of each photo in its dataset.
    pub numbers: Vec<usize>,
    /// The class of each photo.
    pub labels: Vec<u32>,
    /// The path of each photo, as it was given.
    pub paths: Vec<String>,
}

/// What the page shows of a dataset: `dataset.summary`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct DatasetSummary {
    /// The classes' names.
    pub classes: Vec<String>,
    /// How many photos each split has of each class.
    pub counts: SplitCounts,
    /// The photos of each class that are in no split, since fewer were asked for.
    pub unused: Vec<usize>,
    /// The files that are in no split.
    pub rejected: Vec<Rejection>,
    /// What systems and programs left beside the photos, a line a kind.
    pub left_out: Vec<LeftOut>,
    /// Height, width and channels of every photo.
    pub image_shape: [usize; 3],
    /// How many changes can be undone.
    pub undo: usize,
    /// How many undone changes can be done again.
    pub redo: usize,
    /// Where the classes come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub layout: Option<Told>,
    /// What added photos are shared out by, in a dataset that was begun with its classes alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub shares: Option<Shares>,
}

/// Photos of each class, a number a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SplitCounts {
    /// To train with.
    pub train: Vec<usize>,
    /// To validate with.
    pub validation: Vec<usize>,
    /// To test with.
    pub test: Vec<usize>,
}

impl SplitData {
    /// How many photos there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pixels of photo `index`, `[height, width, channels]`; empty where there is no such photo, or where it is
    /// stored.
    #[cfg(test)]
    pub fn pixels_of(&self, index: usize) -> &[u8] {
        self.numbers.get(index).map_or(&[], |number| self.pixels.of(*number))
    }

    /// Appends the pixels of photo `index` to `out`, wherever they lie.
    ///
    /// # Errors
    /// [`DataError::Store`] where they are stored and cannot be read, or where there is no such photo.
    pub fn append_pixels(&self, index: usize, out: &mut Vec<u8>) -> Result<(), DataError> {
        let missing = || DataError::Store(format!("there is no photo {index}"));
        self.pixels.read(*self.numbers.get(index).ok_or_else(missing)?, out)
    }

    /// What was made of photo `index` by what has this number; none where it was not.
    pub(crate) fn feature(&self, made_by: u64, index: usize) -> Option<Feature> {
        self.pixels.feature(made_by, *self.numbers.get(index)?)
    }

    /// Keeps what was made of photo `index`, as long as the photo is there.
    pub(crate) fn keep_feature(&self, made_by: u64, index: usize, feature: Feature) {
        if let Some(number) = self.numbers.get(index) {
            self.pixels.keep_feature(made_by, *number, feature);
        }
    }
}

impl Dataset {
    /// A dataset of these photos, each in its place.
    pub fn new(
        image_shape: [usize; 3],
        photos: Photos,
        roster: Roster,
        rejected: Vec<Rejection>,
        told: Option<Told>,
    ) -> Self {
        let dataset = Self {
            classes: Vec::new(),
            image_shape,
            train: SplitData::default(),
            validation: SplitData::default(),
            test: SplitData::default(),
            rejected,
            left_out: Vec::new(),
            told,
            sizing: None,
            photos,
            roster,
            undo: Vec::new(),
            redo: Vec::new(),
        };
        dataset.arranged()
    }

    /// The photos of `split`.
    pub fn split(&self, split: Split) -> &SplitData {
        match split {
            Split::Train => &self.train,
            Split::Validation => &self.validation,
            Split::Test => &self.test,
        }
    }

    /// Every photo that was read, whether it is in a split or not.
    pub fn photos(&self) -> &Photos {
        &self.photos
    }

    /// Which class and split each of [`Dataset::photos`] is in.
    pub fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Where more photos go: to the others.
    ///
    /// # Errors
    /// [`DataError::Coloured`] for a dataset of another kind of photos than files give, and
    /// [`DataError::Memory`] where there is too little.
    pub fn room(&self, photos: usize) -> Result<(Room, Sizing), DataError> {
        let sizing = self.sizing.ok_or(DataError::Coloured)?;
        let room = match self.photos.pixels.pack() {
            Some(pack) => Room::Store(Rc::clone(pack)),
            None => Room::in_memory(photos, sizing.image_size)?,
        };
        Ok((room, sizing))
    }

    /// The dataset after a change, which can be undone. No pixel is copied.
    ///
    /// # Errors
    /// As [`Roster::edited`].
    pub fn edited(&self, edit: Edit) -> Result<Self, DataError> {
        Ok(self.clone().with(self.roster.edited(edit)?))
    }

    /// The dataset with more photos in a class that may be new; `photos` are of its image shape. Where no split is
    /// given, they are shared out, or train, as [`Roster::with_added`] says.
    ///
    /// # Errors
    /// As [`Roster::with_added`].
    pub fn with_added(&self, photos: Photos, class: String, split: Option<Split>) -> Result<Self, DataError> {
        let (added, before) = (photos.paths.len(), self.photos.paths.len());
        let roster = self.roster.with_added(added, before, class, split)?;
        let mut next = self.clone();
        next.photos.paths.extend(photos.paths);
        next.photos.pixels.append(photos.pixels);
        Ok(next.with(roster))
    }

    /// The dataset before its last change.
    ///
    /// # Errors
    /// [`DataError::NoHistory`] where there was none.
    pub fn undone(&self) -> Result<Self, DataError> {
        let mut next = self.clone();
        let roster = next.undo.pop().ok_or(DataError::NoHistory("undo"))?;
        next.redo.push(Rc::new(std::mem::replace(&mut next.roster, (*roster).clone())));
        Ok(next.arranged())
    }

    /// The dataset with the change that was undone last.
    ///
    /// # Errors
    /// [`DataError::NoHistory`] where none was undone since the last change.
    pub fn redone(&self) -> Result<Self, DataError> {
        let mut next = self.clone();
        let roster = next.redo.pop().ok_or(DataError::NoHistory("redo"))?;
        next.undo.push(Rc::new(std::mem::replace(&mut next.roster, (*roster).clone())));
        Ok(next.arranged())
    }

    /// The numbers of the photos with these paths.
    ///
    /// # Errors
    /// [`DataError::UnknownPhoto`] for a path that no photo in the dataset has.
    pub fn numbers(&self, paths: &[String]) -> Result<Vec<usize>, DataError> {
        let mut numbers = Vec::new();
        for path in paths {
            let before = numbers.len();
            for (number, place) in self.roster.places.iter().enumerate() {
                if place.class.is_some() && self.photos.paths[number] == *path {
                    numbers.push(number);
                }
            }
            if numbers.len() == before {
                return Err(DataError::UnknownPhoto(path.clone()));
            }
        }
        Ok(numbers)
    }

    fn with(mut self, roster: Roster) -> Self {
        if self.undo.len() == REMEMBERED {
            self.undo.remove(0);
        }
        self.undo.push(Rc::new(std::mem::replace(&mut self.roster, roster)));
        self.redo.clear();
        self.arranged()
    }

    /// Makes the splits what the roster says.
    fn arranged(mut self) -> Self {
        [self.train, self.validation, self.test] =
            Split::ALL.map(|split| sorted(&self.photos, &self.roster, split));
        self.classes.clone_from(&self.roster.classes);
        self
    }

    /// Classes, counts and rejections, without the pixels.
    pub fn summary(&self) -> DatasetSummary {
        let counted = |split: Option<Split>| {
            let mut counts = vec![0; self.classes.len()];
            for place in self.roster.places.iter().filter(|place| place.split == split) {
                if let Some(class) = place.class {
                    counts[class] += 1;
                }
            }
            counts
        };
        let [train, validation, test] = Split::ALL.map(|split| counted(Some(split)));
        DatasetSummary {
            classes: self.classes.clone(),
            counts: SplitCounts { train, validation, test },
            unused: counted(None),
            rejected: self.rejected.clone(),
            left_out: self.left_out.clone(),
            image_shape: self.image_shape,
            undo: self.undo.len(),
            redo: self.redo.len(),
            layout: self.told.clone(),
            shares: self.roster.shares,
        }
    }
}

/// A split's photos, class by class.
fn sorted(photos: &Photos, roster: &Roster, split: Split) -> SplitData {
    let mut of_class = vec![Vec::new(); roster.classes.len()];
    for (number, place) in roster.places.iter().enumerate() {
        if let (Some(class), true) = (place.class, place.split == Some(split)) {
            of_class[class].push(number);
        }
    }
    let mut data = SplitData { pixels: photos.pixels.clone(), ..SplitData::default() };
    for (class, numbers) in of_class.into_iter().enumerate() {
        for number in numbers {
            data.numbers.push(number);
            data.labels.push(class as u32);
            data.paths.push(photos.paths[number].clone());
        }
    }
    data
}
