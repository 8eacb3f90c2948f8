//! What can be checked without running the page: formats, lints, types, docs, and the wasm's size.

use crate::bundle::{self, Size, WASM};
use crate::error::{Error, Result};
use crate::parts::Parts;
use crate::setup::{self, TARGET};
use crate::{process, project};

/// What the engine may weigh on its way to the browser, gzipped.
const LARGEST_WASM: usize = 600_000;

pub fn run() -> Result<()> {
    let wasm = setup::for_build()?;
    setup::for_lints(&wasm)?;
    let mut parts = Parts::new();
    parts.run("format", || cargo(&["fmt", "--all", "--check"]));
    parts.run("clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
    parts.run("clippy for wasm32", || {
        let mut cargo = process::command("cargo");
        cargo.args(["clippy", "--lib", "--target", TARGET, "--", "-D", "warnings"]);
        process::run(wasm.apply(&mut cargo))
    });
    parts.run("docs", || {
        let mut cargo = process::command("cargo");
        cargo.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-Dwarnings");
        process::run(&mut cargo)
    });
    parts.run("eslint", || node("node_modules/eslint/bin/eslint.js", &["--max-warnings", "0", "."]));
    parts.run("release build", || {
        bundle::build()?;
        size_allowed(&Size::of(&project::path(WASM))?)
    });
    // After the build, since it reads the declarations that wasm-bindgen writes there.
    parts.run("types", || {
        node("node_modules/typescript/bin/tsc", &["--noEmit", "--project", "jsconfig.json"])
    });
    parts.finish()
}

fn cargo(arguments: &[&str]) -> Result<()> {
    process::run(process::command("cargo").args(arguments))
}

fn node(script: &str, arguments: &[&str]) -> Result<()> {
    process::run(process::command("node").arg(script).args(arguments))
}

fn size_allowed(size: &Size) -> Result<()> {
    if size.gzipped <= LARGEST_WASM {
        return Ok(());
    }
    let limit = LARGEST_WASM / 1000;
    Err(Error::Check(format!("{WASM} is {size}; gzipped it may have {limit} kB at most")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_on_the_gzipped_size() {
        assert!(size_allowed(&Size { plain: 5_000_000, gzipped: LARGEST_WASM }).is_ok());
        let error =
            size_allowed(&Size { plain: 700_000, gzipped: LARGEST_WASM + 1 }).unwrap_err().to_string();
        assert!(error.contains("600 kB"), "{error}");
    }
}
