//! Cases and events that were stored once stay readable. Each file in `stored/` holds what one version of the program
//! stored: a case and its events for each situation of the matrix.
//!
//! If this version stores something else, `UPDATE_STORED=1 cargo test -p grassroots-domain --test rules stored` adds a
//! file. Older files are never changed.

use std::{fs, path::PathBuf};

use grassroots_domain::{events::Event, incident::case::Case};
use serde_json::{Value, json};

use crate::{
    matrix::situations,
    support::{Scenario, Staff},
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rules/stored")
}

/// The files, the oldest first, with one line for each situation.
fn files() -> Vec<Vec<Value>> {
    let mut numbers: Vec<u32> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().parse().unwrap())
        .collect();
    numbers.sort_unstable();
    let read = |number| fs::read_to_string(folder().join(format!("{number}.jsonl"))).unwrap();
    let parse = |text: String| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    numbers.into_iter().map(read).map(parse).collect()
}

/// What is stored of a scenario.
fn stored((situation, Scenario { case, events, .. }): (&str, Scenario)) -> Value {
    let events: Vec<Value> = events
        .iter()
        .map(|Event { at, actor, body, .. }| json!({ "at": at, "actor": actor, "body": body }))
        .collect();
    json!({ "situation": situation, "case": case, "events": events })
}

/// The case and the events of a stored situation.
fn read(situation: &Value) -> (Case, Vec<Event>) {
    let case: Case = serde_json::from_value(situation["case"].clone()).unwrap();
    let event = |(seq, event): (u32, &Value)| Event {
        incident: case.incident.id,
        seq,
        at: serde_json::from_value(event["at"].clone()).unwrap(),
        actor: serde_json::from_value(event["actor"].clone()).unwrap(),
        body: serde_json::from_value(event["body"].clone()).unwrap(),
    };
    let events = (1..).zip(situation["events"].as_array().unwrap()).map(event).collect();
    (case, events)
}

#[test]
fn what_was_stored_once_stays_readable() {
    for situation in files().into_iter().flatten() {
        let (case, events) = read(&situation);
        assert_eq!(Case::replay(&events), Some(case), "{}", situation["situation"]);
    }
}

#[test]
fn the_newest_file_holds_what_this_version_stores() {
    let now: Vec<Value> = situations(&Staff::new()).into_iter().map(stored).collect();
    let files = files();
    if files.last() != Some(&now) && std::env::var_os("UPDATE_STORED").is_some() {
        let lines: String = now.iter().map(|situation| format!("{situation}\n")).collect();
        fs::write(folder().join(format!("{}.jsonl", files.len() + 1)), lines).unwrap();
        return;
    }
    assert_eq!(files.last(), Some(&now), "add a file with UPDATE_STORED=1");
}
