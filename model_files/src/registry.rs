//! All formats, and how a file's format is recognised: by its content, never by its name.

use fovea::formats;
use fovea::trained::Model;

use crate::draft::Draft;
use crate::{FileError, Preprocessing, Reason, keras, labels, onnx, tfjs, vgg16, zipped};

/// A file that a user gave, or gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedBytes {
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl NamedBytes {
    /// Its name without folders.
    pub fn base_name(&self) -> &str {
        base_name(&self.name)
    }
}

/// The last part of a path.
pub fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// A format of model files.
pub struct Format {
    /// What the API calls it.
    pub id: &'static str,
    /// What people call it.
    pub name: &'static str,
    /// What its files' names end in.
    pub extension: &'static str,
    /// The media type.
    pub mime: &'static str,
    /// Whether a file is of this format.
    pub recognises: fn(&[u8]) -> bool,
    /// Reads the file, with those that were given beside it.
    pub read: fn(file: &NamedBytes, beside: &[NamedBytes]) -> Result<Draft, Reason>,
    /// Writes a model.
    pub write: fn(&Model) -> Result<Vec<u8>, String>,
}

/// The formats of other programs. To add one, write its file or folder and name it here.
pub const FORMATS: &[&Format] = &[&keras::ARCHIVE, &keras::H5, &onnx::FORMAT, &tfjs::FORMAT];

/// Weights without a network, for networks that everybody has them of: these are only read.
const WEIGHTS: &[&Format] = &[&vgg16::FORMAT];

/// A file that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The same model as our own file, which the engine opens.
    pub own: Vec<u8>,
    /// Whether the file named its classes.
    pub named_classes: bool,
    /// What photos become for it.
    pub preprocessing: Preprocessing,
    /// What was left out or understood in another way, in sentences for the user.
    pub notes: Vec<String>,
}

/// Opens the model among these files, or in an archive among them. Photos become what `preprocessing` says; if nothing is
/// said, what the file says, or what it most likely wants.
///
/// # Errors
/// A [`FileError`] that names the file and what is wrong with it.
pub fn open(files: &[NamedBytes], preprocessing: Option<Preprocessing>) -> Result<Opened, FileError> {
    if let Some((file, format)) = recognised(files) {
        return opened(format, file, files, preprocessing);
    }
    let first = files.first().ok_or(FileError::None)?;
    for file in files.iter().filter(|file| zipped::recognises(&file.bytes)) {
        let inside = zipped::all(file)?;
        if let Some((file, format)) = recognised(&inside) {
            return opened(format, file, &inside, preprocessing);
        }
    }
    // The engine opens ours itself, which whoever reads the message need not know.
    let known = format!("Fovea's .safetensors, {}", known());
    Err(FileError::Unknown { name: first.name.clone(), known })
}

fn recognised(files: &[NamedBytes]) -> Option<(&NamedBytes, &'static Format)> {
    files.iter().find_map(|file| {
        let mut formats = FORMATS.iter().chain(WEIGHTS);
        let format = formats.find(|format| (format.recognises)(&file.bytes))?;
        Some((file, *format))
    })
}

fn opened(
    format: &Format,
    file: &NamedBytes,
    beside: &[NamedBytes],
    preprocessing: Option<Preprocessing>,
) -> Result<Opened, FileError> {
    let read = (format.read)(file, beside).and_then(|mut draft| {
        draft.classes = draft.classes.or_else(|| labels::beside(beside));
        let preprocessing = preprocessing.or(draft.preprocessing).unwrap_or_else(|| {
            let (guessed, why) = Preprocessing::guessed(&draft, beside);
            draft.notes.extend(why.map(str::to_owned));
            guessed
        });
        preprocessing.put_before(&mut draft)?;
        let named_classes = draft.classes.is_some();
        Ok((draft.into_model()?, named_classes, preprocessing))
    });
    let ((model, notes), named_classes, preprocessing) = read.map_err(|reason| reason.of(&file.name))?;
    let own = formats::write(&model, "safetensors")?.bytes;
    Ok(Opened { own, named_classes, preprocessing, notes })
}

/// Saves a model, given as our own file, in another format.
///
/// # Errors
/// [`FileError::NotWritten`] for a format that there is none of, and [`FileError::Write`] for a model that it cannot hold.
pub fn save(own: &[u8], format: &str) -> Result<(NamedBytes, &'static str), FileError> {
    let Some(format) = FORMATS.iter().find(|known| known.id == format) else {
        return Err(FileError::NotWritten { format: format.to_owned(), known: known() });
    };
    let model = formats::read("the model", own)?;
    let bytes = (format.write)(&model).map_err(|reason| FileError::Write { format: format.name, reason })?;
    let name = format!("{}.{}", model.network.name(), format.extension);
    Ok((NamedBytes { name, bytes }, format.mime))
}

fn known() -> String {
    FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ")
}
