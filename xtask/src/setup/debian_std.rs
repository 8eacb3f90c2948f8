//! Debian's Rust, and its standard library compiled for wasm32 from the source that Debian packs with it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::wasm_target::{TARGET, has_std};
use super::{apt, install};
use crate::error::{Error, Result, at};
use crate::{process, project};

/// The name under which rustup knows Debian's Rust.
pub const TOOLCHAIN: &str = "debian-web";

const PREFIX: &str = "/usr";
const RUSTC: &str = "/usr/bin/rustc";
const CARGO: &str = "/usr/bin/cargo";
const CLIPPY: &str = "/usr/bin/cargo-clippy";
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "libstd-rust-web-dev"];

/// Says which rustc the libraries were built by: another one refuses them.
const STAMP: &str = "fovea-built-by";

pub fn is_complete() -> bool {
    let Some(rustc) = process::version(RUSTC, "-V") else { return false };
    let built_by = fs::read_to_string(library_folder().join(STAMP)).unwrap_or_default();
    has_std(Path::new(PREFIX)) && built_by.trim() == rustc && is_linked()
}

pub fn ensure() -> Result<()> {
    if !source_is_there() || process::version(CARGO, "-V").is_none() {
        install("Debian's Rust", "rustup has no wasm32 library for this machine", || {
            apt::install(&PACKAGES)
        })?;
    }
    install("the wasm32 standard library", "compiled from Debian's source (about a minute)", || {
        let libraries = build()?;
        place(&libraries)
    })?;
    if is_linked() {
        return Ok(());
    }
    process::run(process::command("rustup").args(["toolchain", "link", TOOLCHAIN, PREFIX]))
}

pub fn ensure_clippy() -> Result<()> {
    if Path::new(CLIPPY).is_file() {
        return Ok(());
    }
    install("Debian's clippy", "only the clippy of the same version reads the wasm32 library", || {
        apt::install(&["rust-web-clippy"])
    })
}

fn source_is_there() -> bool {
    Path::new(PREFIX).join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file()
}

fn is_linked() -> bool {
    let list = process::capture(process::command("rustup").args(["toolchain", "list"])).unwrap_or_default();
    list.lines().any(|line| line.split_whitespace().next() == Some(TOOLCHAIN))
}

fn library_folder() -> PathBuf {
    Path::new(PREFIX).join("lib/rustlib").join(TARGET).join("lib")
}

/// Compiles an empty crate with its own standard library; answers with the folder of all libraries it took.
fn build() -> Result<PathBuf> {
    let folder = project::path("target/wasm-std");
    // Libraries left by an older rustc would be copied along.
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(at(&folder))?;
    }
    let source = folder.join("src");
    fs::create_dir_all(&source).map_err(at(&source))?;
    // A workspace of its own, or cargo would take it for a forgotten member of this one.
    let manifest = "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n";
    for (name, text) in [("Cargo.toml", manifest), ("src/lib.rs", "")] {
        let file = folder.join(name);
        fs::write(&file, text).map_err(at(file))?;
    }
    let mut cargo = process::command(CARGO);
    cargo.current_dir(&folder).env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1");
    cargo.args(["build", "--release", "--quiet", "--target", TARGET, "--target-dir", "target"]);
    process::run(cargo.arg("-Zbuild-std=std,panic_abort,proc_macro,test"))?;
    Ok(folder.join("target").join(TARGET).join("release/deps"))
}

fn place(built: &Path) -> Result<()> {
    let folder = library_folder();
    process::run(process::as_root("mkdir")?.arg("-p").arg(&folder))?;
    let stale = files_of(&folder)?;
    if !stale.is_empty() {
        process::run(process::as_root("rm")?.args(stale))?;
    }
    let libraries: Vec<PathBuf> = files_of(built)?.into_iter().filter(|file| is_library(file)).collect();
    copy(&libraries, &folder)?;
    let stamp = project::path("target/wasm-std").join(STAMP);
    let rustc = process::capture(Command::new(RUSTC).arg("-V"))?;
    fs::write(&stamp, rustc).map_err(at(&stamp))?;
    copy(&[stamp], &folder)
}

fn is_library(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rlib")
        && !file.to_string_lossy().contains("libempty-")
}

fn copy(files: &[PathBuf], folder: &Path) -> Result<()> {
    if files.is_empty() {
        return Err(Error::Missing {
            what: "the compiled wasm32 library".into(),
            remedy: "Delete target/wasm-std and run `cargo xtask setup` again.".into(),
        });
    }
    // `install` rather than `cp`: it sets the rights that every user needs to read them.
    process::run(process::as_root("install")?.args(["-m", "644", "-t"]).arg(folder).args(files))
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(at(folder))?;
    Ok(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect())
}
