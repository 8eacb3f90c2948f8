//! A folder to go on with in Python: the network as `model.keras`, the splits as tables, what it is trained with, the photos
//! at its size, and programs that train on. The programs are files of `model_files/project`.

mod photo;
mod settings;
mod table;

use fovea::data::Sizing;
use fovea::formats;

use crate::registry::NamedBytes;
use crate::{FileError, keras};

/// What is the same in every project.
const PROGRAMS: [(&str, &str); 4] = [
    ("train.py", include_str!("../../project/train.py")),
    ("photos.py", include_str!("../../project/photos.py")),
    ("augmentation.py", include_str!("../../project/augmentation.py")),
    ("requirements.txt", include_str!("../../project/requirements.txt")),
];
const README: &str = include_str!("../../project/README.md");
/// A name of a network that is longer is cut: folders have a longest path.
const LONGEST_NAME: usize = 60;

/// A project on its way into an archive. Tables and photos are made one by one, since all of them may be large.
#[derive(Debug)]
pub struct Project {
    folder: String,
    classes: Vec<String>,
    shape: [usize; 3],
    files: Vec<NamedBytes>,
}

impl Project {
    /// Of a model, given as our own file, of what it is to be trained with, and of how its photos became images. `options`
    /// is JSON of [`fovea::train::FitOptions`]; without an optimizer there the model's own goes on.
    ///
    /// # Errors
    /// [`FileError::Project`] for options that no training can have, and [`FileError::Write`] for a model that Keras cannot hold.
    pub fn new(own: &[u8], options: &str, sizing: Option<Sizing>) -> Result<Self, FileError> {
        let mut model = formats::read("the model", own)?;
        let settings = settings::taken(&mut model, options, sizing)?;
        let format = &keras::ARCHIVE;
        let archive =
            (format.write)(&model).map_err(|reason| FileError::Write { format: format.name, reason })?;
        let folder = folder(model.network.name());
        let texts = PROGRAMS.map(|(name, text)| (name, text.to_owned()));
        let readme = README.replace("{{name}}", &folder);
        let texts = texts.into_iter().chain([("README.md", readme), ("settings.json", settings)]);
        let mut files: Vec<NamedBytes> = texts
            .map(|(name, text)| NamedBytes { name: name.to_owned(), bytes: text.into_bytes() })
            .collect();
        files.push(NamedBytes { name: "model.keras".to_owned(), bytes: archive });
        Ok(Self { folder, shape: model.network.input_shape(), classes: model.classes, files })
    }

    /// The folder that everything lies in: a name that any system takes.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// All but tables and photos.
    pub fn files(&self) -> &[NamedBytes] {
        &self.files
    }

    /// The table of a split: the path of each photo as its folder has it, its class, and, where the project has photos, the file
    /// of [`Self::photo_name`]. Labels are indices into the model's classes.
    pub fn table(&self, split: &str, paths: &[String], labels: &[u32], photos: bool) -> String {
        let photo = |nth| if photos { photo::name(split, nth) } else { String::new() };
        let label = |at: usize| {
            labels.get(at).and_then(|label| self.classes.get(*label as usize)).map_or("", String::as_str)
        };
        let rows = paths.iter().enumerate().map(|(at, path)| [path.as_str(), label(at)].map(table::inert));
        let rows = rows.enumerate().map(|(at, [path, label])| [path, label, photo(at).into()]);
        table::csv([["path", "label", "png"].map(Into::into)].into_iter().chain(rows))
    }

    /// Where a photo of a split lies in the folder, by its place in the table.
    pub fn photo_name(split: &str, nth: usize) -> String {
        photo::name(split, nth)
    }

    /// A photo, `[height, width, channels]` of the model's input, as PNG: no byte of it changes.
    ///
    /// # Errors
    /// [`FileError::Project`] for another number of bytes.
    pub fn png(&self, pixels: &[u8]) -> Result<Vec<u8>, FileError> {
        photo::png(pixels, self.shape).map_err(FileError::Project)
    }
}

/// The network's name, of which letters and digits are left.
fn folder(name: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
    let name: String = name.chars().take(LONGEST_NAME).map(plain).collect();
    format!("{name}-project")
}
