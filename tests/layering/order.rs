//! The order of folders as ARCHITECTURE.md lists it.

use std::{collections::BTreeMap, fs};

use crate::sources::root;

/// The position of each folder and root file of a crate. Names on one line have the same position.
pub fn of(name: &str) -> BTreeMap<String, usize> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let start = format!("```order {name}\n");
    let (_, rest) = text.split_once(&start).unwrap_or_else(|| panic!("ARCHITECTURE.md has no {start:?}"));
    let (list, _) = rest.split_once("```").unwrap();
    list.lines()
        .enumerate()
        .flat_map(|(place, line)| {
            let (names, _) = line.split_once("  ").unwrap_or((line, ""));
            names
                .split(' ')
                .map(move |name| (name.trim_end_matches('/').to_owned(), place))
                .collect::<Vec<_>>()
        })
        .collect()
}
