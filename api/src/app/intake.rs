//! Intake: makes one incident from a report, even if the report is sent several times.

use std::sync::Arc;

use crate::{
    app::{
        App,
        error::{AppError, IncidentError},
        incidents::{IncidentDetail, PublicReply, VisibleIncident, detail, opening},
        report_fields::{ReportInput, check},
        snapshot::Snapshot,
    },
    query_code,
    random::random_bytes,
};
use grassroots_domain::{
    account::Actor,
    events::reporting::Reported,
    geography::{
        place::{Place, is_far, locate},
        position::Position,
    },
    incident::source::{ExternalNo, Source},
    open::{Report, open},
    reading::visibility::{Visibility, visible},
    refusal::Refusal,
    time::Instant,
};
use grassroots_persistence::{
    database::{db::Db, error::StoreError},
    incident::{
        external_numbers,
        incidents::{self, IncidentRecord},
        intake::NewIncident,
        reports::{self, ReportContent},
    },
};

/// The result of sending a report.
#[derive(Debug)]
pub enum IntakeResult {
    /// The report is new.
    Opened(IncidentDetail),
    /// The report was received before. Holds the incident in its current state.
    Repeated(IncidentDetail),
}

/// Checks the report of `actor`, finds its grid and its first desk, and writes the incident in one transaction.
///
/// # Errors
/// When fields are wrong, the rules refuse the report, or the id belongs to another report.
pub async fn report(app: &App, actor: Arc<Actor>, sent: ReportInput) -> Result<IntakeResult, AppError> {
    let now = app.clock.now();
    let snapshot = app.snapshots.current();
    let refusal = match Opened::new(&sent, &actor, now, &snapshot) {
        Ok(opened) => match app.intake.write(Arc::clone(&opened.opening)).await? {
            Some(key) => return Ok(IntakeResult::Opened(opened.detail(key, &actor))),
            None => None,
        },
        Err(refusal) => Some(refusal),
    };
    // A repeat must succeed even if the category or the reporter's account has changed since the first report.
    match (repeated(app, actor, &sent, now).await, refusal) {
        (Ok(Some(detail)), _) => Ok(IntakeResult::Repeated(detail)),
        // A caller whose report is refused must not learn which ids exist.
        (
            Ok(None)
            | Err(AppError::Incident(IncidentError::IdTaken | IncidentError::ExternalNoTaken { .. })),
            Some(refusal),
        ) => Err(refusal),
        (Err(error), _) => Err(error),
        // This should not happen: `write` has just found the id, and incidents are never deleted.
        (Ok(None), None) => Err(StoreError::Conflict.into()),
    }
}

/// A checked report and the decision about it.
struct Opened {
    opening: Arc<NewIncident>,
    reported: Reported,
    replies: Vec<PublicReply>,
}

impl Opened {
    fn new(
        sent: &ReportInput,
        actor: &Actor,
        now: Instant,
        snapshot: &Arc<Snapshot>,
    ) -> Result<Self, AppError> {
        let refused = |refusal| AppError::refused(refusal, snapshot);
        if !actor.may_report() {
            return Err(refused(Refusal::MayNotReport));
        }
        let rules = snapshot.rules.as_ref().ok_or(IncidentError::CannotReport)?;
        let checked = check(sent, now, Some(rules)).map_err(AppError::Invalid)?;
        let (place, located) =
            locate(checked.content.position.as_ref(), actor.area(), &snapshot.reference_data.grids)
                .ok_or_else(|| refused(Refusal::PlaceUnknown))?;
        let category = rules.category(checked.category).ok_or(IncidentError::CannotReport)?;
        // Residents come to the window of a desk; grid workers see things themselves.
        let usual = if actor.desk().is_some() { Source::ResidentReport } else { Source::GridPatrol };
        let report = Report {
            severity: checked.severity,
            on_spot: checked.on_spot,
            photos: checked.photos,
            source: checked.source.unwrap_or(usual),
            external_no: checked.external_no,
            keep: sent.keep,
            located,
            far_from: far_from(&place, checked.content.position.as_ref(), actor, snapshot),
            ..Report::new(sent.id, category, place)
        };
        let decision = open(&report, actor, now, rules, &snapshot.reference_data).map_err(refused)?;
        let reported = decision.events.first().and_then(|first| opening(&first.event.body));
        let replies = decision.events.iter().flat_map(|decided| {
            let at = decided.event.at;
            decided
                .remarks
                .iter()
                .map(move |remark| PublicReply { at, text: remark.text.as_str().to_owned() })
        });
        let replies = replies.collect();
        let warnings = checked.warnings.into_iter().chain(located.warning()).chain(decision.warnings.clone());
        let content = ReportContent {
            warnings: warnings.map(|warning| warning.as_str().to_owned()).collect(),
            ..checked.content
        };
        let opening =
            NewIncident::new(decision, query_code::secret(), content, &|| random_bytes::<16>().to_vec())?;
        Ok(Self {
            opening: Arc::new(opening),
            reported: reported.ok_or_else(|| refused(Refusal::NoDesk))?,
            replies,
        })
    }

    /// The answer to the reporter, after the incident was written under `key`.
    fn detail(self, key: i64, actor: &Actor) -> IncidentDetail {
        let NewIncident { case, query_secret, report, .. } = Arc::unwrap_or_clone(self.opening);
        IncidentDetail {
            stands_for: None,
            photos_here: 0,
            replies: self.replies,
            reported: self.reported,
            found: VisibleIncident {
                visibility: visible(actor, &case),
                stored: IncidentRecord { key, query_secret, case },
                report: Some(report),
            },
        }
    }
}

/// The error for a number of a source that another incident has. The caller learns which one only if it is visible to them.
fn entered_before(
    db: &mut Db,
    actor: &Actor,
    source: Source,
    number: &ExternalNo,
) -> Result<Option<IncidentDetail>, AppError> {
    let Some(incident) = external_numbers::find(db, source, number)? else { return Ok(None) };
    let stored = incidents::find(db, incident)?;
    let seen = stored.filter(|stored| visible(actor, &stored.case) != Visibility::None);
    Err(IncidentError::ExternalNoTaken { incident: seen.map(|_| incident) }.into())
}

/// The name of the reporter's unit, if the reporter works elsewhere and the position is far from there.
fn far_from(
    place: &Place,
    position: Option<&Position>,
    actor: &Actor,
    snapshot: &Snapshot,
) -> Option<String> {
    let (unit, reference_data) = (actor.organisation.unit, &snapshot.reference_data);
    let position = position.filter(|_| !place.lies_in(unit))?;
    is_far(position, actor.area(), &reference_data.grids)
        .then(|| reference_data.units.plain_names_above(unit) + &reference_data.units.plain_name(unit))
}

/// Returns the incident of the same report, if it was received before.
async fn repeated(
    app: &App,
    actor: Arc<Actor>,
    sent: &ReportInput,
    now: Instant,
) -> Result<Option<IncidentDetail>, AppError> {
    let Ok(checked) = check(sent, now, None) else { return Ok(None) };
    let number = checked.source.zip(checked.external_no);
    let (id, sent) = (sent.id, checked.content.content_hash);
    app.store
        .read(move |db| {
            let Some(stored) = incidents::find(db, id)? else {
                return match number {
                    Some((source, number)) => entered_before(db, &actor, source, &number),
                    None => Ok(None),
                };
            };
            if stored.case.incident().reporter != actor.account {
                return Err(IncidentError::IdTaken.into());
            }
            match reports::get(db, stored.key)? {
                Some(content) if content.content_hash == sent => {
                    // A reporter who can no longer see the incident gets its summary.
                    let visibility = match visible(&actor, &stored.case) {
                        Visibility::None => Visibility::Summary,
                        seen @ (Visibility::Summary
                        | Visibility::Own
                        | Visibility::Former { .. }
                        | Visibility::Full) => seen,
                    };
                    Ok(Some(detail(db, VisibleIncident { stored, report: Some(content), visibility })?))
                }
                Some(content) => {
                    Err(IncidentError::ReportConflict { stored: content.content_hash, sent }.into())
                }
                // The report was erased, so nothing can be compared.
                None => Err(IncidentError::IdTaken.into()),
            }
        })
        .await
}
