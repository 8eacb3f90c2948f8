//! Which tables and columns are used: the likeliest, or those that are asked for.

use super::DataError;
use super::columns::{NoPick, Pick, all, likeliest};
use super::heads::{Head, same};
use super::labels::Labels;
use super::table::{Table, Which};
use super::tables::{Ground, Read, Tables, listed};

impl Tables {
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
