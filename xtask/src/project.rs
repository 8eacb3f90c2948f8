//! The project's own facts: where it is, and which versions it asks for.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, at};

/// The folder with the workspace's `Cargo.toml`.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

pub fn path(relative: &str) -> PathBuf {
    root().join(relative)
}

pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(at(path))
}

/// The exact version of wasm-bindgen that the crate is built with: its tool must be of the same.
pub fn wasm_bindgen_version() -> Result<String> {
    let manifest = path("Cargo.toml");
    pinned(&read(&manifest)?, "wasm-bindgen").ok_or_else(|| Error::Content {
        path: manifest,
        problem: "has no line `wasm-bindgen = \"=X.Y.Z\"`; the version must be pinned with `=`".into(),
    })
}

/// The version in a line `name = "=X.Y.Z"` of a manifest.
fn pinned(manifest: &str, name: &str) -> Option<String> {
    manifest.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        let version = value.trim().strip_prefix("\"=")?.strip_suffix('"')?;
        (key.trim() == name).then(|| version.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_version_is_found() {
        let manifest = "wasm-bindgen-futures = \"=0.4.1\"\nwasm-bindgen = \"=0.2.7\"\nserde = \"1\"\n";
        assert_eq!(pinned(manifest, "wasm-bindgen").as_deref(), Some("0.2.7"));
        assert_eq!(pinned(manifest, "serde"), None);
    }

    #[test]
    fn this_project_pins_wasm_bindgen() {
        assert!(wasm_bindgen_version().unwrap().starts_with("0.2."));
    }
}
