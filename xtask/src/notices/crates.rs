//! The crates inside each wasm.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use serde_json::Value;

use super::{Work, notice, texts};
use crate::bundle::PARTS;
use crate::error::{Error, Result};
use crate::process;
use crate::setup::TARGET;

pub fn works() -> Result<Vec<Work>> {
    let mut cargo = process::command("cargo");
    cargo.args(["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", TARGET]);
    let told = process::capture(&mut cargo)?;
    let metadata: Value =
        serde_json::from_str(&told).map_err(|error| Error::Check(format!("`cargo metadata`: {error}")))?;
    let mut files: BTreeMap<&str, (&Value, Vec<String>)> = BTreeMap::new();
    for part in PARTS {
        for (id, package) in inside(&metadata, part) {
            files.entry(id).or_insert((package, Vec::new())).1.push(wasm(part));
        }
    }
    let mut works = vec![standard_library()?];
    for (package, files) in files.into_values() {
        works.push(work(package, files)?);
    }
    Ok(works)
}

fn wasm(part: &str) -> String {
    format!("{part}_bg.wasm")
}

fn standard_library() -> Result<Work> {
    let licence = "MIT OR Apache-2.0";
    let holder = "The Rust Project Developers (https://www.rust-lang.org)";
    let notice = texts::standard(licence, holder).unwrap_or_default();
    Ok(Work {
        name: "Rust's standard library".into(),
        licence: licence.into(),
        files: PARTS.into_iter().map(wasm).collect(),
        notice,
    })
}

fn work(package: &Value, files: Vec<String>) -> Result<Work> {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    let (name, licence) = (format!("{} {}", text("name"), text("version")), text("license"));
    let folder = Path::new(text("manifest_path")).parent().unwrap_or(Path::new(""));
    let authors: Vec<&str> =
        package["authors"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let holder =
        if authors.is_empty() { format!("The {} Developers", text("name")) } else { authors.join(", ") };
    Ok(Work { notice: notice(folder, &name, licence, &holder)?, licence: licence.into(), files, name })
}

/// The packages that a part is compiled of, by their ids: not what runs in the compiler only, and not this workspace's
/// own. What a part leaves unused of another is counted, too.
fn inside<'a>(metadata: &'a Value, part: &str) -> Vec<(&'a str, &'a Value)> {
    let list = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
    let packages: HashMap<&str, &Value> = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let nodes: HashMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|node| Some((node["id"].as_str()?, node)))
        .collect();
    let runs_in_the_compiler = |package: &Value| {
        list(&package["targets"]).iter().any(|target| list(&target["kind"]).contains(&"proc-macro".into()))
    };
    let own = |package: &Value| package["source"].is_null();
    let mut waiting: Vec<&str> = packages
        .iter()
        .filter(|(_, package)| own(package) && package["name"] == part)
        .map(|(id, _)| *id)
        .collect();
    let mut found = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        for dependency in nodes.get(id).and_then(|node| node["deps"].as_array()).into_iter().flatten() {
            let is_normal = list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            let Some(id) = dependency["pkg"].as_str().filter(|_| is_normal) else { continue };
            let compiled = packages.get(id).is_some_and(|package| !runs_in_the_compiler(package));
            if compiled && found.insert(id) {
                waiting.push(id);
            }
        }
    }
    let others = |id| packages.get(id).filter(|package| !own(package)).map(|package| (id, *package));
    found.into_iter().filter_map(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_compiled_into_a_part_is_listed() {
        let package = |name: &str, kind: &str, source: Value| serde_json::json!({ "id": name, "name": name, "source": source, "targets": [{ "kind": [kind] }] });
        let own = |name: &str| package(name, "cdylib", Value::Null);
        let other = |name: &str, kind: &str| package(name, kind, "registry".into());
        let needs =
            |pkg: &str, kind: Value| serde_json::json!({ "pkg": pkg, "dep_kinds": [{ "kind": kind }] });
        let metadata = serde_json::json!({
            "packages": [
                own("fovea"), own("encodings"), other("a", "lib"), other("inner", "lib"), other("macros", "proc-macro"),
                other("syn", "lib"), other("tests", "lib"), other("built", "lib"), other("unused", "lib"),
                other("tables", "lib")
            ],
            "resolve": { "nodes": [
                { "id": "fovea", "deps": [
                    needs("a", Value::Null), needs("macros", Value::Null), needs("tests", "dev".into()), needs("built", "build".into())
                ] },
                { "id": "encodings", "deps": [needs("tables", Value::Null), needs("fovea", Value::Null)] },
                { "id": "a", "deps": [needs("inner", Value::Null)] },
                { "id": "inner", "deps": [needs("a", Value::Null)] },
                { "id": "macros", "deps": [needs("syn", Value::Null)] }
            ] }
        });
        let names = |part| -> Vec<&str> { inside(&metadata, part).into_iter().map(|(id, _)| id).collect() };
        assert_eq!(names("fovea"), ["a", "inner"]);
        assert_eq!(names("encodings"), ["a", "inner", "tables"]);
    }
}
