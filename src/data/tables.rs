//! Every table that names photos.

use super::Split;
use super::columns::all;
use super::contents::Contents;
use super::entry::Entry;
use super::finder::Finder;
use super::heads::same;
use super::paths::{names, stem};
use super::table::{Row, Standing, Table};
use super::tree::Tree;
use super::words::{split_in, words};

/// Every table that names photos.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) tables: Vec<Read>,
}

/// A table that was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) file: usize,
    pub(super) path: String,
    pub(super) table: Table,
    /// The split that its name or its folder speaks of.
    pub(super) split: Option<Split>,
    /// Whether its name says that it is a form for answers.
    pub(super) form: bool,
}

/// Where photos lie, as far as it matters to tables.
pub(super) struct Ground<'a> {
    pub(super) entries: &'a [Entry<'a>],
    pub(super) tree: &'a Tree,
    /// The class folder of each, where there are such.
    pub(super) folders: &'a [Option<&'a str>],
}

impl Ground<'_> {
    pub(super) fn split(&self, photo: usize) -> Option<Split> {
        match &self.entries[photo] {
            Entry::Photo { folders, .. } => self.tree.split(folders),
            _ => None,
        }
    }

    pub(super) fn is_outside(&self, photo: usize, row: &Row) -> bool {
        self.tree.has_splits() && row.split.is_none() && self.split(photo).is_none()
    }
}

impl Tables {
    /// Reads the tables among a folder's files; those that are none become rejected entries.
    pub(super) fn read(paths: &[String], contents: &Contents, entries: &mut [Entry], tree: &Tree) -> Self {
        let mut finder = Finder::default();
        let mut tables = Vec::new();
        let mut wrong = Vec::new();
        if !contents.tables.is_empty() {
            for (photo, entry) in entries.iter().enumerate() {
                if let Entry::Photo { folders, name } = entry {
                    finder.add(photo, folders, name);
                }
            }
        }
        for (file, text) in &contents.tables {
            let Some(Entry::Table(folders)) = entries.get(*file) else { continue };
            let path = paths[*file].clone();
            let name = stem(names(&path).last().copied().unwrap_or_default()).to_owned();
            let split = split_in(&name).or_else(|| tree.split(folders));
            let photo = |photo: usize| match &entries[photo] {
                Entry::Photo { folders, .. } => (folders.as_slice(), tree.split(folders)),
                _ => (&[][..], None),
            };
            let standing = Standing { folders, stem: &name, split, photo: &photo };
            match Table::read(text, &standing, &finder) {
                Ok(table) => tables.push(Read { file: *file, form: is_form(&name), path, table, split }),
                Err(reason) => wrong.push((*file, reason)),
            }
        }
        for (file, reason) in wrong {
            entries[file] = Entry::Rejected(reason.to_owned());
        }
        Self { tables }
    }

    /// The numbers of their files.
    pub(super) fn files(&self) -> impl Iterator<Item = usize> {
        self.tables.iter().map(|read| read.file)
    }

    /// The columns that may be asked for: a table's path, where not all that have the column mean the same, and its head.
    pub(super) fn choices(&self) -> Vec<(Option<String>, Option<String>)> {
        let mut found: Vec<(Option<String>, Option<String>)> = Vec::new();
        for read in &self.tables {
            for (_, name) in all(&read.table) {
                let choice = if name.is_empty() {
                    (Some(read.path.clone()), None)
                } else if read.table.heads.is_empty() || read.form {
                    (Some(read.path.clone()), Some(name))
                } else {
                    (None, Some(name))
                };
                let there = |(table, column): &(Option<String>, Option<String>)| {
                    *table == choice.0
                        && match (column, &choice.1) {
                            (Some(one), Some(other)) => same(one, other),
                            (one, other) => one == other,
                        }
                };
                if !found.iter().any(there) {
                    found.push(choice);
                }
            }
        }
        found
    }
}

/// Whether a table is called as the forms are that answers are to be written into.
fn is_form(name: &str) -> bool {
    words(name)
        .iter()
        .any(|word| matches!(word.as_str(), "submission" | "submissions" | "submit" | "samplesubmission"))
}

/// A few names with commas between them.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let mut text = names[..names.len().min(6)].join(", ");
    if names.len() > 6 {
        text.push_str(&format!(" and {} more", names.len() - 6));
    }
    text
}
