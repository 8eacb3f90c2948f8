//! The suites of tests: Rust natively, Rust in the browser's wasm, the page itself, the page in a second browser, and
//! what a newcomer types first in a clean clone.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::error::{Error, Result, at};
use crate::parts::Parts;
use crate::setup::{self, Browser, Firefox, TARGET, WasmToolchain};
use crate::{bases, bundle, exchange, node_tests, process, project};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Suite {
    Native,
    Wasm,
    Page,
    Firefox,
    Clone,
    Exchange,
}

impl Suite {
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "native" => Some(Self::Native),
            "wasm" => Some(Self::Wasm),
            "page" => Some(Self::Page),
            "firefox" => Some(Self::Firefox),
            "clone" => Some(Self::Clone),
            "exchange" => Some(Self::Exchange),
            _ => None,
        }
    }
}

/// All suites, or only one of them.
pub fn run(only: Option<Suite>) -> Result<()> {
    let mut parts = Parts::new();
    let wanted = |suite| only.is_none_or(|only| only == suite);
    if wanted(Suite::Native) {
        parts.run("native tests", || native(&["--workspace"]));
        match bases::ensure_for_tests() {
            // Their weights are downloaded, which not every machine can do.
            Err(missing @ Error::Missing { .. }) => parts.skip("pretrained bases", &missing),
            bases => parts.run("pretrained bases", || {
                bases?;
                // One after the other: software adapters do not like to be opened by many threads at once.
                native(&["--test", "bases", "--", "--ignored", "--nocapture", "--test-threads", "1"])
            }),
        }
    }
    if wanted(Suite::Wasm) {
        parts.run("wasm tests", wasm);
    }
    if wanted(Suite::Page) {
        parts.run("page tests", page);
    }
    if wanted(Suite::Firefox) {
        match setup::for_firefox_tests() {
            // A second browser is asked of nobody: where it cannot be set up, its suite is left out and says so, but
            // not where it was asked for by name.
            Err(missing) if only.is_none() => parts.skip("Firefox tests", &missing),
            firefox => parts.run("Firefox tests", || second_browser(&firefox?)),
        }
    }
    if wanted(Suite::Clone) {
        match repository() {
            // A downloaded archive of the project is whole without one.
            Err(missing) if only.is_none() => parts.skip("tests of a clean clone", &missing),
            repository => parts.run("tests of a clean clone", || repository.and_then(|()| clone())),
        }
    }
    if wanted(Suite::Exchange) {
        match exchange::python(only.is_some()) {
            Err(missing) if only.is_none() => parts.skip("exchange of model files", &missing),
            python => parts.run("exchange of model files", || exchange::run(&python?)),
        }
    }
    parts.finish()
}

fn native(words: &[&str]) -> Result<()> {
    let mut cargo = process::command("cargo");
    cargo.arg("test").args(words);
    if let Some(driver) = setup::for_gpu_tests()? {
        use_vulkan(&mut cargo, &driver);
    }
    process::run(&mut cargo)
}

fn use_vulkan(command: &mut Command, driver: &Path) {
    command.env("VK_DRIVER_FILES", driver);
    // Without it Mesa looks for a desktop, and complains at every device.
    if env::var_os("XDG_RUNTIME_DIR").is_none() {
        command.env("XDG_RUNTIME_DIR", env::temp_dir());
    }
}

/// In a dedicated worker of a real browser: there the engine lives, and there is WebGPU.
fn wasm() -> Result<()> {
    let toolchain = setup::for_build()?;
    let browser = setup::for_browser_tests()?;
    let capabilities = project::in_target("webdriver.json")?;
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
    bundle::build_once()?;
    let run = |is_wanted: fn(&str) -> bool, at_once| {
        node_tests::run(node_tests::node("tests/page", is_wanted, at_once)?.env("FOVEA_CHROMIUM", &chromium))
    };
    // While one waits for its browser, another computes.
    let (measuring, others) =
        (run(is_measuring, 1), run(|name| is_chromiums(name) && !is_measuring(name), 2));
    measuring.and(others)
}

fn second_browser(firefox: &Firefox) -> Result<()> {
    bundle::build_once()?;
    let mut node = node_tests::node("tests/page", is_firefoxs, 1)?;
    steer_firefox(&mut node, firefox);
    node_tests::run(&mut node)
}

/// What there is to clone, on a system that ends a process with all that it has started.
fn repository() -> Result<()> {
    if cfg!(windows) {
        return Err(Error::Missing {
            what: "a Unix system".into(),
            remedy: "A clean clone is tried on Linux and macOS.".into(),
        });
    }
    let found = process::capture(process::command("git").args(["rev-parse", "--verify", "--quiet", "HEAD"]));
    found.map(drop).map_err(|_| Error::Missing {
        what: "git, or a commit of this project".into(),
        remedy: "Clone the project with git to try a clean clone of it.".into(),
    })
}

fn clone() -> Result<()> {
    let toolchain = setup::for_build()?;
    let Browser { chromium, .. } = setup::for_browser_tests()?;
    let mut node = node_tests::node("tests/clone", node_tests::is_test, 1)?;
    node.env("FOVEA_CHROMIUM", chromium).env("FOVEA_TARGET", project::target_folder()?);
    if let WasmToolchain::Debian { linker } = &toolchain {
        // Only trunk may run with this toolchain; the linker is for wasm32 alone, and harms nobody.
        node.env("FOVEA_WASM_TOOLCHAIN", setup::DEBIAN_TOOLCHAIN);
        node.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
    }
    node_tests::run(&mut node)
}

/// Tells a script which Firefox it is to start, with what, and on which GPU.
pub fn steer_firefox(node: &mut Command, firefox: &Firefox) {
    node.env("FOVEA_FIREFOX", &firefox.program).env("GECKODRIVER", &firefox.driver);
    if let Some(driver) = &firefox.vulkan {
        use_vulkan(node, driver);
    }
}

fn is_firefoxs(name: &str) -> bool {
    name.starts_with("firefox") && node_tests::is_test(name)
}

/// Of those in Chromium, the ones that measure times or memory: they have the machine to themselves.
const MEASURING: [&str; 4] = ["bench.test.js", "many.test.js", "preparing.test.js", "smooth.test.js"];

fn is_measuring(name: &str) -> bool {
    MEASURING.contains(&name)
}

fn is_chromiums(name: &str) -> bool {
    node_tests::is_test(name) && !is_firefoxs(name)
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
        assert_eq!(Suite::named("firefox"), Some(Suite::Firefox));
        assert_eq!(Suite::named("clone"), Some(Suite::Clone));
        assert_eq!(Suite::named("exchange"), Some(Suite::Exchange));
        assert_eq!(Suite::named("all"), None);
    }

    #[test]
    fn each_test_of_the_page_is_one_browsers() {
        for (name, chromiums, firefoxs) in [
            ("digits.test.js", true, false),
            ("firefox.test.js", false, true),
            ("firefox.js", false, false),
            ("site.js", false, false),
        ] {
            assert_eq!((is_chromiums(name), is_firefoxs(name)), (chromiums, firefoxs), "{name}");
        }
    }

    #[test]
    fn tests_that_measure_are_there_and_run_in_chromium() {
        for name in MEASURING {
            assert!(is_chromiums(name) && project::path("tests/page").join(name).exists(), "{name}");
        }
    }
}
