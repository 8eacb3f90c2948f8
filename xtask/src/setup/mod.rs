//! Set-up: whatever a command needs and the machine has not, one file a group of tools.
//!
//! A check costs milliseconds, so every command makes its own; an installation says what it is for.

mod apt;
mod browser;
mod debian_std;
mod firefox;
mod keras;
mod node;
mod ready_made;
mod rust_tools;
mod vulkan;
mod wasm_target;

use std::env;
use std::path::PathBuf;
use std::time::Instant;

use crate::error::{Error, Result};
use crate::{bases, digits, notices, process};

pub use browser::Browser;
pub use debian_std::TOOLCHAIN as DEBIAN_TOOLCHAIN;
pub use firefox::Firefox;
pub use ready_made::ReadyMade;
pub use wasm_target::{TARGET, WasmToolchain};

/// What building the page needs, so that `trunk serve` works, too, when it is typed by hand.
pub fn for_build() -> Result<WasmToolchain> {
    node::ensure()?;
    let wasm = wasm_target::ensure()?;
    rust_tools::ensure_wasm_bindgen()?;
    rust_tools::ensure_trunk()?;
    // Trunk runs cargo offline, as it is told to download nothing itself.
    process::run(process::command("cargo").args(["fetch", "--quiet"]))?;
    digits::ensure()?;
    bases::ensure()?;
    notices::ensure()?;
    Ok(wasm)
}

/// What `check` needs beyond a build.
pub fn for_lints(wasm: &WasmToolchain) -> Result<()> {
    rust_tools::ensure_component("rustfmt", "fmt")?;
    rust_tools::ensure_component("clippy", "clippy")?;
    wasm_target::ensure_clippy(wasm)
}

/// Checks of spelling and of crates. `Error::Missing` where the machine has no Python.
pub fn for_spelling_and_crates() -> Result<ReadyMade> {
    ready_made::ensure()
}

/// A browser, and the driver the Rust tests in wasm steer it by.
pub fn for_browser_tests() -> Result<Browser> {
    browser::ensure()
}

/// A second browser for the page. `Error::Missing` where the machine has none and none can be installed.
pub fn for_firefox_tests() -> Result<Firefox> {
    firefox::ensure()
}

/// The Vulkan driver description that native tests should use; `None` where the machine has one of its own.
pub fn for_gpu_tests() -> Result<Option<PathBuf>> {
    vulkan::ensure()
}

/// Native Keras, for the race against it; a Python that has it.
pub fn for_keras() -> Result<PathBuf> {
    keras::ensure()
}

/// Everything, for all commands but `bench --keras`.
pub fn all() -> Result<()> {
    let start = Instant::now();
    let wasm = for_build()?;
    for_lints(&wasm)?;
    let browser = for_browser_tests()?;
    let vulkan = for_gpu_tests()?;
    match for_spelling_and_crates() {
        Ok(_) => {}
        // `check` leaves out two of its parts then, and says so.
        Err(missing @ Error::Missing { .. }) => eprintln!("{missing}"),
        Err(other) => return Err(other),
    }
    let firefox = match for_firefox_tests() {
        Ok(firefox) => format!("{}, steered by {}", firefox.program.display(), firefox.driver.display()),
        // All but one suite of tests does without it.
        Err(missing @ Error::Missing { .. }) => missing.to_string(),
        Err(other) => return Err(other),
    };
    println!("wasm32:   {wasm}");
    println!("browser:  {}", browser.chromium.display());
    println!("driver:   {}", browser.driver.display());
    println!("Firefox:  {firefox}");
    println!("Vulkan:   {}", vulkan.map_or("the machine's own".into(), |file| file.display().to_string()));
    println!("Set-up is complete ({}).", elapsed(start));
    Ok(())
}

/// The program that an environment variable names; a wrong name is an error, since it was meant.
fn named_by(variable: &str) -> Result<Option<PathBuf>> {
    let Some(value) = env::var_os(variable).filter(|value| !value.is_empty()) else { return Ok(None) };
    let path = PathBuf::from(value);
    if path.is_file() {
        return Ok(Some(path));
    }
    let problem = format!("is no program, but {variable} names it: let it name one that exists, or unset it");
    Err(Error::Content { path, problem })
}

/// Says what is about to be installed and why, does it, and says how long it took.
fn install(what: &str, why: &str, action: impl FnOnce() -> Result<()>) -> Result<()> {
    eprintln!("Installing {what}: {why}.");
    let start = Instant::now();
    action()?;
    eprintln!("Installed {what} ({}).", elapsed(start));
    Ok(())
}

fn elapsed(start: Instant) -> String {
    let seconds = start.elapsed().as_secs_f32();
    if seconds < 60.0 { format!("{seconds:.1} s") } else { format!("{:.1} min", seconds / 60.0) }
}
