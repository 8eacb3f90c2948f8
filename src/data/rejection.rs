//! Files that are in no split.

use serde::{Deserialize, Serialize};

/// How many rejections a message lists before it only counts the rest.
const LISTED: usize = 3;

/// A file that is in no split, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Rejection {
    /// The path, as it was given.
    pub path: String,
    /// What is wrong with the file.
    pub reason: String,
}

/// The first few rejections as the end of a message; empty where there are none.
pub(super) fn first_reasons<'a>(rejected: impl IntoIterator<Item = &'a Rejection>) -> String {
    let mut rejected = rejected.into_iter();
    let mut listed = String::new();
    for Rejection { path, reason } in rejected.by_ref().take(LISTED) {
        listed.push_str(if listed.is_empty() { ". Rejected: " } else { "; " });
        listed.push_str(&format!("{path}: {reason}"));
    }
    match rejected.count() {
        0 => listed,
        more => format!("{listed}; and {more} more"),
    }
}
