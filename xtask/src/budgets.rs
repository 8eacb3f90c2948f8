//! `budgets.json`: what each wasm, and the page before the first click, may weigh on the way to the browser, in bytes
//! gzipped. The page's is held by `tests/page/first_screen.test.js`.

use serde_json::Value;

use crate::bundle::{PARTS, Size, wasm_of};
use crate::error::{Error, Result};
use crate::project;

const FILE: &str = "budgets.json";

/// Fails if a wasm in `dist/` is larger than its budget.
pub fn check() -> Result<()> {
    let path = project::path(FILE);
    let budgets = parse(&project::read(&path)?).map_err(|problem| Error::Content { path, problem })?;
    let sizes = budgets.into_iter().map(|(part, budget)| Ok((part, Size::of(&wasm_of(part))?, budget)));
    let sizes: Vec<(&str, Size, usize)> = sizes.collect::<Result<_>>()?;
    for (part, size, budget) in &sizes {
        println!("{part}_bg.wasm: {size}, of {} kB.", budget / 1000);
    }
    let too_large: Vec<String> =
        sizes.iter().filter_map(|(part, size, budget)| too_large(part, size, *budget)).collect();
    if too_large.is_empty() { Ok(()) } else { Err(Error::Check(too_large.join("; "))) }
}

/// Each part's budget.
fn parse(text: &str) -> std::result::Result<Vec<(&'static str, usize)>, String> {
    let budgets: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let wasm = budgets["wasm"].as_object().ok_or("has no object `wasm`")?;
    if let Some(unknown) = wasm.keys().find(|name| !PARTS.contains(&name.as_str())) {
        return Err(format!("has a budget for `{unknown}`, which is no wasm of the page"));
    }
    let budget = |part| {
        let bytes = wasm.get(part).and_then(Value::as_u64);
        bytes.map(|bytes| (part, bytes as usize)).ok_or(format!("has no number of bytes for `{part}`"))
    };
    PARTS.into_iter().map(budget).collect()
}

fn too_large(part: &str, size: &Size, budget: usize) -> Option<String> {
    let kilobytes = budget / 1000;
    (size.gzipped > budget).then(|| {
        format!(
            "{part}_bg.wasm is {size}; gzipped it may have {kilobytes} kB at most ({FILE}). \
             `cargo xtask sizes` tells what is in it"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_on_the_gzipped_size() {
        assert_eq!(too_large("fovea", &Size { plain: 5_000_000, gzipped: 600_000 }, 600_000), None);
        let error = too_large("fovea", &Size { plain: 700_000, gzipped: 600_001 }, 600_000).unwrap();
        assert!(error.contains("fovea_bg.wasm") && error.contains("600 kB"), "{error}");
    }

    #[test]
    fn every_part_has_a_budget() {
        let text = project::read(&project::path(FILE)).unwrap();
        let parts: Vec<&str> = parse(&text).unwrap().into_iter().map(|(part, _)| part).collect();
        assert_eq!(parts, PARTS);
        assert!(parse(&text.replace("\"photos\"", "\"photo\"")).unwrap_err().contains("`photo`"));
        assert!(parse(r#"{ "wasm": { "fovea": 1 } }"#).unwrap_err().contains("`photos`"));
        assert!(parse("{}").unwrap_err().contains("`wasm`"));
        assert!(parse("{").is_err());
    }
}
