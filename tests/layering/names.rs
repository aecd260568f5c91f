//! The names of types.

use std::collections::BTreeMap;

use proc_macro2::TokenTree;
use syn::Item;

use crate::sources::{CRATES, Crate};

/// Row types are private to their table, and have the same names on purpose.
const ROW_TYPES: [&str; 2] = ["Row", "NewRow"];

/// Every name that two types of the product share, with the files of these types.
pub fn shared() -> Vec<(String, Vec<String>)> {
    let mut names = all();
    names.retain(|name, files| files.len() > 1 && !ROW_TYPES.contains(&name.as_str()));
    names.into_iter().collect()
}

/// Every type by its name, with the files it stands in.
pub fn all() -> BTreeMap<String, Vec<String>> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in CRATES {
        for (module, source) in Crate::read(name).files {
            let file = format!("{name}/{}", module.join("/"));
            for item in &source.items {
                if let Some(name) = type_name(item) {
                    names.entry(name).or_default().push(file.clone());
                }
            }
        }
    }
    names
}

#[expect(clippy::wildcard_enum_match_arm, reason = "syn may add kinds of items")]
fn type_name(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Trait(item) => Some(item.ident.to_string()),
        Item::Type(item) => Some(item.ident.to_string()),
        Item::Macro(item) if item.mac.path.is_ident("codes") => {
            item.mac.tokens.clone().into_iter().find_map(|token| match token {
                TokenTree::Ident(ident) => Some(ident.to_string()),
                TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
            })
        }
        _ => None,
    }
}
