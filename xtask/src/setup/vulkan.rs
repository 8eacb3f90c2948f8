//! A Vulkan driver for the native GPU tests: the machine's own, or Mesa's lavapipe in software.

use std::fs;
use std::path::{Path, PathBuf};

use super::{apt, install};
use crate::error::{Error, Result};

const DRIVER_FOLDERS: [&str; 3] =
    ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];

/// The description of lavapipe's driver; `None` where tests should take what the system offers.
pub fn ensure() -> Result<Option<PathBuf>> {
    let chosen = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"].iter().any(|name| std::env::var_os(name).is_some());
    // Elsewhere wgpu has Metal, DirectX or the graphics driver's Vulkan.
    if chosen || !cfg!(target_os = "linux") || has_graphics_card() {
        return Ok(None);
    }
    if let Some(file) = lavapipe() {
        return Ok(Some(file));
    }
    let missing = || {
        Error::Missing {
        what: "a Vulkan driver".into(),
        remedy: "The GPU tests need one: install Mesa's Vulkan drivers (Debian and Ubuntu: mesa-vulkan-drivers), or \
                 name a driver's ICD file in VK_DRIVER_FILES."
            .into(),
    }
    };
    if crate::process::find("apt-get").is_none() {
        return Err(missing());
    }
    install("mesa-vulkan-drivers", "the GPU tests run on its software driver, lavapipe", || {
        apt::install(&["mesa-vulkan-drivers", "libvulkan1"])
    })?;
    lavapipe().map(Some).ok_or_else(missing)
}

fn has_graphics_card() -> bool {
    let cards = fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    cards.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().starts_with("renderD"))
        && !driver_files().is_empty()
}

fn driver_files() -> Vec<PathBuf> {
    let folders = DRIVER_FOLDERS.iter().filter_map(|folder| fs::read_dir(Path::new(folder)).ok());
    folders.flatten().flatten().map(|entry| entry.path()).collect()
}

fn lavapipe() -> Option<PathBuf> {
    let is_lavapipe =
        |file: &PathBuf| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("lvp_icd"));
    driver_files().into_iter().find(is_lavapipe)
}
