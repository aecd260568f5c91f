//! Cases and events that were stored once stay readable. Each file in `stored/` holds what one version of the program
//! stored: a case and its events for each example. The case is MessagePack, in hexadecimal digits.
//!
//! If this version stores something else, `UPDATE_STORED=1 cargo test -p grassroots-domain --test rules stored` adds a
//! file. From the first release on, older files are never changed.

use std::{collections::BTreeSet, fs, path::PathBuf};

use chrono::TimeDelta;
use grassroots_domain::{
    account::Actor,
    command_kind::CommandKind,
    commands::{correct::Correct, link::Link},
    decide::apply_consequence,
    events::{
        Event, EventType,
        merging::{Absorbed, Released},
    },
    hand_over::hand_over,
    ids::IncidentId,
    incident::{
        case::Case,
        linkage::{Direction, LinkageDetails, Officer},
        source::ExternalNo,
    },
    open::Report,
    reconcile::reschedule,
    rules::{Rules, category::Severity},
    time::china_date,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    matrix::{command, situations},
    support::{Scenario, Staff, category, city, photo, place, text},
};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/rules/stored")
}

/// The files, the oldest first, with one line for each example.
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
    let packed = rmp_serde::to_vec_named(&case).unwrap();
    let case: String = packed.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({ "situation": situation, "case": case, "events": events })
}

/// The case and the events of a stored situation.
fn read(situation: &Value) -> (Case, Vec<Event>) {
    let digits = situation["case"].as_str().unwrap().as_bytes().chunks_exact(2);
    let byte = |digits| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
    let case: Case = rmp_serde::from_slice(&digits.map(byte).collect::<Vec<u8>>()).unwrap();
    let event = |(seq, event): (u32, &Value)| Event {
        incident: case.incident().id,
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

/// The situations of the matrix, and what follows on every command, on waiting, on new rules and on a hand-over.
fn examples() -> Vec<(&'static str, Scenario)> {
    let staff = Staff::new();
    let mut all = situations(&staff);
    let late = |(situation, scenario): &(&'static str, Scenario)| {
        let after = scenario.clone().wait(TimeDelta::days(60)).reconciled();
        (after.events.len() > scenario.events.len()).then_some((*situation, after))
    };
    let waited: Vec<_> = all.iter().filter_map(late).collect();
    let people: Vec<&Actor> = staff.all().into_iter().map(|(_, actor)| actor).collect();
    for kind in CommandKind::ALL {
        let after = all.iter().find_map(|(_, scenario)| {
            people.iter().find_map(|actor| {
                let mut after = scenario.clone();
                after.try_to(actor, &command(*kind, scenario, actor)).is_ok().then_some(after)
            })
        });
        all.push((kind.as_str(), after.unwrap_or_else(|| panic!("nobody can {kind}"))));
    }
    let reported = Scenario::report("1001");
    let (from, account) = (staff.reporter.account, staff.system.account);
    let other = IncidentId(Uuid::from_u128(4_113));
    let absorbed = apply_consequence(
        &reported.case,
        Absorbed { incident: other }.into(),
        staff.village.account,
        reported.now,
    );
    let mut released = apply_consequence(
        &absorbed.case,
        Released { incident: other }.into(),
        staff.village.account,
        reported.now,
    );
    released.events.splice(0..0, absorbed.events.clone());
    let handed = hand_over(&reported.case, from, &staff.village, account, reported.now).unwrap();
    let mut book = city().rules.book().clone();
    book.stages.general.accept.amount += 1;
    let moved = reschedule(&reported.case, account, reported.now, &Rules::new(8, book)).unwrap();
    for (title, decision) in [
        ("absorbed another", absorbed),
        ("released it", released),
        ("handed over", handed),
        ("new rules", moved),
    ] {
        let mut scenario = reported.clone();
        scenario.case = decision.case;
        scenario.events.extend(decision.events.into_iter().map(|decided| decided.event));
        all.push((title, scenario));
    }
    let worse = Correct {
        category: None,
        severity: Some(Severity::Significant),
        place: Some(place("411224107203001")),
        reason: text("地点有误"),
    };
    all.push(("corrected", reported.clone().run_ok(&staff.village, &worse.into())));
    all.push(("on the spot", on_spot()));
    for (title, opening) in linkages(&reported) {
        let link = Link { opening, words: Vec::new() };
        all.push((title, reported.clone().run_ok(&staff.village, &link.into())));
    }
    all.extend(waited);
    all
}

/// The linkages with a time that a person gives.
fn linkages(reported: &Scenario) -> [(&'static str, LinkageDetails); 3] {
    let external_no: ExternalNo = "2026-4112".parse().unwrap();
    let received_at = reported.now - TimeDelta::hours(1);
    let hearing = LinkageDetails::Hearing {
        held_at: reported.now + TimeDelta::days(20),
        public: true,
        officers: vec![Officer::Judge; 3],
        notified_on: china_date(reported.now),
    };
    let police = LinkageDetails::PoliceLinkage {
        direction: Direction::Inward,
        external_no: Some(external_no.clone()),
        received_at,
    };
    [
        ("hearing", hearing),
        ("police", police),
        ("hotline", LinkageDetails::HotlineOrder { external_no, received_at }),
    ]
}

/// A report with a photo that the reporter settled on the spot.
fn on_spot() -> Scenario {
    Scenario::open(&Report {
        on_spot: Some(text("已移开障碍物")),
        photos: vec![photo(1)],
        ..Report::new(IncidentId(Uuid::from_u128(4112)), category("1001"), place("411224107202001"))
    })
}

#[test]
fn the_examples_have_every_type_of_event() {
    let examples = examples();
    let types: BTreeSet<EventType> = examples
        .iter()
        .flat_map(|(_, scenario)| &scenario.events)
        .map(|event| event.body.event_type())
        .collect();
    let missing: Vec<EventType> =
        EventType::ALL.iter().copied().filter(|kind| !types.contains(kind)).collect();
    assert_eq!(missing, []);
}

#[test]
fn the_newest_file_holds_what_this_version_stores() {
    let now: Vec<Value> = examples().into_iter().map(stored).collect();
    let files = files();
    if files.last() != Some(&now) && std::env::var_os("UPDATE_STORED").is_some() {
        let lines: String = now.iter().map(|situation| format!("{situation}\n")).collect();
        fs::write(folder().join(format!("{}.jsonl", files.len() + 1)), lines).unwrap();
        return;
    }
    assert!(
        files.last() == Some(&now),
        "this version stores something else: add a file with UPDATE_STORED=1"
    );
}
