//! What can be checked without running the page: formats, lints, types, docs, spelling, crates' licences, and the wasm's size.

use crate::bundle;
use crate::error::{Error, Result};
use crate::parts::Parts;
use crate::setup::{self, ReadyMade, TARGET};
use crate::{budgets, process, rooms, sizes};

pub fn run() -> Result<()> {
    let wasm = setup::for_build()?;
    setup::for_lints(&wasm)?;
    let mut parts = Parts::new();
    parts.run("format", || cargo(&["fmt", "--all", "--check"]));
    parts.run("rooms", rooms::check);
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
        sizes::report()?;
        budgets::check()
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
