//! The project's own facts: where it is, and which versions it asks for.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use crate::error::{Error, Result, at};
use crate::process;

/// The folder with the workspace's `Cargo.toml`: of the project that `cargo run` was called in, since two clones that
/// share a target folder take turns in having their program there.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").into());
        let here = PathBuf::from(here);
        here.parent().map_or(here.clone(), Path::to_path_buf)
    });
    &ROOT
}

pub fn path(relative: &str) -> PathBuf {
    root().join(relative)
}

/// A file for this program alone in `target/`, which is made: where cargo has another target folder, nobody else does.
pub fn in_target(name: &str) -> Result<PathBuf> {
    let folder = path("target");
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    Ok(folder.join(name))
}

/// Where cargo puts what it builds.
pub fn target_folder() -> Result<PathBuf> {
    let mut cargo = process::command("cargo");
    let told = process::capture(cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&told).unwrap_or_default();
    let folder = metadata["target_directory"].as_str().map(PathBuf::from);
    folder.ok_or_else(|| Error::Check("`cargo metadata` names no target folder".into()))
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
