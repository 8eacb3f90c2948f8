//! What takes the room in each wasm: its functions by the room or the crate that they are of, its data, its imports.

use std::collections::HashMap;
use std::fs;

use crate::bundle::{self, PARTS, gzipped};
use crate::error::{Error, Result, at};
use crate::wasm::{Function, Wasm};

/// So many parts are told of each wasm.
const TOLD: usize = 10;

/// Builds the page and tells the largest parts of each wasm.
pub fn run() -> Result<()> {
    bundle::build()?;
    report()
}

/// Tells the largest parts of each wasm that was built last.
pub fn report() -> Result<()> {
    for part in PARTS {
        let file = bundle::named(part)?;
        let bytes = fs::read(&file).map_err(at(&file))?;
        let wasm = Wasm::read(&bytes).ok_or_else(|| Error::Content {
            path: file,
            problem: "is no whole WebAssembly with names: build it anew".into(),
        })?;
        println!("\n{part}_bg.wasm, its {TOLD} largest parts; gzipped each alone:");
        for Part { name, plain, gzipped } in largest(&wasm).into_iter().take(TOLD) {
            println!("{:8.1} kB {:8.1} kB gzipped  {name}", plain as f64 / 1e3, gzipped as f64 / 1e3);
        }
    }
    Ok(())
}

#[derive(Debug, PartialEq)]
struct Part {
    name: String,
    plain: usize,
    gzipped: usize,
}

fn largest(wasm: &Wasm) -> Vec<Part> {
    let mut parts: HashMap<String, Vec<u8>> = HashMap::new();
    for Function { name, body } in &wasm.functions {
        parts.entry(owner(name)).or_default().extend_from_slice(body);
    }
    parts.insert("data: texts, WGSL, tables".into(), wasm.data.to_vec());
    parts.insert("names of imports".into(), wasm.imports.to_vec());
    let mut parts: Vec<Part> = parts
        .into_iter()
        .map(|(name, bytes)| Part { name, plain: bytes.len(), gzipped: gzipped(&bytes) })
        .collect();
    parts.sort_by(|one, other| other.gzipped.cmp(&one.gzipped).then_with(|| one.name.cmp(&other.name)));
    parts
}

/// The room of the engine that a function is of, even as an argument of a generic one of others; else its crate.
fn owner(name: &str) -> String {
    // wasm-bindgen's exports have names of their own.
    if name.ends_with(" shim") && !name.contains("::") {
        return "exports, with what is inlined into them".into();
    }
    let ours = name.find("fovea").map(|from| &name[from..]).filter(|rest| is_path(rest));
    let path = ours.unwrap_or_else(|| name.trim_start_matches(|letter: char| !letter.is_alphanumeric()));
    let steps: Vec<&str> = path.split("::").take(if ours.is_some() { 3 } else { 1 }).map(word).collect();
    // The last one is a function, or there is no more.
    let room = steps.iter().take_while(|step| step.starts_with(|letter: char| letter.is_lowercase()));
    let room: Vec<&str> = room.copied().collect();
    if room.is_empty() { "other".into() } else { room.join("::") }
}

fn is_path(text: &str) -> bool {
    text["fovea".len()..].trim_start_matches(|letter| letter != ':' && letter != '>').starts_with("::")
}

/// The name at the beginning; newer compilers add a hash in brackets.
fn word(step: &str) -> &str {
    let end = step.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    &step[..end.unwrap_or(step.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_has_an_owner() {
        for (name, expected) in [
            ("fovea::data::folder::Folder::read::hc534d0a71308cf18", "fovea::data::folder"),
            (
                "<fovea::model::layer::Layer as core::convert::TryFrom<X>>::try_from::h9a",
                "fovea::model::layer",
            ),
            ("fovea::sorting::sort_by::h1", "fovea::sorting::sort_by"),
            ("<T as fovea[7e50]::ops::Operation>::cpu", "fovea::ops"),
            ("core[c593]::num::flt2dec::strategy::dragon::format_exact", "core"),
            ("<&T as core::fmt::Debug>::fmt::h1", "other"),
            ("engine_import_model externref shim multivalue shim", "exports, with what is inlined into them"),
            ("", "other"),
        ] {
            assert_eq!(owner(name), expected, "{name}");
        }
    }

    #[test]
    fn the_largest_part_comes_first() {
        let noise: Vec<u8> = (0..400u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let wasm = Wasm {
            functions: vec![
                Function { name: "fovea::plan::build".into(), body: &noise[..100] },
                Function { name: "fovea::ops::dense::cpu".into(), body: &noise[..200] },
                Function { name: "fovea::plan::build".into(), body: &noise[100..400] },
            ],
            data: b"",
            imports: b"",
        };
        let parts = largest(&wasm);
        assert_eq!((parts[0].name.as_str(), parts[0].plain), ("fovea::plan::build", 400));
        assert_eq!((parts[1].name.as_str(), parts[1].plain), ("fovea::ops::dense", 200));
        assert_eq!(parts.len(), 4);
    }
}
