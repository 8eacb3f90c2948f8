//! The tools that come through cargo and rustup.

use super::install;
use crate::error::{Error, Result};
use crate::{process, project};

/// The last trunk that this project's Rust compiles.
const TRUNK: &str = "0.21.14";

/// Steers Firefox for the tests of the page there.
const GECKODRIVER: &str = "0.37.1";

pub fn ensure_wasm_bindgen() -> Result<()> {
    let wanted = project::wasm_bindgen_version()?;
    if has_version("wasm-bindgen", &wanted) && has_version("wasm-bindgen-test-runner", &wanted) {
        return Ok(());
    }
    install(
        &format!("wasm-bindgen-cli {wanted}"),
        "it writes the JavaScript around the wasm (some 2 minutes)",
        || {
            let package = format!("wasm-bindgen-cli@{wanted}");
            // Its own lock file names crates that no longer build, hence no --locked.
            cargo_install(&[&package, "--no-default-features", "--force"])
        },
    )?;
    installed("wasm-bindgen", &wanted)
}

pub fn ensure_trunk() -> Result<()> {
    if has_version("trunk", TRUNK) {
        return Ok(());
    }
    install(&format!("trunk {TRUNK}"), "it bundles and serves the page (6 to 12 minutes)", || {
        let package = format!("trunk@{TRUNK}");
        cargo_install(&[&package, "--locked", "--no-default-features", "--features", "rustls", "--force"])
    })?;
    installed("trunk", TRUNK)
}

pub fn ensure_geckodriver() -> Result<()> {
    if has_version("geckodriver", GECKODRIVER) {
        return Ok(());
    }
    install(
        &format!("geckodriver {GECKODRIVER}"),
        "it steers Firefox, in which the page is tested too (some 2 minutes)",
        || cargo_install(&[&format!("geckodriver@{GECKODRIVER}"), "--locked", "--force"]),
    )?;
    installed("geckodriver", GECKODRIVER)
}

/// A rustup component, known by the cargo command that it brings.
pub fn ensure_component(component: &str, subcommand: &str) -> Result<()> {
    if cargo_has(subcommand) {
        return Ok(());
    }
    install(component, "`cargo xtask check` runs it", || {
        process::run(process::command("rustup").args(["component", "add", component]))
    })
}

fn cargo_has(subcommand: &str) -> bool {
    let output = process::command("cargo").args([subcommand, "--version"]).output();
    output.is_ok_and(|output| output.status.success())
}

fn cargo_install(arguments: &[&str]) -> Result<()> {
    process::run(process::command("cargo").args(["install", "--quiet"]).args(arguments))
}

fn has_version(program: &str, wanted: &str) -> bool {
    process::version(program, "--version").is_some_and(|told| names_version(&told, wanted))
}

/// `trunk 0.21.14` names 0.21.14, and `trunk 0.21.1` does not name 0.21.14.
fn names_version(told: &str, wanted: &str) -> bool {
    told.split_whitespace().nth(1) == Some(wanted)
}

fn installed(program: &str, wanted: &str) -> Result<()> {
    if has_version(program, wanted) {
        return Ok(());
    }
    Err(Error::Missing {
        what: format!("{program} {wanted}"),
        remedy: "It was just installed by cargo: add cargo's bin folder (usually ~/.cargo/bin) to the front of the \
                 PATH, so that no other version of it comes first."
            .into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_whole() {
        assert!(names_version("trunk 0.21.14", "0.21.14"));
        assert!(names_version("wasm-bindgen 0.2.130 (abc)", "0.2.130"));
        assert!(!names_version("trunk 0.21.1", "0.21.14"));
        assert!(!names_version("trunk 0.21.14-beta", "0.21.14"));
        assert!(!names_version("trunk", "0.21.14"));
    }
}
