//! Tables that name photos: which column does so, which photo each row means, and what the other columns hold.

use csv_core::{ReadRecordResult, ReaderBuilder};

use super::Split;
use super::by_text::ByText;
use super::finder::{Finder, Found};
use super::paths::names as parts;
use super::words::split_of_name;

/// So many rows tell which column names photos.
const LOOKED_AT: usize = 1000;
/// A table of labels has fewer columns, also where each class has one.
const WIDEST: usize = 5000;

/// A table that names photos.
#[derive(Debug)]
pub(super) struct Table {
    /// What its columns are called; nothing where they have no heads.
    pub(super) heads: Vec<String>,
    /// The column that names photos.
    pub(super) names: usize,
    pub(super) rows: Vec<Row>,
    pub(super) columns: Vec<Column>,
}

/// What one row says.
#[derive(Debug)]
pub(super) struct Row {
    /// From 1, as a spreadsheet counts.
    pub(super) line: usize,
    pub(super) named: Named,
    pub(super) split: Option<Split>,
    cells: Vec<String>,
}

/// Which photo a row means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Photo(usize),
    Missing,
    /// Several photos, and nothing tells which.
    Several,
}

/// Where the labels are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Which {
    Column(usize),
    /// A column per class, with a 1 in that of the photo's.
    OneHot(Vec<usize>),
}

/// What one column holds.
#[derive(Debug)]
pub(super) struct Column {
    /// How often each text is there, but the empty one.
    pub(super) texts: ByText,
    /// Whether nothing but yes and no is there, as numbers.
    pub(super) flags: bool,
    /// Whether nothing but numbers are there, and whether they are whole.
    pub(super) numbers: bool,
    pub(super) whole: bool,
    /// Whether nothing but splits' names are there.
    pub(super) splits: bool,
}

/// Where a table stands, and what that and its name say of which photos it means.
pub(super) struct Standing<'a> {
    pub(super) folders: &'a [&'a str],
    /// Its name without the ending.
    pub(super) stem: &'a str,
    /// The split that its name or its folder speaks of.
    pub(super) split: Option<Split>,
    /// The folders of each photo, and the split that they give it.
    pub(super) photo: &'a dyn Fn(usize) -> (&'a [&'a str], Option<Split>),
}

impl Row {
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| if is_empty(cell) { "" } else { cell })
    }

    /// The photo that it means, if it is there.
    pub(super) fn photo(&self) -> Option<usize> {
        match self.named {
            Named::Photo(photo) => Some(photo),
            _ => None,
        }
    }
}

impl Table {
    /// Reads a table. The column of names is the one that names the most photos, with or without their endings and
    /// folders.
    ///
    /// # Errors
    /// Why this is no such table.
    pub(super) fn read(text: &str, standing: &Standing, photos: &Finder) -> Result<Self, &'static str> {
        let mut rows = rows(text);
        let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        if width > WIDEST {
            return Err("not used: it has more than 5,000 columns");
        }
        let Some(names) = column_of_names(&rows, width, standing.folders, photos) else {
            return Err("not used: none of its columns names the photos");
        };
        let head = rows[0].cell(names);
        let headed = photos.find(standing.folders, head) == Found::Missing && !is_file(head);
        let heads = if headed { rows.remove(0).cells } else { Vec::new() };
        standing.resolve(&mut rows, names, photos);
        let columns: Vec<Column> = (0..width).map(|column| Column::of(&rows, column)).collect();
        if let Some(split) = (0..width).find(|column| *column != names && columns[*column].splits) {
            for row in &mut rows {
                row.split = split_of_name(row.cell(split));
            }
        }
        let named = rows.iter().filter(|row| row.named != Named::Missing).count();
        if named * 2 < rows.len() && named * 2 < photos.len() {
            return Err("not used: most of its rows name no photo");
        }
        Ok(Self { heads, names, rows, columns })
    }

    pub(super) fn head(&self, column: usize) -> &str {
        self.heads.get(column).map_or("", |head| head)
    }

    /// What a row's label is; empty where it gives none.
    pub(super) fn label<'a>(&'a self, row: &'a Row, which: &Which) -> &'a str {
        match which {
            Which::Column(column) => row.cell(*column),
            Which::OneHot(columns) => {
                let mut set = columns.iter().filter(|column| row.cell(**column).starts_with('1'));
                match (set.next(), set.next()) {
                    (Some(column), None) => self.head(*column),
                    _ => "",
                }
            }
        }
    }
}

impl Standing<'_> {
    /// Finds the photo of each row. Where photos of several folders are called alike, the table's folder and its name tell
    /// which it means; then it means no photo of another split either.
    fn resolve(&self, rows: &mut [Row], names: usize, photos: &Finder) {
        let mut own = self.split;
        for row in rows.iter_mut() {
            let written = row.cell(names);
            row.named = match photos.find(self.folders, written) {
                Found::One { photo, .. } => Named::Photo(photo),
                Found::Missing => Named::Missing,
                Found::Several(alike) => match self.choose(alike, written) {
                    Some(photo) => {
                        own = own.or((self.photo)(photo).1);
                        Named::Photo(photo)
                    }
                    None => Named::Several,
                },
            };
        }
        for row in rows.iter_mut() {
            let Found::One { photo, by_folder: false } = photos.find(self.folders, row.cell(names)) else {
                continue;
            };
            let (_, split) = (self.photo)(photo);
            if own.is_some() && split.is_some() && own != split {
                row.named = Named::Missing;
            }
        }
    }

    /// The one among photos that are called alike.
    fn choose(&self, alike: &[usize], written: &str) -> Option<usize> {
        let written = parts(written);
        let above = &written[..written.len().saturating_sub(1)];
        let mut left = alike.to_vec();
        let mut narrow = |wanted: &dyn Fn(&[&str], Option<Split>) -> bool| {
            let those = |photo: &usize| {
                let (folders, split) = (self.photo)(*photo);
                wanted(folders, split)
            };
            let kept: Vec<usize> = left.iter().copied().filter(those).collect();
            if !kept.is_empty() {
                left = kept;
            }
        };
        narrow(&|folders, _| folders.ends_with(above));
        narrow(&|folders, _| folders.starts_with(self.folders));
        narrow(&|folders, _| folders.last().is_some_and(|name| is_called_after(self.stem, name)));
        // Labels are for training with, where nothing else is said.
        let split = self.split.or(Some(Split::Train));
        narrow(&|_, given| given == split);
        match left[..] {
            [photo] => Some(photo).filter(|photo| {
                let given = (self.photo)(*photo).1;
                self.split.is_none() || given.is_none() || given == self.split
            }),
            _ => None,
        }
    }
}

/// Whether a table's name begins with a folder's: `part1_labels` with `part1`.
fn is_called_after(stem: &str, folder: &str) -> bool {
    let letters = |name: &str| -> String {
        name.split(|one: char| one.is_ascii_punctuation() || one == ' ')
            .collect::<String>()
            .to_ascii_lowercase()
    };
    let folder = letters(folder);
    !folder.is_empty() && letters(stem).starts_with(&folder)
}

impl Column {
    fn of(rows: &[Row], column: usize) -> Self {
        let mut found = Self { texts: ByText::new(), flags: true, numbers: true, whole: true, splits: true };
        for row in rows {
            let cell = row.cell(column);
            found.flags &= matches!(cell, "0" | "1" | "-1" | "0.0" | "1.0" | "-1.0");
            found.numbers &= cell.bytes().all(|byte| byte.is_ascii_digit() || b".-+e".contains(&byte));
            found.whole &= !cell.contains('.') || cell.ends_with(".0");
            found.splits &= split_of_name(cell).is_some();
            if !cell.is_empty() {
                *found.texts.entry(cell.to_owned()).or_default() += 1;
            }
        }
        found
    }
}

/// The column that names the most photos, whole file names before numbers; of several the first.
fn column_of_names(rows: &[Row], width: usize, folders: &[&str], photos: &Finder) -> Option<usize> {
    let (mut best, mut most) = (None, 0);
    let step = rows.len().div_ceil(LOOKED_AT).max(1);
    for column in 0..width {
        let (mut named, mut points) = (ByText::new(), 0);
        for row in rows.iter().step_by(step) {
            let cell = row.cell(column);
            let photo = match photos.find(folders, cell) {
                Found::One { photo, .. } => photo,
                Found::Several(alike) => alike[0],
                Found::Missing => continue,
            };
            if named.insert(photo.to_string(), 1).is_none() {
                points += if is_file(cell) { 2 } else { 1 };
            }
        }
        if points > most {
            (best, most) = (Some(column), points);
        }
    }
    best
}

/// What stands for nothing where numbers or texts are missing.
fn is_empty(cell: &str) -> bool {
    cell == "?" || ["nan", "null", "<na>"].iter().any(|nothing| cell.eq_ignore_ascii_case(nothing))
}

/// The rows with something in them, and all cells trimmed.
fn rows(text: &str) -> Vec<Row> {
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
            rows.push(Row { line: reader.line() as usize - 1, named: Named::Missing, split: None, cells });
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
