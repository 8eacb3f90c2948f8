use super::Split;

/// Endings of the formats that are read; the content decides in the end, not the name.
const PHOTO: [&str; 8] = ["jpg", "jpeg", "jpe", "jfif", "png", "gif", "bmp", "webp"];
/// Endings of photos that need converting first: phones and cameras write them.
const OTHER_PHOTO: [&str; 10] = ["heic", "heif", "avif", "tif", "tiff", "jxl", "dng", "cr2", "nef", "arw"];
/// What systems leave in folders, besides names that begin with a dot.
const SYSTEM: [&str; 4] = ["thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx"];

/// What a path alone says about its file.
#[derive(Debug)]
pub(super) enum Entry<'a> {
    /// Nothing that a person put there.
    Hidden,
    /// Not a photo, and why.
    Rejected(String),
    /// Named as a photo, in these folders.
    Photo(Vec<&'a str>),
}

impl<'a> Entry<'a> {
    pub(super) fn of(path: &'a str) -> Self {
        let mut names: Vec<&str> =
            path.split(['/', '\\']).filter(|name| !name.is_empty() && *name != ".").collect();
        if names.contains(&"..") {
            return Self::Rejected("its path leads out of the folder (..)".to_owned());
        }
        if names.iter().any(|name| is_hidden(name)) {
            return Self::Hidden;
        }
        let Some(file) = names.pop() else {
            return Self::Rejected("its path is empty".to_owned());
        };
        let ending = match file.rsplit_once('.') {
            Some((_, ending)) if !ending.is_empty() => ending,
            _ => return Self::Rejected("not a photo: files without an ending are not read".to_owned()),
        };
        let lower = ending.to_ascii_lowercase();
        if PHOTO.contains(&lower.as_str()) {
            Self::Photo(names)
        } else if OTHER_PHOTO.contains(&lower.as_str()) {
            Self::Rejected(format!(".{ending} photos are not read: save them as JPEG or PNG"))
        } else {
            Self::Rejected(format!("not a photo: .{ending} files are not read"))
        }
    }
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || SYSTEM.iter().any(|system| name.eq_ignore_ascii_case(system))
}

/// The split that a folder of this name holds, in the usual spellings.
pub(super) fn split_of_folder(name: &str) -> Option<Split> {
    match name.to_ascii_lowercase().as_str() {
        "train" | "training" | "train_set" | "training_set" => Some(Split::Train),
        "validation" | "valid" | "val" | "validation_set" => Some(Split::Validation),
        "test" | "testing" | "test_set" => Some(Split::Test),
        _ => None,
    }
}
