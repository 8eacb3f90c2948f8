//! The tools that come through cargo and rustup.

use std::path::Path;
use std::time::Duration;

use super::install;
use crate::error::{Error, Result};
use crate::{process, project};

/// The last trunk that this project's Rust compiles.
const TRUNK: &str = "0.21.14";

/// Steers Firefox for the tests of the page there.
const GECKODRIVER: &str = "0.37.1";

/// A ready-made tool is there within seconds, or is compiled here.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(180);

/// A package of programs that come through cargo.
struct Tool<'a> {
    package: &'a str,
    version: &'a str,
    /// All of them tell the package's version.
    programs: &'a [&'a str],
    why: &'a str,
    /// How long compiling it takes.
    takes: &'a str,
    /// What `cargo install` is told beside the package.
    options: &'a [&'a str],
}

pub fn ensure_wasm_bindgen() -> Result<()> {
    ensure(&Tool {
        package: "wasm-bindgen-cli",
        version: &project::wasm_bindgen_version()?,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        why: "it writes the JavaScript around the wasm",
        takes: "some 2 minutes",
        // Its own lock file names crates that no longer build, hence no --locked.
        options: &["--no-default-features"],
    })
}

pub fn ensure_trunk() -> Result<()> {
    ensure(&Tool {
        package: "trunk",
        version: TRUNK,
        programs: &["trunk"],
        why: "it bundles and serves the page",
        takes: "6 to 12 minutes",
        options: &["--locked", "--no-default-features", "--features", "rustls"],
    })
}

pub fn ensure_geckodriver() -> Result<()> {
    ensure(&Tool {
        package: "geckodriver",
        version: GECKODRIVER,
        programs: &["geckodriver"],
        why: "it steers Firefox, in which the page is tested too",
        takes: "some 2 minutes",
        options: &["--locked"],
    })
}

fn ensure(tool: &Tool) -> Result<()> {
    let is_there = || tool.programs.iter().all(|program| has_version(program, tool.version));
    if is_there() {
        return Ok(());
    }
    let binstall = process::find("cargo-binstall");
    let takes = if binstall.is_some() { "seconds, by `cargo binstall`" } else { tool.takes };
    install(&format!("{} {}", tool.package, tool.version), &format!("{} ({takes})", tool.why), || {
        if binstall.is_some_and(|binstall| ready_made(&binstall, tool)) {
            if is_there() {
                return Ok(());
            }
            eprintln!("What came does not run here. So {} is compiled ({}).", tool.package, tool.takes);
        }
        let package = format!("{}@{}", tool.package, tool.version);
        let mut cargo = process::command("cargo");
        cargo.args(["install", "--quiet", &package, "--force"]).args(tool.options);
        process::run(&mut cargo)
    })?;
    tool.programs.iter().try_for_each(|program| installed(program, tool.version))
}

/// Whether `cargo binstall` has put a ready-made tool in place. Why it has not is said: compiling takes minutes.
fn ready_made(binstall: &Path, tool: &Tool) -> bool {
    let mut command = process::command(binstall);
    // Compiling is done here, with options that it does not know. It may have noted a version that somebody deleted.
    command.args(["--no-confirm", "--force", "--disable-strategies", "compile"]);
    command.arg(format!("{}@{}", tool.package, tool.version));
    let outcome = process::run_within(&mut command, DOWNLOAD_LIMIT);
    if let Err(error) = &outcome {
        eprintln!("{error}. So {} is compiled here ({}).", tool.package, tool.takes);
    }
    outcome.is_ok()
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

    /// What `cargo binstall` is asked, and whether its answer counts.
    #[cfg(unix)]
    #[test]
    fn a_ready_made_tool_is_asked_for_by_its_version() {
        use std::fs;
        use std::os::unix::fs::PermissionsExt;

        let tool =
            Tool { package: "a-tool", version: "1.2.3", programs: &[], why: "", takes: "", options: &[] };
        let folder = std::env::temp_dir().join(format!("fovea-binstall-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (program, asked) = (folder.join("cargo-binstall"), folder.join("asked"));
        for (status, works) in [(0, true), (94, false)] {
            let script = format!("#!/bin/sh\necho \"$@\" > '{}'\nexit {status}\n", asked.display());
            fs::write(&program, script).unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
            assert_eq!(ready_made(&program, &tool), works);
            let words = "--no-confirm --force --disable-strategies compile a-tool@1.2.3\n";
            assert_eq!(fs::read_to_string(&asked).unwrap(), words);
        }
        assert!(!ready_made(&folder.join("gone"), &tool));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn versions_are_compared_whole() {
        assert!(names_version("trunk 0.21.14", "0.21.14"));
        assert!(names_version("wasm-bindgen 0.2.130 (abc)", "0.2.130"));
        assert!(!names_version("trunk 0.21.1", "0.21.14"));
        assert!(!names_version("trunk 0.21.14-beta", "0.21.14"));
        assert!(!names_version("trunk", "0.21.14"));
    }
}
