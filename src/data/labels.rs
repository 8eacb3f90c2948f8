//! Which class and split the tables that are used give each photo.

use std::collections::HashMap;

use super::by_text::{ByText, different};
use super::columns::{NoPick, Pick};
use super::entry::Entry;
use super::heads::same;
use super::spot::Spot;
use super::table::{Named, Row, Which};
use super::tables::{Ground, Read, listed};
use super::tree::{OUTSIDE, Tree};
use super::{DataError, Rejection, Split};
use crate::sorting::sort_by;

/// Why a table is not used whose names may be any of several photos.
const SEVERAL: &str = "not used: its names fit several photos each; write the folder in front of each name";
/// Why tables are not used where nothing else is said of them.
pub(super) const WITHOUT: &str = "not used: the photos' classes are told without it";
/// So many rows without a photo are told one by one.
const TOLD: usize = 1000;
/// So many photos of one class alone are a form that nobody filled in.
const FORM: usize = 4;

/// The tables that are used.
#[derive(Debug, Default)]
pub(super) struct Labels<'t> {
    used: Vec<(&'t Read, Pick)>,
    /// The others' files, and why they are not used.
    pub(super) unused: Vec<(usize, String)>,
    /// A table of which it is not clear what column holds the classes.
    pub(super) unclear: Option<DataError>,
}

/// What tables say of one photo.
enum Said<'a> {
    Class(&'a str, Option<Split>),
    /// More than one class.
    Both(&'a str, &'a str),
}

impl<'t> Labels<'t> {
    pub(super) fn refuse(&mut self, read: &Read, why: NoPick) {
        let reason = match why {
            NoPick::None => "not used: none of its columns beside the photos' names holds labels".to_owned(),
            NoPick::Unclear(columns) => {
                let columns = listed(columns.iter().map(|name| &name[..]));
                let reason =
                    format!("not used: it is not clear which of its columns holds the classes ({columns})");
                self.unclear.get_or_insert(DataError::UnclearColumn { table: read.path.clone(), columns });
                reason
            }
        };
        self.unused.push((read.file, reason));
    }

    /// Takes the table that most speaks for, and those that say the same thing of other photos.
    pub(super) fn join(&mut self, picks: Vec<(&'t Read, Pick)>, ground: &Ground, asked: bool) {
        // The sort is stable: of tables that are alike the first one leads.
        let mut order: Vec<_> = picks
            .iter()
            .map(|(read, pick)| (pick.head, labelled(read, &pick.which).count(), read, pick))
            .collect();
        sort_by(&mut order, |a, b| (b.0, b.1).cmp(&(a.0, a.1)));
        let known = ground.folders.iter().any(Option::is_some);
        let several = picks.len() > 1;
        for (.., read, pick) in order {
            let reason = if asked {
                None
            } else if labelled(read, &pick.which).next().is_none() {
                let several = read.table.rows.iter().any(|row| row.named == Named::Several);
                Some(if several { SEVERAL } else { WITHOUT }.to_owned())
            } else if labelled(read, &pick.which).all(|(photo, row, _)| ground.is_outside(photo, row)) {
                Some("not used: its photos lie outside of the train, validation and test folders".to_owned())
            } else if (known || several) && is_unfilled(read, &pick.which, ground) {
                Some(
                    "not used: it gives all test photos the same label, as a sample submission does"
                        .to_owned(),
                )
            } else {
                self.used.first().and_then(|(first, of_first)| differs((*first, of_first), (*read, pick)))
            };
            match reason {
                Some(reason) => self.unused.push((read.file, reason)),
                None => self.used.push((*read, pick.clone())),
            }
        }
        let texts =
            different(self.rows().map(|(_, row, label)| if row.photo().is_some() { label } else { "" }));
        let photos = self.rows().filter(|(_, row, label)| row.photo().is_some() && !label.is_empty()).count();
        let classes = texts.len() - usize::from(texts.contains_key(""));
        let reason = if classes < 2 {
            WITHOUT
        } else if classes == photos && photos > FORM && !asked {
            "not used: each photo has a different label in it"
        } else {
            return;
        };
        let unused = self.used.drain(..).map(|(read, _)| (read.file, reason.to_owned()));
        self.unused.extend(unused);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.used.is_empty()
    }

    /// What speaks for the first table.
    pub(super) fn pick(&self) -> Option<&Pick> {
        self.used.first().map(|(_, pick)| pick)
    }

    /// Has no table used but those that give photos among these a class.
    pub(super) fn keep(&mut self, photos: &[bool], reason: &str) {
        let of_use = |read: &Read, pick: &Pick| {
            labelled(read, &pick.which).any(|(photo, ..)| photos.get(photo).is_some_and(|wanted| *wanted))
        };
        let (used, others): (Vec<_>, Vec<_>) =
            self.used.drain(..).partition(|(read, pick)| of_use(read, pick));
        self.used = used;
        self.unused.extend(others.into_iter().map(|(read, _)| (read.file, reason.to_owned())));
    }

    /// The class that tables give each photo, where they give it one; splits that no table gives come from folders.
    pub(super) fn spots<'a>(&'a self, entries: &[Entry], tree: &Tree) -> Vec<Spot<'a>> {
        let mut said: HashMap<usize, Said> = HashMap::new();
        // train.csv and test.csv beside photos that lie together
        let named = |wanted: Split| self.used.iter().any(|(read, _)| read.split == Some(wanted));
        let by_name = named(Split::Train) && (named(Split::Validation) || named(Split::Test));
        for (read, row, class) in self.rows().filter(|(.., label)| !label.is_empty()) {
            let Some(photo) = row.photo() else { continue };
            let split = row.split.or(read.split.filter(|_| by_name));
            said.entry(photo)
                .and_modify(|said| match said {
                    Said::Class(other, _) if *other != class => *said = Said::Both(other, class),
                    _ => {}
                })
                .or_insert(Said::Class(class, split));
        }
        let of_photo = |(photo, entry): (usize, &Entry)| {
            let Entry::Photo { folders, .. } = entry else { return Spot::other(entry) };
            let given = tree.split(folders);
            match said.get(&photo) {
                Some(Said::Class(_, None)) if tree.has_splits() && given.is_none() => {
                    Spot::Rejected(OUTSIDE.to_owned())
                }
                Some(Said::Class(class, split)) => Spot::In { class, split: given.or(*split) },
                Some(Said::Both(one, other)) => {
                    Spot::Rejected(format!("{} gives it two classes, \"{one}\" and \"{other}\"", self.name()))
                }
                None => Spot::Rejected(format!("{} gives it no class", self.name())),
            }
        };
        entries.iter().enumerate().map(of_photo).collect()
    }

    pub(super) fn paths(&self) -> Vec<String> {
        self.used.iter().map(|(read, _)| read.path.clone()).collect()
    }

    /// What the first table calls its columns of names and labels.
    pub(super) fn columns(&self) -> Vec<String> {
        match self.used.first() {
            Some((read, Pick { which: Which::Column(column), .. })) if !read.table.heads.is_empty() => {
                [read.table.names, *column].map(|column| read.table.head(column).to_owned()).to_vec()
            }
            _ => Vec::new(),
        }
    }

    /// The rows that name photos which are not there.
    pub(super) fn missing(&self) -> Vec<Rejection> {
        let mut rows = self.rows().filter(|(_, row, _)| row.photo().is_none());
        let told = rows.by_ref().take(TOLD).map(|(read, row, _)| {
            let why = match row.named {
                Named::Several => "several photos have that name: write the folder in front of it",
                _ => "there is no such photo",
            };
            let reason = format!("{} names it in line {}, and {why}", read.path, row.line);
            Rejection { path: row.cell(read.table.names).to_owned(), reason }
        });
        let mut missing: Vec<Rejection> = told.collect();
        let more = rows.count();
        if more > 0 {
            let reason = format!("{more} more rows name photos that are not there");
            missing.push(Rejection { path: self.name().to_owned(), reason });
        }
        missing
    }

    /// Each row with its label.
    fn rows(&self) -> impl Iterator<Item = (&Read, &Row, &str)> {
        self.used.iter().flat_map(|(read, pick)| {
            read.table.rows.iter().map(move |row| (*read, row, read.table.label(row, &pick.which)))
        })
    }

    fn name(&self) -> &str {
        match &self.used[..] {
            [(read, _)] => &read.path,
            _ => "a table",
        }
    }
}

/// The photos that a table gives a label, and that label.
fn labelled<'a>(read: &'a Read, which: &'a Which) -> impl Iterator<Item = (usize, &'a Row, &'a str)> {
    let label = move |row: &'a Row| {
        let label = read.table.label(row, which);
        Some((row.photo()?, row, label)).filter(|_| !label.is_empty())
    };
    read.table.rows.iter().filter_map(label)
}

/// Whether a table says the same of all its photos, and all of these are for the test.
fn is_unfilled(read: &Read, which: &Which, ground: &Ground) -> bool {
    let first = labelled(read, which).next().map(|(.., label)| label);
    let alike = |(photo, row, label): (usize, &Row, &str)| {
        Some(label) == first && row.split.or(ground.split(photo)).or(read.split) == Some(Split::Test)
    };
    labelled(read, which).count() >= FORM && labelled(read, which).all(alike)
}

/// Why a table cannot be joined to the first one; nothing where it can.
fn differs(first: (&Read, &Pick), other: (&Read, &Pick)) -> Option<String> {
    let head = |(read, pick): (&Read, &Pick)| match &pick.which {
        Which::Column(column) => read.table.head(*column).to_owned(),
        Which::OneHot(_) => String::new(),
    };
    let texts = |(read, pick): (&Read, &Pick)| -> ByText {
        // Numbers are alike whatever they mean.
        let word = |label: &&str| !label.bytes().all(|byte| byte.is_ascii_digit());
        different(read.table.rows.iter().map(|row| read.table.label(row, &pick.which)).filter(word))
    };
    let mut of_photo: Vec<&str> = Vec::new();
    for (photo, _, label) in labelled(first.0, &first.1.which) {
        of_photo.resize(of_photo.len().max(photo + 1), "");
        of_photo[photo] = label;
    }
    let (mut common, mut other_labels) = (0, 0);
    for (photo, _, label) in labelled(other.0, &other.1.which) {
        let known = of_photo.get(photo).is_some_and(|known| !known.is_empty());
        common += usize::from(known);
        other_labels += usize::from(known && of_photo[photo] != label);
    }
    if other_labels * 2 > common {
        return Some(format!("not used: it gives the photos other classes than {} does", first.0.path));
    }
    let (one, two) = (head(first), head(other));
    if same(&one, &two) {
        return None;
    }
    let (a, b) = (texts(first), texts(other));
    let shared = b.keys().filter(|text| a.contains_key(*text)).count();
    if shared > 0 && shared * 2 >= a.len().min(b.len()) {
        return None;
    }
    Some(format!("not used: its column \"{two}\" does not mean the same as \"{one}\" in {}", first.0.path))
}
