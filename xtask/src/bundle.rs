//! The page as files for any static host: `dist/`.

use std::fs::{self, File};
use std::io::Write;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::{Error, Result, at};
use crate::setup::{self, WasmToolchain};
use crate::wasm::without_names;
use crate::{process, project};

/// The wasm files of the page, by the names of their crates: the engine, what decodes photos, what reads folders, what
/// tells encodings, and what reads and writes other programs' model files.
pub const PARTS: [&str; 5] = ["fovea", "photos", "folders", "encodings", "model_files"];

const TYPES: &str = "target/types";

const SERVED: &str = "target/serve";

/// All of binaryen's levels train equally fast; this one is the smallest gzipped. Functions that come from one source
/// lie side by side, where gzip finds what they share: that is 2.5 % of all.
const OPTIMISATION: [&str; 2] = ["-Os", "--reorder-functions-by-name"];

/// What rustc's wasm32 target and the project's own flags may use; browsers have had these for years.
const FEATURES: [&str; 7] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Builds `dist/`.
pub fn build() -> Result<()> {
    let wasm = setup::for_build()?;
    let _alone = alone()?;
    process::run(&mut trunk(&wasm, "build"))?;
    optimise_all()?;
    keep_types()?;
    println!("dist/ is ready for any static host, at any address.");
    Ok(())
}

/// Says that `dist/` is of this very tree, as after `check`: optimising it once more takes a minute.
const IS_BUILT: &str = "FOVEA_IS_BUILT";

/// Builds `dist/` where this run has not yet: several suites of tests need the page.
pub fn build_once() -> Result<()> {
    static BUILT: OnceLock<()> = OnceLock::new();
    let is_built = std::env::var_os(IS_BUILT).is_some_and(|value| value == "yes");
    if !is_built && BUILT.get().is_none() {
        build()?;
        let _ = BUILT.set(());
    }
    Ok(())
}

/// Serves the page on this machine and builds it anew whenever a source changes.
pub fn serve(port: u16, open: bool) -> Result<()> {
    let wasm = setup::for_build()?;
    println!("Fovea will be at http://localhost:{port}/ once it is built. Ctrl-C ends.");
    let mut trunk = trunk(&wasm, "serve");
    // A folder of its own: what lies in dist/ is always the optimised build.
    trunk.args(["--dist", SERVED, "--address", "127.0.0.1", "--port", &port.to_string()]);
    if open {
        trunk.args(["--open", "true"]);
    }
    process::become_it(&mut trunk)
}

/// Waits for another build to end: two at once would clear away each other's unfinished files.
fn alone() -> Result<File> {
    let path = project::in_target("bundle.lock")?;
    let lock = File::create(&path).map_err(at(&path))?;
    if lock.try_lock().is_err() {
        eprintln!("Waiting for another build of dist/ to end.");
        lock.lock().map_err(at(&path))?;
    }
    Ok(lock)
}

fn trunk(wasm: &WasmToolchain, action: &str) -> std::process::Command {
    let mut trunk = process::command("trunk");
    trunk.arg(action);
    // Trunk takes NO_COLOR for an option of its own and refuses the value 1.
    trunk.env_remove("NO_COLOR");
    wasm.apply(&mut trunk);
    trunk
}

/// Where the wasm of a part is.
pub fn wasm_of(part: &str) -> PathBuf {
    project::path(&format!("dist/{part}_bg.wasm"))
}

/// Where the optimised wasm of a part is kept with the names of its functions, to tell what is in it.
pub fn named(part: &str) -> Result<PathBuf> {
    project::in_target(&format!("{part}.named.wasm"))
}

/// All at once: each is a process of one thread.
fn optimise_all() -> Result<()> {
    std::thread::scope(|scope| {
        let running: Vec<_> = PARTS.iter().map(|part| scope.spawn(move || optimise(part))).collect();
        running.into_iter().try_for_each(|part| part.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

fn optimise(part: &str) -> Result<()> {
    let (wasm, named) = (wasm_of(part), named(part)?);
    let mut node = process::command("node");
    node.arg("node_modules/binaryen/bin/wasm-opt")
        .arg(&wasm)
        .arg("-g")
        .arg("-o")
        .arg(&named)
        .args(OPTIMISATION);
    process::run(node.args(FEATURES))?;
    let bytes = fs::read(&named).map_err(at(&named))?;
    let bare = without_names(&bytes)
        .ok_or_else(|| Error::Content { path: named, problem: "is no WebAssembly".into() })?;
    // Written beside and renamed, so that the file in `dist/` is always whole.
    let smaller = wasm.with_extension("optimised");
    fs::write(&smaller, bare).map_err(at(&smaller))?;
    fs::rename(&smaller, &wasm).map_err(at(&wasm))
}

/// Puts the declarations of what is written with wasm-bindgen where the type check of the page finds them as if they lay beside `www/`: see
/// `rootDirs` in tsconfig.json.
fn keep_types() -> Result<()> {
    let kept = project::path(TYPES);
    fs::create_dir_all(&kept).map_err(at(&kept))?;
    for name in ["fovea.d.ts", "photos.d.ts", "folders.d.ts", "model_files.d.ts"] {
        let built = project::path("dist").join(name);
        fs::copy(&built, kept.join(name)).map_err(at(built))?;
    }
    Ok(())
}

/// A file's size, as it lies there and as a host sends it.
pub struct Size {
    pub plain: usize,
    pub gzipped: usize,
}

impl Size {
    pub fn of(file: &Path) -> Result<Self> {
        let bytes = fs::read(file).map_err(at(file))?;
        Ok(Self { plain: bytes.len(), gzipped: gzipped(&bytes) })
    }
}

/// How many bytes are left of these when a host gzips them.
pub fn gzipped(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory cannot fail.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_or(bytes.len(), |gzip| gzip.len())
}

impl std::fmt::Display for Size {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "{:.1} kB, gzipped {:.1} kB", self.plain as f64 / 1e3, self.gzipped as f64 / 1e3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gzipped_size_is_of_a_real_gzip() {
        let file = std::env::temp_dir().join(format!("fovea-size-{}", std::process::id()));
        fs::write(&file, vec![b'x'; 100_000]).unwrap();
        let size = Size::of(&file).unwrap();
        fs::remove_file(&file).unwrap();
        assert_eq!(size.plain, 100_000);
        assert!((18..1000).contains(&size.gzipped), "{}", size.gzipped);
    }
}
