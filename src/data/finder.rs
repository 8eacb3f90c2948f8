//! Finds photos by what a table calls them.

use std::collections::HashMap;

use super::entry::names;
use super::names::stem;

/// Each photo by its path, by every end of its path, and by its name without the ending.
#[derive(Debug, Default)]
pub(super) struct Finder {
    paths: HashMap<String, usize>,
    /// `None` where several photos are called so.
    ends: HashMap<String, Option<usize>>,
    stems: HashMap<String, Option<usize>>,
    photos: usize,
}

impl Finder {
    pub(super) fn add(&mut self, photo: usize, folders: &[&str], name: &str) {
        let mut end = name.to_owned();
        note(&mut self.stems, stem(name), photo);
        note(&mut self.ends, &end, photo);
        for folder in folders.iter().rev() {
            end = format!("{folder}/{end}");
            note(&mut self.ends, &end, photo);
        }
        self.paths.insert(end, photo);
        self.photos += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.photos
    }

    /// The photo that a table in `folders` calls `written`: a path from that folder or from the top, any
    /// end of its path, or its name without the ending. Folders that are not here are left out.
    pub(super) fn find(&self, folders: &[&str], written: &str) -> Option<usize> {
        let parts = names(written);
        let of_path = |from: usize| {
            let end = parts[from..].join("/");
            let beside = [folders, &parts[from..]].concat().join("/");
            let found = self.paths.get(&beside).or_else(|| self.paths.get(&end)).copied();
            found.or_else(|| self.ends.get(&end).copied().flatten())
        };
        (0..parts.len()).find_map(of_path).or_else(|| self.stems.get(*parts.last()?).copied().flatten())
    }
}

fn note(photos: &mut HashMap<String, Option<usize>>, name: &str, photo: usize) {
    photos.entry(name.to_owned()).and_modify(|known| *known = None).or_insert(Some(photo));
}
