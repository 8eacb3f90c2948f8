//! Which class and split the tables of a folder give each photo.

use std::collections::HashMap;

use super::entry::{Entry, names, split_of_folder};
use super::finder::Finder;
use super::layout::{Contents, Spot};
use super::names::stem;
use super::table::{Row, Table};
use super::tree::Tree;
use super::{Rejection, Split};

/// So many rows without a photo are told one by one.
const TOLD: usize = 1000;

/// The tables that are used; none where they give fewer than two classes.
#[derive(Debug, Default)]
pub(super) struct Labels {
    tables: Vec<(String, Table)>,
}

/// What tables say of one photo.
enum Said<'a> {
    Class(&'a str, Option<Split>),
    /// More than one class.
    Both(&'a str, &'a str),
}

impl Labels {
    /// Reads the tables among a folder's files; those that are none become rejected entries.
    pub(super) fn read(paths: &[String], contents: &Contents, entries: &mut [Entry]) -> Self {
        let mut finder = Finder::default();
        if !contents.tables.is_empty() {
            for (photo, entry) in entries.iter().enumerate() {
                if let Entry::Photo { folders, name } = entry {
                    finder.add(photo, folders, name);
                }
            }
        }
        let mut tables = Vec::new();
        for (file, text) in &contents.tables {
            let Some(entry @ Entry::Table(_)) = entries.get_mut(*file) else { continue };
            let Entry::Table(folders) = entry else { continue };
            match Table::read(text, folders, &finder) {
                Ok(table) => tables.push((paths[*file].clone(), table)),
                Err(reason) => *entry = Entry::Rejected(reason.to_owned()),
            }
        }
        let labels = Self { tables };
        if labels.are_several() { labels } else { Self::default() }
    }

    /// Whether photos have different classes.
    fn are_several(&self) -> bool {
        let mut said = self.rows().filter(|(_, row)| row.photo.is_some() && !row.label.is_empty());
        said.next().is_some_and(|(_, first)| said.any(|(_, row)| row.label != first.label))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Where each path lies by the tables; splits that no table gives come from folders.
    pub(super) fn spots<'a>(&'a self, entries: &[Entry], tree: &Tree) -> Vec<Spot<'a>> {
        let mut said: HashMap<usize, Said> = HashMap::new();
        for (path, row) in self.rows().filter(|(_, row)| !row.label.is_empty()) {
            let Some(photo) = row.photo else { continue };
            // train.csv and test.csv beside photos that lie together
            let split = row.split.or_else(|| split_of_folder(stem(names(path).last()?)));
            let class = &row.label[..];
            said.entry(photo)
                .and_modify(|said| match said {
                    Said::Class(other, _) if *other != class => *said = Said::Both(other, class),
                    _ => {}
                })
                .or_insert(Said::Class(class, split));
        }
        let of_photo = |(photo, entry): (usize, &Entry)| {
            let Entry::Photo { folders, .. } = entry else { return Spot::other(entry) };
            match said.get(&photo) {
                Some(Said::Class(class, split)) => Spot::In { class, split: tree.split(folders).or(*split) },
                Some(Said::Both(one, other)) => {
                    Spot::Rejected(format!("{} gives it two classes, \"{one}\" and \"{other}\"", self.name()))
                }
                None => Spot::Rejected(format!("{} gives it no class", self.name())),
            }
        };
        entries.iter().enumerate().map(of_photo).collect()
    }

    pub(super) fn paths(&self) -> Vec<String> {
        self.tables.iter().map(|(path, _)| path.clone()).collect()
    }

    /// What the first table calls its columns of names and labels.
    pub(super) fn columns(&self) -> Vec<String> {
        self.tables.first().map(|(_, table)| table.columns.clone()).unwrap_or_default()
    }

    /// The rows that name photos which are not there.
    pub(super) fn missing(&self) -> Vec<Rejection> {
        let mut rows = self.rows().filter(|(_, row)| row.photo.is_none());
        let told = rows.by_ref().take(TOLD).map(|(path, row)| Rejection {
            path: row.name.clone(),
            reason: format!("{path} names it in line {}, and there is no such photo", row.line),
        });
        let mut missing: Vec<Rejection> = told.collect();
        let more = rows.count();
        if more > 0 {
            let reason = format!("{more} more rows name photos that are not there");
            missing.push(Rejection { path: self.name().to_owned(), reason });
        }
        missing
    }

    fn rows(&self) -> impl Iterator<Item = (&str, &Row)> {
        self.tables.iter().flat_map(|(path, table)| table.rows.iter().map(move |row| (&path[..], row)))
    }

    fn name(&self) -> &str {
        match &self.tables[..] {
            [(path, _)] => path,
            _ => "a table",
        }
    }
}
