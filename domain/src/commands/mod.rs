//! Commands: what a person may ask of an incident. Each has a file: its facts, from which states, by whom, what it
//! makes happen, and what that changes.

use serde::{Deserialize, Serialize};

use crate::{
    account::Actor,
    case::{Arrival, Case, Stamp, Work},
    category::{CategoryCode, Severity},
    clock::{Moved, WorkClocks},
    code::codes,
    event::EventBody,
    ground::Ground,
    incident::State,
    organisation::{OrganisationCode, OrganisationKind},
    reason::ReasonCode,
    refusal::Refusal,
    remark::{Audience, Label, Remark},
    routing::superior_desk,
    rules::Rules,
    text::Text,
    time::Instant,
    unit::Level,
    warning::Warning,
};

pub mod accept;
pub mod acknowledge;
pub mod add_photos;
pub mod answer;
pub mod approve;
pub mod arbitrate;
pub mod arrive;
pub mod call_in;
pub mod close;
pub mod comment;
pub mod conclude;
pub mod correct;
pub mod decline;
pub mod dispatch;
pub mod dispute;
pub mod escalate;
pub mod extend;
pub mod follow_up;
pub mod force_close;
pub mod hand_down;
pub mod involve;
pub mod lift;
pub mod link;
pub mod merge;
pub mod record;
pub mod refer;
pub mod reject;
pub mod remind;
pub mod reopen;
pub mod reply;
pub mod report_check;
pub mod request_check;
pub mod request_info;
pub mod resume;
pub mod return_work;
pub mod rework;
pub mod submit_result;
pub mod supervise;
pub mod supplement;
pub mod suspend;
pub mod take_over;
pub mod transfer;
pub mod unmerge;
pub mod void;
pub mod withdraw;

/// Declares the commands: variant, code name, Chinese name, and the type with its rules.
macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident $code:literal $zh:literal $type:ty,)+) => {
        codes! {
            /// The commands by name.
            CommandKind "command" { $($(#[$doc])* $name $code $zh,)+ }
        }

        /// A command with its facts.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        #[serde(tag = "command", rename_all = "snake_case")]
        pub enum Command {
            $($(#[$doc])* $name($type),)+
        }

        impl Command {
            /// Its name.
            #[must_use]
            pub const fn kind(&self) -> CommandKind {
                match self { $(Self::$name(_) => CommandKind::$name,)+ }
            }

            /// What it makes happen, if it may be.
            pub(crate) fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
                match self { $(Self::$name(command) => command.decide(scene),)+ }
            }
        }

        impl CommandKind {
            /// The states it can be given in.
            #[must_use]
            pub const fn states(self) -> &'static [State] {
                match self { $(Self::$name => <$type>::FROM,)+ }
            }

            /// Who may give it.
            #[must_use]
            pub const fn by(self) -> By {
                match self { $(Self::$name => <$type>::BY,)+ }
            }

            /// Whether it names a reason of the rules.
            #[must_use]
            pub const fn gives_reason(self) -> bool {
                match self { $(Self::$name => <$type>::GIVES_REASON,)+ }
            }

            /// What stands in the way besides state and authority.
            pub(crate) fn guard(self, scene: &Scene<'_>) -> Result<(), Refusal> {
                match self { $(Self::$name => <$type>::guard(scene),)+ }
            }
        }

        $(impl From<$type> for Command {
            fn from(command: $type) -> Self {
                Self::$name(command)
            }
        })+
    };
}

commands! {
    // The desk
    /// Takes the incident on.
    Accept "accept" "受理" accept::Accept,
    /// Says that it is no matter for grid governance.
    Decline "decline" "不予受理" decline::Decline,
    /// Asks the reporter for more.
    RequestInfo "request_info" "要求补充" request_info::RequestInfo,
    /// Gives more information.
    Supplement "supplement" "补充材料" supplement::Supplement,
    /// Sends it to an organisation, or to the desk itself.
    Dispatch "dispatch" "派遣" dispatch::Dispatch,
    /// Takes back what was sent and not yet taken on.
    Withdraw "withdraw" "撤回" withdraw::Withdraw,
    /// One level up.
    Escalate "escalate" "升级" escalate::Escalate,
    /// One level down.
    HandDown "hand_down" "下派" hand_down::HandDown,
    /// To another desk of the same level.
    Transfer "transfer" "移送" transfer::Transfer,
    /// The desk above takes over what is not accepted.
    TakeOver "take_over" "接管" take_over::TakeOver,
    /// To an authority outside grid governance.
    Refer "refer" "转出" refer::Refer,
    /// Says what it is, how bad, or where, after all.
    Correct "correct" "更正" correct::Correct,
    /// Another report of the same matter stands for it.
    Merge "merge" "并案" merge::Merge,
    /// It is a matter of its own after all.
    Unmerge "unmerge" "撤销并案" unmerge::Unmerge,
    /// It was reported by mistake.
    Void "void" "作废" void::Void,
    // The work
    /// The organisation takes the work on.
    Acknowledge "acknowledge" "签收" acknowledge::Acknowledge,
    /// The organisation sends the work back.
    Return "return" "退回" return_work::Return,
    /// The organisation asks the desk above whose duty it is.
    Dispute "dispute" "申请裁定" dispute::Dispute,
    /// The desk above says whose duty it is.
    Arbitrate "arbitrate" "裁定" arbitrate::Arbitrate,
    /// Somebody is on site.
    Arrive "arrive" "到场" arrive::Arrive,
    /// Calls other organisations in (吹哨).
    CallIn "call_in" "吹哨" call_in::CallIn,
    /// An organisation that helps answers (应哨).
    Answer "answer" "应哨" answer::Answer,
    /// Asks for more time.
    Extend "extend" "申请延期" extend::Extend,
    /// Asks that work stands still.
    Suspend "suspend" "申请挂账" suspend::Suspend,
    /// Work goes on.
    Resume "resume" "恢复办理" resume::Resume,
    /// The organisation hands in its result.
    SubmitResult "submit_result" "提交结果" submit_result::SubmitResult,
    // The end
    /// Sends a grid worker to look at the result.
    RequestCheck "request_check" "派员核查" request_check::RequestCheck,
    /// Says what was found on site.
    ReportCheck "report_check" "反馈核查" report_check::ReportCheck,
    /// The desk wants more work done.
    Rework "rework" "返工" rework::Rework,
    /// The desk is satisfied, or knows that nothing more can be done.
    Close "close" "结案" close::Close,
    /// Closes without a result.
    ForceClose "force_close" "强制结案" force_close::ForceClose,
    /// Asks how it was settled.
    FollowUp "follow_up" "回访" follow_up::FollowUp,
    /// A closed incident is not settled after all.
    Reopen "reopen" "重新办理" reopen::Reopen,
    // Beside the way
    /// A second person agrees.
    Approve "approve" "批准" approve::Approve,
    /// A second person disagrees.
    Reject "reject" "驳回" reject::Reject,
    /// Asks to hurry.
    Remind "remind" "催办" remind::Remind,
    /// Watches it.
    Supervise "supervise" "督办" supervise::Supervise,
    /// Answers who watches.
    Reply "reply" "督办回复" reply::Reply,
    /// Watches no more.
    Lift "lift" "解除督办" lift::Lift,
    /// Attaches mediation, a court, a hearing, a leader, the police, the hotline or help.
    Link "link" "建立联动" link::Link,
    /// Tells what happened in what is attached.
    Record "record" "登记联动进展" record::Record,
    /// Ends what is attached.
    Conclude "conclude" "联动办结" conclude::Conclude,
    /// Somebody takes part.
    Involve "involve" "登记参与人员" involve::Involve,
    /// More photos.
    AddPhotos "add_photos" "补充照片" add_photos::AddPhotos,
    /// A remark.
    Comment "comment" "备注" comment::Comment,
}

/// The rules of a command.
pub(crate) trait Rule {
    /// The states it can be given in.
    const FROM: &'static [State];
    /// Who may give it.
    const BY: By;
    /// Whether it names a reason of the rules.
    const GIVES_REASON: bool = false;

    /// What stands in the way besides state and authority, whatever the facts of the command.
    fn guard(_: &Scene<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    /// What it makes happen.
    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal>;
}

/// What an event changes.
pub(crate) trait Effect {
    /// Changes `case`. Decisions and history go through this door.
    fn apply(&self, case: &mut Case, stamp: Stamp);
}

/// Who may give a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// The desk that answers for it, or answered last.
    Desk,
    /// That desk, or one that let it lapse.
    DeskOrLate,
    /// The desk directly above that one.
    Superior,
    /// That desk or any above it, the city's among them.
    DeskOrAbove,
    /// That desk or any above it that holds incidents.
    Closer,
    /// The desk of its county, or of the city.
    County,
    /// The desk that sent it, while it is not taken on.
    Sender,
    /// Who decides disputes: the desk above, at the top the desk itself.
    Arbiter,
    /// The organisation that leads the work, or led it last.
    Lead,
    /// An organisation that assists.
    Assist,
    /// The desk, or the organisation that leads the work.
    DeskOrLead,
    /// The reporter, or the desk for the reporter.
    ReporterOrDesk,
    /// The grid worker who was sent to look.
    Checker,
    /// The desk that watches it.
    Watcher,
    /// That desk or any above it, or an organisation that works on it.
    Involved,
    /// Its reporter, the grid worker who was sent to look, or whoever is involved.
    Witness,
    /// Who sees it in full.
    Reader,
}

/// Everything a decision looks at. What stands in the database was looked up before and is in the command.
#[derive(Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub case: &'a Case,
    pub actor: &'a Actor,
    pub at: Instant,
    pub rules: &'a Rules,
    pub ground: &'a Ground,
}

/// What a decision makes happen: events in order with their words, and what is remarkable.
pub(crate) struct Happening {
    pub events: Vec<(EventBody, Vec<Remark>)>,
    pub warnings: Vec<Warning>,
}

impl Happening {
    /// One event without words.
    pub fn of(body: impl Into<EventBody>) -> Self {
        Self { events: vec![(body.into(), Vec::new())], warnings: Vec::new() }
    }

    /// Words for colleagues go with the latest event.
    pub fn noting(self, text: &Text) -> Self {
        self.saying(Label::Text, Audience::Internal, text)
    }

    /// Words for the reporter go with the latest event.
    pub fn telling(self, text: &Text) -> Self {
        self.saying(Label::Text, Audience::Reporter, text)
    }

    /// Words go with the latest event.
    pub fn saying(mut self, label: Label, audience: Audience, text: &Text) -> Self {
        if let Some((_, remarks)) = self.events.last_mut() {
            remarks.push(Remark { label, audience, text: text.clone() });
        }
        self
    }

    /// And then this.
    pub fn then(mut self, more: Self) -> Self {
        self.events.extend(more.events);
        self.warnings.extend(more.warnings);
        self
    }

    /// Something deserves a second look.
    pub fn warning(mut self, warning: Option<Warning>) -> Self {
        self.warnings.extend(warning);
        self
    }
}

/// What reaches a desk: its clocks by `rules`, and who stands above it.
pub(crate) fn arrival(
    desk: OrganisationCode,
    (category, severity): (CategoryCode, Severity),
    at: Instant,
    rules: &Rules,
    ground: &Ground,
) -> Arrival {
    Arrival {
        desk,
        superior: superior_desk(desk, &ground.organisations),
        accept: rules.accept_due(severity, at),
        on_lapse: rules.on_lapse(category, severity),
        ceiling: rules.ceiling(category, desk.unit.level(), at),
    }
}

impl Scene<'_> {
    /// What reaches `desk` now.
    pub fn arrival(&self, desk: OrganisationCode) -> Arrival {
        let incident = &self.case.incident;
        arrival(desk, (incident.category, incident.severity), self.at, self.rules, self.ground)
    }

    /// What reaches `organisation` now as the lead, with something to take on or not.
    pub fn work(&self, organisation: OrganisationCode, taken_on: bool) -> Work {
        let incident = &self.case.incident;
        let clocks = WorkClocks {
            receipt: (!taken_on).then(|| self.rules.receipt_due(self.at)),
            response: Some(self.rules.response_due(incident.severity, self.at)),
            handle: self.rules.handle_due(incident.category, self.case.has_risen(), self.at),
        };
        Work { organisation, clocks }
    }

    /// `reason`, if the rules list it for `command`.
    pub fn reason(&self, command: CommandKind, reason: &ReasonCode) -> Result<ReasonCode, Refusal> {
        if self.rules.knows(command, reason) {
            return Ok(reason.clone());
        }
        let known = self.rules.reasons(command).iter().map(|known| known.code.clone()).collect();
        Err(Refusal::UnknownReason { command, given: reason.clone(), known })
    }

    /// `organisation`, if it is one of the desk's own unit.
    pub fn of_own_unit(&self, organisation: OrganisationCode) -> Result<OrganisationCode, Refusal> {
        let unit = self.actor.organisation.unit;
        if organisation.unit == unit && self.ground.organisations.contains(organisation) {
            Ok(organisation)
        } else {
            Err(Refusal::ForeignOrganisation { to: organisation, unit })
        }
    }

    /// Every running clock again after its pauses, on the limits it has.
    pub fn clocks_after_pauses(&self) -> Vec<Moved> {
        crate::schedule::after_pauses(self.case, self.at, self.rules)
    }
}

/// Whether `organisation` is a department and no desk.
pub(crate) fn is_department(organisation: OrganisationCode) -> bool {
    organisation.kind != OrganisationKind::Desk
}

/// The level under whose custody it stands; there always is one.
pub(crate) fn level(case: &Case) -> Level {
    case.level().unwrap_or(Level::County)
}
