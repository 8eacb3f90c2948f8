//! Where paths lie, and what becomes of them once it is known which classes there are.

use std::collections::BTreeSet;

use super::entry::Entry;
use super::layout::{Layout, LayoutKind, Placement, Told};
use super::rejection::{Rejection, first_reasons};
use super::{DataError, Split};

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
        return Err(DataError::NoTrainFolder { found: found.name() });
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
