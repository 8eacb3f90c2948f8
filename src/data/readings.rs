//! Every way in which a folder can be read, so that people can choose among them before a photo is decoded.

use serde::Serialize;

use super::folder::Folder;
use super::layout::{Layout, LayoutKind, Placement, Wanted};
use super::{Contents, DataError};

/// So many columns of tables are tried.
const TRIED: usize = 40;

/// One way to read a folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// What to ask for: `auto` for what is likeliest.
    pub layout: LayoutKind,
    /// The table to ask for, where its column alone does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub table: Option<String>,
    /// The column to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub column: Option<String>,
    /// What tells the classes then.
    #[cfg_attr(test, ts(type = "Exclude<LayoutKind, \"auto\">"))]
    pub by: LayoutKind,
    /// The classes, and how many photos each has as far as their names say.
    pub classes: Vec<ClassOfReading>,
}

/// A class, before its photos are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ClassOfReading {
    /// Its name.
    pub name: String,
    /// How many photos it has.
    pub photos: usize,
}

impl Reading {
    /// The ways to read a folder; first the likeliest, if there is one. Those that give fewer than two classes are left out.
    ///
    /// # Errors
    /// No files, or no photos.
    pub fn all(paths: &[String], contents: &Contents) -> Result<Vec<Self>, DataError> {
        let folder = Folder::read(paths, contents)?;
        let kinds = [LayoutKind::Auto, LayoutKind::Folders, LayoutKind::Names].map(Wanted::from);
        let wanted = kinds.into_iter().chain(folder.choices().into_iter().take(TRIED));
        let reading = |wanted: Wanted| {
            let Layout { classes, placements, told, .. } = folder.layout(&wanted).ok()?;
            let mut classes: Vec<ClassOfReading> =
                classes.into_iter().map(|name| ClassOfReading { name, photos: 0 }).collect();
            for placement in placements {
                if let Placement::Photo { class, .. } = placement {
                    classes[class].photos += 1;
                }
            }
            let Wanted { by: layout, table, column } = wanted;
            Some(Self { layout, table, column, by: told.by, classes })
        };
        Ok(wanted.filter_map(reading).collect())
    }
}
