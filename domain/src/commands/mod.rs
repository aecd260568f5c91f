//! Commands that a person can give on an incident. The file of a command holds its facts, the allowed states, the
//! allowed actors, its checks and the events that it causes.

use serde::{Deserialize, Serialize};

use self::{
    accept::Accept,
    accept_and_dispatch::AcceptAndDispatch,
    acknowledge::Acknowledge,
    add_photos::AddPhotos,
    answer::Answer,
    approve::Approve,
    arbitrate::Arbitrate,
    arrive::Arrive,
    call_in::CallIn,
    close::Close,
    comment::Comment,
    conclude::Conclude,
    context::CommandContext,
    correct::Correct,
    decline::Decline,
    dispatch::Dispatch,
    dispute::Dispute,
    effects::Effects,
    escalate::Escalate,
    extend::Extend,
    follow_up::FollowUp,
    force_close::ForceClose,
    hand_down::HandDown,
    involve::Involve,
    lift::Lift,
    link::Link,
    merge::Merge,
    object::Object,
    record::Record,
    redispatch::Redispatch,
    refer::Refer,
    reject::Reject,
    remind::Remind,
    reopen::Reopen,
    reply::Reply,
    report_check::ReportCheck,
    request_check::RequestCheck,
    request_info::RequestInfo,
    resume::Resume,
    return_work::Return,
    rework::Rework,
    rule::{By, Rule},
    settle::Settle,
    submit_result::SubmitResult,
    supervise::Supervise,
    supplement::Supplement,
    suspend::Suspend,
    take_over::TakeOver,
    transfer::Transfer,
    unmerge::Unmerge,
    void::Void,
    withdraw::Withdraw,
    withdraw_report::WithdrawReport,
};
use crate::{command_kind::CommandKind, incident::State, refusal::Refusal};

pub mod accept;
pub mod accept_and_dispatch;
pub mod acknowledge;
pub mod add_photos;
pub mod answer;
pub(crate) mod approval;
pub mod approve;
pub mod arbitrate;
pub mod arrive;
mod assignment;
pub mod call_in;
pub mod close;
pub mod comment;
pub mod conclude;
pub(crate) mod context;
pub mod correct;
pub(crate) mod correction;
pub mod decline;
pub mod dispatch;
pub mod dispute;
pub(crate) mod effects;
pub mod escalate;
pub mod extend;
pub mod follow_up;
pub mod force_close;
pub mod hand_down;
pub mod involve;
pub mod lift;
pub mod link;
pub(crate) mod linkage;
pub mod merge;
pub mod object;
pub(crate) mod photo;
pub mod record;
pub mod redispatch;
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
pub mod rule;
pub(crate) mod sequence;
pub mod settle;
pub mod submit_result;
pub mod supervise;
pub mod supplement;
pub mod suspend;
pub mod take_over;
pub mod transfer;
pub mod unmerge;
pub mod void;
pub mod withdraw;
pub mod withdraw_report;

/// Declares [`Command`] with one variant for each type that holds the facts and rules of a command.
macro_rules! commands {
    ($($name:ident,)+) => {
        /// A command with its facts.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        #[serde(tag = "command", rename_all = "snake_case")]
        pub enum Command {
            $($name($name),)+
        }

        impl Command {
            /// The name of the command.
            #[must_use]
            pub const fn kind(&self) -> CommandKind {
                match self { $(Self::$name(_) => CommandKind::$name,)+ }
            }

            /// Checks the facts of the command and returns its events.
            pub(crate) fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
                match self { $(Self::$name(command) => command.decide(context),)+ }
            }
        }

        impl CommandKind {
            /// The states of the incident in which the command is allowed.
            #[must_use]
            pub const fn states(self) -> &'static [State] {
                match self { $(Self::$name => $name::FROM,)+ }
            }

            /// The states that the command may lead to. Empty if the incident keeps its state.
            #[must_use]
            pub const fn leads_to(self) -> &'static [State] {
                match self { $(Self::$name => $name::TO,)+ }
            }

            /// Who may give the command.
            #[must_use]
            pub const fn by(self) -> By {
                match self { $(Self::$name => $name::BY,)+ }
            }

            /// Whether the command names a reason code from the rules.
            #[must_use]
            pub const fn gives_reason(self) -> bool {
                match self { $(Self::$name => $name::GIVES_REASON,)+ }
            }

            /// Checks further conditions on the case, such as a maximum count.
            pub(crate) fn guard(self, context: &CommandContext<'_>) -> Result<(), Refusal> {
                match self { $(Self::$name => $name::guard(context),)+ }
            }
        }

        $(impl From<$name> for Command {
            fn from(command: $name) -> Self {
                Self::$name(command)
            }
        })+
    };
}

commands! {
    Accept,
    AcceptAndDispatch,
    Settle,
    Decline,
    RequestInfo,
    Supplement,
    WithdrawReport,
    Dispatch,
    Redispatch,
    Withdraw,
    Escalate,
    HandDown,
    Transfer,
    TakeOver,
    Refer,
    Correct,
    Merge,
    Unmerge,
    Void,
    Acknowledge,
    Return,
    Dispute,
    Arbitrate,
    Arrive,
    CallIn,
    Answer,
    Extend,
    Suspend,
    Resume,
    SubmitResult,
    RequestCheck,
    ReportCheck,
    Rework,
    Close,
    ForceClose,
    FollowUp,
    Object,
    Reopen,
    Approve,
    Reject,
    Remind,
    Supervise,
    Reply,
    Lift,
    Link,
    Record,
    Conclude,
    Involve,
    AddPhotos,
    Comment,
}
