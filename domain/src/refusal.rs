//! Refusals: why a command or a report cannot be.

use crate::{
    category::{CategoryCode, Severity},
    command::CommandKind,
    incident::State,
    organisation::OrganisationCode,
    unit::UnitCode,
};

/// Why the rules say no. What the caller could do instead is told at the edge, from the same facts.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum Refusal {
    #[error("your role may not send in reports")]
    MayNotReport,
    #[error("only the desk that holds the incident, {desk}, may {command} it")]
    NotYourDesk { command: CommandKind, desk: OrganisationCode },
    #[error("only {organisation}, which works on the incident, may {command} it")]
    NotYourWork { command: CommandKind, organisation: OrganisationCode },
    #[error("only the desk that closed the incident, {desk}, or a desk above it may reopen it")]
    NotYoursToReopen { desk: OrganisationCode },
    #[error("your role may never {command} an incident")]
    NeverYours { command: CommandKind },
    #[error("only those who see the incident in full may comment on it")]
    NotInFullView,
    #[error("an incident that is {state} cannot be met with {command}")]
    WrongState { command: CommandKind, state: State },
    #[error("the incident was returned {returned} times already; the desk above decides now")]
    ReturnedTooOften { returned: u32 },
    #[error("{to} does not belong to {unit}; a desk dispatches within its own unit")]
    ForeignOrganisation { to: OrganisationCode, unit: UnitCode },
    #[error("who did the work cannot verify it; another person of the desk has to")]
    OwnWork,
    #[error("there is no desk above this one")]
    NoSuperior,
    #[error("the incident was closed more than {days} days ago; report it anew")]
    ReopenTooLate { days: u32 },
    #[error("category {category} cannot be settled on the spot")]
    NotOnSpot { category: CategoryCode },
    #[error("an incident of severity {severity} cannot be settled on the spot")]
    TooSevereOnSpot { severity: Severity },
    #[error("what is settled on the spot must lie in a village with a desk")]
    NoVillageOnSpot,
    #[error("only grid workers settle matters on the spot")]
    OnSpotByGridWorker,
    #[error("the place cannot be told: it lies in no known grid")]
    PlaceUnknown,
    #[error("no desk above the place exists")]
    NoDesk,
}
