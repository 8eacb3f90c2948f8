//! Debian's packages.

use std::fs;
use std::sync::OnceLock;

use crate::error::Result;
use crate::process;

/// Whether this is Debian itself: others' apt may hold other things under the same names (Ubuntu's chromium is a snap).
pub fn is_debian() -> bool {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|line| line == "ID=debian") && process::find("apt-get").is_some()
}

/// Installs packages; the lists are refreshed once a run.
pub fn install(packages: &[&str]) -> Result<()> {
    static REFRESHED: OnceLock<()> = OnceLock::new();
    if REFRESHED.get().is_none() {
        process::run(process::as_root("apt-get")?.args(["update", "-qq"]))?;
        let _ = REFRESHED.set(());
    }
    let mut command = process::as_root("env")?;
    command.args([
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "-qq",
        "-y",
        "--no-install-recommends",
        "--no-remove",
    ]);
    process::run(command.args(packages))
}
