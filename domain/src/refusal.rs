//! Refusals: why a command or a report cannot be.

use crate::{
    command_kind::CommandKind,
    geography::unit::UnitCode,
    hash::Hash,
    ids::IncidentId,
    incident::{State, linkage::LinkageError, proceedings::RequestKind},
    organisation::OrganisationCode,
    rules::{
        category::{CategoryCode, Severity},
        duty_list::DutyRole,
        reason::ReasonCode,
    },
    time::{
        Instant,
        deadline::{Limit, LimitUnit},
    },
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
    #[error("only {desk} may {command} it")]
    OnlyDesk { command: CommandKind, desk: OrganisationCode },
    #[error("only the desk that answers for the incident, {desk}, or a desk above it may {command} it")]
    OnlyDeskOrAbove { command: CommandKind, desk: OrganisationCode },
    #[error("only the county may {command} it")]
    OnlyCounty { command: CommandKind },
    #[error("the incident was not sent by another desk")]
    NothingSent,
    #[error("your organisation does not assist with the incident")]
    NotAssisting,
    #[error("only the desk that answers for the incident, one above it, or who works on it may {command} it")]
    NotInvolved { command: CommandKind },
    #[error("nothing that goes on is attached to the incident")]
    NothingLinked,
    #[error(transparent)]
    Linkage(#[from] LinkageError),
    #[error("you were not sent to look at the incident")]
    NotSentToCheck,
    #[error("your role may never {command} an incident")]
    NeverYours { command: CommandKind },
    #[error("only those who see the incident in full may do this")]
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
    #[error("{given} is no reason to {command}; one of those listed is")]
    UnknownReason { command: CommandKind, given: ReasonCode, known: Vec<ReasonCode> },
    #[error("an incident can be met with {command} at most {most} times")]
    TooOften { command: CommandKind, most: u32 },
    #[error("{given} is too long or nothing; 1 to {most} is right")]
    TooLong { given: u32, most: u32, unit: LimitUnit },
    #[error("work can be sent back within {limit} only")]
    ReturnTooLate { limit: Limit },
    #[error("send it back first; the desk above decides once that is used up")]
    ReturnFirst,
    #[error("it is decided or answered already")]
    DecidedAlready,
    #[error("nobody disputes whose duty it is")]
    NothingDisputed,
    #[error("{to} has {duty} for this category; say that it goes there all the same")]
    OutsideDuty { to: OrganisationCode, duty: DutyRole },
    #[error("at most {most} organisations can assist")]
    TooManyAssists { most: usize },
    #[error("{organisation} cannot assist: it leads, is named twice, is a desk or is out of reach")]
    CannotAssist { organisation: OrganisationCode },
    #[error("name at least one organisation")]
    NobodyCalled,
    #[error("somebody was on site already")]
    ArrivedAlready { at: Instant },
    #[error("{to} is not a desk directly below that the incident lies in")]
    NotBelow { to: OrganisationCode },
    #[error("there is no desk below that may have it")]
    NothingBelow,
    #[error("{to} is not another desk of the same level")]
    NotBeside { to: OrganisationCode },
    #[error("the desk below can still accept it; it can be taken over later")]
    TooEarly { after: Instant },
    #[error("another request waits for a decision")]
    RequestOpen { kind: RequestKind },
    #[error("nothing waits for a decision")]
    NothingAsked,
    #[error("a second person has to decide, of a desk at least as high")]
    SecondPerson,
    #[error("the limit has passed; ask before it does")]
    OverdueAlready { since: Instant },
    #[error("you have it yourself")]
    YoursAlready,
    #[error("the time given is over already")]
    NotInTheFuture { given: Instant },
    #[error("{by}, a desk above, watches it already")]
    WatchedFromAbove { by: OrganisationCode },
    #[error("nobody watches it")]
    NotSupervised,
    #[error("it began by itself and ends by itself")]
    EndsByItself,
    #[error("what is restricted, or passes over the village, is not shown to grid workers")]
    RestrictedCheck,
    #[error("a grid worker was sent and has not answered yet")]
    CheckOpen,
    #[error("that account is no grid worker of the grid it happened in")]
    NoWorkerOfTheGrid,
    #[error("{given} is no grade; 1 to 5 are")]
    NoGrade { given: u8 },
    #[error("category {category} does not exist")]
    UnknownCategory { category: CategoryCode },
    #[error("nothing is different from before")]
    NothingCorrected,
    #[error("there is no incident {id} that you see in full")]
    NoSuchIncident { id: IncidentId },
    #[error("{id} is {state} and cannot stand for another")]
    CannotStandFor { id: IncidentId, state: State },
    #[error("{others} other reports wait for it; unmerge them first")]
    StandsForOthers { others: u32 },
    #[error("{id} is about something else")]
    AnotherMatter { id: IncidentId },
    #[error("{id} was reported later; merge that one into this")]
    LaterReport { id: IncidentId },
    #[error("photos are off in category {category}, to protect those who could be seen")]
    PhotosOff { category: CategoryCode },
    #[error("at most {most} photos are taken")]
    TooManyPhotos { most: usize },
    #[error("the photo {sha256} is named already")]
    PhotoNamedTwice { sha256: Hash },
    #[error("name at least one photo")]
    NoPhotos,
    #[error("category {category} asks for a photo of the work")]
    AfterPhotoMissing { category: CategoryCode },
    #[error("it was merged more than {hours} hours ago")]
    UnmergeTooLate { hours: u32 },
}
