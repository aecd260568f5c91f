//! The source files of a crate, as tokens without their unit tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, UseTree};

/// The path of a module within its crate, such as `["events", "custody"]`. Empty for `lib.rs`.
pub type Module = Vec<String>;

/// One file of a crate.
pub struct Source {
    /// The tokens of the file, without items under `#[cfg(test)]`.
    pub tokens: TokenStream,
    /// The items of the file, without those under `#[cfg(test)]`.
    pub items: Vec<Item>,
    /// The modules it declares.
    pub children: BTreeSet<String>,
    /// The names it re-exports, with their paths as written.
    pub reexports: BTreeMap<String, Vec<String>>,
}

/// The files of a crate, by module.
pub struct Crate {
    pub files: BTreeMap<Module, Source>,
}

/// The crates with an order of folders, from the bottom to the top.
pub const CRATES: [&str; 4] = ["domain", "persistence", "pictures", "api"];

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

impl Crate {
    pub fn read(name: &'static str) -> Self {
        let source = root().join(name).join("src");
        let mut files = BTreeMap::new();
        read_folder(&source, &source, &mut files);
        Self { files }
    }

    /// The module whose file defines the item at `path`. Follows re-exports.
    pub fn file_of(&self, path: &[String]) -> Option<Module> {
        let mut path = path.to_vec();
        // A re-export leads to another path. Chains are short, and a cycle of re-exports does not compile.
        for _ in 0..8 {
            let length = (0..=path.len()).rev().find(|&length| self.files.contains_key(&path[..length]))?;
            let module = path[..length].to_vec();
            let target = path.get(length).and_then(|name| self.files[&module].reexports.get(name));
            match target {
                Some(target) => {
                    path = absolute(target, &module).unwrap_or_else(|| [&module, target.as_slice()].concat())
                }
                None => return Some(module),
            }
        }
        None
    }
}

/// `path` from the root of its crate, if it begins with `crate`, `self` or `super`.
pub fn absolute(path: &[String], module: &[String]) -> Option<Module> {
    let mut path = path;
    let mut base = match path.first()?.as_str() {
        "crate" => Vec::new(),
        "self" | "super" => module.to_vec(),
        _ => return None,
    };
    if path[0] != "super" {
        path = &path[1..];
    }
    while path.first().is_some_and(|segment| segment == "super") {
        base.pop();
        path = &path[1..];
    }
    base.extend(path.iter().filter(|segment| *segment != "self").cloned());
    Some(base)
}

fn read_folder(folder: &Path, root: &Path, files: &mut BTreeMap<Module, Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_folder(&path, root, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(module_of(&path, root), read_file(&path));
        }
    }
}

fn module_of(path: &Path, root: &Path) -> Module {
    let relative = path.strip_prefix(root).unwrap().with_extension("");
    let mut module: Module = relative.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if module.last().is_some_and(|last| ["mod", "lib"].contains(&last.as_str())) {
        module.pop();
    }
    module
}

fn read_file(path: &Path) -> Source {
    let text = fs::read_to_string(path).unwrap();
    let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let items: Vec<Item> = file.items.into_iter().filter(|item| !is_test(item)).collect();
    let children = items
        .iter()
        .filter_map(|item| if let Item::Mod(module) = item { Some(module.ident.to_string()) } else { None })
        .collect();
    let mut reexports = BTreeMap::new();
    for item in &items {
        if let Item::Use(item) = item
            && !matches!(item.vis, syn::Visibility::Inherited)
        {
            collect(&item.tree, &mut Vec::new(), &mut reexports);
        }
    }
    let tokens = items.iter().map(ToTokens::to_token_stream).collect();
    Source { tokens, items, children, reexports }
}

/// Whether an item is compiled for tests only.
#[expect(clippy::wildcard_enum_match_arm, reason = "syn may add kinds of items")]
fn is_test(item: &Item) -> bool {
    let attributes = match item {
        Item::Mod(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        _ => return false,
    };
    attributes
        .iter()
        .any(|attribute| attribute.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]")
}

fn collect(tree: &UseTree, path: &mut Vec<String>, names: &mut BTreeMap<String, Vec<String>>) {
    match tree {
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            collect(&inner.tree, path, names);
            path.pop();
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            let target = [path.as_slice(), std::slice::from_ref(&name)].concat();
            names.insert(name, target);
        }
        UseTree::Rename(name) => {
            let target = [path.as_slice(), &[name.ident.to_string()]].concat();
            names.insert(name.rename.to_string(), target);
        }
        UseTree::Group(group) => group.items.iter().for_each(|item| collect(item, path, names)),
        UseTree::Glob(_) => {}
    }
}
