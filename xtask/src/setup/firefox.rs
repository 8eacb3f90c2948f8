//! A Firefox for the tests of the page in a second browser, and the geckodriver that steers it.

use std::path::PathBuf;

use super::{apt, install, named_by, rust_tools, vulkan};
use crate::error::{Error, Result};
use crate::process;

/// Debian's name first: its Firefox is the one with long-term support.
const BROWSERS: [&str; 2] = ["firefox-esr", "firefox"];

/// Where browsers are that put themselves on no PATH.
const PLACES: [&str; 2] =
    ["/Applications/Firefox.app/Contents/MacOS/firefox", "C:\\Program Files\\Mozilla Firefox\\firefox.exe"];

pub struct Firefox {
    pub program: PathBuf,
    pub driver: PathBuf,
    /// The Vulkan driver description that it should use; `None` where the machine has one of its own.
    pub vulkan: Option<PathBuf>,
}

/// Without a Firefox, and no Debian to install it from, the error is `Missing`.
pub fn ensure() -> Result<Firefox> {
    // First of all what no set-up can bring, before minutes go into the rest.
    let program = browser()?;
    let vulkan = vulkan::ensure()?;
    let driver = driver()?;
    Ok(Firefox { program, driver, vulkan })
}

fn browser() -> Result<PathBuf> {
    if let Some(named) = named_by("FOVEA_FIREFOX")? {
        return Ok(named);
    }
    if installed().is_none() && apt::is_debian() {
        install("firefox-esr", "the page is tested in a second browser", || apt::install(&["firefox-esr"]))?;
    }
    installed().ok_or_else(|| Error::Missing {
        what: "Firefox".into(),
        remedy: "Install it, or name its program in the environment's FOVEA_FIREFOX.".into(),
    })
}

fn driver() -> Result<PathBuf> {
    if let Some(named) = named_by("GECKODRIVER")? {
        return Ok(named);
    }
    rust_tools::ensure_geckodriver()?;
    Ok(process::find("geckodriver").unwrap_or_else(|| "geckodriver".into()))
}

fn installed() -> Option<PathBuf> {
    let on_path = BROWSERS.iter().find_map(|name| process::find(name));
    on_path.or_else(|| PLACES.iter().map(PathBuf::from).find(|file| file.is_file()))
}
