//! Which of a table's columns holds the labels: its head, what is in it, and the class folders are the evidence.

use super::by_text::ByText;
use super::heads::{Head, rank};
use super::table::{Table, Which};
use super::words::words;
use crate::sorting::sort_by;

/// The column that is taken for the labels.
#[derive(Debug, Clone)]
pub(super) struct Pick {
    pub(super) which: Which,
    /// What speaks for it.
    pub(super) head: Head,
}

/// Why no column is taken.
#[derive(Debug)]
pub(super) enum NoPick {
    /// None holds labels.
    None,
    /// Several may hold them; what they are called.
    Unclear(Vec<String>),
}

/// What one way to sort photos into classes says of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// Nothing: no photos are in both, or all of them are in one class.
    Apart,
    /// Each class of the one is a class of the other.
    Same,
    /// The other divides the classes of the one.
    Finer,
    /// The other joins them.
    Coarser,
    /// They have nothing to do with each other.
    Crossing,
}

/// The column that is likeliest to hold the labels. `folders` are the class folders of the photos, where there are such.
pub(super) fn likeliest(table: &Table, folders: &[Option<&str>]) -> Result<Pick, NoPick> {
    let mut columns: Vec<(usize, Head)> = (0..table.columns.len())
        .filter_map(|column| Some((column, head_of_labels(table, column)?)))
        .collect();
    let agree = |column: usize| {
        let which = Which::Column(column);
        let of_row = table.rows.iter().filter_map(|row| {
            let folder = *folders.get(row.photo()?)?;
            Some((folder?, table.label(row, &which)))
        });
        relation(of_row) == Relation::Same
    };
    let agreeing: Vec<(usize, Head)> = columns.iter().copied().filter(|(column, _)| agree(*column)).collect();
    if !agreeing.is_empty() {
        columns = agreeing;
    }
    let best = columns.iter().map(|(_, head)| *head).max();
    if best < Some(Head::Among)
        && let Some(classes) = one_hot(table)
    {
        return Ok(Pick { which: Which::OneHot(classes), head: Head::Among });
    }
    let Some(best) = best else { return Err(NoPick::None) };
    columns.retain(|(_, head)| *head == best);
    sort_by(&mut columns, |(a, _), (b, _)| rank(table.head(*a)).cmp(&rank(table.head(*b))));
    let are_words = |column: usize| !table.columns[column].numbers;
    if best < Head::Among && columns.iter().any(|(column, _)| are_words(*column)) {
        columns.retain(|(column, _)| are_words(*column));
    }
    let first = columns[0].0;
    let says_the_same = |column: usize| {
        let (one, other) = (Which::Column(first), Which::Column(column));
        relation(table.rows.iter().map(|row| (table.label(row, &one), table.label(row, &other))))
            == Relation::Same
    };
    let alike: Vec<usize> = columns
        .iter()
        .map(|(column, _)| *column)
        .filter(|column| *column == first || says_the_same(*column))
        .collect();
    if best < Head::Among && alike.len() < columns.len() {
        return Err(NoPick::Unclear(columns.iter().map(|(column, _)| name(table, *column)).collect()));
    }
    // Of a number and a name for each class, the name.
    let column = alike.iter().copied().find(|column| are_words(*column)).unwrap_or(first);
    Ok(Pick { which: Which::Column(column), head: best })
}

/// All that may be taken for the labels by hand, with what it is called.
pub(super) fn all(table: &Table) -> Vec<(Which, String)> {
    let several = |column: &usize| {
        let texts = table.columns[*column].texts.len();
        *column != table.names && texts > 1 && texts < table.rows.len()
    };
    let columns = (0..table.columns.len()).filter(several);
    let mut found: Vec<(Which, String)> =
        columns.map(|column| (Which::Column(column), name(table, column))).collect();
    found.extend(one_hot(table).map(|classes| (Which::OneHot(classes), String::new())));
    found
}

/// What a column is called; its number from 1 on where it has no head.
fn name(table: &Table, column: usize) -> String {
    match table.head(column) {
        "" => (column + 1).to_string(),
        head => head.to_owned(),
    }
}

/// What the head of a column says that may hold labels; nothing for one that cannot.
fn head_of_labels(table: &Table, column: usize) -> Option<Head> {
    let held = &table.columns[column];
    if column == table.names || held.texts.is_empty() {
        return None;
    }
    let head = if table.heads.is_empty() { Head::Unknown } else { head(table, column) };
    let whole = !held.numbers || held.whole;
    let few = held.texts.len() > 1 && held.texts.len() * 2 <= table.rows.len().max(4);
    let may_be = match head {
        Head::Other => false,
        Head::Name => few && !held.numbers,
        Head::Unknown | Head::Weak => few && whole && !held.splits,
        Head::Among | Head::Label => whole,
    };
    may_be.then_some(head)
}

/// What a column's head says; beside an x, a y is a coordinate.
fn head(table: &Table, column: usize) -> Head {
    let has = |column: usize, wanted: &str| words(table.head(column)).iter().any(|word| word == wanted);
    let coordinates = |other: usize| other != table.names && other != column && has(other, "x");
    if has(column, "y") && (0..table.columns.len()).any(coordinates) {
        return Head::Other;
    }
    Head::of(table.head(column))
}

/// The columns of a table that has one per class; most photos are in one of them.
fn one_hot(table: &Table) -> Option<Vec<usize>> {
    let is_class = |column: &usize| {
        *column != table.names && table.columns[*column].flags && head(table, *column) != Head::Other
    };
    let classes: Vec<usize> = (0..table.columns.len().min(table.heads.len())).filter(is_class).collect();
    let which = Which::OneHot(classes);
    let one = table.rows.iter().filter(|row| !table.label(row, &which).is_empty()).count();
    match which {
        Which::OneHot(classes) if classes.len() > 1 && one * 2 > table.rows.len() => Some(classes),
        _ => None,
    }
}

/// What the second of two classes of each photo says of the first. One photo in ten may be an exception.
pub(super) fn relation<'a>(photos: impl Iterator<Item = (&'a str, &'a str)>) -> Relation {
    let (mut pairs, mut ones, mut others) = (ByText::new(), ByText::new(), ByText::new());
    for (one, other) in photos.filter(|(one, other)| !one.is_empty() && !other.is_empty()) {
        *pairs.entry([one, "\0", other].concat()).or_default() += 1;
        *ones.entry(one.to_owned()).or_default() += 1;
        *others.entry(other.to_owned()).or_default() += 1;
    }
    if ones.len() < 2 || others.len() < 2 {
        return Relation::Apart;
    }
    let tell = |all: &ByText, first: bool| {
        let mut most = ByText::new();
        for (pair, count) in &pairs {
            let Some((one, other)) = pair.split_once('\0') else { continue };
            let best = most.entry(if first { one } else { other }.to_owned()).or_default();
            *best = (*best).max(*count);
        }
        all.iter().all(|(text, count)| most.get(text).copied().unwrap_or_default() * 10 >= count * 9)
    };
    match (tell(&ones, true), tell(&others, false)) {
        (true, true) => Relation::Same,
        (false, true) => Relation::Finer,
        (true, false) => Relation::Coarser,
        (false, false) => Relation::Crossing,
    }
}
