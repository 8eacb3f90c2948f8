//! Where in a folder the splits and the classes lie.

use super::Split;
use super::entry::{Entry, split_of_folder};
use super::layout::Spot;

/// How folders are nested below the ones that all photos have in common.
#[derive(Debug)]
pub(super) struct Tree {
    /// How many folders all photos have in common.
    common: usize,
    shape: Shape,
}

#[derive(Debug, PartialEq, Eq)]
enum Shape {
    /// `cats/1.jpg`
    Classes,
    /// `train/cats/1.jpg`
    SplitsOfClasses,
    /// `cats/train/1.jpg`
    ClassesOfSplits,
}

impl Tree {
    /// The tree of photos in these folders, of which at least one is a class.
    pub(super) fn of(photos: &[&[&str]]) -> Self {
        let flat = Self::flat(photos);
        let first = photos.first().copied().unwrap_or_default();
        let in_one_folder = photos.iter().all(|folders| folders.len() == flat.common);
        if in_one_folder && first.last().is_some_and(|name| split_of_folder(name).is_none()) {
            // That folder is a class, not what the classes have in common.
            return Self { common: flat.common - 1, shape: Shape::Classes };
        }
        flat
    }

    /// The tree of photos whose classes are not told by folders, but whose splits may be.
    pub(super) fn flat(photos: &[&[&str]]) -> Self {
        let first = photos.first().copied().unwrap_or_default();
        let common = photos.iter().fold(first.len(), |length, folders| shared(&first[..length], folders));
        let shape = if are_splits_of_classes(photos.iter().map(|folders| &folders[common..])) {
            Shape::SplitsOfClasses
        } else if are_classes_of_splits(photos.iter().map(|folders| &folders[common..])) {
            Shape::ClassesOfSplits
        } else {
            Shape::Classes
        };
        Self { common, shape }
    }

    /// Where a path lies by its folders alone.
    pub(super) fn spot<'a>(&self, entry: &Entry<'a>) -> Spot<'a> {
        let Entry::Photo { folders, .. } = entry else { return Spot::other(entry) };
        let (folders, split) = (&folders[self.common..], self.split(folders));
        let inner = match self.shape {
            Shape::SplitsOfClasses => below_split(folders, split),
            _ => folders,
        };
        match (inner, split) {
            ([class, ..], _) if self.shape != Shape::SplitsOfClasses || split.is_some() => {
                Spot::In { class, split }
            }
            ([], Some(_)) => {
                let name = folders.first().copied().unwrap_or_default();
                Spot::Rejected(format!("it lies in \"{name}\" itself, outside of every class folder"))
            }
            _ if self.shape == Shape::SplitsOfClasses => {
                Spot::Rejected("it lies outside of the train, validation and test folders".to_owned())
            }
            _ => Spot::Rejected("it lies outside of every class folder".to_owned()),
        }
    }

    /// The split that a photo's folders give it.
    pub(super) fn split(&self, folders: &[&str]) -> Option<Split> {
        let level = match self.shape {
            Shape::Classes => return None,
            Shape::SplitsOfClasses => 0,
            Shape::ClassesOfSplits => 1,
        };
        folders.get(self.common + level).and_then(|name| split_of_folder(name))
    }

    /// Whether photos that are in no split lie outside of what is meant.
    pub(super) fn has_splits(&self) -> bool {
        self.shape != Shape::Classes
    }
}

/// What lies below a split's folder, which may lie in one of the same split: `seg_train/seg_train`.
fn below_split<'a, 'b>(folders: &'b [&'a str], split: Option<Split>) -> &'b [&'a str] {
    let splits = folders.iter().take_while(|name| split.is_some() && split_of_folder(name) == split).count();
    &folders[splits..]
}

/// How many leading folders two paths share.
fn shared(one: &[&str], other: &[&str]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// Whether the top folders are splits rather than classes.
///
/// They are where nothing but splits lies there, or where `train` has class folders and another split
/// stands beside it: so a class that is named "train" among others stays a class.
fn are_splits_of_classes<'a>(photos: impl Iterator<Item = &'a [&'a str]>) -> bool {
    let (mut splits_only, mut train_has_classes, mut found) = (true, false, Vec::new());
    for folders in photos {
        let Some(top) = folders.first() else { continue };
        match split_of_folder(top) {
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
fn are_classes_of_splits<'a>(mut photos: impl Iterator<Item = &'a [&'a str]>) -> bool {
    let (mut train, mut others) = (false, false);
    let all = photos.all(|folders| match folders.get(1).and_then(|name| split_of_folder(name)) {
        Some(split) => {
            train |= split == Split::Train;
            others |= split != Split::Train;
            true
        }
        None => false,
    });
    all && train && others
}
