//! The trait that every command implements, and the parties that may give a command.

use crate::{
    commands::{context::CommandContext, effects::Effects},
    incident::State,
    refusal::Refusal,
};

/// The rules of a command.
pub(crate) trait Rule {
    /// The states of the incident in which the command is allowed.
    const FROM: &'static [State];
    /// The states that the command may lead to. Empty if the incident keeps its state.
    const TO: &'static [State] = &[];
    /// Who may give the command.
    const BY: By;
    /// Whether the command names a reason code from the rules.
    const GIVES_REASON: bool = false;

    /// Checks further conditions on the case, such as a maximum count. They do not depend on the facts of the command.
    fn guard(_: &CommandContext<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    /// Checks the facts of the command and returns its events.
    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal>;
}

/// Who may give a command.
///
/// The holding desk is the desk of the latest custody leg. After the incident has ended it is the desk that held the
/// incident last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// The holding desk.
    Desk,
    /// The holding desk, or a desk that did not accept in time before an automatic escalation.
    DeskOrLate,
    /// The desk directly above the holding desk.
    Superior,
    /// The holding desk or any desk above it, up to the city.
    DeskOrAbove,
    /// The holding desk or any desk above it, up to the county.
    Closer,
    /// The desk of the county or of the city.
    County,
    /// The desk that sent the incident or the work, until the recipient takes it on.
    Sender,
    /// The desk that decides disputes: the desk directly above the holding desk. The holding desk decides itself if no
    /// desk is above it or the incident is restricted.
    Arbiter,
    /// The organisation that leads the work, or led it last.
    Lead,
    /// An organisation that assists.
    Assist,
    /// The holding desk, or the organisation that leads the work.
    DeskOrLead,
    /// The reporter, or the caretaker who replaces the reporter.
    Reporter,
    /// The reporter, or the holding desk on behalf of the reporter.
    ReporterOrDesk,
    /// The grid worker who was asked to check the result on site.
    Checker,
    /// The supervising desk.
    Watcher,
    /// The holding desk, any desk above it, or an organisation that works on the incident.
    Involved,
    /// The reporter, the grid worker who checks the result, or any party of [`Involved`](Self::Involved).
    PhotoContributor,
    /// Anybody who sees the incident in full, and the reporter.
    Reader,
}
