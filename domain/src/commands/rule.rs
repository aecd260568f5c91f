//! The rules that each command states.

use crate::{
    commands::{context::CommandContext, effects::Effects},
    incident::State,
    refusal::Refusal,
};

/// The rules of a command.
pub(crate) trait Rule {
    /// The states it can be given in.
    const FROM: &'static [State];
    /// Who may give it.
    const BY: By;
    /// Whether it names a reason of the rules.
    const GIVES_REASON: bool = false;

    /// What stands in the way besides state and authority, whatever the facts of the command.
    fn guard(_: &CommandContext<'_>) -> Result<(), Refusal> {
        Ok(())
    }

    /// What it makes happen.
    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal>;
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
    PhotoContributor,
    /// Who sees it in full.
    Reader,
}
