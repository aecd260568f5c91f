//! Tests of the order of folders and of who uses which library.

use proc_macro2::{TokenStream, TokenTree};

use crate::{
    imports, names, order,
    sources::{CRATES, Crate},
};

/// The folders and files of `api` that may use actix.
const HTTP: [&str; 7] = ["http", "handlers", "routes", "application", "docs", "openapi", "cli"];
/// The only file that reads the time.
const CLOCK: (&str, &str) = ("api", "clock");

fn shown(module: &[String]) -> String {
    module.join("::")
}

#[test]
fn files_import_only_from_folders_below() {
    let mut wrong = Vec::new();
    for name in CRATES {
        let krate = Crate::read(name);
        let places = order::of(name);
        for (module, targets) in imports::of(&krate) {
            let Some(top) = module.first() else { continue };
            let Some(place) = places.get(top) else {
                wrong.push(format!("{name}: ARCHITECTURE.md does not list {top}"));
                continue;
            };
            for target in targets.iter().filter(|target| target.first() != Some(top)) {
                match target.first().and_then(|top| places.get(top)) {
                    Some(below) if below < place => {}
                    Some(_) => wrong.push(format!("{name}: {} imports {}", shown(&module), shown(target))),
                    None => wrong.push(format!(
                        "{name}: {} imports {:?}, which has no place",
                        shown(&module),
                        shown(target)
                    )),
                }
            }
        }
        for listed in places.keys() {
            let exists = krate.files.keys().any(|module| module.first() == Some(listed));
            if !exists {
                wrong.push(format!("{name}: ARCHITECTURE.md lists {listed}, which does not exist"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_do_not_import_each_other_in_a_cycle() {
    for name in CRATES {
        let imports = imports::of(&Crate::read(name));
        assert!(imports.values().any(|targets| !targets.is_empty()), "{name}: no imports were found");
        if let Some(cycle) = imports::cycle(&imports) {
            let files: Vec<String> = cycle.iter().map(|module| shown(module)).collect();
            panic!("{name}: {} import each other", files.join(" -> "));
        }
    }
}

#[test]
fn only_http_files_use_actix() {
    for (module, source) in Crate::read("api").files {
        let is_http_file = module.first().is_none_or(|top| HTTP.contains(&top.as_str()));
        assert!(is_http_file || !mentions(&source.tokens, &["actix_web"]), "{} knows actix", shown(&module));
    }
}

#[test]
fn only_persistence_uses_diesel() {
    for name in ["domain", "pictures", "api"] {
        for (module, source) in Crate::read(name).files {
            assert!(!mentions(&source.tokens, &["diesel"]), "{name}: {} knows diesel", shown(&module));
        }
    }
}

#[test]
fn only_the_clock_reads_the_time() {
    for name in CRATES {
        for (module, source) in Crate::read(name).files {
            let is_clock = (name, shown(&module).as_str()) == CLOCK;
            let reads_time =
                ["Utc", "Local", "SystemTime"].iter().any(|clock| mentions(&source.tokens, &[*clock, "now"]));
            assert!(is_clock || !reads_time, "{name}: {} asks for the time", shown(&module));
        }
    }
}

#[test]
fn no_two_types_share_a_name() {
    let shared = names::shared();
    assert!(shared.is_empty(), "{shared:#?}");
}

/// The tests above would pass if they saw nothing.
#[test]
fn what_is_forbidden_elsewhere_is_found_where_it_belongs() {
    let mentioned = |name, top: &str, path: &[&str]| {
        let files = Crate::read(name).files;
        files.iter().any(|(module, source)| {
            module.first().is_some_and(|first| first == top) && mentions(&source.tokens, path)
        })
    };
    assert!(mentioned("persistence", "database", &["diesel"]));
    assert!(mentioned("api", "http", &["actix_web"]));
    assert!(mentioned(CLOCK.0, CLOCK.1, &["Utc", "now"]));
    assert!(names::all().contains_key("CommandKind") && names::all().contains_key("Case"));
}

/// Whether the tokens have these identifiers in a row. Words in strings and comments do not count.
fn mentions(tokens: &TokenStream, path: &[&str]) -> bool {
    let mut identifiers = Vec::new();
    collect_identifiers(tokens.clone(), &mut identifiers);
    identifiers.windows(path.len()).any(|window| window == path)
}

fn collect_identifiers(tokens: TokenStream, identifiers: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => identifiers.push(ident.to_string()),
            TokenTree::Group(group) => collect_identifiers(group.stream(), identifiers),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
