//! What WGSL lacks: lines that stay or go, and lines that are written several times over.
//!
//! ```text
//! #if FLAG          the lines up to #endif stay where FLAG is set (#if !FLAG: where it is not)
//! #each p PIXELS    the lines up to #end come PIXELS times, {p} being 0, 1, ...
//! ```
//!
//! Both nest. Registers are the reason for the second: a shader compiler that does not unroll keeps an
//! array of sums in memory.

/// What a template's names stand for.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) flags: Vec<&'static str>,
    pub(super) counts: Vec<(&'static str, usize)>,
}

/// The text with all `#` lines carried out.
pub(super) fn expand(text: &str, names: &Names) -> String {
    let mut lines = text.lines();
    let mut expanded = String::with_capacity(text.len());
    block(&mut lines, names, &mut expanded);
    expanded
}

/// Expands lines up to the end of the block that they are in.
fn block<'a>(lines: &mut impl Iterator<Item = &'a str>, names: &Names, to: &mut String) {
    while let Some(line) = lines.next() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("#if") => {
                let condition = words.next().unwrap_or_default();
                let stays = match condition.strip_prefix('!') {
                    Some(flag) => !names.flags.contains(&flag),
                    None => names.flags.contains(&condition),
                };
                let mut inner = String::new();
                block(lines, names, &mut inner);
                if stays {
                    to.push_str(&inner);
                }
            }
            Some("#each") => {
                let (variable, count) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
                let count =
                    names.counts.iter().find(|(name, _)| *name == count).map_or(0, |(_, count)| *count);
                let mut inner = String::new();
                block(lines, names, &mut inner);
                let placeholder = format!("{{{variable}}}");
                for number in 0..count {
                    to.push_str(&inner.replace(&placeholder, &number.to_string()));
                }
            }
            Some("#end" | "#endif") => return,
            _ => {
                to.push_str(line);
                to.push('\n');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn lines_stay_go_and_repeat() {
        let names = Names { flags: vec!["A"], counts: vec![("N", 2)] };
        let text = "a\n#if A\nb\n#each i N\n  c{i}\n#each j N\nd{i}_{j}\n#end\n#end\n#endif\n#if !A\ne\n#if B\nf\n#endif\n#endif\ng";
        assert_eq!(expand(text, &names), "a\nb\n  c0\nd0_0\nd0_1\n  c1\nd1_0\nd1_1\ng\n");
    }
}
