//! Which file imports which: every path that begins with `crate`, `self`, `super` or a child module, inside `use` and
//! out, in macros too.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::sources::{Crate, Module, Source, absolute};

/// The imports of each file of a crate.
pub type Imports = BTreeMap<Module, BTreeSet<Module>>;

pub fn of(krate: &Crate) -> Imports {
    krate
        .files
        .iter()
        .map(|(module, source)| {
            let targets = paths(source)
                .iter()
                .filter_map(|path| {
                    let child = source.children.contains(&path[0]);
                    let path =
                        if child { [module.as_slice(), path].concat() } else { absolute(path, module)? };
                    krate.file_of(&path)
                })
                .filter(|target| target != module)
                .collect();
            (module.clone(), targets)
        })
        .collect()
}

/// Every path in a file to an item of its own crate.
fn paths(source: &Source) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    scan(source.tokens.clone(), source, &mut found);
    found
}

fn scan(tokens: TokenStream, source: &Source, found: &mut BTreeSet<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => scan(group.stream(), source, found),
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                let starts =
                    ["crate", "self", "super"].contains(&name.as_str()) || source.children.contains(&name);
                let continues = at >= 2 && is_separator(&tokens, at - 2);
                if starts && !continues && is_separator(&tokens, at + 1) {
                    at = follow(&tokens, at, Vec::new(), found);
                    continue;
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        at += 1;
    }
}

/// Reads the path that begins at `at`, with everything in its braces, and returns where it ends.
fn follow(tokens: &[TokenTree], at: usize, prefix: Vec<String>, found: &mut BTreeSet<Vec<String>>) -> usize {
    let mut path = prefix;
    let mut at = at;
    loop {
        match tokens.get(at) {
            Some(TokenTree::Ident(ident)) => path.push(ident.to_string()),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut start = 0;
                while start < inner.len() {
                    let end = follow(&inner, start, path.clone(), found);
                    start = next_item(&inner, end);
                }
                return at + 1;
            }
            _ => {}
        }
        if !is_separator(tokens, at + 1) {
            found.insert(path);
            return at + 1;
        }
        at += 3;
    }
}

/// Where the item after the next comma begins.
fn next_item(tokens: &[TokenTree], from: usize) -> usize {
    let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    tokens.iter().skip(from).position(comma).map_or(tokens.len(), |offset| from + offset + 1)
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    colon(at) && colon(at + 1)
}

/// A cycle of imports, if there is one.
pub fn cycle(imports: &Imports) -> Option<Vec<Module>> {
    let mut done = BTreeSet::new();
    imports.keys().find_map(|module| walk(module, imports, &mut Vec::new(), &mut done))
}

fn walk(
    module: &Module,
    imports: &Imports,
    path: &mut Vec<Module>,
    done: &mut BTreeSet<Module>,
) -> Option<Vec<Module>> {
    if let Some(start) = path.iter().position(|other| other == module) {
        return Some(path[start..].to_vec());
    }
    if done.contains(module) {
        return None;
    }
    path.push(module.clone());
    let cycle = imports[module].iter().find_map(|target| walk(target, imports, path, done));
    path.pop();
    done.insert(module.clone());
    cycle
}
