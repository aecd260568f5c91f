//! An example of every command.

use chrono::TimeDelta;

use crate::{
    account::Role,
    command_kind::CommandKind,
    commands::{
        Command, accept::Accept, accept_and_dispatch::AcceptAndDispatch, acknowledge::Acknowledge,
        add_photos::AddPhotos, answer::Answer, approve::Approve, arbitrate::Arbitrate, arrive::Arrive,
        call_in::CallIn, close::Close, comment::Comment, conclude::Conclude, correct::Correct,
        decline::Decline, dispatch::Dispatch, dispute::Dispute, escalate::Escalate, extend::Extend,
        follow_up::FollowUp, force_close::ForceClose, hand_down::HandDown, involve::Involve, lift::Lift,
        link::Link, merge::Merge, object::Object, record::Record, redispatch::Redispatch, refer::Refer,
        reject::Reject, remind::Remind, reopen::Reopen, reply::Reply, report_check::ReportCheck,
        request_check::RequestCheck, request_info::RequestInfo, resume::Resume, return_work::Return,
        rework::Rework, settle::Settle, submit_result::SubmitResult, supervise::Supervise,
        supplement::Supplement, suspend::Suspend, take_over::TakeOver, transfer::Transfer, unmerge::Unmerge,
        void::Void, withdraw::Withdraw, withdraw_report::WithdrawReport,
    },
    events::{
        closing::Channel,
        custody::Authority,
        work::{Assistance, Method},
    },
    ids::IncidentId,
    incident::{
        case::Case,
        leg::Outcome,
        linkage::{Capacity, LinkageStep},
        oversight::SupervisionLevel,
        remark::{Audience, Label},
    },
    organisation::{OrganisationCode, OrganisationKind},
    rules::{category::Severity, routing::superior_desk},
    testing::{
        context::{ExampleContext, external_no, labels, optional_words, photo, words},
        rng::Rng,
    },
    text::Text,
    time::china_date,
};

/// A command of this kind for the incident of `context`, varied by `rng`.
///
/// The facts fit the incident if possible, except for the percentage `unfit_percent`.
pub fn example(kind: CommandKind, context: &ExampleContext<'_>, rng: &mut Rng) -> Command {
    match kind {
        CommandKind::Accept => Accept {}.into(),
        CommandKind::Decline => Decline { reason: context.reason(kind, rng), reply: words(rng) }.into(),
        CommandKind::RequestInfo => RequestInfo { question: words(rng) }.into(),
        CommandKind::Supplement => Supplement { text: words(rng) }.into(),
        CommandKind::Dispatch => dispatch(context, rng).into(),
        CommandKind::AcceptAndDispatch => AcceptAndDispatch { dispatch: dispatch(context, rng) }.into(),
        CommandKind::Settle => settle(context, rng).into(),
        CommandKind::Object => Object { text: words(rng) }.into(),
        CommandKind::WithdrawReport => WithdrawReport { reason: words(rng) }.into(),
        CommandKind::Redispatch => redispatch(context, rng).into(),
        CommandKind::Withdraw => Withdraw { reason: words(rng) }.into(),
        CommandKind::Escalate => Escalate { reason: context.reason(kind, rng), tried: words(rng) }.into(),
        CommandKind::HandDown => hand_down(context, rng).into(),
        CommandKind::Transfer => transfer(context, rng).into(),
        CommandKind::TakeOver => TakeOver {}.into(),
        CommandKind::Refer => Refer { to: rng.pick(Authority::ALL), reply: words(rng) }.into(),
        CommandKind::Correct => correct(context, rng).into(),
        CommandKind::Merge => merge(context, rng).into(),
        CommandKind::Unmerge => Unmerge { reason: words(rng) }.into(),
        CommandKind::Void => Void { reason: words(rng) }.into(),
        CommandKind::Acknowledge => Acknowledge {}.into(),
        CommandKind::Return => Return { reason: context.reason(kind, rng), explanation: words(rng) }.into(),
        CommandKind::Dispute => Dispute { reason: context.reason(kind, rng), explanation: words(rng) }.into(),
        CommandKind::Arbitrate => {
            Arbitrate { to: context.organisation_of_unit(rng), decision: words(rng) }.into()
        }
        CommandKind::Arrive => Arrive { note: optional_words(rng) }.into(),
        CommandKind::CallIn => call_in(context, rng).into(),
        CommandKind::Answer => Answer { assistance: rng.pick(Assistance::ALL), text: words(rng) }.into(),
        CommandKind::Extend => extend(context, rng).into(),
        CommandKind::Suspend => suspend(context, rng).into(),
        CommandKind::Resume => Resume {}.into(),
        CommandKind::SubmitResult => submit_result(context, rng).into(),
        CommandKind::RequestCheck => request_check(context, rng).into(),
        CommandKind::ReportCheck => ReportCheck { settled: rng.percent(60), found: words(rng) }.into(),
        CommandKind::Rework => Rework { reason: words(rng) }.into(),
        CommandKind::Close => Close { reply: reply(context, rng) }.into(),
        CommandKind::ForceClose => ForceClose { reason: words(rng) }.into(),
        CommandKind::FollowUp => follow_up(context, rng).into(),
        CommandKind::Reopen => Reopen { reason: words(rng) }.into(),
        CommandKind::Approve => Approve { note: optional_words(rng) }.into(),
        CommandKind::Reject => Reject { reason: words(rng) }.into(),
        CommandKind::Remind => Remind { text: words(rng) }.into(),
        CommandKind::Supervise => supervise(context, rng).into(),
        CommandKind::Reply => Reply { text: words(rng) }.into(),
        CommandKind::Lift => Lift { reason: words(rng) }.into(),
        CommandKind::Link => link(context, rng).into(),
        CommandKind::Record => record(context, rng).into(),
        CommandKind::Conclude => conclude(context, rng).into(),
        CommandKind::Involve => {
            Involve { capacity: rng.pick(Capacity::ALL), name: optional_words(rng) }.into()
        }
        CommandKind::AddPhotos => AddPhotos { photos: vec![photo(rng)] }.into(),
        CommandKind::Comment => {
            let audience = rng.pick(&[Audience::Internal, Audience::Reporter]);
            Comment { audience, text: words(rng) }.into()
        }
    }
}

fn dispatch(context: &ExampleContext<'_>, rng: &mut Rng) -> Dispatch {
    let to = context.organisation_of_unit(rng);
    let mut departments = context.departments_of_unit();
    departments.retain(|code| *code != to);
    let assist = if context.is_unfit(rng) {
        vec![rng.pick(&context.organisations())]
    } else if departments.is_empty() || rng.percent(70) {
        Vec::new()
    } else {
        vec![rng.pick(&departments)]
    };
    Dispatch { to, assist, outside_duty: !context.is_unfit(rng), note: optional_words(rng) }
}

fn redispatch(context: &ExampleContext<'_>, rng: &mut Rng) -> Redispatch {
    let lead = context.case.open_lead().map(|leg| leg.organisation);
    let mut others = context.organisations();
    others.retain(|code| code.unit == context.desk().unit && Some(*code) != lead);
    let to = if others.is_empty() || context.is_unfit(rng) {
        context.organisation_of_unit(rng)
    } else {
        rng.pick(&others)
    };
    Redispatch { to, outside_duty: !context.is_unfit(rng), reason: words(rng) }
}

fn hand_down(context: &ExampleContext<'_>, rng: &mut Rng) -> HandDown {
    let (desk, place) = (context.desk(), context.case.incident.place);
    let is_below = |code: &OrganisationCode| {
        code.kind == OrganisationKind::Desk
            && superior_desk(*code, &context.reference_data.organisations) == Some(desk)
            && place.at(code.unit.level()).is_none_or(|unit| unit == code.unit)
    };
    let to = context.choose(rng, &context.organisations(), is_below);
    HandDown { to, advice: words(rng) }
}

fn transfer(context: &ExampleContext<'_>, rng: &mut Rng) -> Transfer {
    let desk = context.desk();
    let is_beside = |code: &OrganisationCode| {
        *code != desk && code.kind == desk.kind && code.unit.level() == desk.unit.level()
    };
    let to = context.choose(rng, &context.organisations(), is_beside);
    Transfer { to, reason: context.reason(CommandKind::Transfer, rng), explanation: words(rng) }
}

/// Usually corrects one fact, and sometimes category and severity together.
fn correct(context: &ExampleContext<'_>, rng: &mut Rng) -> Correct {
    let incident = &context.case.incident;
    let mut categories: Vec<_> = context.rules.book().categories.keys().copied().collect();
    categories.retain(|category| *category != incident.category);
    let mut severities = Severity::ALL.to_vec();
    severities.retain(|severity| *severity != incident.severity);
    let mut places = context.places();
    places.retain(|place| *place != incident.place);
    let mut correct = Correct { category: None, severity: None, place: None, reason: words(rng) };
    if context.is_unfit(rng) {
        return correct;
    }
    let what = rng.below(4);
    if what <= 1 {
        correct.severity = Some(rng.pick(&severities));
    }
    if what == 1 || what == 2 {
        correct.category = Some(rng.pick(&categories));
    }
    if what == 3 {
        correct.place = Some(rng.pick(&places));
    }
    correct
}

fn merge(context: &ExampleContext<'_>, rng: &mut Rng) -> Merge {
    let this = &context.case.incident;
    let is_earlier = |other: &&Case| {
        let other = &other.incident;
        other.id != this.id
            && other.state.is_open()
            && other.received_at <= this.received_at
            && other.category.domain() == this.category.domain()
            && other.restricted == this.restricted
    };
    if context.others.is_empty() || (context.is_unfit(rng) && rng.percent(40)) {
        return Merge { into: IncidentId(rng.uuid()), primary: None, reason: words(rng) };
    }
    let primary = context.choose(rng, context.others, is_earlier);
    Merge { into: primary.incident.id, primary: Some(Box::new(primary.clone())), reason: words(rng) }
}

/// Usually calls one department.
fn call_in(context: &ExampleContext<'_>, rng: &mut Rng) -> CallIn {
    let unit = context.desk().unit;
    let at_work = |code: &OrganisationCode| {
        context.case.handling.iter().any(|leg| leg.ended_at.is_none() && leg.organisation == *code)
    };
    let can_help = |code: &OrganisationCode| {
        code.unit.covers(unit) && code.kind != OrganisationKind::Desk && !at_work(code)
    };
    let all = context.organisations();
    let mut organisations = vec![context.choose(rng, &all, can_help)];
    let others: Vec<_> =
        all.iter().copied().filter(|code| can_help(code) && !organisations.contains(code)).collect();
    if !others.is_empty() && rng.percent(25) {
        organisations.push(rng.pick(&others));
    }
    CallIn { organisations, urgent: rng.percent(50), purpose: words(rng) }
}

fn extend(context: &ExampleContext<'_>, rng: &mut Rng) -> Extend {
    let leg = context.case.open_lead();
    let most = leg.map_or(0, |leg| {
        let limit = leg.clocks.handle.limit;
        limit.amount.saturating_sub(leg.extended_by(limit.unit))
    });
    let units = if context.is_unfit(rng) { rng.pick(&[0, most + 1]) } else { 1 + rng.below(most.max(1)) };
    Extend { units, explanation: words(rng) }
}

fn suspend(context: &ExampleContext<'_>, rng: &mut Rng) -> Suspend {
    let most = context.rules.book().suspension_days;
    let days = if context.is_unfit(rng) { rng.pick(&[0, most + 1]) } else { 1 + rng.below(most) };
    Suspend { reason: context.reason(CommandKind::Suspend, rng), days, explanation: words(rng) }
}

fn submit_result(context: &ExampleContext<'_>, rng: &mut Rng) -> SubmitResult {
    let outcome = if rng.percent(70) { Outcome::Resolved } else { Outcome::Unresolved };
    let photos = context.photos_of_result(outcome == Outcome::Resolved, rng);
    SubmitResult { outcome, method: rng.pick(Method::ALL), result: words(rng), photos }
}

fn settle(context: &ExampleContext<'_>, rng: &mut Rng) -> Settle {
    let photos = context.photos_of_result(true, rng);
    let (method, result) = (rng.pick(Method::ALL), words(rng));
    let (reply, outside_duty) = (reply(context, rng), !context.is_unfit(rng));
    Settle { method, result, photos, reply, outside_duty }
}

/// The reply of a desk that closes the incident.
fn reply(context: &ExampleContext<'_>, rng: &mut Rng) -> Option<Text> {
    if context.is_unfit(rng) { None } else { Some(words(rng)) }
}

fn request_check(context: &ExampleContext<'_>, rng: &mut Rng) -> RequestCheck {
    let worker = context.grid_worker(rng);
    let is_of_the_grid = worker.role == Role::GridWorker;
    RequestCheck { worker: worker.account, is_of_the_grid, note: optional_words(rng) }
}

fn follow_up(context: &ExampleContext<'_>, rng: &mut Rng) -> FollowUp {
    let grades: &[Option<u8>] =
        if context.is_unfit(rng) { &[Some(0), Some(6)] } else { &[Some(5), Some(4), Some(3), Some(1), None] };
    FollowUp {
        channel: rng.pick(Channel::ALL),
        settled: rng.percent(60),
        satisfaction: rng.pick(grades),
        remarks: words(rng),
        reply: reply(context, rng),
    }
}

fn supervise(context: &ExampleContext<'_>, rng: &mut Rng) -> Supervise {
    let time = if context.is_unfit(rng) {
        -TimeDelta::minutes(1)
    } else {
        TimeDelta::days(1) + TimeDelta::minutes(i64::from(rng.below(40_000)))
    };
    Supervise { level: rng.pick(SupervisionLevel::ALL), reply_due: context.now + time, reason: words(rng) }
}

fn link(context: &ExampleContext<'_>, rng: &mut Rng) -> Link {
    let opening = context.linkage_details(rng);
    let words = labels(&opening).iter().map(|label| (*label, words(rng))).collect();
    Link { opening, words }
}

fn record(context: &ExampleContext<'_>, rng: &mut Rng) -> Record {
    let (number, step) = context.step(rng);
    let has_number = (step == LinkageStep::Numbered) != context.is_unfit(rng);
    let external_no = has_number.then(external_no);
    Record { number, step, at: None, external_no, text: optional_words(rng) }
}

fn conclude(context: &ExampleContext<'_>, rng: &mut Rng) -> Conclude {
    let (number, conclusion) = context.conclusion(rng);
    let until = rng.percent(30).then(|| china_date(context.now));
    Conclude { number, conclusion, at: None, until, words: vec![(Label::Text, words(rng))] }
}
