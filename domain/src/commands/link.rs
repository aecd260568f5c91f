//! Link (建立联动): opens a linkage: mediation, court, hearing, responsible leader, police, hotline or referral to help.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::{
    commands::{
        context::CommandContext,
        effects::Effects,
        linkage::LINKAGE_STATES,
        rule::{By, Rule},
    },
    events::linkages::Linked,
    incident::{
        State,
        case::next,
        linkage::{LinkageDetails, LinkageError, LinkageKind, LinkageOutcome, Officer},
        remark::Label,
    },
    refusal::Refusal,
    rules::category::Flag,
    text::Text,
    time::{Instant, china_date, clock::Deadline, start_of_day},
};

/// The most linkages that one incident may have.
pub const MAX_LINKAGES: usize = 20;
/// The fewest officers of a hearing. The number of officers is always odd.
const MIN_OFFICERS: usize = 3;

/// Opens a linkage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Link {
    /// Kind and facts of the linkage.
    pub opening: LinkageDetails,
    /// Remarks, each with its label.
    pub words: Vec<(Label, Text)>,
}

impl Rule for Link {
    const FROM: &'static [State] = LINKAGE_STATES;
    const BY: By = By::Involved;

    fn guard(context: &CommandContext<'_>) -> Result<(), Refusal> {
        if context.case.linkages().len() >= MAX_LINKAGES {
            return Err(LinkageError::TooMany { most: MAX_LINKAGES }.into());
        }
        Ok(())
    }

    fn decide(&self, context: &CommandContext<'_>) -> Result<Effects, Refusal> {
        let kind = self.opening.kind();
        if !context.case.incident.state.is_open() && !kind.follows_closing() {
            return Err(LinkageError::ClosedAlready { kind }.into());
        }
        let LinkageDeadlines { due, visit } = check(&self.opening, context)?;
        let number = next(context.case.linkages().len());
        let by = context.actor.organisation;
        let effects = Effects::of(Linked { number, by, opening: self.opening.clone(), due, visit });
        Ok(effects.with_linkage_remarks(kind, &self.words))
    }
}

/// The deadlines of a new linkage, where the rules set any.
#[derive(Default)]
struct LinkageDeadlines {
    /// When the linkage should end.
    due: Option<Deadline>,
    /// When the first visit is due after a police call.
    visit: Option<Deadline>,
}

/// Checks the facts of a new linkage and computes its deadlines.
fn check(opening: &LinkageDetails, context: &CommandContext<'_>) -> Result<LinkageDeadlines, LinkageError> {
    let limits = context.rules.book().linkages;
    let until = |limit, from| Some(context.rules.linkage_due(limit, from));
    match opening {
        LinkageDetails::Mediation { .. } => {
            require_mediation_allowed(context)?;
            Ok(LinkageDeadlines { due: until(limits.mediation, context.at), visit: None })
        }
        LinkageDetails::CourtLinkage { .. } => {
            require_mediation_allowed(context)?;
            Ok(LinkageDeadlines { due: until(limits.court, context.at), visit: None })
        }
        LinkageDetails::JudicialConfirmation { mediation, applied_on } => {
            check_confirmation(*mediation, *applied_on, context)?;
            Ok(LinkageDeadlines::default())
        }
        LinkageDetails::Hearing { held_at, public, officers, notified_on } => {
            check_hearing(*held_at, *public, officers, *notified_on, context)?;
            Ok(LinkageDeadlines::default())
        }
        LinkageDetails::CaseLeadership { due_on, .. } if *due_on < china_date(context.at) => {
            Err(LinkageError::DatePassed { given: *due_on })
        }
        LinkageDetails::PoliceLinkage { received_at, .. } => {
            context.require_not_future(*received_at)?;
            Ok(LinkageDeadlines {
                due: until(limits.police_feedback, *received_at),
                visit: until(limits.police_visit, *received_at),
            })
        }
        LinkageDetails::HotlineOrder { received_at, .. } => {
            context.require_not_future(*received_at)?;
            Ok(LinkageDeadlines { due: until(limits.hotline, *received_at), visit: None })
        }
        LinkageDetails::CaseLeadership { .. } | LinkageDetails::Referral { .. } => {
            Ok(LinkageDeadlines::default())
        }
    }
}

/// Refuses mediation if the rules do not allow it for the category, for example for violence.
fn require_mediation_allowed(context: &CommandContext<'_>) -> Result<(), LinkageError> {
    let category = context.case.incident.category;
    match context.rules.category(category) {
        Some(known) if known.has(Flag::Mediation) => Ok(()),
        Some(_) | None => Err(LinkageError::NotMediable { category }),
    }
}

/// Checks an application for judicial confirmation of the agreement of mediation `number`.
///
/// The parties have to apply within thirty days of their agreement: People's Mediation Law (人民调解法), Article 33; Civil
/// Procedure Law (民事诉讼法), special procedure for confirming mediation agreements.
fn check_confirmation(
    number: u32,
    applied_on: NaiveDate,
    context: &CommandContext<'_>,
) -> Result<(), LinkageError> {
    let mediation = context.case.linkage(number).filter(|linkage| linkage.kind() == LinkageKind::Mediation);
    let agreement = mediation
        .and_then(|linkage| linkage.end)
        .filter(|end| end.conclusion == LinkageOutcome::Agreed)
        .ok_or(LinkageError::NoAgreement { number })?;
    let days = context.rules.book().linkages.confirmation_days;
    let from = china_date(agreement.at);
    let last = from.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX);
    if applied_on < from || applied_on > last {
        return Err(LinkageError::ConfirmationLate { from, last });
    }
    context.require_not_future(start_of_day(applied_on))
}

/// Checks number of officers, openness and notice period of a hearing.
fn check_hearing(
    held_at: Instant,
    public: bool,
    officers: &[Officer],
    notified_on: NaiveDate,
    context: &CommandContext<'_>,
) -> Result<(), LinkageError> {
    if officers.len() < MIN_OFFICERS || officers.len().is_multiple_of(2) {
        return Err(LinkageError::Officers { given: officers.len() });
    }
    if public && context.case.incident.restricted {
        return Err(LinkageError::RestrictedHearing);
    }
    context.require_not_future(start_of_day(notified_on))?;
    let book = context.rules.book();
    let given = book.calendar.workdays_between(notified_on, china_date(held_at));
    let least = book.linkages.hearing_notice_days;
    if given < least { Err(LinkageError::NoticeShort { given, least }) } else { Ok(()) }
}
