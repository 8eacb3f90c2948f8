//! A folder as it was read, and what tells its classes: its folders, its files' names or its tables.

use super::by_text::{ByText, different};
use super::columns::{Relation, relation};
use super::contents::Contents;
use super::entry::{Entry, left_out};
use super::heads::{Head, same};
use super::labels::{Labels, WITHOUT};
use super::layout::{Layout, LayoutKind, Told, Wanted};
use super::rejection::{Rejection, first_reasons};
use super::spot::{Spot, settle};
use super::tables::{Ground, Tables};
use super::tree::Tree;
use super::words::{is_filler, words};
use super::{DataError, names, repeats};
use crate::sorting::sort_by;

/// What folders are called besides a number that are no classes.
const PARTS: [&str; 12] = [
    "part", "parts", "batch", "chunk", "shard", "fold", "patient", "subject", "case", "session", "page",
    "day",
];

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
}

/// A folder whose paths and tables were read.
pub(super) struct Folder<'a> {
    paths: &'a [String],
    entries: Vec<Entry<'a>>,
    /// By class folders, and by splits alone.
    tree: Tree,
    flat: Tree,
    tables: Tables,
}

/// What tells the classes where both folders and tables might.
enum Verdict {
    Table,
    Folders(&'static str),
}

impl<'a> Folder<'a> {
    pub(super) fn read(paths: &'a [String], contents: &Contents) -> Result<Self, DataError> {
        if paths.is_empty() {
            return Err(DataError::NoFiles);
        }
        let mut entries = Entry::all(paths, contents);
        for (file, reason) in &contents.refused {
            if let Some(entry) = entries.get_mut(*file) {
                *entry = Entry::Rejected(reason.clone());
            }
        }
        repeats::leave_out(&mut entries, &contents.sizes);
        let photos: Vec<&[&str]> = folders(&entries).collect();
        if photos.is_empty() {
            return Err(no_photos(paths, &entries));
        }
        let (tree, flat) = (Tree::of(&photos), Tree::flat(&photos));
        let tables = Tables::read(paths, contents, &mut entries, &flat);
        Ok(Self { paths, entries, tree, flat, tables })
    }

    /// What it means, if its classes are told as is wanted.
    pub(super) fn layout(&self, wanted: &Wanted) -> Result<Layout, DataError> {
        let (table, column) = (wanted.table.as_deref(), wanted.column.as_deref());
        match wanted.by {
            LayoutKind::Auto | LayoutKind::Table if table.is_some() || column.is_some() => {
                let labels = self.tables.chosen(table, column, &self.ground(&[]))?;
                self.by_table(&labels)
            }
            LayoutKind::Auto => self.likeliest(),
            LayoutKind::Folders => self.by_folders(&self.unused()),
            LayoutKind::Names => self.by_names(true, &self.unused()).unwrap_or(Err(DataError::NoNames)),
            LayoutKind::Table => {
                let mut labels = self.tables.likely(&self.ground(&[]));
                match (labels.is_empty(), labels.unclear.take()) {
                    (true, Some(unclear)) => Err(unclear),
                    _ => self.by_table(&labels),
                }
            }
        }
    }

    /// The columns of tables that may be asked for.
    pub(super) fn choices(&self) -> Vec<Wanted> {
        let choices = self.tables.choices().into_iter();
        choices.map(|(table, column)| Wanted { by: LayoutKind::Table, table, column }).collect()
    }

    fn likeliest(&self) -> Result<Layout, DataError> {
        let spots = self.spots();
        let by_folders = self.by_folders(&[]);
        let classes: Vec<Option<&str>> = match by_folders {
            Ok(_) => spots.iter().map(Spot::class).collect(),
            Err(_) => Vec::new(),
        };
        let mut labels = self.tables.likely(&self.ground(&classes));
        if by_folders.is_err() && !labels.is_empty() {
            return self.by_table(&labels).or_else(|error| match self.by_names(false, &self.unused()) {
                Some(Ok(layout)) => Ok(layout),
                _ => Err(error),
            });
        }
        let said = labels.spots(&self.entries, &self.flat);
        if let (Some(pick), false) = (labels.pick(), labels.is_empty()) {
            match weigh(&classes, &said, pick.head) {
                Verdict::Table => return self.by_table(&labels).or(by_folders),
                Verdict::Folders(reason) => {
                    let (spots, filled) = self.filled(spots, &said);
                    drop(said);
                    labels.keep(&filled, reason);
                    let layout = self.settled(spots, LayoutKind::Folders, &labels.unused)?;
                    return Ok(self.with_tables(layout, &labels));
                }
            }
        }
        let unused = labels.unused;
        match (by_folders, labels.unclear) {
            (Ok(_), _) => self.by_folders(&unused),
            (Err(error), unclear) => match self.by_names(false, &unused) {
                Some(Ok(layout)) => Ok(layout),
                _ => Err(unclear.unwrap_or(error)),
            },
        }
    }

    /// The folders' reading, with the photos that lie in no class folder in the class that tables give them; and which those
    /// are.
    fn filled<'b>(&self, mut spots: Vec<Spot<'b>>, said: &[Spot]) -> (Vec<Spot<'b>>, Vec<bool>) {
        let folders: Vec<Option<&str>> = spots.iter().map(Spot::class).collect();
        // What most photos of a label are in; where there are none, the folder that is called as the label is.
        let folder_of = |label: &str| {
            let of_label = folders.iter().zip(said).filter(|(_, said)| said.class() == Some(label));
            let found = different(of_label.filter_map(|(folder, _)| *folder));
            let most = found.values().max().copied();
            let is_it = |folder: &&str| match most {
                Some(_) => found.get(*folder).copied() == most,
                None => *folder == label,
            };
            folders.iter().flatten().copied().find(is_it)
        };
        let mut filled = vec![false; spots.len()];
        let (mut known, mut folders_of) = (ByText::new(), Vec::new());
        for (photo, spot) in spots.iter_mut().enumerate() {
            let (Spot::Rejected(_), Spot::In { class, split }) = (&*spot, &said[photo]) else { continue };
            let number = *known.entry((*class).to_owned()).or_insert(folders_of.len());
            if number == folders_of.len() {
                folders_of.push(folder_of(class));
            }
            if let Some(class) = folders_of[number] {
                *spot = Spot::In { class, split: *split };
                filled[photo] = true;
            }
        }
        (spots, filled)
    }

    fn ground<'b>(&'b self, folders: &'b [Option<&'b str>]) -> Ground<'b> {
        Ground { entries: &self.entries, tree: &self.flat, folders }
    }

    fn spots(&self) -> Vec<Spot<'_>> {
        self.entries.iter().map(|entry| self.tree.spot(entry)).collect()
    }

    fn by_folders(&self, unused: &[(usize, String)]) -> Result<Layout, DataError> {
        self.settled(self.spots(), LayoutKind::Folders, unused)
    }

    fn by_names(&self, asked: bool, unused: &[(usize, String)]) -> Option<Result<Layout, DataError>> {
        let spots = names::spots(&self.entries, &self.flat, asked)?;
        Some(self.settled(spots, LayoutKind::Names, unused))
    }

    fn by_table(&self, labels: &Labels) -> Result<Layout, DataError> {
        if labels.is_empty() {
            let mut rejected = rejections(self.paths, &self.entries);
            rejected.extend(self.told(&labels.unused));
            return Err(DataError::NoTable { reasons: first_reasons(&rejected) });
        }
        let spots = labels.spots(&self.entries, &self.flat);
        let layout = self.settled(spots, LayoutKind::Table, &labels.unused)?;
        Ok(self.with_tables(layout, labels))
    }

    fn with_tables(&self, layout: Layout, labels: &Labels) -> Layout {
        let told = Told { tables: labels.paths(), columns: labels.columns(), ..layout.told };
        Layout { told, missing: labels.missing(), ..layout }
    }

    /// The layout of these spots, with the reasons why tables are not used.
    fn settled(
        &self,
        mut spots: Vec<Spot>,
        by: LayoutKind,
        unused: &[(usize, String)],
    ) -> Result<Layout, DataError> {
        for (file, reason) in unused {
            spots[*file] = Spot::Rejected(reason.clone());
        }
        let layout = settle(self.paths, spots, by)?;
        // Those that are none are told, too.
        let wrong = self.entries.iter().enumerate().filter_map(|(file, entry)| match entry {
            Entry::Rejected(reason) if reason.starts_with("not used: ") => Some((file, reason.clone())),
            _ => None,
        });
        let mut all: Vec<(usize, String)> = wrong.collect();
        all.extend_from_slice(unused);
        sort_by(&mut all, |(one, _), (other, _)| one.cmp(other));
        Ok(Layout { told: Told { unused: self.told(&all), ..layout.told }, ..layout })
    }

    fn told(&self, unused: &[(usize, String)]) -> Vec<Rejection> {
        let told = unused.iter().map(|(file, reason)| {
            let (path, reason) = (self.paths[*file].clone(), reason.clone());
            Rejection { path, reason }
        });
        told.collect()
    }

    /// All tables, where none is used.
    fn unused(&self) -> Vec<(usize, String)> {
        self.tables.files().map(|file| (file, WITHOUT.to_owned())).collect()
    }
}

/// Whether folders that are classes are what tells them, or a table beside them.
fn weigh(folders: &[Option<&str>], said: &[Spot], head: Head) -> Verdict {
    let both = || folders.iter().zip(said).filter_map(|(folder, said)| Some(((*folder)?, said.class()?)));
    let in_folders = folders.iter().flatten().count();
    let numbers = |class: &str| class.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = folders.iter().flatten().all(|class| numbers(class));
    match relation(both()) {
        // The same classes by other names: those were written on purpose.
        Relation::Same
            if both().count() == in_folders
                && both().all(|(folder, label)| !numbers(label) && !same(folder, label)) =>
        {
            Verdict::Table
        }
        Relation::Same => Verdict::Folders("not used: the folders give the same classes"),
        Relation::Apart => Verdict::Folders("not used: the folders are the classes"),
        _ if both().count() * 2 < in_folders => {
            Verdict::Folders("not used: the folders are the classes, and it names only some of the photos")
        }
        _ if are_parts(folders) => Verdict::Table,
        Relation::Crossing if head == Head::Label || (numbered && head > Head::Unknown) => Verdict::Table,
        _ => Verdict::Folders(
            "not used: the folders are the classes, and this table sorts the photos differently; you can choose it instead",
        ),
    }
}

/// Whether folders are called as parts of one thing: `part_1` and `part_2`, or `images` and `photos`.
fn are_parts(folders: &[Option<&str>]) -> bool {
    let mut names = folders.iter().flatten();
    let first = names.clone().next().map(|name| words(name)).unwrap_or_default();
    let is_part = |word: &String| is_filler(word) || PARTS.contains(&word.as_str());
    let alike = first.iter().any(is_part) && names.clone().all(|name| words(name) == first);
    alike || names.all(|name| is_filler(name))
}

fn folders<'a>(entries: &'a [Entry<'a>]) -> impl Iterator<Item = &'a [&'a str]> {
    entries.iter().filter_map(|entry| match entry {
        Entry::Photo { folders, .. } => Some(folders.as_slice()),
        _ => None,
    })
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
