//! As much of the WebAssembly format as it takes to tell how large a function is, and what it is called.
//!
//! <https://webassembly.github.io/spec/core/binary/modules.html>, and its appendix for the names.

use std::collections::HashMap;

const MAGIC: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const CODE: u8 = 10;
const DATA: u8 = 11;
const FUNCTION_NAMES: u8 = 1;

/// A module's larger sections.
#[derive(Debug, PartialEq)]
pub struct Wasm<'a> {
    pub functions: Vec<Function<'a>>,
    pub data: &'a [u8],
    pub imports: &'a [u8],
}

/// A function that the module brings itself.
#[derive(Debug, PartialEq)]
pub struct Function<'a> {
    pub name: String,
    pub body: &'a [u8],
}

impl<'a> Wasm<'a> {
    /// `None` if the bytes are no module, or one without functions' names.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (mut names, mut bodies) = (None, Vec::new());
        let (mut data, mut imports): (&[u8], &[u8]) = (&[], &[]);
        for (id, content) in sections(bytes)? {
            match id {
                IMPORTS => imports = content,
                CODE => bodies = listed(content, Reader::bytes)?,
                DATA => data = content,
                CUSTOM => {
                    let mut section = Reader(content);
                    if section.text()? == "name" {
                        names = Some(function_names(section)?);
                    }
                }
                _ => {}
            }
        }
        let names = names?;
        // Functions are numbered from the imported ones on. Names are of both, and so tell how many are imported.
        let imported = imported_functions(imports)?;
        let named =
            |(nth, body)| Function { name: names.get(&(imported + nth)).cloned().unwrap_or_default(), body };
        Some(Self { functions: bodies.into_iter().enumerate().map(named).collect(), data, imports })
    }
}

/// The module without its names, which browsers only show to those who look for errors in it.
pub fn without_names(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut kept = MAGIC.to_vec();
    for (id, content) in sections(bytes)? {
        if id == CUSTOM && Reader(content).text()? == "name" {
            continue;
        }
        kept.push(id);
        number(content.len(), &mut kept);
        kept.extend_from_slice(content);
    }
    Some(kept)
}

fn sections(bytes: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut rest = Reader(bytes.strip_prefix(MAGIC)?);
    let mut sections = Vec::new();
    while !rest.0.is_empty() {
        sections.push((rest.byte()?, rest.bytes()?));
    }
    Some(sections)
}

fn function_names(mut section: Reader) -> Option<HashMap<usize, String>> {
    while !section.0.is_empty() {
        let (kind, content) = (section.byte()?, section.bytes()?);
        if kind == FUNCTION_NAMES {
            let names = listed(content, |names| Some((names.number()?, names.text()?.to_owned())))?;
            return Some(names.into_iter().collect());
        }
    }
    None
}

fn imported_functions(imports: &[u8]) -> Option<usize> {
    if imports.is_empty() {
        return Some(0);
    }
    let kinds = listed(imports, |import| {
        import.bytes()?;
        import.bytes()?;
        let kind = import.byte()?;
        match kind {
            // A function's type.
            0 => import.number().map(drop)?,
            // A table's type, and then limits as those of a memory.
            1 => (import.byte()?, import.limits()?).1,
            2 => import.limits()?,
            // A global's type, and whether it changes.
            3 => (import.byte()?, import.byte().map(drop)?).1,
            // A tag's attribute, and its type.
            4 => (import.byte()?, import.number().map(drop)?).1,
            _ => return None,
        }
        Some(kind)
    })?;
    Some(kinds.into_iter().filter(|kind| *kind == 0).count())
}

/// A vector: how many there are, then each.
fn listed<'a, T>(content: &'a [u8], mut one: impl FnMut(&mut Reader<'a>) -> Option<T>) -> Option<Vec<T>> {
    let mut content = Reader(content);
    let count = content.number()?;
    (0..count).map(|_| one(&mut content)).collect()
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// LEB128, of at most 32 bits.
    fn number(&mut self) -> Option<usize> {
        let mut value = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return usize::try_from(value).ok();
            }
        }
        None
    }

    /// As many bytes as the number before them tells.
    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    fn limits(&mut self) -> Option<()> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 == 1 { self.number().map(drop) } else { Some(()) }
    }
}

fn number(mut value: usize, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: u8, content: &[u8]) -> Vec<u8> {
        let mut section = vec![id];
        number(content.len(), &mut section);
        section.extend_from_slice(content);
        section
    }

    /// A module that imports a memory and a function, and has two functions, the second with a body of 200 bytes.
    fn module() -> Vec<u8> {
        let imports = [&[2][..], b"\x01e\x03mem\x02\x00\x01", b"\x01e\x01f\x00\x00"].concat();
        let code = [&[2, 2, 0, 0x0b][..], &[0xc8, 1], &[7; 200]].concat();
        let names = [&[4][..], b"name", &[1, 21, 3], b"\x00\x01f\x01\x08one::two\x02\x05three"].concat();
        let mut module = MAGIC.to_vec();
        for (id, content) in [(IMPORTS, &imports[..]), (CODE, &code), (DATA, b"\x00"), (CUSTOM, &names)] {
            module.extend(section(id, content));
        }
        module
    }

    #[test]
    fn functions_have_their_names_and_sizes() {
        let module = module();
        let wasm = Wasm::read(&module).unwrap();
        let functions: Vec<(&str, usize)> =
            wasm.functions.iter().map(|function| (function.name.as_str(), function.body.len())).collect();
        assert_eq!(functions, [("one::two", 2), ("three", 200)]);
        assert_eq!((wasm.data, wasm.imports.len()), (&b"\x00"[..], 16));
    }

    #[test]
    fn names_are_left_out_and_nothing_else() {
        let module = module();
        let bare = without_names(&module).unwrap();
        assert_eq!(bare, module[..module.len() - 30]);
        assert_eq!(Wasm::read(&bare), None);
    }

    #[test]
    fn what_is_cut_short_is_no_module() {
        let module = module();
        for length in 0..module.len() {
            assert_eq!(Wasm::read(&module[..length]), None, "{length}");
        }
        assert_eq!(without_names(b"<!doctype html>"), None);
    }
}
