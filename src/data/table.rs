//! Tables of file names and labels: which column is which, and what each row says.

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::Split;
use super::entry::split_of_folder;
use super::finder::{ByText, Finder};

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
/// So many rows tell which column is which.
const LOOKED_AT: usize = 1000;

/// A table that names photos and their classes.
#[derive(Debug)]
pub(super) struct Table {
    /// The heads of the columns of names and labels; empty where they have none.
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
}

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

/// A line of the file, cell by cell, with its number.
#[derive(Debug)]
struct Record {
    line: usize,
    cells: Vec<String>,
}

impl Record {
    fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.as_str())
    }
}

/// What one column holds.
#[derive(Debug)]
struct Column {
    /// How often each text is there, but the empty one.
    texts: ByText,
    /// Whether nothing but zeros and ones are there.
    flags: bool,
    /// Whether nothing but numbers are there.
    numbers: bool,
    /// Whether nothing but splits' names are there.
    splits: bool,
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
        let width = records.iter().map(|record| record.cells.len()).max().unwrap_or_default();
        let Some(names) = column_of_names(&records, width, folders, photos) else {
            return Err("not used: none of its columns names the photos");
        };
        let head = records[0].cell(names);
        let headed = photos.find(folders, head).is_none() && !is_file(head);
        let (heads, records) = records.split_at(usize::from(headed));
        let columns: Vec<Column> = (0..width).map(|column| Column::of(records, column)).collect();
        let Some(labels) = labels(heads.first(), &columns, names, records.len()) else {
            return Err("not used: none of its columns beside the photos' names holds labels");
        };
        let one = if let Labels::Column(column) = labels { column } else { names };
        let split = (0..width).find(|column| *column != names && *column != one && columns[*column].splits);

        let mut rows = Vec::new();
        let mut found = 0;
        for record in records {
            let photo = photos.find(folders, record.cell(names));
            found += usize::from(photo.is_some());
            let label = match &labels {
                Labels::Column(column) => record.cell(*column),
                Labels::OneHot(columns) => {
                    let mut set = columns.iter().filter(|column| record.cell(**column).starts_with('1'));
                    match (set.next(), set.next(), heads) {
                        (Some(column), None, [heads]) => heads.cell(*column),
                        _ => "",
                    }
                }
            };
            rows.push(Row {
                line: record.line,
                name: record.cell(names).to_owned(),
                photo,
                label: label.to_owned(),
                split: split.and_then(|column| split_of_folder(record.cell(column))),
            });
        }
        if found * 2 < rows.len() && found * 2 < photos.len() {
            return Err("not used: most of its rows name no photo");
        }
        let columns = match (labels, heads) {
            (Labels::Column(label), [heads]) => {
                vec![heads.cell(names).to_owned(), heads.cell(label).to_owned()]
            }
            _ => Vec::new(),
        };
        Ok(Self { columns, rows })
    }
}

impl Column {
    fn of(records: &[Record], column: usize) -> Self {
        let mut found = Self { texts: ByText::new(), flags: true, numbers: true, splits: true };
        for record in records {
            let cell = record.cell(column);
            found.flags &= matches!(cell, "0" | "1" | "0.0" | "1.0");
            found.numbers &= cell.bytes().all(|byte| byte.is_ascii_digit() || b".-+e".contains(&byte));
            found.splits &= split_of_folder(cell).is_some();
            if !cell.is_empty() {
                *found.texts.entry(cell.to_owned()).or_default() += 1;
            }
        }
        found
    }
}

/// The column that names the most photos; of several the first.
fn column_of_names(records: &[Record], width: usize, folders: &[&str], photos: &Finder) -> Option<usize> {
    let (mut best, mut most) = (None, 0);
    for column in 0..width {
        let mut named = ByText::new();
        for record in records.iter().take(LOOKED_AT) {
            if let Some(photo) = photos.find(folders, record.cell(column)) {
                named.insert(photo.to_string(), 1);
            }
        }
        if named.len() > most {
            (best, most) = (Some(column), named.len());
        }
    }
    best
}

/// The column that is called as labels are; else one a class; else the first that repeats its texts, words
/// before numbers.
fn labels(heads: Option<&Record>, columns: &[Column], names: usize, rows: usize) -> Option<Labels> {
    let others: Vec<usize> = (0..columns.len()).filter(|column| *column != names).collect();
    if let Some(heads) = heads {
        for wanted in &LABEL_HEADS {
            if let Some(column) =
                others.iter().find(|column| heads.cell(**column).eq_ignore_ascii_case(wanted))
            {
                return Some(Labels::Column(*column));
            }
        }
        let flags: Vec<usize> = others.iter().copied().filter(|column| columns[*column].flags).collect();
        if flags.len() > 1 {
            return Some(Labels::OneHot(flags));
        }
    }
    let mut numbers = None;
    for column in others {
        let Column { texts, numbers: is_number, splits, .. } = &columns[column];
        if texts.len() < 2 || texts.len() * 2 > rows.max(4) || *splits {
            continue;
        }
        if !is_number {
            return Some(Labels::Column(column));
        }
        numbers.get_or_insert(column);
    }
    numbers.map(Labels::Column)
}

/// The rows with something in them, and all cells trimmed.
fn records(text: &str) -> Vec<Record> {
    // The last line has an end, too, so that the reader tells of each record once.
    let text = [text.trim_start_matches('\u{feff}'), "\n"].concat();
    let delimiter = delimiter(&text);
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    // No record is longer than the text, and none has more cells than there are delimiters.
    let mut bytes = vec![0; text.len()];
    let mut ends = vec![0; text.bytes().filter(|byte| *byte == delimiter).count() + 1];
    let (mut rest, mut rows) = (text.as_bytes(), Vec::new());
    loop {
        let (result, read, _, count) = reader.read_record(rest, &mut bytes, &mut ends);
        rest = &rest[read..];
        if result != ReadRecordResult::Record {
            return rows;
        }
        let (mut from, mut cells, mut empty) = (0, Vec::new(), true);
        for end in &ends[..count] {
            let cell = String::from_utf8_lossy(bytes[from..*end].trim_ascii()).into_owned();
            empty &= cell.is_empty();
            cells.push(cell);
            from = *end;
        }
        if !empty {
            rows.push(Record { line: reader.line() as usize - 1, cells });
        }
    }
}

/// What separates the cells of the first line.
fn delimiter(text: &str) -> u8 {
    let first = text.split('\n').next().unwrap_or_default();
    let (mut best, mut most) = (b',', 0);
    for delimiter in *b",;\t|" {
        let count = first.bytes().filter(|byte| *byte == delimiter).count();
        if count > most {
            (best, most) = (delimiter, count);
        }
    }
    best
}

fn is_file(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && matches!(ending.len(), 3 | 4))
}
