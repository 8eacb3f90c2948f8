use std::collections::BTreeSet;

use super::entry::{Entry, split_of_folder};
use super::error::first_reasons;
use super::{DataError, Rejection, Split};

/// What a folder means, told from its paths alone.
///
/// Folders that all photos have in common are stripped. Below them lie either the class folders, or a
/// `train` folder with a `validation` or `test` folder beside it, and the class folders in those.
/// Folders inside a class folder belong to it, as Keras' `flow_from_directory` follows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The classes, sorted by code point as Keras sorts them; at least two.
    pub classes: Vec<String>,
    /// One for each path, in the order of the paths.
    pub placements: Vec<Placement>,
}

/// What becomes of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// A hidden or a system file: nobody misses it.
    Ignored,
    /// Left out, for this reason.
    Rejected(String),
    /// A photo, as far as its name says.
    Photo {
        /// Index into [`Layout::classes`].
        class: usize,
        /// The split that its folder gives it, if there is one for each.
        split: Option<Split>,
    },
}

impl Layout {
    /// Reads the layout of a folder from its files' paths.
    ///
    /// Both `/` and `\` separate; empty names and `.` are dropped. In a tree of splits the classes are
    /// those of `train`, and a tree of one split only is taken as if its classes lay at the top.
    ///
    /// # Errors
    /// No files, no photos, photos outside of class folders only, one class only, or a tree of splits
    /// without `train`.
    pub fn of(paths: &[String]) -> Result<Self, DataError> {
        if paths.is_empty() {
            return Err(DataError::NoFiles);
        }
        let entries: Vec<Entry> = paths.iter().map(|path| Entry::of(path)).collect();
        let photos: Vec<&[&str]> = entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::Photo(folders) => Some(folders.as_slice()),
                _ => None,
            })
            .collect();
        let Some(first) = photos.first() else {
            return Err(no_photos(paths, &entries));
        };
        let mut common = photos.iter().fold(first.len(), |length, photo| shared(&first[..length], photo));
        let in_one_folder = photos.iter().all(|photo| photo.len() == common);
        if in_one_folder && first.last().is_some_and(|name| split_of_folder(name).is_none()) {
            // That folder is a class, not what the classes have in common.
            common -= 1;
        }
        let tree = is_split_tree(photos.iter().map(|photo| &photo[common..]));

        let spots: Vec<Spot> = entries.iter().map(|entry| Spot::of(entry, common, tree)).collect();
        if let (Some(found), false) = (first_split(&spots, |_| true), has_train(&spots)) {
            return Err(DataError::NoTrainFolder { found });
        }
        let classes: BTreeSet<&str> = spots
            .iter()
            .filter_map(|spot| match spot {
                Spot::In { class, split: None | Some(Split::Train) } => Some(*class),
                _ => None,
            })
            .collect();
        let classes: Vec<&str> = classes.into_iter().collect();
        // Splits are given only where there is more than one of them.
        let given = first_split(&spots, |split| split != Split::Train).is_some();
        let placements: Vec<Placement> = spots.into_iter().map(|spot| spot.place(&classes, given)).collect();
        if classes.len() < 2 {
            return Err(too_few(classes.first(), paths, &placements));
        }
        let classes = classes.into_iter().map(str::to_owned).collect();
        Ok(Self { classes, placements })
    }
}

/// Where a path lies, before it is known which classes count.
enum Spot<'a> {
    Ignored,
    Rejected(String),
    In { class: &'a str, split: Option<Split> },
}

impl<'a> Spot<'a> {
    fn of(entry: &Entry<'a>, common: usize, tree: bool) -> Self {
        let folders = match entry {
            Entry::Hidden => return Self::Ignored,
            Entry::Rejected(reason) => return Self::Rejected(reason.clone()),
            Entry::Photo(folders) => &folders[common..],
        };
        match (tree, folders) {
            (false, []) => Self::Rejected("it lies outside of every class folder".to_owned()),
            (false, [class, ..]) => Self::In { class, split: None },
            (true, folders) => match (folders.first().and_then(|name| split_of_folder(name)), folders) {
                (Some(split), [_, class, ..]) => Self::In { class, split: Some(split) },
                (Some(_), [name, ..]) => {
                    Self::Rejected(format!("it lies in \"{name}\" itself, outside of every class folder"))
                }
                _ => Self::Rejected("it lies outside of the train, validation and test folders".to_owned()),
            },
        }
    }

    fn place(self, classes: &[&str], given: bool) -> Placement {
        match self {
            Self::Ignored => Placement::Ignored,
            Self::Rejected(reason) => Placement::Rejected(reason),
            Self::In { class, split } => match classes.binary_search(&class) {
                Ok(class) => Placement::Photo { class, split: split.filter(|_| given) },
                Err(_) => {
                    Placement::Rejected(format!("its class \"{class}\" has no photos in the train folder"))
                }
            },
        }
    }
}

/// How many leading folders two paths share.
fn shared(one: &[&str], other: &[&str]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// Whether the top folders are splits rather than classes.
///
/// They are where nothing but splits lies there, or where `train` has class folders and another split
/// stands beside it: so a class that is named "train" among others stays a class.
fn is_split_tree<'a>(photos: impl Iterator<Item = &'a [&'a str]>) -> bool {
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

fn first_split(spots: &[Spot], wanted: impl Fn(Split) -> bool) -> Option<Split> {
    spots.iter().find_map(|spot| match spot {
        Spot::In { split, .. } => split.filter(|split| wanted(*split)),
        _ => None,
    })
}

fn has_train(spots: &[Spot]) -> bool {
    first_split(spots, |split| split == Split::Train).is_some()
}

fn no_photos(paths: &[String], entries: &[Entry]) -> DataError {
    let rejected: Vec<Rejection> = paths
        .iter()
        .zip(entries)
        .filter_map(|(path, entry)| match entry {
            Entry::Rejected(reason) => Some(Rejection { path: path.clone(), reason: reason.clone() }),
            _ => None,
        })
        .collect();
    let reasons = if rejected.is_empty() {
        ". All are hidden files: a name in their path begins with a dot".to_owned()
    } else {
        first_reasons(&rejected)
    };
    DataError::NoPhotos { files: paths.len(), reasons }
}

fn too_few(class: Option<&&str>, paths: &[String], placements: &[Placement]) -> DataError {
    let rejected: Vec<Rejection> = paths
        .iter()
        .zip(placements)
        .filter_map(|(path, placement)| match placement {
            Placement::Rejected(reason) => Some(Rejection { path: path.clone(), reason: reason.clone() }),
            _ => None,
        })
        .collect();
    let reasons = first_reasons(&rejected);
    match class {
        Some(class) => DataError::OneClass { class: (*class).to_owned(), reasons },
        None => DataError::NoClassFolders { reasons },
    }
}
