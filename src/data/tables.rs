//! Every table that names photos, and which of them are used.

use super::columns::{NoPick, Pick, all, likeliest};
use super::entry::{Entry, names};
use super::finder::Finder;
use super::heads::{Head, same};
use super::labels::Labels;
use super::layout::Contents;
use super::names::stem;
use super::table::{Row, Standing, Table, Which};
use super::tree::Tree;
use super::words::{split_in, words};
use super::{DataError, Split};

/// Every table that names photos.
#[derive(Debug, Default)]
pub(super) struct Tables {
    tables: Vec<Read>,
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
    form: bool,
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

    /// The likeliest tables and columns; none where nothing speaks for any.
    pub(super) fn likely(&self, ground: &Ground) -> Labels<'_> {
        let (mut labels, mut picks) = (Labels::default(), Vec::new());
        for read in &self.tables {
            if read.form {
                labels.unused.push((
                    read.file,
                    "not used: it is a sample submission, not a table of labels".to_owned(),
                ));
                continue;
            }
            match likeliest(&read.table, ground.folders) {
                Ok(pick) => picks.push((read, pick)),
                Err(why) => labels.refuse(read, why),
            }
        }
        labels.join(picks, ground, false);
        labels
    }

    /// The tables and columns that are asked for by name.
    ///
    /// # Errors
    /// A table or a column that is not there, or a table that needs a column to be named.
    pub(super) fn chosen(
        &self,
        table: Option<&str>,
        column: Option<&str>,
        ground: &Ground,
    ) -> Result<Labels<'_>, DataError> {
        let is_wanted = |read: &&Read| {
            table.is_none_or(|wanted| read.path == wanted || read.path.ends_with(&["/", wanted].concat()))
        };
        let wanted: Vec<&Read> = self.tables.iter().filter(is_wanted).collect();
        if let (Some(table), true) = (table, wanted.is_empty()) {
            let tables = listed(self.tables.iter().map(|read| &read.path[..]));
            return Err(DataError::UnknownTable { table: table.to_owned(), tables });
        }
        let (mut labels, mut picks) = (Labels::default(), Vec::new());
        for read in self.tables.iter().filter(|read| !is_wanted(read)) {
            labels.unused.push((read.file, "not used: another table was chosen".to_owned()));
        }
        for read in &wanted {
            if read.form && table.is_none() {
                continue;
            }
            let pick = match column {
                Some(column) => column_called(&read.table, column).ok_or(NoPick::None),
                None => likeliest(&read.table, ground.folders),
            };
            match pick {
                Ok(pick) => picks.push((*read, pick)),
                Err(why) => labels.refuse(read, why),
            }
        }
        if let (Some(column), true) = (column, picks.is_empty()) {
            let heads = wanted.iter().flat_map(|read| all(&read.table)).map(|(_, name)| name);
            let names: Vec<String> = heads.filter(|name| !name.is_empty()).collect();
            let columns = listed(names.iter().map(|name| &name[..]));
            return Err(DataError::UnknownColumn { column: column.to_owned(), columns });
        }
        if let (true, Some(unclear)) = (picks.is_empty(), labels.unclear.take()) {
            return Err(unclear);
        }
        labels.join(picks, ground, table.is_some());
        Ok(labels)
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

/// The column of a table that is called so, or has this number.
fn column_called(table: &Table, wanted: &str) -> Option<Pick> {
    let columns = || 0..table.columns.len();
    let found = columns()
        .find(|column| !table.heads.is_empty() && table.head(*column) == wanted)
        .or_else(|| columns().find(|column| !table.heads.is_empty() && same(table.head(*column), wanted)))
        .or_else(|| columns().find(|column| (column + 1).to_string() == wanted));
    let which = Which::Column(found.filter(|column| *column != table.names)?);
    Some(Pick { which, head: Head::Label })
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
