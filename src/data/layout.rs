use serde::{Deserialize, Serialize};

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
