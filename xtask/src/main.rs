//! Everything around building Fovea: `cargo xtask` without more says what there is.

mod bases;
mod bench;
mod budgets;
mod bundle;
mod checks;
mod digits;
mod error;
mod exchange;
mod node_tests;
mod notices;
mod parts;
mod process;
mod project;
mod rooms;
mod setup;
mod sizes;
mod suites;
mod wasm;

use std::process::ExitCode;

use bench::Bench;
use error::{Error, Result};
use suites::Suite;

const USAGE: &str = "\
cargo xtask <command>

  setup                            install what is missing; the other commands do their part of it themselves
  serve [--port 8080] [--open]     build the page, serve it on this machine, build anew on every change
  build                            the page as files in dist/, for any static host
  check                            format, rooms, lints, types, docs, spelling, crates' licences, release build and its size
  sizes                            build the page, and tell what is in each wasm: its ten largest parts
  test [--only native|wasm|page|firefox|clone|exchange]
                                   Rust natively, Rust in the browser's wasm, the page in Chromium and in Firefox, the
                                   first commands in a clean clone of what is committed, and, but not in CI, model files
                                   to and from real Keras, which it installs in target/
  bench [--quick] [--gpu] [--browser chromium|firefox]
                                   Fovea against other libraries in one browser: tables, and figures in --out file.json
        [--keras] [--sizes 64x4,64x20,150x20] [--groups training,inference,kernels,mobile,cold] [--contenders id,id]
        [--budget seconds] [--limit seconds] [--one-thread] [--no-build]
                                   with --one-thread libraries of wasm have one thread, as our convolutions timed alone;
                                   with --keras beside native Keras on the same machine, which it installs in target/

Environment: FOVEA_CHROMIUM and CHROMEDRIVER name a browser and its driver, FOVEA_FIREFOX and GECKODRIVER the second
one and its, VK_DRIVER_FILES a Vulkan driver, FOVEA_PHOTOS a folder of real photos to test on (../shared/photos); where it
is empty, tests do with the photos that they make themselves.
";

#[derive(Debug, PartialEq)]
enum Action {
    Help,
    Setup,
    Serve { port: u16, open: bool },
    Build,
    Check,
    Sizes,
    Test { only: Option<Suite> },
    Bench(Bench),
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match parse(&words).and_then(perform) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn perform(action: Action) -> Result<()> {
    match action {
        Action::Help => {
            print!("{USAGE}");
            Ok(())
        }
        Action::Setup => setup::all(),
        Action::Serve { port, open } => bundle::serve(port, open),
        Action::Build => bundle::build(),
        Action::Check => checks::run(),
        Action::Sizes => sizes::run(),
        Action::Test { only } => suites::run(only),
        Action::Bench(bench) => bench::run(&bench),
    }
}

fn parse(words: &[&str]) -> Result<Action> {
    match words {
        [] | ["help" | "--help" | "-h"] => Ok(Action::Help),
        ["setup"] => Ok(Action::Setup),
        ["serve", options @ ..] => serve(options),
        ["build"] => Ok(Action::Build),
        ["check"] => Ok(Action::Check),
        ["sizes"] => Ok(Action::Sizes),
        ["test"] => Ok(Action::Test { only: None }),
        ["test", "--only", name] => {
            let suite = Suite::named(name);
            let only = suite.ok_or_else(|| {
                wrong(format!("`{name}` is no suite: native, wasm, page, firefox, clone or exchange"))
            })?;
            Ok(Action::Test { only: Some(only) })
        }
        ["bench", options @ ..] => Bench::parse(options).map(Action::Bench).map_err(wrong),
        _ => Err(wrong(format!("`cargo xtask {}` is not understood", words.join(" ")))),
    }
}

fn serve(options: &[&str]) -> Result<Action> {
    let (mut port, mut open) = (8080, false);
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match *option {
            "--open" => open = true,
            "--port" => {
                let given = options.next().unwrap_or(&"");
                port = given
                    .parse()
                    .map_err(|_| wrong(format!("`--port {given}`: a port is a number up to 65535")))?;
            }
            other => return Err(wrong(format!("serve has no option `{other}`"))),
        }
    }
    Ok(Action::Serve { port, open })
}

fn wrong(problem: String) -> Error {
    Error::Usage(format!("{problem}.\n\n{USAGE}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_understood() {
        assert_eq!(parse(&["serve"]).unwrap(), Action::Serve { port: 8080, open: false });
        assert_eq!(
            parse(&["serve", "--open", "--port", "9000"]).unwrap(),
            Action::Serve { port: 9000, open: true }
        );
        assert_eq!(parse(&["test"]).unwrap(), Action::Test { only: None });
        assert_eq!(parse(&["test", "--only", "page"]).unwrap(), Action::Test { only: Some(Suite::Page) });
        assert_eq!(
            parse(&["test", "--only", "firefox"]).unwrap(),
            Action::Test { only: Some(Suite::Firefox) }
        );
        assert_eq!(parse(&["test", "--only", "clone"]).unwrap(), Action::Test { only: Some(Suite::Clone) });
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for words in
            [&["tset"][..], &["test", "--only", "gpu"], &["serve", "--port", "70000"], &["bench", "--fast"]]
        {
            let error = parse(words).unwrap_err().to_string();
            assert!(
                error.contains(words[words.len() - 1]) && error.contains("cargo xtask <command>"),
                "{error}"
            );
        }
    }
}
