//! What each Rust file names of other files: its `use` lines, and the paths within its code. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, UseTree, Visibility};

use super::Uses;
use crate::error::{Error, Result, at};
use crate::project;

/// A path of names below the crate.
type Module = Vec<String>;

/// All modules of a crate, by their paths.
#[derive(Default)]
pub struct Files {
    modules: BTreeMap<Module, Contents>,
}

#[derive(Default)]
struct Contents {
    file: String,
    /// Names that are defined here.
    own: BTreeSet<String>,
    /// Names that are imported: where each comes from.
    imported: BTreeMap<String, Module>,
    /// Modules of which all names are imported.
    globs: Vec<Module>,
    /// What is named in imports for this module's own use, and in its code; as it stands there.
    named: Vec<Module>,
}

impl Files {
    /// Reads the crate whose `lib.rs` or `main.rs` is in `folder`.
    ///
    /// # Errors
    /// A file that cannot be read or is no Rust.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut files = Self::default();
        let root = if folder.join("lib.rs").exists() { "lib.rs" } else { "main.rs" };
        files.module(folder, root, Vec::new())?;
        Ok(files)
    }

    fn module(&mut self, folder: &Path, file: &str, path: Module) -> Result<()> {
        let whole = folder.join(file);
        let parsed = syn::parse_file(&project::read(&whole)?)
            .map_err(|error| Error::Content { path: whole, problem: error.to_string() })?;
        self.items(folder, file, path, &parsed.items)
    }

    fn items(&mut self, folder: &Path, file: &str, path: Module, items: &[Item]) -> Result<()> {
        let mut contents = Contents { file: file.to_owned(), ..Contents::default() };
        for item in items {
            match item {
                Item::Mod(module) if is_test(&module.attrs) => {}
                Item::Mod(module) => {
                    let name = module.ident.to_string();
                    let child: Module = path.iter().chain([&name]).cloned().collect();
                    match &module.content {
                        Some((_, inner)) => self.items(folder, file, child, inner)?,
                        None => self.module(folder, &file_of(folder, &child)?, child)?,
                    }
                }
                Item::Use(import) if !is_test(&import.attrs) => {
                    let passes_on = !matches!(import.vis, Visibility::Inherited);
                    contents.import(&import.tree, Vec::new(), passes_on);
                }
                _ if is_test(attributes(item)) => {}
                _ => {
                    contents.own.extend(name_of(item));
                    contents.paths_in(item.to_token_stream());
                }
            }
        }
        self.modules.insert(path, contents);
        Ok(())
    }

    /// Which file uses which others.
    pub fn uses(&self) -> Uses {
        let mut uses = Uses::new();
        for (path, contents) in &self.modules {
            let used = uses.entry(contents.file.clone()).or_default();
            let files = contents.named.iter().filter_map(|named| self.file(path, named, 0));
            used.extend(files.filter(|file| *file != contents.file));
        }
        uses
    }

    /// The file that defines what `named` means in the module `at`.
    fn file(&self, at: &Module, named: &[String], depth: usize) -> Option<String> {
        // Two modules that import each other's every name would be looked through for ever.
        if depth > 16 {
            return None;
        }
        let (first, rest) = named.split_first()?;
        let mut module = at.clone();
        match first.as_str() {
            "crate" => module.clear(),
            "self" => {}
            "super" => drop(module.pop()),
            _ => return self.below(at, named, depth),
        }
        match rest.first().map(String::as_str) {
            Some("super" | "self") => self.file(&module, rest, depth + 1),
            None => Some(self.modules.get(&module)?.file.clone()),
            Some(_) => self.below(&module, rest, depth),
        }
    }

    /// As [`Self::file`], of names that begin in the module itself.
    fn below(&self, module: &Module, named: &[String], depth: usize) -> Option<String> {
        let contents = self.modules.get(module)?;
        let Some((first, rest)) = named.split_first() else { return Some(contents.file.clone()) };
        if first == "*" || contents.own.contains(first) {
            return Some(contents.file.clone());
        }
        let child: Module = module.iter().chain([first]).cloned().collect();
        if self.modules.contains_key(&child) {
            return self.below(&child, rest, depth + 1);
        }
        if let Some(origin) = contents.imported.get(first) {
            let whole: Module = origin.iter().chain(rest).cloned().collect();
            // `use serde::Serialize` begins with its own name's crate, not with this module's.
            return (origin.first() != Some(first)).then(|| self.file(module, &whole, depth + 1))?;
        }
        contents.globs.iter().find_map(|glob| {
            let whole: Module = glob.iter().chain(named).cloned().collect();
            self.file(module, &whole, depth + 1)
        })
    }
}

impl Contents {
    fn import(&mut self, tree: &UseTree, mut before: Module, passes_on: bool) {
        let (name, known_as) = match tree {
            UseTree::Path(part) => {
                before.push(part.ident.to_string());
                return self.import(&part.tree, before, passes_on);
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.import(tree, before.clone(), passes_on));
            }
            UseTree::Glob(_) => {
                self.globs.push(before.clone());
                before.push("*".into());
                return self.named.extend((!passes_on).then_some(before));
            }
            UseTree::Name(name) => (name.ident.to_string(), name.ident.to_string()),
            UseTree::Rename(renamed) => (renamed.ident.to_string(), renamed.rename.to_string()),
        };
        let known_as = if name == "self" { before.last().cloned().unwrap_or_default() } else { known_as };
        before.extend((name != "self").then_some(name));
        // A module that passes names on does not use them itself.
        self.named.extend((!passes_on).then(|| before.clone()));
        self.imported.insert(known_as, before);
    }

    /// Paths of two or more names, in macros' arguments, too. A single name was imported or is defined here.
    fn paths_in(&mut self, tokens: TokenStream) {
        let mut path = Module::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.keep(&mut path);
                    }
                    path.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.keep(&mut path);
                    self.paths_in(group.stream());
                    colons = 0;
                }
                _ => {
                    self.keep(&mut path);
                    colons = 0;
                }
            }
        }
        self.keep(&mut path);
    }

    fn keep(&mut self, path: &mut Module) {
        let whole = std::mem::take(path);
        self.named.extend((whole.len() > 1).then_some(whole));
    }
}

fn file_of(folder: &Path, module: &[String]) -> Result<String> {
    let name = module.join("/");
    let (single, nested) = (format!("{name}.rs"), format!("{name}/mod.rs"));
    let found = if folder.join(&single).exists() { single } else { nested };
    fs::metadata(folder.join(&found)).map_err(at(folder.join(&found)))?;
    Ok(found)
}

/// `#[cfg(test)]`, alone or with other conditions.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        let condition = attribute.meta.to_token_stream().to_string();
        condition.contains("test") && !condition.contains("not")
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_and_paths_lead_to_the_file_that_defines_a_name() {
        let folder = project::in_target("rooms-test").unwrap();
        let written = |file: &str, text: &str| {
            fs::create_dir_all(folder.join(file).parent().unwrap()).unwrap();
            fs::write(folder.join(file), text).unwrap();
        };
        written("lib.rs", "mod a; mod b; mod c; #[cfg(test)] mod tests;");
        written("a/mod.rs", "mod inner; pub use inner::Made; pub struct Own;");
        written("a/inner.rs", "use super::Own; pub struct Made;");
        written("b.rs", "use crate::a::{self, Made}; fn f() { a::Own; }");
        written("c.rs", "use std::fmt; fn f() { println!(\"{}\", crate::b::N); fmt::Debug }");
        let uses = Files::read(&folder).unwrap().uses();
        let used = |file: &str| uses[file].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(used("a/inner.rs"), ["a/mod.rs"]);
        assert_eq!(used("b.rs"), ["a/inner.rs", "a/mod.rs"]);
        assert!(used("a/mod.rs").is_empty() && used("lib.rs").is_empty());
        // A name that is defined nowhere leads nowhere.
        assert!(used("c.rs").is_empty());
        written("b.rs", "pub const N: usize = 1;");
        assert_eq!(Files::read(&folder).unwrap().uses()["c.rs"].iter().collect::<Vec<_>>(), ["b.rs"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
