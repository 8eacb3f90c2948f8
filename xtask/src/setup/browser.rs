//! A Chromium for the tests, and the chromedriver of the same version.

use std::env;
use std::path::PathBuf;

use super::{apt, install, named_by};
use crate::error::{Error, Result};
use crate::process;

const BROWSERS: [&str; 5] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Where browsers are that put themselves on no PATH.
const PLACES: [&str; 3] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

pub struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

pub fn ensure() -> Result<Browser> {
    if let (Some(chromium), Some(driver)) = (chromium()?, driver()?) {
        return Ok(Browser { chromium, driver });
    }
    if apt::is_debian() {
        install("chromium and its driver", "the page is tested in a real browser", || {
            apt::install(&["chromium", "chromium-driver"])
        })?;
    }
    let chromium = chromium()?.ok_or_else(|| Error::Missing {
        what: "Chrome or Chromium".into(),
        remedy: "Install one, or name its program in the environment's FOVEA_CHROMIUM.".into(),
    })?;
    let driver = driver()?.ok_or_else(|| Error::Missing {
        what: "chromedriver".into(),
        remedy: "Install the one of your browser's version (https://googlechromelabs.github.io/chrome-for-testing), \
                 and put it on the PATH or name it in the environment's CHROMEDRIVER."
            .into(),
    })?;
    Ok(Browser { chromium, driver })
}

fn chromium() -> Result<Option<PathBuf>> {
    if let Some(named) = named_by("FOVEA_CHROMIUM")? {
        return Ok(Some(named));
    }
    let on_path = BROWSERS.iter().find_map(|name| process::find(name));
    Ok(on_path.or_else(|| PLACES.iter().map(PathBuf::from).find(|file| file.is_file())))
}

fn driver() -> Result<Option<PathBuf>> {
    if let Some(named) = named_by("CHROMEDRIVER")? {
        return Ok(Some(named));
    }
    // GitHub's machines have it off the PATH, in a folder that this variable names.
    let in_folder = || process::find_in("chromedriver", &env::var_os("CHROMEWEBDRIVER")?);
    Ok(process::find("chromedriver").or_else(in_folder))
}
