//! Finds photos by what a table calls them.

use std::collections::HashMap;

use super::entry::names;
use super::names::stem;

/// What several photos are called.
const AMBIGUOUS: usize = usize::MAX;

/// Numbers by texts; the one kind of table for all that is looked up by names.
pub(super) type ByText = HashMap<String, usize>;

/// How often each text is there.
#[inline(never)]
pub(super) fn different<'a>(texts: impl Iterator<Item = &'a str>) -> ByText {
    let mut found = ByText::new();
    texts.for_each(|text| *found.entry(text.to_owned()).or_default() += 1);
    found
}

/// Each photo by its path, by every end of its path, and by its name without the ending.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// Whole paths begin with a slash, and names without their ending with a star.
    photos: ByText,
    count: usize,
}

impl Finder {
    pub(super) fn add(&mut self, photo: usize, folders: &[&str], name: &str) {
        let mut end = name.to_owned();
        self.note(format!("*{}", stem(name)), photo);
        self.note(end.clone(), photo);
        for folder in folders.iter().rev() {
            end = [folder, &end[..]].join("/");
            self.note(end.clone(), photo);
        }
        self.photos.insert(format!("/{end}"), photo);
        self.count += 1;
    }

    fn note(&mut self, name: String, photo: usize) {
        self.photos.entry(name).and_modify(|known| *known = AMBIGUOUS).or_insert(photo);
    }

    fn named(&self, name: &str) -> Option<usize> {
        self.photos.get(name).copied().filter(|photo| *photo != AMBIGUOUS)
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The photo that a table in `folders` calls `written`: a path from that folder or from the top, any
    /// end of its path, or its name without the ending. Folders that are not here are left out.
    pub(super) fn find(&self, folders: &[&str], written: &str) -> Option<usize> {
        let parts = names(written);
        let here = folders.join("/");
        for from in 0..parts.len() {
            let end = parts[from..].join("/");
            let beside = if here.is_empty() { format!("/{end}") } else { format!("/{here}/{end}") };
            let found =
                self.named(&beside).or_else(|| self.named(&format!("/{end}"))).or_else(|| self.named(&end));
            if found.is_some() {
                return found;
            }
        }
        self.named(&format!("*{}", parts.last()?))
    }
}
