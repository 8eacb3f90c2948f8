use super::Split;

/// Endings of the formats that are read; the content decides in the end, not the name.
const PHOTO: [&str; 8] = ["jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp"];
/// Endings of photos that need converting first: phones and cameras write them.
const OTHER_PHOTO: [&str; 10] = ["heic", "heif", "avif", "tif", "tiff", "jxl", "dng", "cr2", "nef", "arw"];
/// Endings of tables, which may name the photos' classes.
const TABLE: [&str; 2] = ["csv", "tsv"];
/// What systems leave in folders, besides names that begin with a dot.
const SYSTEM: [&str; 4] = ["thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx"];

/// What a path alone says about its file.
#[derive(Debug)]
pub(super) enum Entry<'a> {
    /// Nothing that a person put there.
    Hidden,
    /// Not a photo, and why.
    Rejected(String),
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
        if names.iter().any(|name| is_hidden(name)) {
            return Self::Hidden;
        }
        let Some(name) = names.pop() else {
            return Self::Rejected("its path is empty".to_owned());
        };
        let ending = match name.rsplit_once('.') {
            Some((_, ending)) if !ending.is_empty() => ending,
            _ => return Self::Rejected("not a photo: files without an ending are not read".to_owned()),
        };
        let is_one_of = |endings: &[&str]| endings.iter().any(|known| ending.eq_ignore_ascii_case(known));
        if is_one_of(&PHOTO) {
            Self::Photo { folders: names, name }
        } else if is_one_of(&TABLE) {
            Self::Table(names)
        } else if is_one_of(&OTHER_PHOTO) {
            Self::Rejected(format!(".{ending} photos are not read: save them as JPEG or PNG"))
        } else {
            Self::Rejected(format!("not a photo: .{ending} files are not read"))
        }
    }
}

/// A path's names, from the outermost folder on; empty ones and `.` say nothing.
pub(super) fn names(path: &str) -> Vec<&str> {
    path.split(['/', '\\']).filter(|name| !name.is_empty() && *name != ".").collect()
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || SYSTEM.iter().any(|system| name.eq_ignore_ascii_case(system))
}

/// The split that a folder of this name holds: `train`, `valid`, `test_set`, `test1`, `seg_train`.
///
/// One of its words names the split, and the others say no more than that there are photos.
pub(super) fn split_of_folder(name: &str) -> Option<Split> {
    let mut found = None;
    let name = name.to_ascii_lowercase();
    for word in name.split(|letter: char| letter.is_ascii() && !letter.is_ascii_alphabetic()) {
        let split = match word {
            "train" | "training" | "학습" | "훈련" => Split::Train,
            "validation" | "valid" | "val" | "검증" => Split::Validation,
            "test" | "testing" | "테스트" | "시험" => Split::Test,
            "" | "set" | "data" | "dataset" | "images" | "photos" | "seg" | "데이터" | "사진" => {
                continue;
            }
            _ => return None,
        };
        if found.is_some_and(|found| found != split) {
            return None;
        }
        found = Some(split);
    }
    found
}
