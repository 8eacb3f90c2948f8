//! Tests that run in Node: found by their names, and none of them may be skipped.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result, at};
use crate::{process, project};

/// The files `*.test.js` of a folder that a suite wants, so many at a time.
pub fn node(folder: &str, is_wanted: fn(&str) -> bool, at_once: usize) -> Result<Command> {
    let mut files = Vec::new();
    find(&project::path(folder), is_wanted, &mut files)?;
    if files.is_empty() {
        return Err(Error::Check(format!("{folder} holds no tests (*.test.js) of this suite")));
    }
    files.sort();
    let mut node = process::command("node");
    // What is shown, and what is read below.
    let shown = if std::io::stdout().is_terminal() { "spec" } else { "tap" };
    node.arg("--test").arg(format!("--test-concurrency={at_once}"));
    node.arg(format!("--test-reporter={shown}")).arg("--test-reporter-destination=stdout");
    node.arg("--test-reporter=tap");
    node.arg(format!("--test-reporter-destination={}", results()?.display()));
    node.args(&files);
    Ok(node)
}

/// Runs what [`node`] gave to the end; a test that is skipped has checked nothing, and so fails.
pub fn run(node: &mut Command) -> Result<()> {
    process::run(node)?;
    let results = project::read(&results()?)?;
    match skipped(&results).as_slice() {
        [] => Ok(()),
        names => Err(Error::Check(format!("skipped, and so not checked: {}", names.join(", ")))),
    }
}

fn results() -> Result<PathBuf> {
    project::in_target("node-tests.tap")
}

/// The names in lines such as `ok 3 - a name # SKIP a reason`.
fn skipped(results: &str) -> Vec<&str> {
    let names = results.lines().filter_map(|line| {
        let (test, _) = line.split_once(" # SKIP")?;
        let (_, name) = test.trim_start().strip_prefix("ok ")?.split_once(" - ")?;
        Some(name)
    });
    names.collect()
}

pub fn is_test(name: &str) -> bool {
    name.ends_with(".test.js")
}

fn find(folder: &Path, is_wanted: fn(&str) -> bool, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).map_err(at(folder))?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, is_wanted, files)?;
        } else if is_wanted(&entry.file_name().to_string_lossy()) {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skipped_tests_are_named() {
        let results = "TAP version 13\nok 1 - runs\n    ok 1 - an inner one # SKIP no photos\nok 2 - a # b # SKIP\nok 3 - c\n# skipped 2\n";
        assert_eq!(skipped(results), ["an inner one", "a # b"]);
        assert!(skipped("ok 1 - runs\n# skipped 0\n").is_empty());
    }
}
