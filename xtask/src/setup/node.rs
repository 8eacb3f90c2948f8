//! Node.js, and the npm packages that the lock file names.

use std::fs;

use super::install;
use crate::error::{Error, Result, at};
use crate::{process, project};

const OLDEST_NODE: u32 = 20;

pub fn ensure() -> Result<()> {
    let remedy =
        format!("Install Node.js {OLDEST_NODE} or newer from https://nodejs.org or your system's packages.");
    let told = process::version("node", "--version");
    let major = told.as_deref().and_then(major);
    if major.is_none_or(|major| major < OLDEST_NODE) {
        let found = told.map_or(String::new(), |version| format!(" (found {version})"));
        return Err(Error::Missing { what: format!("Node.js {OLDEST_NODE} or newer{found}"), remedy });
    }
    // The stamp is the lock file itself: node_modules is what it says as long as both are equal.
    let lock = project::read(&project::path("package-lock.json"))?;
    let stamp = project::path("node_modules/.fovea-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    install("the npm packages", "the page's tools, charts and demo come from there", || {
        process::run(process::command("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))
    })?;
    fs::write(&stamp, lock).map_err(at(stamp))
}

/// 20 of `v20.19.2`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_tells_its_major_version() {
        assert_eq!(major("v20.19.2"), Some(20));
        assert_eq!(major("20"), None);
    }
}
