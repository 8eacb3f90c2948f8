use super::contents::Contents;
use super::leftover::{LeftOut, Leftover, Tally, leftover};
use super::paths::names;

/// Endings of the formats that are read; the content decides in the end, not the name.
const PHOTO: [&str; 8] = ["jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp"];
/// Endings of photos that need converting first: phones and cameras write them.
const OTHER_PHOTO: [&str; 10] = ["heic", "heif", "avif", "tif", "tiff", "jxl", "dng", "cr2", "nef", "arw"];
/// Endings of tables, which may name the photos' classes.
const TABLE: [&str; 2] = ["csv", "tsv"];
const IN_ICLOUD: &str =
    "this photo is still in iCloud: choose \"Download Now\" in Finder, and read the folder again";

/// What a path alone says about its file.
#[derive(Debug)]
pub(super) enum Entry<'a> {
    /// Left there by a system or a program, as this name in its path tells.
    Left(Leftover, &'a str),
    /// Not a photo, and why.
    Rejected(String),
    /// Named as nothing that is read. Its content may be a photo all the same.
    Unknown {
        /// From the outermost folder on.
        folders: Vec<&'a str>,
        /// The file's name.
        name: &'a str,
    },
    /// Named as a table, in these folders.
    Table(Vec<&'a str>),
    /// Named as a photo.
    Photo {
        /// From the outermost folder on.
        folders: Vec<&'a str>,
        /// The file's name.
        name: &'a str,
    },
}

impl<'a> Entry<'a> {
    pub(super) fn of(path: &'a str) -> Self {
        let mut names = names(path);
        if names.contains(&"..") {
            return Self::Rejected("its path leads out of the folder (..)".to_owned());
        }
        if names.last().is_some_and(|name| is_in_icloud(name)) {
            return Self::Rejected(IN_ICLOUD.to_owned());
        }
        if let Some((by, name)) = leftover(&names) {
            return Self::Left(by, name);
        }
        let Some(name) = names.pop() else {
            return Self::Rejected("its path is empty".to_owned());
        };
        match ending(name) {
            Some(ending) if is_one_of(ending, &PHOTO) => Self::Photo { folders: names, name },
            Some(ending) if is_one_of(ending, &TABLE) => Self::Table(names),
            _ => Self::Unknown { folders: names, name },
        }
    }

    /// What the files of a folder are, by their paths and by what is known of their contents.
    pub(super) fn all(paths: &'a [String], contents: &Contents) -> Vec<Self> {
        let mut entries: Vec<Self> = paths.iter().map(|path| Self::of(path)).collect();
        for file in &contents.photos {
            if let Some(entry) = entries.get_mut(*file) {
                entry.become_photo();
            }
        }
        for entry in &mut entries {
            if let Self::Unknown { name, .. } = entry {
                *entry = Self::Rejected(reason(name));
            }
        }
        entries
    }

    fn become_photo(&mut self) {
        if let Self::Unknown { folders, name } = self {
            *self = Self::Photo { folders: std::mem::take(folders), name };
        }
    }
}

/// What a file is by its path alone: "photo", "table", "left" by a system or a program, "rejected", or "unknown".
pub fn role(path: &str) -> &'static str {
    match Entry::of(path) {
        Entry::Left(..) => "left",
        Entry::Rejected(_) => "rejected",
        Entry::Unknown { .. } => "unknown",
        Entry::Table(_) => "table",
        Entry::Photo { .. } => "photo",
    }
}

/// A name's ending, where it has one.
fn ending(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| !ending.is_empty())
}

fn is_one_of(ending: &str, endings: &[&str]) -> bool {
    endings.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// Why a file is no photo, as far as its name tells.
fn reason(name: &str) -> String {
    match ending(name) {
        None => "not a photo: files without an ending are not read".to_owned(),
        Some(ending) if is_one_of(ending, &OTHER_PHOTO) => {
            format!(".{ending} photos are not read: save them as JPEG or PNG")
        }
        Some(ending) => format!("not a photo: .{ending} files are not read"),
    }
}

/// `.IMG_0001.HEIC.icloud` stands for a photo that a Mac has not downloaded.
fn is_in_icloud(name: &str) -> bool {
    name.starts_with('.') && ending(name).is_some_and(|ending| ending.eq_ignore_ascii_case("icloud"))
}

/// What was left out of a folder of these files, a line a kind.
pub fn left_out(paths: &[String]) -> Vec<LeftOut> {
    let mut tally = Tally::default();
    for path in paths {
        if let Entry::Left(by, name) = Entry::of(path) {
            tally.note(by, name);
        }
    }
    tally.finish()
}
