//! One table of state, command and role for review: `snapshots/rules__matrix__who_may_do_what.snap`.

use std::fmt::Write;

use chrono::TimeDelta;
use grassroots_domain::{
    account::Actor,
    command_kind::CommandKind,
    commands::Command,
    decide::decide,
    incident::{State, leg::Outcome, oversight::SupervisionLevel, remark::Audience},
    reading::visibility::{Visibility, visible},
    refusal::Refusal,
    testing::{example::example, rng::Rng},
};

use crate::support::*;

const HOW_TO_READ: &str = "\
A dispute between neighbours (1001) in Jiangqu village. Columns are people, rows what somebody may do; what nobody may
do is below. The first table says from which states, and by whom, each command can be given at all.

sees    full · former: up to the end of its leg · own: an own report · sum: no words · – nothing (the API answers 404)
✓       done
–       never, in this role                      desk     only another desk
work     only the organisation that works on it   view     only who sees it in full
state    not in this state                        often    done too often already
own      who did the work does not look at it     second   only a second person, at least as high
late     too late                                 early    not yet
top      there is no desk above                   none     there is nothing to do it to
village  only at a village
";

/// The people of the table, with names of at most eight characters.
fn columns(staff: &Staff) -> [(&'static str, &Actor); 15] {
    [
        ("reporter", &staff.reporter),
        ("worker2", &staff.other_worker),
        ("village", &staff.village),
        ("next v.", &staff.next_village),
        ("townsh.", &staff.township),
        ("next t.", &staff.next_township),
        ("county", &staff.county),
        ("next c.", &staff.next_county),
        ("mediat.", &staff.mediator),
        ("justice", &staff.justice),
        ("fire", &staff.fire),
        ("city", &staff.overseer),
        ("system", &staff.system),
        ("secur.", &staff.security),
        ("audit", &staff.audit),
    ]
}

const COMMITTEE: &str = "411224107202-village_mediation_committee";
const JUSTICE: &str = "411224107-justice_office";

/// Every state, and situations in which the same state gives other answers.
pub(crate) fn situations(staff: &Staff) -> Vec<(&'static str, Scenario)> {
    let reported = Scenario::report("1001");
    let sent = reported.clone().dispatched(COMMITTEE);
    let working = sent.clone().run_ok(&staff.mediator, &acknowledge());
    let handed_in = working.clone().run_ok(&staff.mediator, &submit(Outcome::Resolved));
    let closed = handed_in.clone().run_ok(&staff.village, &close());
    let at_township = reported.clone().accepted().escalated();
    let at_county = at_township.clone().escalated();
    let back_and_forth = |scenario: Scenario| {
        scenario.run_ok(&staff.mediator, &return_work()).run_ok(&staff.village, &dispatch(COMMITTEE))
    };
    let returned_twice = back_and_forth(back_and_forth(sent.clone()));
    let earlier = Scenario::report("1001").case;
    let joint = at_township
        .clone()
        .accepted()
        .run_ok(&staff.township, &dispatch_with("411224107-desk", &[JUSTICE]))
        .run_ok(&staff.township, &call_in(&["411224-fire_rescue"]));
    vec![
        ("pending_acceptance: at the village", reported.clone()),
        ("pending_acceptance: at the village, for more than twice its limit", {
            reported.clone().until("2026-11-26 09:00")
        }),
        ("pending_acceptance: escalated to the township", at_township.clone()),
        ("pending_acceptance: a serious one, gone up by itself because the village was late", {
            Scenario::severe("1001").until("2026-11-26 09:00").reconciled()
        }),
        ("pending_acceptance: escalated to the county", at_county),
        (
            "awaiting_info: the village asked the reporter",
            reported.clone().run_ok(&staff.village, &request_info()),
        ),
        ("pending_dispatch: at the village", reported.clone().accepted()),
        ("pending_dispatch: at the township", at_township.clone().accepted()),
        ("pending_receipt: sent to the village's mediators", sent.clone()),
        ("pending_receipt: sent five working hours ago", sent.until("2026-11-23 16:00")),
        ("pending_receipt: sent back twice, sent a third time", returned_twice.clone()),
        ("pending_receipt: and disputed", returned_twice.run_ok(&staff.mediator, &dispute())),
        ("in_progress: the village's mediators work", working.clone()),
        ("in_progress: and ask for more time", working.clone().run_ok(&staff.mediator, &extend(8))),
        ("in_progress: and are watched by the county", {
            let watch = supervise(SupervisionLevel::Notice, working.now);
            working.clone().run_ok(&staff.county, &watch)
        }),
        ("in_progress: the township's own work, helped by its justice office and the fire brigade", joint),
        ("in_progress: and mediate", { working.clone().run_ok(&staff.mediator, &link(mediation())) }),
        ("suspended: for ten days", {
            working.run_ok(&staff.mediator, &suspend(10)).run_ok(&staff.village, &approve())
        }),
        ("pending_verification: work of the village's mediators", handed_in.clone()),
        (
            "pending_verification: the village's mediators could not settle it",
            reported
                .clone()
                .dispatched("411224107202-village_mediation_committee")
                .handled(&staff.mediator, Outcome::Unresolved),
        ),
        (
            "pending_verification: the village officer's own work",
            reported
                .clone()
                .dispatched("411224107202-desk")
                .run_ok(&staff.village, &submit(Outcome::Resolved)),
        ),
        (
            "pending_verification: the township dispatcher's own work",
            at_township.dispatched("411224107-desk").run_ok(&staff.township, &submit(Outcome::Resolved)),
        ),
        ("pending_verification: a grid worker was sent to look", {
            handed_in.run_ok(&staff.village, &request_check(&staff.other_worker))
        }),
        ("closed: by the village, yesterday", closed.clone().wait(TimeDelta::days(1))),
        ("closed: by the village, 31 days ago", closed.wait(TimeDelta::days(31))),
        ("not_accepted: declined by the village", reported.clone().run_ok(&staff.village, &decline())),
        ("voided: by the village", reported.clone().run_ok(&staff.village, &void())),
        ("merged: by the village, an hour ago", {
            reported
                .clone()
                .run_ok(&staff.village, &merge(&Scenario::another(&earlier)))
                .wait(TimeDelta::hours(1))
        }),
        ("referred_out: by the village, to a court", reported.run_ok(&staff.village, &refer())),
    ]
}

/// The simplest example of a command, with facts that fit the incident. A correction gives more time, a desk that accepts and
/// dispatches does the work itself, and in a follow-up the county finds that the matter is not settled.
pub(crate) fn command(kind: CommandKind, scenario: &Scenario, actor: &Actor) -> Command {
    let staff = Staff::new();
    let people: Vec<&Actor> = staff.all().into_iter().map(|(_, actor)| actor).collect();
    let earlier = Scenario::another(&scenario.case);
    let others = [&earlier];
    let context = example_context(&scenario.case, &others, &people, scenario.now, 0);
    let mut command = example(kind, &context, &mut Rng::plain());
    if let Command::Correct(_) = command {
        return correct_to("1006");
    }
    if let Command::AcceptAndDispatch(accept) = &mut command {
        accept.dispatch.to = actor.organisation;
    }
    if let Command::Comment(comment) = &mut command {
        comment.audience = Audience::Reporter;
    }
    if let Command::FollowUp(follow_up) = &mut command {
        follow_up.settled = actor.account != staff.county.account;
    }
    command
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the others are of wrong facts, and these are right")]
fn short(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NotForThisRole { .. } => "–",
        Refusal::NotYourDesk { .. }
        | Refusal::OnlyDesk { .. }
        | Refusal::OnlyDeskOrAbove { .. }
        | Refusal::WatchedFromAbove { .. }
        | Refusal::OnlyCounty { .. } => "desk",
        Refusal::OnlyReporter { .. } => "rep.",
        Refusal::NotYourWork { .. }
        | Refusal::NotAssisting
        | Refusal::NotSentToCheck
        | Refusal::NotInvolved { .. } => "work",
        Refusal::NotInFullView => "view",
        Refusal::WrongState { .. } => "state",
        Refusal::ReturnedTooOften { .. }
        | Refusal::SuperiorAssigns
        | Refusal::ObjectedAlready
        | Refusal::TooOften { .. }
        | Refusal::DecidedAlready => "often",
        Refusal::OwnWork => "own",
        Refusal::SecondPerson => "second",
        Refusal::ReopenTooLate { .. }
        | Refusal::ReturnTooLate { .. }
        | Refusal::OverdueAlready { .. }
        | Refusal::AcceptedAlready
        | Refusal::ObjectTooLate { .. }
        | Refusal::UnmergeTooLate { .. } => "late",
        Refusal::TooEarly { .. }
        | Refusal::ReturnFirst
        | Refusal::ResultToVerify
        | Refusal::CheckOpen
        | Refusal::RequestOpen { .. } => "early",
        Refusal::NoSuperior => "top",
        Refusal::SettledByVillage => "village",
        Refusal::NothingSent
        | Refusal::NothingDisputed
        | Refusal::NothingAsked
        | Refusal::NothingLinked
        | Refusal::NothingBelow
        | Refusal::NotSupervised
        | Refusal::EndsByItself
        | Refusal::YoursAlready => "none",
        other => panic!("the facts of the command are wrong: {other:?}"),
    }
}

const fn sees(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::None => "–",
        Visibility::Summary => "sum",
        Visibility::Own => "own",
        Visibility::Former { .. } => "former",
        Visibility::Full => "full",
    }
}

/// For each command the states in which it can be given, and the people who can give it.
fn overview() -> String {
    let mut table = format!("{:<20}{:<17}from\n", "command", "by");
    for kind in CommandKind::ALL {
        let names =
            |states: Vec<State>| states.iter().map(|state| state.as_str()).collect::<Vec<_>>().join(", ");
        let (open, rest): (Vec<State>, Vec<State>) = kind.states().iter().partition(|state| state.is_open());
        let from = match (open == State::OPEN, rest.len()) {
            (true, 0) => "any open state".to_owned(),
            (true, more) if more + open.len() == State::ALL.len() => "any state".to_owned(),
            (true, _) => format!("any open state, {}", names(rest)),
            (false, _) => names(kind.states().to_vec()),
        };
        writeln!(table, "{:<20}{:<17}{from}", kind.as_str(), format!("{:?}", kind.by())).unwrap();
    }
    table
}

#[test]
fn who_may_do_what() {
    let staff = Staff::new();
    let columns = columns(&staff);
    let mut table = format!("{HOW_TO_READ}\n{}", overview());
    for (title, scenario) in situations(&staff) {
        let Scenario { case, now, .. } = &scenario;
        assert!(title.starts_with(case.incident().state.as_str()), "{title} is {}", case.incident().state);
        write!(table, "\n{title}\n{:<20}", "").unwrap();
        columns.iter().for_each(|(name, _)| write!(table, "{name:<9}").unwrap());
        write!(table, "\n{:<20}", "sees").unwrap();
        columns.iter().for_each(|(_, actor)| write!(table, "{:<9}", sees(visible(actor, case))).unwrap());
        let mut nobody = Vec::new();
        for kind in CommandKind::ALL {
            let answers: Vec<&str> = columns
                .iter()
                .map(|(_, actor)| {
                    let command = command(*kind, &scenario, actor);
                    match decide(case, &command, actor, *now, &city().rules, &city().reference_data) {
                        Ok(_) => "✓",
                        Err(refusal) => short(&refusal),
                    }
                })
                .collect();
            if answers.contains(&"✓") {
                write!(table, "\n{:<20}", kind.as_str()).unwrap();
                answers.iter().for_each(|answer| write!(table, "{answer:<9}").unwrap());
            } else {
                nobody.push((kind, answers));
            }
        }
        // Of all refusals, the first in this order is shown.
        let why = |answers: &[&'static str]| {
            ["often", "own", "second", "late", "early", "top", "village", "none", "state"]
                .into_iter()
                .find(|why| answers.contains(why))
                .unwrap_or("desk")
        };
        for reason in ["often", "own", "second", "late", "early", "top", "village", "none", "desk"] {
            let kinds: Vec<&str> = nobody
                .iter()
                .filter(|(_, answers)| why(answers) == reason)
                .map(|(kind, _)| kind.as_str())
                .collect();
            if !kinds.is_empty() {
                write!(table, "\n{reason} for everybody: {}", kinds.join(", ")).unwrap();
            }
        }
        table.push('\n');
    }
    let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
