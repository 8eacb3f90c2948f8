//! What WGSL lacks: lines that stay or go, and lines that are written several times over.
//!
//! ```text
//! #if FLAG          the lines up to #endif stay where FLAG is set (#if !FLAG: where it is not)
//! #each p PIXELS    the lines up to #end come PIXELS times, {p} being 0, 1, ...
//! x{p*STRIDE+k}     sums and products of such numbers and of sizes
//! ```
//!
//! Blocks nest. Registers are the reason: a shader compiler that does not unroll keeps an array of sums in
//! memory, and a number that is not written out has to be computed.

/// What a template's names stand for.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) flags: Vec<&'static str>,
    pub(super) counts: Vec<(&'static str, usize)>,
}

/// The text with all `#` lines carried out.
pub(super) fn expand(text: &str, names: &Names) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut expanded = String::with_capacity(2 * text.len());
    let known = names.counts.iter().map(|(name, value)| (*name, *value)).collect();
    Expansion { flags: &names.flags, known, to: &mut expanded }.lines(&lines);
    expanded
}

struct Expansion<'a> {
    flags: &'a [&'static str],
    /// Sizes, and behind them the variables of the blocks that are open.
    known: Vec<(&'a str, usize)>,
    to: &'a mut String,
}

impl<'a> Expansion<'a> {
    fn lines(&mut self, lines: &[&'a str]) {
        let mut at = 0;
        while let Some(line) = lines.get(at) {
            let mut words = line.split_whitespace();
            let head = words.next();
            if !matches!(head, Some("#if" | "#each")) {
                self.line(line);
                at += 1;
                continue;
            }
            let end = at + 1 + block_len(&lines[at + 1..]);
            let inner = &lines[at + 1..end];
            let (name, count) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            if head == Some("#if") {
                if self.is_set(name) {
                    self.lines(inner);
                }
            } else {
                for number in 0..self.value(count).unwrap_or(0) {
                    self.known.push((name, number));
                    self.lines(inner);
                    self.known.pop();
                }
            }
            at = end + 1;
        }
    }

    fn is_set(&self, condition: &str) -> bool {
        match condition.strip_prefix('!') {
            Some(flag) => !self.flags.contains(&flag),
            None => self.flags.contains(&condition),
        }
    }

    /// A line with the numbers in place of `{...}`; braces around anything else are WGSL's own.
    fn line(&mut self, line: &str) {
        let mut rest = line;
        while let Some((before, behind)) = rest.split_once('{') {
            self.to.push_str(before);
            let number = behind.split_once('}').and_then(|(inner, next)| Some((self.sum(inner)?, next)));
            match number {
                Some((number, next)) => {
                    self.to.push_str(&number.to_string());
                    rest = next;
                }
                None => {
                    self.to.push('{');
                    rest = behind;
                }
            }
        }
        self.to.push_str(rest);
        self.to.push('\n');
    }

    fn sum(&self, text: &str) -> Option<usize> {
        text.split('+')
            .map(|product| product.split('*').map(|name| self.value(name)).product::<Option<usize>>())
            .sum()
    }

    fn value(&self, name: &str) -> Option<usize> {
        let known = self.known.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| *value);
        known.or_else(|| name.parse().ok())
    }
}

/// How many lines there are before the end of the block that they are in.
fn block_len(lines: &[&str]) -> usize {
    let mut depth = 0;
    let is_end = |line: &&str| {
        match line.split_whitespace().next() {
            Some("#if" | "#each") => depth += 1,
            Some("#end" | "#endif") if depth == 0 => return true,
            Some("#end" | "#endif") => depth -= 1,
            _ => {}
        }
        false
    };
    lines.iter().position(is_end).unwrap_or(lines.len())
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

    #[test]
    fn numbers_are_worked_out_and_other_braces_left_alone() {
        let names = Names { flags: Vec::new(), counts: vec![("N", 2), ("S", 3)] };
        let text = "if (x) { y{N} = {0}; }\n#each i N\n{i*S+1} {i*S+N*2} {j}\n#end";
        assert_eq!(expand(text, &names), "if (x) { y2 = 0; }\n1 4 {j}\n4 7 {j}\n");
    }
}
