//! The three suites of tests: Rust natively, Rust in the browser's wasm, and the page itself.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::error::{Error, Result, at};
use crate::parts::Parts;
use crate::setup::{self, Browser, TARGET};
use crate::{bundle, process, project};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suite {
    Native,
    Wasm,
    Page,
}

impl Suite {
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "native" => Some(Self::Native),
            "wasm" => Some(Self::Wasm),
            "page" => Some(Self::Page),
            _ => None,
        }
    }
}

/// All suites, or only one of them.
pub fn run(only: Option<Suite>) -> Result<()> {
    let mut parts = Parts::new();
    let wanted = |suite| only.is_none_or(|only| only == suite);
    if wanted(Suite::Native) {
        parts.run("native tests", native);
    }
    if wanted(Suite::Wasm) {
        parts.run("wasm tests", wasm);
    }
    if wanted(Suite::Page) {
        parts.run("page tests", page);
    }
    parts.finish()
}

fn native() -> Result<()> {
    let mut cargo = process::command("cargo");
    cargo.args(["test", "--workspace"]);
    if let Some(driver) = setup::for_gpu_tests()? {
        cargo.env("VK_DRIVER_FILES", driver);
        // Without it Mesa looks for a desktop, and complains at every device.
        if env::var_os("XDG_RUNTIME_DIR").is_none() {
            cargo.env("XDG_RUNTIME_DIR", env::temp_dir());
        }
    }
    process::run(&mut cargo)
}

/// In a dedicated worker of a real browser: there the engine lives, and there is WebGPU.
fn wasm() -> Result<()> {
    let toolchain = setup::for_build()?;
    let browser = setup::for_browser_tests()?;
    let capabilities = project::path("target/webdriver.json");
    fs::write(&capabilities, webdriver_capabilities(&browser.chromium)).map_err(at(&capabilities))?;
    let mut cargo = process::command("cargo");
    cargo.args(["test", "--lib", "--test", "parity", "--target", TARGET]);
    cargo.env("WASM_BINDGEN_USE_DEDICATED_WORKER", "1");
    cargo.env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities);
    cargo.env("WASM_BINDGEN_TEST_TIMEOUT", "600");
    cargo.env("CHROMEDRIVER", &browser.driver);
    toolchain.apply(&mut cargo);
    eprintln!("+ {}", process::line(&cargo));
    let mut child = cargo.stdout(Stdio::piped()).spawn().map_err(at("cargo"))?;
    let mut passed = 0;
    for line in child.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines()) {
        let line = line.map_err(at("cargo's output"))?;
        println!("{line}");
        passed += tests_passed(&line);
    }
    let status = child.wait().map_err(at("cargo"))?;
    if !status.success() {
        return Err(Error::Failed { command: process::line(&cargo), status });
    }
    // The runner is content with no tests at all; this suite is not.
    if passed == 0 {
        return Err(Error::Check("no test ran in wasm: mark some with `wasm_bindgen_test`".into()));
    }
    Ok(())
}

/// The number in `test result: ok. 12 passed; 0 failed; ...`.
fn tests_passed(line: &str) -> usize {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["test", "result:", _, number, "passed;", ..] => number.parse().unwrap_or(0),
        _ => 0,
    }
}

/// The browser to start, with WebGPU on its software adapter: test machines have no GPU, and results are to be equal.
fn webdriver_capabilities(chromium: &Path) -> String {
    let arguments = ["enable-unsafe-webgpu", "use-webgpu-adapter=swiftshader", "disable-gpu-watchdog"];
    let options = serde_json::json!({ "binary": chromium, "args": arguments });
    serde_json::json!({ "goog:chromeOptions": options }).to_string()
}

fn page() -> Result<()> {
    let Browser { chromium, .. } = setup::for_browser_tests()?;
    bundle::build()?;
    let mut files = Vec::new();
    find_tests(&project::path("tests/page"), &mut files)?;
    if files.is_empty() {
        return Err(Error::Check("tests/page holds no *.test.js".into()));
    }
    files.sort();
    let photos = env::var_os("FOVEA_PHOTOS").map_or_else(|| project::path("../shared/photos"), PathBuf::from);
    let mut node = process::command("node");
    // One file at a time: they share the machine's cores, and some of them measure.
    node.args(["--test", "--test-concurrency=1"]).args(&files);
    node.env("FOVEA_CHROMIUM", chromium).env("FOVEA_PHOTOS", photos);
    process::run(&mut node)
}

fn find_tests(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(at(folder))?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            find_tests(&path, files)?;
        } else if entry.file_name().to_string_lossy().ends_with(".test.js") {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passed_tests_are_counted() {
        assert_eq!(tests_passed("test result: ok. 12 passed; 0 failed; 0 ignored; 0 filtered out"), 12);
        assert_eq!(tests_passed("no tests to run!"), 0);
        assert_eq!(tests_passed("running 3 tests"), 0);
    }

    #[test]
    fn suites_have_names() {
        assert_eq!(Suite::named("wasm"), Some(Suite::Wasm));
        assert_eq!(Suite::named("all"), None);
    }
}
