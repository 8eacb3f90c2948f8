//! Model files and the programs that they are exchanged with: real Keras makes some that we open, and opens
//! ours; and projects of ours train on there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result, at};
use crate::setup::{self, Browser};
use crate::{bundle, process, project};

/// Leaves the suite out if it is `no`.
const SWITCH: &str = "FOVEA_EXCHANGE_MODELS";
/// Where models and files lie below `target`.
const FOLDER: &str = "target/exchange";
/// What makes models, and what reads ours; each script takes a folder behind its words.
const MAKERS: [Script; 3] =
    [("keras_models.py", &[]), ("keras2_models.py", &[]), ("onnx_models.py", &["onnx"])];
const READERS: [Script; 4] =
    [("keras_reads.py", &[]), ("keras2_reads.py", &[]), ("described_reads.py", &[]), ("onnx_reads.py", &[])];
const NODE_READER: &str = "tests/exchange/tfjs_reads.js";
/// What makes projects with the page in a browser, and what trains them in Python.
const PROJECT_MAKER: &str = "tests/exchange/projects.js";
const PROJECT_TRAINER: Script = ("projects_train.py", &[]);

/// A script in `tests/exchange`, and what it takes.
type Script = (&'static str, &'static [&'static str]);

/// The Python with Keras; an error if there is none, or in CI unless the suite was asked for by name.
pub fn python(asked_for: bool) -> Result<PathBuf> {
    let in_ci =
        std::env::var_os("CI").is_some() || std::env::var_os(SWITCH).is_some_and(|value| value == "no");
    if !asked_for && in_ci {
        return Err(Error::Missing {
            what: "the time to install TensorFlow in CI".into(),
            remedy: "Run `cargo xtask test --only exchange` on a machine of your own.".into(),
        });
    }
    setup::for_keras()
}

/// Both ways, one after the other.
pub fn run(python: &Path) -> Result<()> {
    setup::for_build()?;
    let folder = project::path(FOLDER);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(at(&folder))?;
    }
    let (made, exported) = (folder.join("made"), folder.join("exported"));
    for maker in MAKERS {
        process::run(&mut script(python, maker, &made))?;
    }
    let test = |name: &str| {
        let mut cargo = process::command("cargo");
        cargo.args(["test", "--package", "model_files", "--test", name, "--", "--ignored", "--nocapture"]);
        cargo.env("FOVEA_EXCHANGE", &made).env("FOVEA_EXPORTS", &exported);
        cargo
    };
    process::run(&mut test("keras"))?;
    process::run(&mut test("exports"))?;
    for reader in READERS {
        process::run(&mut script(python, reader, &exported))?;
    }
    process::run(process::command("node").arg(project::path(NODE_READER)).arg(&exported))?;
    projects(python, &folder.join("projects"))
}

/// Projects that the page makes are trained on as they stand.
fn projects(python: &Path, folder: &Path) -> Result<()> {
    let Browser { chromium, .. } = setup::for_browser_tests()?;
    bundle::build_once()?;
    let mut node = process::command("node");
    process::run(node.arg(project::path(PROJECT_MAKER)).arg(folder).env("FOVEA_CHROMIUM", chromium))?;
    process::run(&mut script(python, PROJECT_TRAINER, folder))
}

fn script(python: &Path, (name, words): Script, folder: &Path) -> Command {
    let mut command = process::command(python);
    command.arg(project::path("tests/exchange").join(name)).args(words).arg(folder);
    // TensorFlow tells of every GPU that is not there.
    command.env("TF_CPP_MIN_LOG_LEVEL", "3");
    // Scripts share a file, of which Python would leave a compiled one beside it.
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command
}
