//! Tables of file names and labels: which column is which, and what each row says.

use std::collections::BTreeSet;

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::Split;
use super::entry::split_of_folder;
use super::finder::Finder;

/// What columns of labels are called, the likelier names first.
const LABEL_HEADS: [&str; 18] = [
    "label",
    "labels",
    "class",
    "class_name",
    "classname",
    "category",
    "species",
    "breed",
    "target",
    "diagnosis",
    "dx",
    "y",
    "tag",
    "라벨",
    "레이블",
    "클래스",
    "분류",
    "종류",
];
/// More than half of a column's labels differ in a column that is none.
const REPEATS: usize = 2;

/// A table that names photos and their classes.
#[derive(Debug)]
pub(super) struct Table {
    /// The heads of the columns of names and labels, where they have heads.
    pub(super) columns: Option<[String; 2]>,
    pub(super) rows: Vec<Row>,
}

/// So many rows tell which column is which.
const LOOKED_AT: usize = 1000;

/// What one row says.
#[derive(Debug)]
pub(super) struct Row {
    /// From 1, as a spreadsheet counts.
    pub(super) line: usize,
    /// The name as it is written.
    pub(super) name: String,
    /// The photo, if it is there.
    pub(super) photo: Option<usize>,
    /// Empty where the row gives none.
    pub(super) label: String,
    pub(super) split: Option<Split>,
}

/// Where the labels are.
enum Labels {
    Column(usize),
    /// A column a class, with a 1 in that of the photo's.
    OneHot(Vec<usize>),
}

impl Table {
    /// Reads a table that lies in `folders`.
    ///
    /// The column of names is the one that names the most photos, with or without their endings and
    /// folders. That of the labels is known by its head, or by holding few different texts.
    ///
    /// # Errors
    /// Why this is no such table.
    pub(super) fn read(text: &str, folders: &[&str], photos: &Finder) -> Result<Self, &'static str> {
        let records = records(text);
        let width = records.iter().map(|(_, cells)| cells.len()).max().unwrap_or_default();
        let found = |column: usize| {
            let named: BTreeSet<usize> = records
                .iter()
                .take(LOOKED_AT)
                .filter_map(|(_, row)| photos.find(folders, row.get(column)?))
                .collect();
            named.len()
        };
        // Of columns that name equally many the first one.
        let names = (0..width).rev().max_by_key(|column| found(*column));
        let Some(names) = names.filter(|column| found(*column) > 0) else {
            return Err("not used: none of its columns names the photos");
        };
        let (_, first) = &records[0];
        let headed =
            first.get(names).is_none_or(|head| photos.find(folders, head).is_none() && !is_file(head));
        let (heads, records) = records.split_at(usize::from(headed));
        let heads: &[String] = heads.first().map_or(&[], |(_, cells)| cells);
        let columns = Columns { heads, records, width, names };
        let Some(labels) = columns.labels() else {
            return Err("not used: none of its columns beside the photos' names holds labels");
        };
        let split = columns.split(&labels);
        let rows: Vec<Row> = records
            .iter()
            .map(|(line, cells)| {
                let cell = |column: usize| cells.get(column).map_or("", |cell| cell.as_str());
                Row {
                    line: *line,
                    name: cell(names).to_owned(),
                    photo: photos.find(folders, cell(names)),
                    label: columns.label(&labels, cells),
                    split: split.and_then(|column| split_of_folder(cell(column))),
                }
            })
            .collect();
        let labelled = rows.iter().filter(|row| row.photo.is_some()).count();
        if labelled * 2 < rows.len() && labelled * 2 < photos.len() {
            return Err("not used: most of its rows name no photo");
        }
        let head = |column: usize| heads.get(column).cloned().unwrap_or_default();
        let columns = match labels {
            Labels::Column(column) if !heads.is_empty() => Some([head(names), head(column)]),
            _ => None,
        };
        Ok(Self { columns, rows })
    }
}

/// A table's columns, of which one holds the photos' names.
struct Columns<'a> {
    heads: &'a [String],
    records: &'a [(usize, Vec<String>)],
    width: usize,
    names: usize,
}

impl Columns<'_> {
    fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        self.records.iter().filter_map(move |(_, row)| row.get(column)).map(|cell| cell.as_str())
    }

    fn others(&self) -> impl Iterator<Item = usize> {
        (0..self.width).filter(|column| *column != self.names)
    }

    fn labels(&self) -> Option<Labels> {
        let headed = |wanted: &&str| {
            self.others()
                .find(|column| self.heads.get(*column).is_some_and(|head| head.to_lowercase() == **wanted))
        };
        if let Some(column) = LABEL_HEADS.iter().find_map(headed) {
            return Some(Labels::Column(column));
        }
        let flags: Vec<usize> = self.others().filter(|column| self.cells(*column).all(is_flag)).collect();
        if flags.len() > 1 && !self.heads.is_empty() {
            return Some(Labels::OneHot(flags));
        }
        let repeats = |column: &usize| {
            let different: BTreeSet<&str> = self.cells(*column).filter(|cell| !cell.is_empty()).collect();
            different.len() > 1 && different.len() * REPEATS <= self.records.len().max(2 * REPEATS)
        };
        let words = |column: &usize| !self.cells(*column).all(|cell| cell.parse::<f64>().is_ok());
        let splits = |column: &usize| self.cells(*column).all(|cell| split_of_folder(cell).is_some());
        let likely: Vec<usize> = self.others().filter(repeats).filter(|column| !splits(column)).collect();
        likely.iter().find(|column| words(column)).or(likely.first()).map(|column| Labels::Column(*column))
    }

    fn label(&self, labels: &Labels, cells: &[String]) -> String {
        match labels {
            Labels::Column(column) => cells.get(*column).cloned().unwrap_or_default(),
            Labels::OneHot(columns) => {
                let set = |column: &&usize| cells.get(**column).is_some_and(|flag| flag.starts_with('1'));
                let mut set = columns.iter().filter(set);
                match (set.next(), set.next()) {
                    (Some(column), None) => self.heads.get(*column).cloned().unwrap_or_default(),
                    _ => String::new(),
                }
            }
        }
    }

    /// The column that gives nothing but splits.
    fn split(&self, labels: &Labels) -> Option<usize> {
        let is_split = |column: &usize| {
            let label = matches!(labels, Labels::Column(labels) if labels == column);
            !label && self.cells(*column).all(|cell| split_of_folder(cell).is_some())
        };
        self.others().find(is_split)
    }
}

/// The rows with something in them, each with its line, and all cells trimmed.
fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    // The last line has an end, too, so that the reader tells of each record once.
    let text = format!("{}\n", text.trim_start_matches('\u{feff}'));
    let delimiter = delimiter(&text);
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    // No record is longer than the text, and none has more cells than there are delimiters.
    let mut cells = vec![0; text.len()];
    let mut ends = vec![0; text.bytes().filter(|byte| *byte == delimiter).count() + 1];
    let (mut rest, mut rows) = (text.as_bytes(), Vec::new());
    loop {
        let (result, read, _, count) = reader.read_record(rest, &mut cells, &mut ends);
        rest = &rest[read..];
        if result != ReadRecordResult::Record {
            return rows;
        }
        let mut from = 0;
        let row = ends[..count].iter().map(|end| {
            let cell = String::from_utf8_lossy(&cells[from..*end]).trim().to_owned();
            from = *end;
            cell
        });
        let row: Vec<String> = row.collect();
        if row.iter().any(|cell| !cell.is_empty()) {
            rows.push((reader.line() as usize - 1, row));
        }
    }
}

/// What separates the cells of the first line.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: &u8| first.bytes().filter(|byte| byte == delimiter).count();
    b"|\t;,".iter().copied().max_by_key(count).unwrap_or(b',')
}

fn is_file(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && matches!(ending.len(), 3 | 4))
}

fn is_flag(cell: &str) -> bool {
    matches!(cell, "0" | "1" | "0.0" | "1.0")
}
