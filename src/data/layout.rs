use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::entry::{Entry, left_out};
use super::error::first_reasons;
use super::folder::Folder;
use super::{DataError, LeftOut, Rejection, Split};

/// What a folder means.
///
/// Folders that all photos have in common are stripped. Below them lie either the class folders, or a
/// `train` folder with a `validation` or `test` folder beside it and the class folders in those, or such
/// folders in each class folder. Folders inside a class folder belong to it, as Keras'
/// `flow_from_directory` follows them. Where photos lie in no class folders, their names may begin with
/// the class; and a table may name the classes, as for Keras' `flow_from_dataframe`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The classes, sorted by code point as Keras sorts them; at least two.
    pub classes: Vec<String>,
    /// One for each path, in the order of the paths.
    pub placements: Vec<Placement>,
    /// Where the classes come from.
    pub told: Told,
    /// What tables say of photos that are not there.
    pub missing: Vec<Rejection>,
    /// What systems and programs left beside the photos.
    pub left_out: Vec<LeftOut>,
}

/// Where the classes come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Told {
    /// By folders, names or a table.
    #[cfg_attr(test, ts(type = "Exclude<LayoutKind, \"auto\">"))]
    pub by: LayoutKind,
    /// The tables that are used; beside folders, for the photos that lie in no class folder.
    pub tables: Vec<String>,
    /// What the first table calls its columns of names and labels; empty where it has no heads.
    pub columns: Vec<String>,
    /// The names of the splits that the folder gives; empty where it gives none.
    #[cfg_attr(test, ts(type = "Split[]"))]
    pub splits: Vec<String>,
    /// The tables that are not used, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, ts(optional, as = "Option<Vec<Rejection>>"))]
    pub unused: Vec<Rejection>,
}

/// What tells the classes: `layout` of `lab.importImages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum LayoutKind {
    /// Folders where they are classes, else a table where there is one, else names. A table goes before folders that are
    /// no more than parts of the photos.
    #[default]
    Auto,
    /// A folder per class.
    Folders,
    /// File names that begin with the class.
    Names,
    /// A table of file names and labels.
    Table,
}

/// What is to tell the classes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Folders, names, a table, or what is likeliest.
    pub by: LayoutKind,
    /// A table's path or the end of it.
    pub table: Option<String>,
    /// The head of the column of labels, or its number from 1 on.
    pub column: Option<String>,
}

impl From<LayoutKind> for Wanted {
    fn from(by: LayoutKind) -> Self {
        Self { by, ..Self::default() }
    }
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
    /// The bytes of each file; empty where they are not known.
    pub sizes: Vec<u64>,
}

/// What becomes of one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    pub fn of(paths: &[String], contents: &Contents, wanted: impl Into<Wanted>) -> Result<Self, DataError> {
        let layout = Folder::read(paths, contents)?.layout(&wanted.into())?;
        Ok(Self { left_out: left_out(paths), ..layout })
    }

    /// Reads a layout that was written as JSON: another WebAssembly reads folders, and the engine takes what it found.
    ///
    /// # Errors
    /// A text that is no layout, or one of another number of files.
    pub fn from_json(text: &str, files: usize) -> Result<Self, DataError> {
        // Not by way of JSON's values: those of 100,000 files would take more than a hundred megabytes.
        let layout: Self =
            serde_json::from_str(text).map_err(|error| DataError::NoLayout(error.to_string()))?;
        let known = |placement: &Placement| match placement {
            Placement::Photo { class, .. } => *class < layout.classes.len(),
            _ => true,
        };
        if layout.placements.len() != files || !layout.placements.iter().all(known) {
            return Err(DataError::NoLayout(format!("it is not of these {files} files")));
        }
        Ok(layout)
    }
}

/// Where a path lies, before it is known which classes count.
#[derive(Debug, Clone)]
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

    pub(super) fn class(&self) -> Option<&'a str> {
        match self {
            Self::In { class, .. } => Some(class),
            _ => None,
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
pub(super) fn settle(paths: &[String], spots: Vec<Spot>, by: LayoutKind) -> Result<Layout, DataError> {
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
    let told = Told { by, splits, tables: Vec::new(), columns: Vec::new(), unused: Vec::new() };
    let classes = classes.into_iter().map(str::to_owned).collect();
    Ok(Layout { classes, placements, told, missing: Vec::new(), left_out: Vec::new() })
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
    // Of tables there are few, and what is wrong with them helps most.
    let (tables, others): (Vec<_>, Vec<_>) =
        rejected.iter().partition(|file| file.reason.starts_with("not used: "));
    let reasons = first_reasons(tables.into_iter().chain(others));
    match class {
        Some(class) => DataError::OneClass { class: (*class).to_owned(), reasons },
        None => DataError::NoClassFolders { reasons },
    }
}
