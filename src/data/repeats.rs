//! Folders that repeat the folders beside them: `flowers/` inside `flowers/` with all classes again, or `cats - Copy`.
//!
//! As a class such a folder would be the largest one, and hold nothing but copies.

use super::by_text::ByText;
use super::entry::Entry;
use super::words::{split_of_name, words};

/// What systems call a copy.
const COPIES: [&str; 9] = ["copy", "kopie", "copie", "copia", "복사본", "사본", "コピー", "副本", "拷贝"];

/// Every folder that photos are in or below; the first is the one that all others are in.
#[derive(Default)]
struct Folders<'a> {
    numbers: ByText,
    held: Vec<Held<'a>>,
}

/// A folder, and what it holds.
#[derive(Default)]
struct Held<'a> {
    path: String,
    name: &'a str,
    parent: usize,
    depth: usize,
    folders: Vec<usize>,
    photos: bool,
}

/// Leaves out the copies in folders that repeat their siblings. What else lies in such a folder counts as if it lay in the
/// siblings. `sizes` are the files' bytes, and empty where they are not known.
pub(super) fn leave_out(entries: &mut [Entry], sizes: &[u64]) {
    let folders = Folders::of(entries);
    let repeats = folders.repeating();
    let pairs = if sizes.is_empty() { Vec::new() } else { folders.named_as_copies() };
    if repeats.is_empty() && pairs.is_empty() {
        return;
    }
    let mut files = ByText::new();
    for (file, entry) in entries.iter().enumerate() {
        if let Entry::Photo { folders, name } = entry {
            files.insert(join(&folders.join("/"), name), file);
        }
    }
    // Whether another file of this path has as many bytes, as far as that is known.
    let same = |path: &str, file: usize| {
        let other = files.get(path);
        other.is_some_and(|other| *other != file && sizes.get(*other) == sizes.get(file))
    };
    let mut copies: Vec<(usize, String)> = Vec::new();
    for (original, copy) in pairs {
        let before = copies.len();
        for (path, file) in &files {
            if let Some(rest) = inside(&folders.held[copy].path, path) {
                let outer = join(&folders.held[original].path, rest);
                if !same(&outer, *file) {
                    copies.truncate(before);
                    break;
                }
                copies.push((*file, outer));
            }
        }
    }
    for (file, entry) in entries.iter_mut().enumerate() {
        let Entry::Photo { folders: of_photo, name } = entry else { continue };
        let mut path = join(&of_photo.join("/"), name);
        // Inner folders come behind those that they are in.
        for repeat in repeats.iter().rev().map(|folder| &folders.held[*folder]) {
            if let Some(rest) = inside(&repeat.path, &path) {
                path = join(&folders.held[repeat.parent].path, rest);
                of_photo.remove(repeat.depth - 1);
                if same(&path, file) {
                    copies.push((file, path.clone()));
                }
            }
        }
    }
    for (file, original) in copies {
        let reason = format!("its folder repeats the folders beside it: it is a copy of {original}");
        entries[file] = Entry::Rejected(reason);
    }
}

impl<'a> Folders<'a> {
    fn of(entries: &[Entry<'a>]) -> Self {
        let mut found = Self { numbers: ByText::new(), held: vec![Held::default()] };
        for entry in entries {
            let Entry::Photo { folders, .. } = entry else { continue };
            let mut at = 0;
            for name in folders {
                let path = join(&found.held[at].path, name);
                at = match found.numbers.get(&path) {
                    Some(known) => *known,
                    None => found.add(path, name, at),
                };
            }
            found.held[at].photos = true;
        }
        found
    }

    fn add(&mut self, path: String, name: &'a str, parent: usize) -> usize {
        let (number, depth) = (self.held.len(), self.held[parent].depth + 1);
        self.numbers.insert(path.clone(), number);
        self.held[parent].folders.push(number);
        self.held.push(Held { path, name, parent, depth, ..Held::default() });
        number
    }

    /// The folder that lies beside another one under this name.
    fn beside(&self, folder: &Held, name: &str) -> Option<usize> {
        self.numbers.get(&join(&self.held[folder.parent].path, name)).copied()
    }

    /// The folders that hold nothing but folders which are called as those beside them, two at least; outer ones before those
    /// in them.
    fn repeating(&self) -> Vec<usize> {
        let others = |folder: &Held<'a>| -> Vec<&'a str> {
            let names = folder.folders.iter().map(|inner| self.held[*inner].name);
            names.filter(|name| *name != folder.name).collect()
        };
        let is_alike = |folder: &Held<'a>| {
            let names = others(folder);
            let all = names.len() > 1 && names.iter().all(|name| self.beside(folder, name).is_some());
            // A train folder with a test folder beside it is what it is called, whatever lies beside the two.
            let split = split_of_name(folder.name);
            let is_other = |other: &usize| {
                let other = split_of_name(self.held[*other].name);
                split.is_some() && other.is_some() && other != split
            };
            all && folder.depth > 0
                && !folder.photos
                && !self.held[folder.parent].folders.iter().any(is_other)
        };
        let alike: Vec<bool> = self.held.iter().map(is_alike).collect();
        let mut found = Vec::new();
        for (number, folder) in self.held.iter().enumerate() {
            // Where the siblings hold each other's names alike, none of them is the repeated one.
            let mut siblings = others(folder).into_iter().filter_map(|name| self.beside(folder, name));
            if alike[number] && siblings.all(|sibling| !alike[sibling]) {
                found.push(number);
            }
        }
        found
    }

    /// Folders that lie side by side, of which the second is called as the copy of the first: `cats - Copy` beside `cats`, or as
    /// the first but for capitals.
    fn named_as_copies(&self) -> Vec<(usize, usize)> {
        let (mut pairs, mut small) = (Vec::new(), ByText::new());
        for (number, folder) in self.held.iter().enumerate().skip(1) {
            let called = (1..folder.name.len())
                .rev()
                .filter(|end| says_copy(folder.name, *end))
                .find_map(|end| self.beside(folder, folder.name[..end].trim_end()));
            let alike = *small.entry(folder.path.to_ascii_lowercase()).or_insert(number);
            let original = called.unwrap_or(alike);
            if original != number {
                pairs.push((original, number));
            }
        }
        pairs
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { [folder, name].join("/") }
}

/// What is left of a path in a folder.
fn inside<'a>(folder: &str, path: &'a str) -> Option<&'a str> {
    path.strip_prefix(folder)?.strip_prefix('/')
}

/// Whether what stands from here on is what systems write behind the name of a copy: ` - Copy`, ` (2)`, ` 복사본`.
fn says_copy(name: &str, from: usize) -> bool {
    let Some(rest) = name.get(from..) else { return false };
    let number = rest.trim().strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()))
        || words(rest).iter().any(|word| COPIES.contains(&word.as_str()))
}
