//! Where in a folder the splits and the classes lie.

use super::Split;
use super::by_text::{ByText, different};
use super::entry::Entry;
use super::spot::Spot;
use super::words::{Siblings, is_filler, split_of_name};

/// Why a photo is left out that lies beside the splits.
pub(super) const OUTSIDE: &str = "it lies outside of the train, validation and test folders";

/// How folders are nested below the ones that all photos have in common.
#[derive(Debug)]
pub(super) struct Tree {
    /// How many folders all photos have in common.
    common: usize,
    shape: Shape,
    /// The splits among the folders that may be some.
    splits: Siblings,
    /// How many folders below each split's folder lie above its class folders.
    above: ByText,
}

#[derive(Debug, PartialEq, Eq)]
enum Shape {
    /// `cats/1.jpg`
    Classes,
    /// `train/cats/1.jpg`
    SplitsOfClasses,
    /// `cats/train/1.jpg`
    ClassesOfSplits,
    /// `train_cats/1.jpg`
    ClassesInNames,
}

impl Tree {
    /// The tree of photos in these folders, of which at least one is a class.
    pub(super) fn of(photos: &[&[&str]]) -> Self {
        let flat = Self::flat(photos);
        let first = photos.first().copied().unwrap_or_default();
        let in_one_folder = photos.iter().all(|folders| folders.len() == flat.common);
        if in_one_folder && first.last().is_some_and(|name| split_of_name(name).is_none()) {
            // That folder is a class, not what the classes have in common.
            return Self { common: flat.common - 1, ..flat };
        }
        flat
    }

    /// The tree of photos whose classes are not told by folders, but whose splits may be.
    pub(super) fn flat(photos: &[&[&str]]) -> Self {
        let common = common(photos);
        let below = |level: usize| photos.iter().filter_map(move |folders| folders.get(common + level..));
        let names = |level: usize| different(below(level).filter_map(|folders| folders.first().copied()));
        let splits = Siblings::of(&names(0));
        if splits.are_classes() && below(0).all(|folders| folders.len() < 2) {
            return Self { common, shape: Shape::ClassesInNames, splits, above: ByText::new() };
        }
        if are_splits_of_classes(below(0), &splits) {
            let mut found = names(0);
            for (top, levels) in &mut found {
                *levels = above(top, below(0), &splits);
            }
            return Self { common, shape: Shape::SplitsOfClasses, above: found, splits };
        }
        let inner = Siblings::of(&names(1));
        if are_classes_of_splits(below(0), &inner) {
            return Self { common, shape: Shape::ClassesOfSplits, splits: inner, above: ByText::new() };
        }
        Self { common, shape: Shape::Classes, splits, above: ByText::new() }
    }

    /// Where a path lies by its folders alone.
    pub(super) fn spot<'a>(&self, entry: &Entry<'a>) -> Spot<'a> {
        let Entry::Photo { folders, .. } = entry else { return Spot::other(entry) };
        let split = self.split(folders);
        let folders = folders.get(self.common..).unwrap_or_default();
        let top = folders.first().copied().unwrap_or_default();
        let class = match self.shape {
            Shape::SplitsOfClasses if split.is_none() => return Spot::Rejected(OUTSIDE.to_owned()),
            Shape::SplitsOfClasses => {
                folders.get(1 + self.above.get(top).copied().unwrap_or_default()).copied()
            }
            Shape::ClassesInNames => folders.first().map(|name| Siblings::class(name)),
            _ => folders.first().copied(),
        };
        match class {
            Some(class) => Spot::In { class, split },
            None if split.is_some() => {
                Spot::Rejected(format!("it lies in \"{top}\" itself, outside of every class folder"))
            }
            None => Spot::Rejected("it lies outside of every class folder".to_owned()),
        }
    }

    /// The split that a photo's folders give it.
    pub(super) fn split(&self, folders: &[&str]) -> Option<Split> {
        let level = match self.shape {
            Shape::Classes => return None,
            Shape::SplitsOfClasses | Shape::ClassesInNames => 0,
            Shape::ClassesOfSplits => 1,
        };
        folders.get(self.common + level).and_then(|name| self.splits.split(name))
    }

    /// Whether photos that are in no split lie outside of what is meant.
    pub(super) fn has_splits(&self) -> bool {
        self.shape != Shape::Classes
    }
}

/// How many folders all photos have in common. Some photos that lie beside one folder with everything else in it, such as
/// a preview, have no part in that.
fn common(photos: &[&[&str]]) -> usize {
    let mut common = shared(photos.iter().copied());
    loop {
        let deeper = || photos.iter().copied().filter(move |folders| folders.len() > common);
        let next = shared(deeper());
        let beside = photos.len() - deeper().count();
        // One class folder beside loose photos is a class folder.
        if beside == 0
            || beside * 2 > photos.len()
            || next <= common
            || deeper().any(|folders| folders.len() == next)
        {
            return common;
        }
        common = next;
    }
}

/// How many leading folders all of these paths share.
fn shared<'a>(mut photos: impl Iterator<Item = &'a [&'a str]>) -> usize {
    let Some(first) = photos.next() else { return 0 };
    photos.fold(first.len(), |length, folders| {
        first[..length].iter().zip(folders).take_while(|(a, b)| a == b).count()
    })
}

/// How many folders in a split's folder lie above its classes, as in `seg_train/seg_train/sea`: those that all of its photos
/// but loose ones are in, and that are called as the split is, or say no more than that there are photos.
fn above<'a>(top: &str, photos: impl Iterator<Item = &'a [&'a str]>, splits: &Siblings) -> usize {
    let inside: Vec<&[&str]> = photos.filter(|folders| folders.len() > 1 && folders[0] == top).collect();
    let Some(first) = inside.first() else { return 0 };
    let shared = &first[1..shared(inside.iter().copied())];
    let split = splits.split(top);
    let says_nothing = |name: &&&str| {
        split_of_name(name).is_some_and(|same| Some(same) == split) || **name == top || is_filler(name)
    };
    shared.iter().take_while(says_nothing).count()
}

/// Whether the top folders are splits rather than classes.
///
/// They are where nothing but splits lies there, or where `train` has class folders and another split
/// stands beside it: so a class that is named "train" among others stays a class.
fn are_splits_of_classes<'a>(photos: impl Iterator<Item = &'a [&'a str]>, splits: &Siblings) -> bool {
    let (mut splits_only, mut train_has_classes, mut found) = (true, false, Vec::new());
    for folders in photos {
        let Some(top) = folders.first() else { continue };
        match splits.split(top) {
            None => splits_only = false,
            Some(split) => {
                train_has_classes |= split == Split::Train && folders.len() > 1;
                if !found.contains(&split) {
                    found.push(split);
                }
            }
        }
    }
    !found.is_empty() && (splits_only || (train_has_classes && found.len() > 1))
}

/// Whether each photo lies in a split's folder in a class's folder, of which train is one.
fn are_classes_of_splits<'a>(mut photos: impl Iterator<Item = &'a [&'a str]>, splits: &Siblings) -> bool {
    let (mut train, mut others) = (false, false);
    let all = photos.all(|folders| match folders.get(1).and_then(|name| splits.split(name)) {
        Some(split) => {
            train |= split == Split::Train;
            others |= split != Split::Train;
            true
        }
        None => false,
    });
    all && train && others
}
