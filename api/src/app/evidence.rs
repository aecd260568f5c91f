//! Evidence: compares photos with the report and with the photos of other incidents.

use std::collections::BTreeMap;

use grassroots_domain::{
    account::Actor,
    ids::IncidentId,
    incident::{
        State,
        case::Case,
        evidence::{Evidence, Finding, ReportTimes, findings},
        leg::Outcome,
        photo::Phase,
    },
    reading::visibility::{Visibility, sees_reporter, visible},
    rules::category::{Category, Flag},
};
use grassroots_persistence::{
    database::{db::Db, error::StoreResult},
    incident::incidents,
    photo::{
        photos::{self, NamedPhoto},
        pictures::{self, StoredPicture},
    },
};

use crate::app::incidents::VisibleIncident;

/// Most other incidents compared with a photo. The newest are used.
const MOST_ELSEWHERE: usize = 50;
/// Most other incidents listed for a photo.
const MOST_NAMED: usize = 10;

/// The findings about a photo.
#[derive(Clone, PartialEq, Debug)]
pub struct PhotoFindings {
    /// When and where the photo was taken.
    pub evidence: Evidence,
    /// What the officers should look at.
    pub findings: Vec<Finding>,
    /// Other incidents with the same or a similar picture. Lists only incidents that the caller may see.
    pub elsewhere: Vec<IncidentId>,
}

/// Reads the findings about the photos of one incident.
pub(super) struct EvidenceReader<'a> {
    db: &'a mut Db,
    actor: &'a Actor,
    found: &'a VisibleIncident,
    others: BTreeMap<i64, Other>,
}

/// How much the caller may know of another incident.
#[derive(Clone, Copy)]
enum Other {
    /// The caller may see it, at least as a summary.
    Seen(IncidentId),
    /// The caller may know that such an incident exists, but not which.
    Hidden,
    /// The caller must not know that it exists.
    Secret,
}

impl<'a> EvidenceReader<'a> {
    pub(super) const fn new(db: &'a mut Db, actor: &'a Actor, found: &'a VisibleIncident) -> Self {
        Self { db, actor, found, others: BTreeMap::new() }
    }

    /// Reads the findings about a photo. `None` if the photo has not been examined.
    pub(super) fn tell(
        &mut self,
        photo: &NamedPhoto,
        picture: Option<&StoredPicture>,
    ) -> StoreResult<Option<PhotoFindings>> {
        let (Some(evidence), Some(arrived_at)) = (photo.evidence, photo.arrived_at) else { return Ok(None) };
        let mut told = PhotoFindings {
            evidence,
            findings: findings(&evidence, photo.photo.phase, self.times(), arrived_at),
            elsewhere: Vec::new(),
        };
        let (key, sha256) = (self.found.stored.key, photo.photo.sha256);
        let same = photos::incidents_with(self.db, sha256, key, MOST_ELSEWHERE)?;
        self.note(&mut told, Finding::SamePicture, &same)?;
        let fingerprint = picture.and_then(|picture| picture.shown?.ok()).and_then(|shown| shown.fingerprint);
        if let Some(fingerprint) = fingerprint {
            let like = pictures::incidents_like(self.db, (sha256, fingerprint), key, MOST_ELSEWHERE)?;
            self.note(&mut told, Finding::SimilarPicture, &like)?;
        }
        Ok(Some(told))
    }

    fn times(&self) -> ReportTimes {
        let incident = self.found.stored.case.incident();
        let report = self.found.report.as_ref();
        let reported_at = report.and_then(|report| report.reported_at).unwrap_or(incident.received_at);
        let occurred_at = report.and_then(|report| report.occurred_at).unwrap_or(reported_at);
        ReportTimes { occurred_at, reported_at, on_spot: incident.on_spot }
    }

    fn note(&mut self, told: &mut PhotoFindings, finding: Finding, others: &[i64]) -> StoreResult<()> {
        for key in others {
            match self.other(*key)? {
                Other::Seen(id) if told.elsewhere.len() < MOST_NAMED && !told.elsewhere.contains(&id) => {
                    told.elsewhere.push(id);
                }
                Other::Seen(_) | Other::Hidden => {}
                Other::Secret => continue,
            }
            if !told.findings.contains(&finding) {
                told.findings.push(finding);
            }
        }
        Ok(())
    }

    fn other(&mut self, key: i64) -> StoreResult<Other> {
        if let Some(known) = self.others.get(&key) {
            return Ok(*known);
        }
        let stored = incidents::get(self.db, key)?;
        let other = stored.map_or(Other::Secret, |stored| self.seen(&stored.case));
        self.others.insert(key, other);
        Ok(other)
    }

    fn seen(&self, case: &Case) -> Other {
        let incident = case.incident();
        // The same picture in two incidents suggests the same reporter, who may be protected.
        let tells_who = [case, &self.found.stored.case]
            .iter()
            .any(|case| case.incident().reporter_hidden && !sees_reporter(self.actor, case));
        match visible(self.actor, case) {
            _ if tells_who => Other::Secret,
            Visibility::Full | Visibility::Own => Other::Seen(incident.id),
            // Restricted incidents and skip-level escalations must stay unknown to the caller.
            _ if incident.restricted || incident.skips.is_some() => Other::Secret,
            Visibility::Summary | Visibility::Former { .. } => Other::Seen(incident.id),
            Visibility::None => Other::Hidden,
        }
    }
}

/// Findings about all photos of an incident together.
pub(super) fn of_all<'a>(
    case: &Case,
    category: Option<&Category>,
    mut photos: impl Iterator<Item = &'a NamedPhoto>,
) -> Vec<Finding> {
    let handed_in = case.handling().iter().rev().find_map(|leg| leg.result);
    let outcome = case.incident().outcome.or(handed_in);
    let is_done = matches!(case.incident().state, State::PendingVerification | State::Closed)
        && outcome == Some(Outcome::Resolved);
    let wants_one = category.is_some_and(|category| category.has(Flag::PhotoRequired));
    let has_one = photos.any(|photo| photo.photo.phase == Phase::After && photo.arrived_at.is_some());
    let missing = is_done && wants_one && !has_one;
    missing.then_some(Finding::AfterPhotoMissing).into_iter().collect()
}
