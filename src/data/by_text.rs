//! Numbers that are looked up by texts.

use std::collections::HashMap;

/// Numbers by texts; the one kind of table for all that is looked up by names.
pub(super) type ByText = HashMap<String, usize>;

/// How often each text is there.
#[inline(never)]
pub(super) fn different<'a>(texts: impl Iterator<Item = &'a str>) -> ByText {
    let mut found = ByText::new();
    texts.for_each(|text| *found.entry(text.to_owned()).or_default() += 1);
    found
}
