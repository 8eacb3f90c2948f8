//! The texts of licences: a package's own, or the standard ones.

use std::fs;
use std::path::Path;

use crate::error::{Result, at};

const APACHE: &str = include_str!("../../../LICENSE-APACHE");
const MIT: &str = include_str!("../../../LICENSE-MIT");

const ISC: &str = "\
Permission to use, copy, modify, and/or distribute this software for any
purpose with or without fee is hereby granted, provided that the above
copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED \"AS IS\" AND THE AUTHOR DISCLAIMS ALL WARRANTIES
WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF
MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY
SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER
RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT,
NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE
USE OR PERFORMANCE OF THIS SOFTWARE.";

/// What files with a licence or a notice are called.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

/// The texts that lie in a package's folder. Where it may be had under one licence or another, MIT's alone.
pub fn own(folder: &Path, licence: &str) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))?.flatten() {
        let name = entry.file_name().to_string_lossy().to_uppercase();
        if entry.path().is_file() && NAMES.iter().any(|known| name.starts_with(known)) {
            files.push((name, entry.path()));
        }
    }
    files.sort();
    let is_choice = !licence.contains(" AND ");
    let mits = |name: &str| name.contains("MIT");
    if is_choice && files.iter().any(|(name, _)| mits(name)) {
        files.retain(|(name, _)| mits(name) || name.starts_with("NOTICE"));
    }
    let text = |path: &Path| {
        fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).replace("\r\n", "\n")).map_err(at(path))
    };
    files.iter().map(|(_, path)| text(path)).collect()
}

/// A licence's standard text, with whose copyright it is: all of them where all apply.
pub fn standard(licence: &str, holder: &str) -> Option<String> {
    if licence.contains(" AND ") {
        let all: Option<Vec<String>> = licence.split(" AND ").map(|one| standard(one, holder)).collect();
        return all.map(|all| all.join("\n\n"));
    }
    let may_be = |name: &str| licence.split([' ', '/', '(', ')']).any(|word| word == name);
    if may_be("MIT") {
        // Fovea's own is that text, below a line with its own copyright.
        let (_, terms) = MIT.split_once("\nPermission is")?;
        return Some(format!("Copyright (c) {holder}\n\nPermission is{terms}"));
    }
    if may_be("ISC") {
        return Some(format!("Copyright (c) {holder}\n\n{ISC}"));
    }
    may_be("Apache-2.0").then(|| format!("Copyright {holder}\n\n{APACHE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_texts_name_their_holder() {
        let mit = standard("MIT OR Apache-2.0", "A. Person").unwrap();
        assert!(mit.starts_with("Copyright (c) A. Person\n\nPermission is hereby granted"), "{mit}");
        assert!(mit.contains("THE SOFTWARE IS PROVIDED \"AS IS\""));
        let apache = standard("Apache-2.0", "A Company").unwrap();
        assert!(apache.starts_with("Copyright A Company\n") && apache.contains("Version 2.0, January 2004"));
        assert_eq!(standard("Zlib", "A. Person"), None);
        assert_eq!(standard("MIT AND Unicode-3.0", "A. Person"), None);
        let both = standard("Apache-2.0 AND MIT", "A. Person").unwrap();
        assert!(both.contains("Version 2.0, January 2004") && both.contains("Permission is hereby granted"));
    }

    #[test]
    fn a_package_brings_its_own_texts() {
        let folder = std::env::temp_dir().join(format!("fovea-licences-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for name in ["LICENSE-MIT", "LICENSE-APACHE", "NOTICE", "README.md"] {
            fs::write(folder.join(name), name).unwrap();
        }
        let own = |licence| own(&folder, licence).unwrap();
        assert_eq!(own("MIT OR Apache-2.0"), ["LICENSE-MIT", "NOTICE"]);
        assert_eq!(own("MIT AND Apache-2.0"), ["LICENSE-APACHE", "LICENSE-MIT", "NOTICE"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
