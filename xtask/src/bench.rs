//! Fovea against other libraries, in one browser: `tests/bench/bench.js` lets the built page run its own race.

use std::path::PathBuf;

use crate::error::Result;
use crate::setup::{self, Browser};
use crate::{bundle, process, project, suites};

/// Where in `target/` the figures go unless told otherwise.
const OUT: &str = "bench.json";

/// What `--quick` leaves out: the larger sizes, and patience with slow contenders.
const QUICK: [&str; 8] = ["--sizes", "64x4", "--budget", "1", "--limit", "20", "--starts", "1"];

/// What is to be raced. Lists are checked by the script, which knows their words.
#[derive(Debug, Default, PartialEq)]
pub struct Bench {
    /// The smallest size and short times only.
    pub quick: bool,
    /// In Firefox and not in Chromium.
    pub firefox: bool,
    /// On the machine's own GPU and not on the software adapter.
    pub gpu: bool,
    /// Libraries of wasm on one thread, as on a plain host.
    pub one_thread: bool,
    /// Native Keras beside it.
    pub keras: bool,
    /// On the `dist/` that is there.
    pub no_build: bool,
    /// `--sizes`, `--groups`, `--contenders`, `--budget` and `--limit` with what they are given.
    pub lists: Vec<(String, String)>,
    /// Where the figures are written.
    pub out: Option<String>,
}

impl Bench {
    /// Reads what comes after `cargo xtask bench`; an error says which word is wrong.
    pub fn parse(words: &[&str]) -> std::result::Result<Self, String> {
        let mut bench = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--quick" => bench.quick = true,
                "--gpu" => bench.gpu = true,
                "--one-thread" => bench.one_thread = true,
                "--browser" => {
                    bench.firefox = match words.next() {
                        Some(&"firefox") => true,
                        Some(&"chromium") => false,
                        _ => return Err("`--browser` is chromium or firefox".into()),
                    }
                }
                "--keras" => bench.keras = true,
                "--no-build" => bench.no_build = true,
                "--sizes" | "--groups" | "--contenders" | "--budget" | "--limit" | "--out" => {
                    let given = words.next().filter(|given| !given.starts_with("--"));
                    let value = given.ok_or(format!("`{word}` needs a value"))?.to_string();
                    match *word {
                        "--out" => bench.out = Some(value),
                        list => bench.lists.push((list.to_owned(), value)),
                    }
                }
                other => return Err(format!("bench has no option `{other}`")),
            }
        }
        if bench.firefox && bench.gpu {
            return Err("Firefox takes the GPU that Vulkan offers: leave out `--gpu`".into());
        }
        Ok(bench)
    }

    /// The script's arguments; of an option that is given twice it takes the last.
    fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        if self.quick {
            arguments.extend(QUICK.map(str::to_owned));
        }
        if self.firefox {
            arguments.extend(["--browser".into(), "firefox".into()]);
        }
        if self.gpu {
            arguments.push("--gpu".into());
        }
        if self.one_thread {
            arguments.push("--one-thread".into());
        }
        for (name, list) in &self.lists {
            arguments.extend([name.clone(), list.clone()]);
        }
        arguments
    }
}

/// Runs the race, prints its tables and writes its figures.
pub fn run(bench: &Bench) -> Result<()> {
    let mut node = process::command("node");
    if bench.firefox {
        let firefox = setup::for_firefox_tests()?;
        suites::steer_firefox(&mut node, &firefox);
    } else {
        let Browser { chromium, .. } = setup::for_browser_tests()?;
        node.env("FOVEA_CHROMIUM", chromium);
    }
    if !bench.no_build {
        bundle::build()?;
    }
    // The script runs in the project's folder; the user may be in another one.
    let here = std::env::current_dir().unwrap_or_default();
    let out = bench.out.as_ref().map_or_else(|| project::in_target(OUT), |out| Ok(here.join(out)))?;
    node.arg("tests/bench/bench.js").args(bench.arguments()).arg("--out").arg(&out);
    if bench.keras {
        node.arg("--keras").arg(setup::for_keras()?);
    }
    process::run(&mut node)?;
    println!("All figures: {}", shown(out));
    Ok(())
}

fn shown(out: PathBuf) -> String {
    out.strip_prefix(project::root()).unwrap_or(&out).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_understood() {
        assert_eq!(Bench::parse(&[]), Ok(Bench::default()));
        let bench =
            Bench::parse(&["--gpu", "--sizes", "64x4,150x20", "--out", "a.json", "--no-build"]).unwrap();
        assert!(bench.gpu && bench.no_build && !bench.quick);
        assert_eq!(bench.out.as_deref(), Some("a.json"));
        assert_eq!(bench.arguments(), ["--gpu", "--sizes", "64x4,150x20"]);
    }

    #[test]
    fn a_size_that_is_asked_for_goes_before_the_quick_one() {
        let arguments = Bench::parse(&["--quick", "--sizes", "150x20"]).unwrap().arguments();
        assert_eq!(arguments.last().map(String::as_str), Some("150x20"));
        assert!(arguments.contains(&"64x4".to_owned()));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(Bench::parse(&["--fast"]).unwrap_err().contains("`--fast`"));
        assert!(Bench::parse(&["--sizes"]).unwrap_err().contains("`--sizes` needs"));
        assert!(Bench::parse(&["--out", "--gpu"]).unwrap_err().contains("`--out` needs"));
        assert!(Bench::parse(&["--browser", "safari"]).unwrap_err().contains("chromium or firefox"));
        assert!(Bench::parse(&["--browser", "firefox", "--gpu"]).unwrap_err().contains("`--gpu`"));
    }

    #[test]
    fn one_thread_can_be_asked_for() {
        let bench = Bench::parse(&["--one-thread", "--groups", "mobile"]).unwrap();
        assert!(bench.one_thread && !Bench::default().one_thread);
        assert_eq!(bench.arguments(), ["--one-thread", "--groups", "mobile"]);
    }

    #[test]
    fn the_browser_is_chosen() {
        assert!(!Bench::parse(&["--browser", "chromium"]).unwrap().firefox);
        let bench = Bench::parse(&["--browser", "firefox"]).unwrap();
        assert_eq!(bench.arguments(), ["--browser", "firefox"]);
    }
}
