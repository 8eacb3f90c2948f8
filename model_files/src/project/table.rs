use std::borrow::Cow;

/// What makes a spreadsheet take a text for a formula, and the mark that says there is none.
const ACTIVE: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', MARK];
const MARK: char = '\'';

/// A text that no spreadsheet computes: an apostrophe stands before what could be a formula. Whoever reads it takes the first
/// apostrophe of a text off.
pub(super) fn inert(text: &str) -> Cow<'_, str> {
    if text.starts_with(ACTIVE) { format!("{MARK}{text}").into() } else { text.into() }
}

/// Rows as CSV; every text is in quotes.
pub(super) fn csv<'a>(rows: impl Iterator<Item = [Cow<'a, str>; 3]>) -> String {
    let mut csv = String::new();
    for row in rows {
        for (at, text) in row.iter().enumerate() {
            if at > 0 {
                csv.push(',');
            }
            csv.push('"');
            csv.push_str(&text.replace('"', "\"\""));
            csv.push('"');
        }
        csv.push('\n');
    }
    csv
}
