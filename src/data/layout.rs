use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::entry::Entry;
use super::error::first_reasons;
use super::labels::Labels;
use super::tree::Tree;
use super::{DataError, Rejection, Split, names};

/// What a folder means.
///
/// Folders that all photos have in common are stripped. Below them lie either the class folders, or a
/// `train` folder with a `validation` or `test` folder beside it and the class folders in those, or such
/// folders in each class folder. Folders inside a class folder belong to it, as Keras'
/// `flow_from_directory` follows them. Where photos lie in no class folders, their names may begin with
/// the class; and a table may name the classes, as for Keras' `flow_from_dataframe`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The classes, sorted by code point as Keras sorts them; at least two.
    pub classes: Vec<String>,
    /// One for each path, in the order of the paths.
    pub placements: Vec<Placement>,
    /// Where the classes come from.
    pub told: Told,
    /// What tables say of photos that are not there.
    pub missing: Vec<Rejection>,
}

/// Where the classes come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// By folders, names or a table.
    pub by: LayoutKind,
    /// The tables that are used.
    pub tables: Vec<String>,
    /// What the first table calls its columns of names and labels; empty where it has no heads.
    pub columns: Vec<String>,
    /// The names of the splits that the folder gives; empty where it gives none.
    pub splits: Vec<String>,
}

/// What tells the classes: `layout` of `lab.importImages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayoutKind {
    /// A table where there is one, else folders, else names.
    #[default]
    Auto,
    /// A folder a class.
    Folders,
    /// File names that begin with the class.
    Names,
    /// A table of file names and labels.
    Table,
}

/// What is known of a folder's files besides their paths; files are meant by the number of their path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// The texts of tables.
    pub tables: Vec<(usize, String)>,
    /// Files that are not read, and why.
    pub refused: Vec<(usize, String)>,
    /// Files whose names say nothing of it, and which are photos.
    pub photos: Vec<usize>,
}

/// What becomes of one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// A hidden or a system file, which nobody misses, or a table that was used.
    Ignored,
    /// Left out, for this reason.
    Rejected(String),
    /// A photo, as far as its name says.
    Photo {
        /// Index into [`Layout::classes`].
        class: usize,
        /// The split that the folder gives it, if it gives more than one.
        split: Option<Split>,
    },
}

impl Layout {
    /// Reads the layout of a folder from its files' paths and its tables.
    ///
    /// Both `/` and `\` separate; empty names and `.` are dropped. In a tree of splits the classes are
    /// those of `train`, and a tree of one split only is taken as if its classes lay at the top.
    ///
    /// # Errors
    /// No files, no photos, photos without classes only, one class only, a tree of splits without
    /// `train`, or a layout that is asked for and is not there.
    pub fn of(paths: &[String], contents: &Contents, wanted: LayoutKind) -> Result<Self, DataError> {
        if paths.is_empty() {
            return Err(DataError::NoFiles);
        }
        let mut entries = Entry::all(paths, contents);
        for (file, reason) in &contents.refused {
            refuse(&mut entries, *file, reason);
        }
        if folders(&entries).next().is_none() {
            return Err(no_photos(paths, &entries));
        }
        let labels = match wanted {
            LayoutKind::Auto | LayoutKind::Table => Labels::read(paths, contents, &mut entries),
            _ => Labels::default(),
        };
        for (file, _) in &contents.tables {
            if labels.is_empty() && matches!(entries.get(*file), Some(Entry::Table(_))) {
                refuse(&mut entries, *file, "not used: the photos' classes are told without it");
            }
        }
        let photos: Vec<&[&str]> = folders(&entries).collect();
        let (tree, flat) = (Tree::of(&photos), Tree::flat(&photos));
        if !labels.is_empty() {
            let layout = settle(paths, labels.spots(&entries, &flat), LayoutKind::Table)?;
            let told = Told { tables: labels.paths(), columns: labels.columns(), ..layout.told };
            return Ok(Self { told, missing: labels.missing(), ..layout });
        }
        let mut error = match wanted {
            LayoutKind::Table => {
                return Err(DataError::NoTable { reasons: first_reasons(&rejections(paths, &entries)) });
            }
            LayoutKind::Names => DataError::NoNames,
            LayoutKind::Auto | LayoutKind::Folders => {
                let spots = entries.iter().map(|entry| tree.spot(entry)).collect();
                match settle(paths, spots, LayoutKind::Folders) {
                    Err(error) if wanted == LayoutKind::Auto => error,
                    done => return done,
                }
            }
        };
        if let Some(spots) = names::spots(&entries, &flat, wanted == LayoutKind::Names) {
            match settle(paths, spots, LayoutKind::Names) {
                Err(because) if wanted == LayoutKind::Names => error = because,
                Err(_) => {}
                done => return done,
            }
        }
        Err(error)
    }
}

/// Where a path lies, before it is known which classes count.
pub(super) enum Spot<'a> {
    Ignored,
    Rejected(String),
    In { class: &'a str, split: Option<Split> },
}

impl<'a> Spot<'a> {
    /// What a path is that is no photo; a table is one that was used.
    pub(super) fn other(entry: &Entry) -> Self {
        match entry {
            Entry::Rejected(reason) => Self::Rejected(reason.clone()),
            _ => Self::Ignored,
        }
    }

    fn split(&self) -> Option<Split> {
        match self {
            Self::In { split, .. } => *split,
            _ => None,
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

/// Settles which classes there are, and so what becomes of each path.
#[inline(never)]
fn settle(paths: &[String], spots: Vec<Spot>, by: LayoutKind) -> Result<Layout, DataError> {
    let splits: Vec<Split> = Split::ALL
        .into_iter()
        .filter(|split| spots.iter().any(|spot| spot.split() == Some(*split)))
        .collect();
    if let (Some(found), false) = (spots.iter().find_map(Spot::split), splits.contains(&Split::Train)) {
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
    let given = splits.len() > 1;
    let placements: Vec<Placement> = spots.into_iter().map(|spot| spot.place(&classes, given)).collect();
    if classes.len() < 2 {
        return Err(too_few(classes.first(), paths, &placements));
    }
    let splits = splits.iter().filter(|_| given).map(|split| split.name().to_owned()).collect();
    let told = Told { by, tables: Vec::new(), columns: Vec::new(), splits };
    let classes = classes.into_iter().map(str::to_owned).collect();
    Ok(Layout { classes, placements, told, missing: Vec::new() })
}

fn folders<'a>(entries: &'a [Entry<'a>]) -> impl Iterator<Item = &'a [&'a str]> {
    entries.iter().filter_map(|entry| match entry {
        Entry::Photo { folders, .. } => Some(folders.as_slice()),
        _ => None,
    })
}

fn refuse(entries: &mut [Entry], file: usize, reason: &str) {
    if let Some(entry) = entries.get_mut(file) {
        *entry = Entry::Rejected(reason.to_owned());
    }
}

fn rejections(paths: &[String], entries: &[Entry]) -> Vec<Rejection> {
    let rejected = paths.iter().zip(entries).filter_map(|(path, entry)| match entry {
        Entry::Rejected(reason) => Some(Rejection { path: path.clone(), reason: reason.clone() }),
        _ => None,
    });
    rejected.collect()
}

fn no_photos(paths: &[String], entries: &[Entry]) -> DataError {
    let rejected = rejections(paths, entries);
    let reasons = if rejected.is_empty() {
        ". All are hidden files, or what systems and programs leave beside photos".to_owned()
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
