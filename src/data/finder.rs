//! Finds photos by what a table calls them.

use super::by_text::ByText;
use super::paths::{names, stem};

/// What a table's name for a photo leads to.
#[derive(Debug, PartialEq)]
pub(super) enum Found<'a> {
    /// No photo.
    Missing,
    /// This one, and whether more than its name tells so: folders in front of it.
    One { photo: usize, by_folder: bool },
    /// Several, which are called alike in different folders.
    Several(&'a [usize]),
}

/// Each photo by its path, by every end of its path, and by its name without the ending.
#[derive(Debug, Default)]
pub(super) struct Finder {
    /// Whole paths begin with a slash, and names without their ending with a star.
    photos: ByText,
    /// Which of `alike` each text stands for that several photos are called.
    several: ByText,
    alike: Vec<Vec<usize>>,
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
        let Some(first) = self.photos.get(&name).copied() else {
            self.photos.insert(name, photo);
            return;
        };
        let number = *self.several.entry(name).or_insert(self.alike.len());
        if number == self.alike.len() {
            self.alike.push(vec![first]);
        }
        self.alike[number].push(photo);
    }

    fn called(&self, name: &str) -> Option<&[usize]> {
        self.several.get(name).map(|number| &self.alike[*number][..])
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The photo that a table in `folders` calls `written`: a path from that folder or from the top, any
    /// end of its path, or its name without the ending. Folders that are not here are left out.
    pub(super) fn find(&self, folders: &[&str], written: &str) -> Found<'_> {
        let parts = names(written);
        let here = folders.join("/");
        let mut several: &[usize] = &[];
        for from in 0..parts.len() {
            let end = parts[from..].join("/");
            let beside = if here.is_empty() { format!("/{end}") } else { format!("/{here}/{end}") };
            let whole = self.photos.get(&beside).or_else(|| self.photos.get(&format!("/{end}")));
            if let Some(photo) = whole {
                return Found::One { photo: *photo, by_folder: true };
            }
            match (self.called(&end), self.photos.get(&end)) {
                (Some(alike), _) if several.is_empty() => several = alike,
                (None, Some(photo)) => {
                    return Found::One { photo: *photo, by_folder: from + 1 < parts.len() };
                }
                _ => {}
            }
        }
        if !several.is_empty() {
            return Found::Several(several);
        }
        let stem = parts.last().map(|name| format!("*{name}")).unwrap_or_default();
        match (self.called(&stem), self.photos.get(&stem)) {
            (Some(alike), _) => Found::Several(alike),
            (None, Some(photo)) => Found::One { photo: *photo, by_folder: false },
            (None, None) => Found::Missing,
        }
    }
}
