//! The licences of everything that the page is made of, in one file: `www/notices.txt`, which is copied with `www`.
//!
//! Crates are those that `cargo metadata` finds in the wasm, npm packages those that `index.html` copies, with what
//! they are built of; bases are those that were made. The texts are the packages' own; where a package brings none, its
//! licence's standard text.

use std::collections::BTreeMap;
use std::fs;

use crate::error::{Error, Result, at};
use crate::project;

mod bases;
mod crates;
mod npm;
mod texts;

const FILE: &str = "www/notices.txt";

/// Without it browsers read a plain text from most hosts as Windows-1252.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A work of others, with what its licence asks to be passed on.
#[derive(Debug, Clone, PartialEq)]
struct Work {
    /// `wgpu 30.0.1`
    name: String,
    licence: String,
    /// The files of the page that it is in.
    files: Vec<String>,
    notice: String,
}

/// Writes the file, unless it is there as it should be: `trunk serve` builds anew when a file changes.
pub fn ensure() -> Result<()> {
    let works: Vec<Work> = crates::works()?.into_iter().chain(npm::works()?).chain(bases::works()).collect();
    let text = format!("{BYTE_ORDER_MARK}{}", written(&works));
    let file = project::path(FILE);
    if fs::read_to_string(&file).is_ok_and(|there| there == text) {
        return Ok(());
    }
    fs::write(&file, text).map_err(at(&file))
}

/// Works with the same notice share it.
fn written(works: &[Work]) -> String {
    let mut groups: BTreeMap<(&[String], &str), Vec<&Work>> = BTreeMap::new();
    for work in works {
        groups.entry((&work.files, &work.notice)).or_default().push(work);
    }
    let mut text = "Fovea is licensed under MIT OR Apache-2.0. It is made with the works of others, and these are their notices.\n".to_owned();
    for ((files, notice), group) in groups {
        text += &format!("\n{}\n", "=".repeat(80));
        for work in group {
            text += &format!("{} ({})\n", work.name, work.licence);
        }
        text += &format!("in {}\n\n{}\n", files.join(", "), notice.trim());
    }
    text
}

/// The notice of a package: its own files, else the standard text below `holder`.
fn notice(folder: &std::path::Path, name: &str, licence: &str, holder: &str) -> Result<String> {
    let own = texts::own(folder, licence)?;
    if !own.is_empty() {
        return Ok(own.join("\n\n"));
    }
    texts::standard(licence, holder).ok_or_else(|| Error::Content {
        path: folder.into(),
        problem: format!(
            "{name} is under `{licence}` and brings no text of it: add that text to xtask/src/notices"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(name: &str, notice: &str) -> Work {
        Work { name: name.into(), licence: "MIT".into(), files: vec!["a.wasm".into()], notice: notice.into() }
    }

    #[test]
    fn the_same_notice_is_written_once() {
        let text = written(&[
            work("one 1.0", "Copyright A"),
            work("two 2.0", "Copyright B"),
            work("three 3.0", "Copyright A"),
        ]);
        assert_eq!(text.matches("Copyright A").count(), 1);
        assert!(text.contains("one 1.0 (MIT)\nthree 3.0 (MIT)\nin a.wasm\n\nCopyright A\n"), "{text}");
        assert!(text.contains("two 2.0 (MIT)\nin a.wasm\n\nCopyright B\n"), "{text}");
    }
}
