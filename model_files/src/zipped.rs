//! Zip archives, of which no more is unpacked than a model may take.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::registry::NamedBytes;
use crate::tensor::MOST_VALUES;
use crate::{FileError, Reason};

/// Files of an archive that may be a model's.
const MOST_FILES: usize = 1_000;
/// What all of them may unpack to: a model's values, and an optimizer's.
pub const MOST_BYTES: u64 = MOST_VALUES * 4 * 4;

/// What any archive may unpack to, and how many times its size a large one may. Weights get hardly smaller; only bombs do.
const SMALL: u64 = 64 << 20;
const MOST_TIMES: u64 = 100;

/// An archive in memory.
pub struct Archive<'a> {
    files: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that it may unpack to.
    most: u64,
}

impl Archive<'_> {
    /// Whether it has a file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.files.index_for_name(name).is_some()
    }
}

/// Whether it may be an archive.
pub fn recognises(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK")
}

/// Opens an archive.
pub fn open(bytes: &[u8]) -> Result<Archive<'_>, Reason> {
    let most = MOST_BYTES.min(SMALL.max((bytes.len() as u64).saturating_mul(MOST_TIMES)));
    Ok(Archive { files: ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?, most })
}

fn damaged(error: impl std::fmt::Display) -> Reason {
    Reason::Damaged { kind: "zip", detail: error.to_string() }
}

/// A file of the archive; none if there is none of that name. What is unpacked is bounded, whatever the archive claims.
pub fn unpacked(archive: &mut Archive<'_>, name: &str, most: u64) -> Result<Option<Vec<u8>>, Reason> {
    if !archive.has(name) {
        return Ok(None);
    }
    let most = most.min(archive.most);
    let file = archive.files.by_name(name).map_err(damaged)?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(damaged)?;
    if bytes.len() as u64 > most {
        return Err(Reason::TooLarge { what: name.to_owned(), bytes: bytes.len() as u64, most });
    }
    Ok(Some(bytes))
}

/// All files of an archive that programs give out, such as Teachable Machine.
pub fn all(file: &NamedBytes) -> Result<Vec<NamedBytes>, FileError> {
    let read = || {
        let mut archive = open(&file.bytes)?;
        let names = archive.files.file_names().filter_map(Result::ok).map(std::borrow::Cow::into_owned);
        let names: Vec<String> = names.filter(|name| !name.ends_with('/')).take(MOST_FILES).collect();
        let most = archive.most;
        let too_large =
            || Reason::TooLarge { what: "all files in it together".to_owned(), bytes: most + 1, most };
        let mut left = most;
        let mut files = Vec::new();
        for name in names {
            let bytes = unpacked(&mut archive, &name, left).map_err(|reason| match reason {
                Reason::TooLarge { .. } => too_large(),
                other => other,
            })?;
            let bytes = bytes.unwrap_or_default();
            left -= bytes.len() as u64;
            files.push(NamedBytes { name, bytes });
        }
        Ok::<_, Reason>(files)
    };
    read().map_err(|reason| reason.of(&file.name))
}

/// An archive of these files, as they are: trained weights hardly get smaller.
pub fn store<const N: usize>(files: [(&str, Vec<u8>); N]) -> Result<Vec<u8>, String> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in files {
        archive.start_file(name, options).map_err(|error| error.to_string())?;
        archive.write_all(&bytes).map_err(|error| error.to_string())?;
    }
    Ok(archive.finish().map_err(|error| error.to_string())?.into_inner())
}
