//! WGSL files as they go into the program: without comments, blank lines and indentation, a quarter of their bytes.

/// The code of the WGSL file of this name beside the file that asks.
macro_rules! wgsl {
    ($file:literal) => {{
        const TEXT: &str = include_str!($file);
        const CODE: [u8; $crate::ops::embedded::code(TEXT, &mut [])] = {
            let mut code = [0; $crate::ops::embedded::code(TEXT, &mut [])];
            $crate::ops::embedded::code(TEXT, &mut code);
            code
        };
        // Whole lines were left out, so what remains is text.
        const { if let Ok(code) = std::str::from_utf8(&CODE) { code } else { TEXT } }
    }};
}
pub(in crate::ops) use wgsl;

/// Writes the code of a text, as far as there is room for it, and gives its length.
pub(in crate::ops) const fn code(text: &str, into: &mut [u8]) -> usize {
    let text = text.as_bytes();
    let (mut at, mut len) = (0, 0);
    while at < text.len() {
        while at < text.len() && text[at] == b' ' {
            at += 1;
        }
        let comment = at + 1 < text.len() && text[at] == b'/' && text[at + 1] == b'/';
        let blank = at < text.len() && text[at] == b'\n';
        while at < text.len() {
            if !comment && !blank {
                if len < into.len() {
                    into[len] = text[at];
                }
                len += 1;
            }
            at += 1;
            if text[at - 1] == b'\n' {
                break;
            }
        }
    }
    len
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn comments_and_indentation_are_left_out() {
        let text = "// y = x²\n\n#if FLAG\n  let y = x / 2; // half\n    // a line\n#endif\n}";
        let mut into = [0; 64];
        let len = code(text, &mut into);
        assert_eq!(std::str::from_utf8(&into[..len]), Ok("#if FLAG\nlet y = x / 2; // half\n#endif\n}"));
        assert_eq!(code("", &mut into), 0);
    }
}
