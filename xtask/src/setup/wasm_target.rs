//! Rust's standard library for wasm32: from rustup, or built on Debian where rustup cannot download it.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{apt, debian_std, install};
use crate::error::{Error, Result};
use crate::process;

pub const TARGET: &str = "wasm32-unknown-unknown";

/// rustup's download ends well within a minute, or does not come at all.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(60);

/// Even when they are empty cargo takes these for all flags there are, and forgets the project's, simd128 among them.
const FLAGS: [&str; 2] = ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"];

/// The Rust that compiles for wasm32.
pub enum WasmToolchain {
    /// The one that runs this very command.
    Default,
    /// Debian's, linked into rustup under a name of its own, with rustup's linker.
    Debian { linker: PathBuf },
}

impl WasmToolchain {
    /// Lets a command compile for wasm32; native compilations must not get this.
    pub fn apply<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for name in FLAGS {
            if env::var_os(name).is_some_and(|flags| !flags.is_empty()) {
                eprintln!(
                    "{name} is left out for wasm32: it would replace the flags in .cargo/config.toml. Flags that are \
                     meant for wasm32 go into CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS, which adds to them."
                );
            }
            command.env_remove(name);
        }
        if let Self::Debian { linker } = self {
            command.env("RUSTUP_TOOLCHAIN", debian_std::TOOLCHAIN);
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command
    }
}

impl fmt::Display for WasmToolchain {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Default => write!(formatter, "the active toolchain"),
            Self::Debian { linker } => {
                write!(
                    formatter,
                    "rustup's toolchain `{}`, linker {}",
                    debian_std::TOOLCHAIN,
                    linker.display()
                )
            }
        }
    }
}

pub fn ensure() -> Result<WasmToolchain> {
    let sysroot = sysroot()?;
    if has_std(&sysroot) {
        return Ok(WasmToolchain::Default);
    }
    // Asked again only when it is gone: the download would cost its minute each time.
    if debian_std::is_complete() {
        return debian(&sysroot);
    }
    let remedy = "Install it for the toolchain in use: `rustup target add wasm32-unknown-unknown`, or your \
                  distribution's package of that target.";
    let missing =
        || Error::Missing { what: "Rust's standard library for wasm32".into(), remedy: remedy.into() };
    if process::find("rustup").is_none() {
        return Err(missing());
    }
    let download = install("Rust's wasm32 target", "the page runs as WebAssembly", || {
        process::run_within(process::command("rustup").args(["target", "add", TARGET]), DOWNLOAD_LIMIT)
    });
    match download {
        Ok(()) if has_std(&sysroot) => Ok(WasmToolchain::Default),
        outcome => {
            if let Err(error) = outcome {
                eprintln!("{error}.");
            }
            if !apt::is_debian() {
                return Err(missing());
            }
            eprintln!("rustup could not download the target; Debian's Rust can build it.");
            debian_std::ensure()?;
            debian(&sysroot)
        }
    }
}

/// clippy of the toolchain that compiles for wasm32: another version's cannot read its libraries.
pub fn ensure_clippy(toolchain: &WasmToolchain) -> Result<()> {
    match toolchain {
        WasmToolchain::Default => Ok(()),
        WasmToolchain::Debian { .. } => debian_std::ensure_clippy(),
    }
}

fn debian(rustup_sysroot: &Path) -> Result<WasmToolchain> {
    let linker = host_folder(rustup_sysroot)?.join("bin").join("rust-lld");
    if !linker.is_file() {
        return Err(Error::Missing {
            what: format!("the linker {}", linker.display()),
            remedy: "It comes with rustup's toolchain: `rustup toolchain install stable` brings it.".into(),
        });
    }
    Ok(WasmToolchain::Debian { linker })
}

/// The folder of the toolchain's own platform, by whatever name that platform has.
fn host_folder(sysroot: &Path) -> Result<PathBuf> {
    let told = process::capture(process::command("rustc").arg("-vV"))?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
    Ok(sysroot.join("lib/rustlib").join(host))
}

fn sysroot() -> Result<PathBuf> {
    process::capture(process::command("rustc").args(["--print", "sysroot"])).map(PathBuf::from)
}

pub fn has_std(sysroot: &Path) -> bool {
    let libraries = fs::read_dir(sysroot.join("lib/rustlib").join(TARGET).join("lib"));
    let is_std = |name: String| name.starts_with("libstd-") && name.ends_with(".rlib");
    libraries
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| is_std(entry.file_name().to_string_lossy().into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_users_flags_do_not_replace_the_projects() {
        let mut command = Command::new("trunk");
        WasmToolchain::Default.apply(&mut command);
        let removed: Vec<_> = command.get_envs().filter(|(_, value)| value.is_none()).collect();
        assert_eq!(removed, [("CARGO_ENCODED_RUSTFLAGS".as_ref(), None), ("RUSTFLAGS".as_ref(), None)]);
    }
}
