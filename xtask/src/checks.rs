//! What can be checked without running the page: formats, lints, types, docs, spelling, crates' licences, and the wasm's size.

use crate::bundle::{self, Size};
use crate::error::{Error, Result};
use crate::parts::Parts;
use crate::process;
use crate::setup::{self, ReadyMade, TARGET};

/// What each wasm may weigh on its way to the browser, gzipped.
const LARGEST: [(&str, usize); 3] = [("fovea", 600_000), ("photos", 250_000), ("encodings", 170_000)];

pub fn run() -> Result<()> {
    let wasm = setup::for_build()?;
    setup::for_lints(&wasm)?;
    let mut parts = Parts::new();
    parts.run("format", || cargo(&["fmt", "--all", "--check"]));
    parts.run("clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
    parts.run("clippy for wasm32", || {
        let mut cargo = process::command("cargo");
        cargo.args(["clippy", "--lib", "--target", TARGET]);
        for part in bundle::PARTS {
            cargo.args(["--package", part]);
        }
        cargo.args(["--", "-D", "warnings"]);
        process::run(wasm.apply(&mut cargo))
    });
    parts.run("docs", || {
        let mut cargo = process::command("cargo");
        cargo.args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-Dwarnings");
        process::run(&mut cargo)
    });
    match setup::for_spelling_and_crates() {
        Ok(ReadyMade { typos, cargo_deny }) => {
            parts.run("spelling", || process::run(&mut process::command(typos)));
            // No advisories: their database is fetched from GitHub each time, which not every machine reaches.
            parts.run("licences and sources of crates", || {
                let mut deny = process::command(cargo_deny);
                process::run(deny.args(["--offline", "check", "licenses", "bans", "sources"]))
            });
        }
        Err(missing @ Error::Missing { .. }) => {
            parts.skip("spelling, licences and sources of crates", &missing)
        }
        Err(other) => return Err(other),
    }
    parts.run("eslint", || node("node_modules/eslint/bin/eslint.js", &["--max-warnings", "0", "."]));
    parts.run("release build", || {
        bundle::build()?;
        LARGEST
            .into_iter()
            .try_for_each(|(part, limit)| size_allowed(part, &Size::of(&bundle::wasm_of(part))?, limit))
    });
    // After the build, since it reads the declarations that wasm-bindgen writes there.
    parts.run("types", || node("node_modules/typescript/bin/tsc", &["--build", "tsconfig.json"]));
    parts.finish()
}

fn cargo(arguments: &[&str]) -> Result<()> {
    process::run(process::command("cargo").args(arguments))
}

fn node(script: &str, arguments: &[&str]) -> Result<()> {
    process::run(process::command("node").arg(script).args(arguments))
}

fn size_allowed(part: &str, size: &Size, limit: usize) -> Result<()> {
    if size.gzipped <= limit {
        return Ok(());
    }
    Err(Error::Check(format!("{part}_bg.wasm is {size}; gzipped it may have {} kB at most", limit / 1000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_on_the_gzipped_size() {
        assert!(size_allowed("fovea", &Size { plain: 5_000_000, gzipped: 600_000 }, 600_000).is_ok());
        let too_large = size_allowed("fovea", &Size { plain: 700_000, gzipped: 600_001 }, 600_000);
        let error = too_large.unwrap_err().to_string();
        assert!(error.contains("fovea_bg.wasm") && error.contains("600 kB"), "{error}");
    }
}
