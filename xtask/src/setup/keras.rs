//! Native Keras, for `bench --keras` and to exchange model files with, in a Python environment of its own below `target`.

use std::path::PathBuf;

use super::install;
use crate::error::{Error, Result, at};
use crate::{process, project};

/// What `tests/parity` was made with, too.
const PACKAGES: [&str; 11] = [
    "tensorflow-cpu==2.21.0",
    "keras==3.15.1",
    "numpy==2.4.6",
    "tf_keras==2.21.0",
    "h5py==3.14.0",
    "onnx==1.23.2",
    "onnxruntime==1.32.0",
    "safetensors==0.8.0",
    // What an exported project is trained with: `model_files/project/requirements.txt`.
    "jax==0.10.2",
    "scipy==1.17.1",
    "pillow==13.0.0",
];

/// The Python that has Keras.
pub fn ensure() -> Result<PathBuf> {
    let folder = project::path("target/keras");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    // Written when all is installed: half an environment, or one of other versions, is made anew.
    let whole = folder.join("complete");
    let packages = PACKAGES.join("\n");
    if std::fs::read_to_string(&whole).is_ok_and(|installed| installed == packages) {
        return Ok(python);
    }
    let system = ["python3", "python"].iter().find_map(|name| process::find(name)).ok_or_else(|| {
        Error::Missing { what: "Python".into(), remedy: "Install Python 3.11 or later.".into() }
    })?;
    install("Keras and TensorFlow", "the race runs it, and model files are exchanged with it", || {
        process::run(process::command(system).args(["-m", "venv", "--clear"]).arg(&folder))?;
        process::run(process::command(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))
    })?;
    std::fs::write(&whole, packages).map_err(at(whole))?;
    Ok(python)
}
