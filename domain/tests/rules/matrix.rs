//! State × command × role, as one table to be reviewed: `snapshots/rules__matrix__who_may_do_what.snap`.

use std::fmt::Write;

use chrono::TimeDelta;
use grassroots_domain::{
    account::Actor,
    command::{Command, CommandKind},
    decide::decide,
    leg::Outcome,
    organisation::OrganisationCode,
    refusal::Refusal,
    visibility::{Visibility, visible},
};

use crate::support::{
    Cast, Story, accept, city, close, comment, decline, dispatch, escalate, give_back, reopen, rework,
    submit, void,
};

const HOW_TO_READ: &str = "\
A dispute between neighbours (1001) in Jiangqu village. Columns are people, rows what they try.

sees    full · former: up to the end of its leg · own: an own report · sum: no words · – nothing (the API answers 404)
✓       done
–       never, in this role                      desk     only the desk that holds it
work     only the organisation that works on it   closer   only the desk that closed it, or one above it
view    only who sees it in full                 state    not in this state
twice   returned twice already                   own      who did the work does not verify it
late    closed more than 30 days ago             top      there is no desk above
";

/// The people of the table, under names of at most seven letters.
fn columns(cast: &Cast) -> [(&'static str, &Actor); 15] {
    [
        ("reporter", &cast.reporter),
        ("worker2", &cast.other_worker),
        ("village", &cast.village),
        ("next v.", &cast.next_village),
        ("townsh.", &cast.township),
        ("next t.", &cast.next_township),
        ("county", &cast.county),
        ("next c.", &cast.next_county),
        ("mediat.", &cast.mediator),
        ("justice", &cast.justice),
        ("fire", &cast.fire),
        ("city", &cast.overseer),
        ("system", &cast.system),
        ("secur.", &cast.security),
        ("audit", &cast.audit),
    ]
}

/// Every state, and the situations in which the same state is met with another answer.
fn situations(cast: &Cast) -> Vec<(&'static str, Story)> {
    let reported = Story::report("1001");
    let committee = "411224107202-village_mediation_committee";
    let sent = reported.clone().dispatched(committee);
    let working = sent.clone().does(&cast.mediator, &Command::Acknowledge);
    let handed_in = working.clone().does(&cast.mediator, &submit(Outcome::Resolved));
    let closed = handed_in.clone().does(&cast.village, &close());
    let at_township = reported.clone().accepted().escalated();
    let at_county = at_township.clone().escalated();
    let back_and_forth =
        |story: Story| story.does(&cast.mediator, &give_back()).does(&cast.village, &dispatch(committee));
    vec![
        ("pending_acceptance: at the village", reported.clone()),
        ("pending_acceptance: escalated to the township", at_township.clone()),
        ("pending_acceptance: escalated to the county", at_county),
        ("pending_dispatch: at the village", reported.clone().accepted()),
        ("pending_receipt: sent to the village's mediators", sent.clone()),
        ("pending_receipt: sent back twice, sent a third time", back_and_forth(back_and_forth(sent))),
        ("in_progress: the village's mediators work", working),
        ("in_progress: the township's justice office works", {
            let sent = at_township.clone().dispatched("411224107-justice_office");
            sent.does(&cast.justice, &Command::Acknowledge)
        }),
        ("pending_verification: work of the village's mediators", handed_in),
        (
            "pending_verification: the village officer's own work",
            reported.clone().dispatched("411224107202-desk").does(&cast.village, &submit(Outcome::Resolved)),
        ),
        (
            "pending_verification: the township dispatcher's own work",
            at_township.dispatched("411224107-desk").does(&cast.township, &submit(Outcome::Resolved)),
        ),
        ("closed: by the village, yesterday", closed.clone().wait(TimeDelta::days(1))),
        ("closed: by the village, 31 days ago", closed.wait(TimeDelta::days(31))),
        ("not_accepted: declined by the village", reported.clone().does(&cast.village, &decline())),
        ("voided: by the village", reported.does(&cast.village, &void())),
    ]
}

/// Every command, with facts that are in order.
fn command(kind: CommandKind, desk: OrganisationCode) -> Command {
    match kind {
        CommandKind::Accept => accept(),
        CommandKind::Decline => decline(),
        CommandKind::Dispatch => Command::Dispatch { to: desk, note: None },
        CommandKind::Acknowledge => Command::Acknowledge,
        CommandKind::Return => give_back(),
        CommandKind::SubmitResult => submit(Outcome::Resolved),
        CommandKind::Rework => rework(),
        CommandKind::Close => close(),
        CommandKind::Escalate => escalate(desk),
        CommandKind::Reopen => reopen(),
        CommandKind::Void => void(),
        CommandKind::Comment => comment(),
    }
}

const fn short(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NeverYours { .. } => "–",
        Refusal::NotYourDesk { .. } => "desk",
        Refusal::NotYourWork { .. } => "work",
        Refusal::NotYoursToReopen { .. } => "closer",
        Refusal::NotInFullView => "view",
        Refusal::WrongState { .. } => "state",
        Refusal::ReturnedTooOften { .. } => "twice",
        Refusal::OwnWork => "own",
        Refusal::NoSuperior => "top",
        Refusal::ReopenTooLate { .. } => "late",
        Refusal::ForeignOrganisation { .. }
        | Refusal::MayNotReport
        | Refusal::NotOnSpot { .. }
        | Refusal::TooSevereOnSpot { .. }
        | Refusal::NoVillageOnSpot
        | Refusal::OnSpotByGridWorker
        | Refusal::PlaceUnknown
        | Refusal::NoDesk => "?",
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

#[test]
fn who_may_do_what() {
    let cast = Cast::new();
    let columns = columns(&cast);
    let mut table = String::from(HOW_TO_READ);
    for (title, Story { case, now, .. }) in situations(&cast) {
        assert!(title.starts_with(case.incident.state.as_str()), "{title} is {}", case.incident.state);
        let desk = case.custody.last().unwrap().desk;
        write!(table, "\n{title}\n{:<14}", "").unwrap();
        columns.iter().for_each(|(name, _)| write!(table, "{name:<9}").unwrap());
        write!(table, "\n{:<14}", "sees").unwrap();
        columns.iter().for_each(|(_, actor)| write!(table, "{:<9}", sees(visible(actor, &case))).unwrap());
        for kind in CommandKind::ALL {
            write!(table, "\n{:<14}", kind.as_str()).unwrap();
            for (_, actor) in &columns {
                let answer = match decide(&case, &command(*kind, desk), actor, now, &city().rules) {
                    Ok(_) => "✓",
                    Err(refusal) => short(&refusal),
                };
                write!(table, "{answer:<9}").unwrap();
            }
        }
        table.push('\n');
    }
    let lines: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"));
}
