//! The two tables of all commands: their facts at random, and how they are sent. A new command is a line in each.

use chrono::TimeDelta;
use grassroots_domain::{
    command_kind::CommandKind,
    commands::{
        Command, accept::Accept, acknowledge::Acknowledge, add_photos::AddPhotos, answer::Answer,
        approve::Approve, arbitrate::Arbitrate, arrive::Arrive, call_in::CallIn, close::Close,
        comment::Comment, conclude::Conclude, correct::Correct, decline::Decline, dispatch::Dispatch,
        dispute::Dispute, escalate::Escalate, extend::Extend, follow_up::FollowUp, force_close::ForceClose,
        hand_down::HandDown, involve::Involve, lift::Lift, link::Link, merge::Merge, record::Record,
        refer::Refer, reject::Reject, remind::Remind, reopen::Reopen, reply::Reply,
        report_check::ReportCheck, request_check::RequestCheck, request_info::RequestInfo, resume::Resume,
        return_work::Return, rework::Rework, submit_result::SubmitResult, supervise::Supervise,
        supplement::Supplement, suspend::Suspend, take_over::TakeOver, transfer::Transfer, unmerge::Unmerge,
        void::Void, withdraw::Withdraw,
    },
    events::{
        closing::Channel,
        custody::Authority,
        work::{Assistance, Method},
    },
    hash::Hash,
    ids::IncidentId,
    incident::{
        leg::Outcome,
        linkage::{Capacity, LinkageDetails, LinkageStep},
        photo::{MediaType, Phase, Photo},
        proceedings::SupervisionLevel,
        remark::{Audience, Label},
    },
    text::Text,
    time::china_date,
};
use serde_json::{Value, json};

use super::{
    dice::Rng,
    facts::{ExampleContext, correct, external_no, perhaps_words, words},
};

/// Commands on the way to most others.
const OFTEN: [CommandKind; 5] = [
    CommandKind::Accept,
    CommandKind::Dispatch,
    CommandKind::Acknowledge,
    CommandKind::SubmitResult,
    CommandKind::Approve,
];

/// Commands that are seldom possible, the second only after two of the first.
const SENDS_BACK: [CommandKind; 2] = [CommandKind::Return, CommandKind::Dispute];

/// Commands that mostly end an incident: there is more to try on one that lives.
const ENDS: [CommandKind; 6] = [
    CommandKind::Decline,
    CommandKind::Refer,
    CommandKind::Void,
    CommandKind::Merge,
    CommandKind::Close,
    CommandKind::ForceClose,
];

/// How often a command is tried that is allowed: most are tried less the oftener they were carried out `before`.
pub fn weight(kind: CommandKind, before: u32) -> u32 {
    if SENDS_BACK.contains(&kind) {
        120
    } else if OFTEN.contains(&kind) {
        40
    } else if ENDS.contains(&kind) {
        1 + 12 / (1 + before)
    } else {
        1 + 60 / (1 + before)
    }
}

impl ExampleContext<'_> {
    /// A command of that kind, well formed, with facts that may be wrong all the same.
    pub fn command(&self, kind: CommandKind, dice: &mut Rng) -> Command {
        match kind {
            CommandKind::Accept => Accept {}.into(),
            CommandKind::Decline => Decline { reason: self.reason(kind, dice), reply: words(dice) }.into(),
            CommandKind::RequestInfo => RequestInfo { question: words(dice) }.into(),
            CommandKind::Supplement => Supplement { text: words(dice) }.into(),
            CommandKind::Dispatch => Dispatch {
                to: self.near(dice),
                assist: if dice.percent(70) { Vec::new() } else { dice.some(&self.all_near(), 3) },
                outside_duty: dice.percent(80),
                note: perhaps_words(dice),
            }
            .into(),
            CommandKind::Withdraw => Withdraw { reason: words(dice) }.into(),
            CommandKind::Escalate => Escalate { reason: self.reason(kind, dice), tried: words(dice) }.into(),
            CommandKind::HandDown => HandDown { to: self.below(dice), advice: words(dice) }.into(),
            CommandKind::Transfer => {
                let (to, reason) = (self.beside(dice), self.reason(kind, dice));
                Transfer { to, reason, explanation: words(dice) }.into()
            }
            CommandKind::TakeOver => TakeOver {}.into(),
            CommandKind::Refer => Refer { to: dice.pick(Authority::ALL), reply: words(dice) }.into(),
            CommandKind::Correct => correct(dice).into(),
            CommandKind::Merge => {
                let into = self.primary(dice);
                Merge { into, primary: None, reason: words(dice) }.into()
            }
            CommandKind::Unmerge => Unmerge { reason: words(dice) }.into(),
            CommandKind::Void => Void { reason: words(dice) }.into(),
            CommandKind::Acknowledge => Acknowledge {}.into(),
            CommandKind::Return => {
                Return { reason: self.reason(kind, dice), explanation: words(dice) }.into()
            }
            CommandKind::Dispute => {
                Dispute { reason: self.reason(kind, dice), explanation: words(dice) }.into()
            }
            CommandKind::Arbitrate => Arbitrate { to: self.near(dice), decision: words(dice) }.into(),
            CommandKind::Arrive => Arrive { note: perhaps_words(dice) }.into(),
            CommandKind::CallIn => {
                CallIn { organisations: self.helpers(dice), urgent: dice.percent(50), purpose: words(dice) }
                    .into()
            }
            CommandKind::Answer => {
                Answer { assistance: dice.pick(Assistance::ALL), text: words(dice) }.into()
            }
            CommandKind::Extend => Extend { units: dice.below(20), explanation: words(dice) }.into(),
            CommandKind::Suspend => {
                let (reason, days) = (self.reason(kind, dice), dice.below(95));
                Suspend { reason, days, explanation: words(dice) }.into()
            }
            CommandKind::Resume => Resume {}.into(),
            CommandKind::SubmitResult => {
                let (outcome, method) = (dice.pick(Outcome::ALL), dice.pick(Method::ALL));
                let photos = if dice.percent(50) { vec![photo(dice)] } else { Vec::new() };
                SubmitResult { outcome, method, result: words(dice), photos }.into()
            }
            CommandKind::RequestCheck => {
                let worker = self.worker(dice);
                RequestCheck { worker, is_of_the_grid: false, note: perhaps_words(dice) }.into()
            }
            CommandKind::ReportCheck => ReportCheck { settled: dice.percent(50), found: words(dice) }.into(),
            CommandKind::Rework => Rework { reason: words(dice) }.into(),
            CommandKind::Close => Close { reply: perhaps_words(dice) }.into(),
            CommandKind::ForceClose => ForceClose { reason: words(dice) }.into(),
            CommandKind::FollowUp => FollowUp {
                channel: dice.pick(Channel::ALL),
                settled: dice.percent(50),
                satisfaction: dice.pick(&[None, Some(0), Some(1), Some(4), Some(5), Some(6)]),
                remarks: words(dice),
            }
            .into(),
            CommandKind::Reopen => Reopen { reason: words(dice) }.into(),
            CommandKind::Approve => Approve { note: perhaps_words(dice) }.into(),
            CommandKind::Reject => Reject { reason: words(dice) }.into(),
            CommandKind::Remind => Remind { text: words(dice) }.into(),
            CommandKind::Supervise => {
                let reply_due = self.now + TimeDelta::minutes(i64::from(dice.below(5_000)) - 500);
                Supervise { level: dice.pick(SupervisionLevel::ALL), reply_due, reason: words(dice) }.into()
            }
            CommandKind::Reply => Reply { text: words(dice) }.into(),
            CommandKind::Lift => Lift { reason: words(dice) }.into(),
            CommandKind::Link => {
                let opening = self.opening(dice);
                let words = labels(&opening).iter().map(|(label, _)| (*label, words(dice))).collect();
                Link { opening, words }.into()
            }
            CommandKind::Record => {
                let (number, step, external_no) =
                    (1 + dice.below(2), dice.pick(LinkageStep::ALL), external_no(dice));
                Record { number, step, at: None, external_no, text: perhaps_words(dice) }.into()
            }
            CommandKind::Conclude => {
                let (number, conclusion) = self.conclusion(dice);
                let until = dice.percent(30).then(|| china_date(self.now));
                Conclude { number, conclusion, at: None, until, words: vec![(Label::Text, words(dice))] }
                    .into()
            }
            CommandKind::Involve => {
                Involve { capacity: dice.pick(Capacity::ALL), name: perhaps_words(dice) }.into()
            }
            CommandKind::AddPhotos => AddPhotos { photos: vec![photo(dice)] }.into(),
            CommandKind::Comment => {
                let audience = dice.pick(&[Audience::Internal, Audience::Reporter]);
                Comment { audience, text: words(dice) }.into()
            }
        }
    }
}

/// The body under which `command` is sent.
pub fn body(command: &Command) -> Value {
    match command {
        Command::Accept(Accept {})
        | Command::TakeOver(TakeOver {})
        | Command::Acknowledge(Acknowledge {})
        | Command::Resume(Resume {}) => json!({}),
        Command::Decline(Decline { reason, reply }) => json!({ "reason": reason, "reply": reply }),
        Command::RequestInfo(RequestInfo { question }) => json!({ "question": question }),
        Command::Supplement(Supplement { text })
        | Command::Remind(Remind { text })
        | Command::Reply(Reply { text }) => json!({ "text": text }),
        Command::Dispatch(Dispatch { to, assist, outside_duty, note }) => {
            json!({ "organisation": to, "assist": assist, "outside_duty": outside_duty, "note": note })
        }
        Command::Withdraw(Withdraw { reason })
        | Command::Unmerge(Unmerge { reason })
        | Command::Void(Void { reason })
        | Command::Rework(Rework { reason })
        | Command::ForceClose(ForceClose { reason })
        | Command::Reopen(Reopen { reason })
        | Command::Reject(Reject { reason })
        | Command::Lift(Lift { reason }) => json!({ "reason": reason }),
        Command::Escalate(Escalate { reason, tried }) => json!({ "reason": reason, "tried": tried }),
        Command::HandDown(HandDown { to, advice }) => json!({ "organisation": to, "advice": advice }),
        Command::Transfer(Transfer { to, reason, explanation }) => {
            json!({ "organisation": to, "reason": reason, "explanation": explanation })
        }
        Command::Refer(Refer { to, reply }) => json!({ "authority": to, "reply": reply }),
        Command::Correct(Correct { category, severity, place, reason }) => {
            let grid = place.and_then(|place| place.grid);
            let unit = place.filter(|place| place.grid.is_none());
            let unit = unit.map(|place| place.village.or(place.township).unwrap_or(place.county));
            json!({ "category": category, "severity": severity, "grid": grid, "unit": unit, "reason": reason })
        }
        Command::Merge(Merge { into, primary: _, reason }) => json!({ "into": into, "reason": reason }),
        Command::Return(Return { reason, explanation })
        | Command::Dispute(Dispute { reason, explanation }) => {
            json!({ "reason": reason, "explanation": explanation })
        }
        Command::Arbitrate(Arbitrate { to, decision }) => json!({ "organisation": to, "decision": decision }),
        Command::Arrive(Arrive { note }) | Command::Approve(Approve { note }) => json!({ "note": note }),
        Command::CallIn(CallIn { organisations, urgent, purpose }) => {
            json!({ "organisations": organisations, "urgent": urgent, "purpose": purpose })
        }
        Command::Answer(Answer { assistance, text }) => json!({ "answer": assistance, "text": text }),
        Command::Extend(Extend { units, explanation }) => {
            json!({ "units": units, "explanation": explanation })
        }
        Command::Suspend(Suspend { reason, days, explanation }) => {
            json!({ "reason": reason, "days": days, "explanation": explanation })
        }
        Command::SubmitResult(SubmitResult { outcome, method, result, photos }) => {
            json!({ "outcome": outcome, "method": method, "result": result, "photos": photos })
        }
        Command::RequestCheck(RequestCheck { worker, is_of_the_grid: _, note }) => {
            json!({ "worker": worker, "note": note })
        }
        Command::ReportCheck(ReportCheck { settled, found }) => json!({ "settled": settled, "found": found }),
        Command::Close(Close { reply }) => json!({ "reply": reply }),
        Command::FollowUp(FollowUp { channel, settled, satisfaction, remarks }) => {
            json!({ "channel": channel, "settled": settled, "satisfaction": satisfaction, "remarks": remarks })
        }
        Command::Supervise(Supervise { level, reply_due, reason }) => {
            json!({ "level": level, "reply_due": reply_due, "reason": reason })
        }
        Command::Link(Link { opening, words }) => link_body(opening, words),
        Command::Record(Record { number, step, at, external_no, text }) => {
            json!({ "linkage": number, "step": step, "at": at, "external_no": external_no, "text": text })
        }
        Command::Conclude(Conclude { number, conclusion, at, until, words }) => json!({
            "linkage": number, "outcome": conclusion, "at": at, "until": until, "text": words.first().map(|(_, text)| text),
        }),
        Command::Involve(Involve { capacity, name }) => json!({ "capacity": capacity, "name": name }),
        Command::AddPhotos(AddPhotos { photos }) => json!({ "photos": photos }),
        Command::Comment(Comment { audience, text }) => json!({ "audience": audience, "text": text }),
    }
}

/// A photo nobody has seen.
fn photo(dice: &mut Rng) -> Photo {
    Photo {
        sha256: Hash::of(&[dice.uuid().as_bytes()]),
        size_bytes: 1 + dice.below(300_000),
        media_type: dice.pick(MediaType::ALL),
        phase: dice.pick(Phase::ALL),
    }
}

/// The words that go with what is attached, in the order in which they are kept, and their fields.
fn labels(opening: &LinkageDetails) -> &'static [(Label, &'static str)] {
    match opening {
        LinkageDetails::Mediation { .. } => &[(Label::Mediators, "mediators"), (Label::Text, "note")],
        LinkageDetails::JudicialConfirmation { .. } => &[(Label::Court, "court")],
        LinkageDetails::CourtLinkage { .. } => &[(Label::Court, "court"), (Label::Text, "note")],
        LinkageDetails::Hearing { .. } => {
            &[(Label::Subject, "subject"), (Label::Venue, "venue"), (Label::Chair, "chair")]
        }
        LinkageDetails::CaseLeadership { .. } => &[(Label::Leader, "leader"), (Label::Plan, "plan")],
        LinkageDetails::PoliceLinkage { .. } | LinkageDetails::HotlineOrder { .. } => {
            &[(Label::Text, "facts")]
        }
        LinkageDetails::Referral { .. } => &[(Label::Recipient, "recipient")],
    }
}

fn link_body(opening: &LinkageDetails, words: &[(Label, Text)]) -> Value {
    let mut body = match opening {
        LinkageDetails::Mediation { form } => json!({ "form": form }),
        LinkageDetails::JudicialConfirmation { mediation, applied_on } => {
            json!({ "mediation": mediation, "applied_on": applied_on })
        }
        LinkageDetails::CourtLinkage { direction, external_no } => {
            json!({ "direction": direction, "external_no": external_no, "both_agreed": true })
        }
        LinkageDetails::Hearing { held_at, public, officers, notified_on } => {
            json!({ "held_at": held_at, "public": public, "officers": officers, "notified_on": notified_on })
        }
        LinkageDetails::CaseLeadership { level, due_on } => json!({ "level": level, "due_on": due_on }),
        LinkageDetails::PoliceLinkage { direction, external_no, received_at } => {
            json!({ "direction": direction, "external_no": external_no, "received_at": received_at })
        }
        LinkageDetails::HotlineOrder { external_no, received_at } => {
            json!({ "external_no": external_no, "received_at": received_at })
        }
        LinkageDetails::Referral { to } => json!({ "help": to }),
    };
    body["kind"] = json!(opening.kind());
    for ((_, field), (_, text)) in labels(opening).iter().zip(words) {
        body[*field] = json!(text);
    }
    body
}

/// Where `kind` is sent to.
pub fn path(incident: IncidentId, kind: CommandKind) -> String {
    format!("/v1/incidents/{incident}/{}", kind.as_str().replace('_', "-"))
}
