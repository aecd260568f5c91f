//! docs/workflow.md is generated from the commands. Update it with
//! `UPDATE_DOCS=1 cargo test -p grassroots-domain workflow`.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use grassroots_domain::{command_kind::CommandKind, commands::rule::By, incident::State};

const INTRODUCTION: &str = "\
# Workflow

Written by `domain/tests/rules/workflow.rs` from the commands themselves; a test keeps it true.

An *incident* is one matter at one place. The *holding desk* answers for it (custody leg); the *lead organisation* works
on it (handling leg). *Open* means every state but closed, not accepted, voided, merged and referred out.

## States
";

const AUTOMATIC: &str = "
## What happens without a command

A server looks every five seconds, one node at a time, the longest waiting first.

| event | when | result |
|---|---|---|
| `lapsed` 超时自动提级 | the desk did not accept: `major` and `critical` at the limit, `significant` and restricted incidents at twice the limit | the desk above has it, with a full clock; the late desks assist and may accept until the next one does |
| `acknowledged` 签收 | the time to return the work is over | `in_progress` |
| `voided` 作废 | the reporter did not answer in time | `voided`; `pending_acceptance` if other reports were merged into it |
| `resumed` 恢复办理 | the last day of a suspension is over | `in_progress`; clocks continue from that day |
| `alarmed` 超时督办 | a clock ran out | the state stays; the desk above is told |
";

/// State changes without a command: from, to, label.
const AUTOMATIC_CHANGES: [(State, State, &str); 4] = [
    (State::PendingReceipt, State::InProgress, "(time over)"),
    (State::AwaitingInfo, State::Voided, "(no answer)"),
    (State::AwaitingInfo, State::PendingAcceptance, "(no answer, stands for others)"),
    (State::Suspended, State::InProgress, "(date reached)"),
];

#[test]
fn the_document_matches_the_commands() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/workflow.md");
    let document = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &document).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap();
    assert_eq!(written, document, "run UPDATE_DOCS=1 cargo test -p grassroots-domain workflow");
}

fn document() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n| state | 状态 |\n|---|---|\n");
    for state in State::ALL {
        writeln!(text, "| `{state}` | {} |", state.zh()).unwrap();
    }
    diagram(&mut text);
    text.push_str(
        "\n## Commands\n\n| command | 命令 | from | to | who | names a reason |\n|---|---|---|---|---|---|\n",
    );
    text.push_str("| `report` | 上报 | – | `pending_acceptance`; `pending_dispatch` if the desk keeps it; `closed` if settled on the spot | grid worker, any desk | |\n");
    for kind in CommandKind::ALL {
        let to = if kind.leads_to().is_empty() { "same".to_owned() } else { codes(kind.leads_to()) };
        let reason = if kind.gives_reason() { "yes" } else { "" };
        let (from, who) = (states(kind.states()), who(kind.by()));
        writeln!(text, "| `{kind}` | {} | {from} | {to} | {who} | {reason} |", kind.zh()).unwrap();
    }
    text.push_str(
        "\nWhere a command leads to several states, the facts decide; `correct`, `follow_up` and `approve` may also \
         keep the state. A command that needs a second person \
         (`extend`, `suspend`, `force_close`, some `correct`) takes effect with `approve`. `accept_and_dispatch` and `settle` cause the events of the single commands; only a village settles.\n",
    );
    text.push_str(AUTOMATIC);
    text
}

/// A diagram of all state changes. Commands that work in all open states start at the frame around these states.
fn diagram(text: &mut String) {
    text.push_str(
        "\n```mermaid\nstateDiagram-v2\n    [*] --> pending_acceptance: report\n    state open {\n",
    );
    for state in State::OPEN {
        writeln!(text, "        {state}").unwrap();
    }
    text.push_str("    }\n");
    let mut changes: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut add = |from: &str, to: State, label: &str| {
        let labels = changes.entry((from.to_owned(), to.to_string())).or_default();
        labels.push(label.to_owned());
    };
    for kind in CommandKind::ALL {
        let whole = kind.states() == State::OPEN;
        for to in kind.leads_to() {
            if whole {
                add("open", *to, kind.as_str());
            } else {
                kind.states()
                    .iter()
                    .filter(|from| *from != to)
                    .for_each(|from| add(from.as_str(), *to, kind.as_str()));
            }
        }
    }
    for (from, to, label) in AUTOMATIC_CHANGES {
        add(from.as_str(), to, label);
    }
    for ((from, to), labels) in changes {
        writeln!(text, "    {from} --> {to}: {}", labels.join(", ")).unwrap();
    }
    text.push_str("```\n");
}

fn states(states: &[State]) -> String {
    if states == State::OPEN {
        "any open state".to_owned()
    } else if states == State::ALL {
        "any state".to_owned()
    } else if State::OPEN.iter().all(|open| states.contains(open)) {
        let others: Vec<State> = states.iter().copied().filter(|state| !state.is_open()).collect();
        format!("any open state, {}", codes(&others))
    } else {
        codes(states)
    }
}

fn codes(states: &[State]) -> String {
    states.iter().map(|state| format!("`{state}`")).collect::<Vec<_>>().join(", ")
}

const fn who(by: By) -> &'static str {
    match by {
        By::Desk => "holding desk",
        By::DeskOrLate => "holding desk, or a desk that was late to accept",
        By::Superior => "desk directly above the holding desk",
        By::DeskOrAbove => "holding desk or any desk above it",
        By::Closer => "holding desk or a desk above it, up to the county",
        By::County => "desk of the county or the city",
        By::Sender => "desk that sent it, until it is taken on",
        By::Arbiter => {
            "desk directly above; the holding desk itself if none is, or the incident is restricted"
        }
        By::Lead => "lead organisation",
        By::Assist => "assisting organisation",
        By::DeskOrLead => "holding desk or lead organisation",
        By::ReporterOrDesk => "reporter, or holding desk on behalf of the reporter",
        By::Checker => "grid worker who was asked to check",
        By::Watcher => "supervising desk",
        By::Involved => "holding desk, any desk above it, or an organisation that works on it",
        By::PhotoContributor => {
            "reporter, grid worker who checks, holding desk, any desk above it, or an organisation that works on it"
        }
        By::Reporter => "the reporter",
        By::Reader => "anybody who sees it in full, and the reporter",
    }
}
