//! Submit a result: the organisation that leads says what it did. Not closure yet: the desk looks at it.

use serde::{Deserialize, Serialize};

use super::{By, Effect, Happening, Rule, Scene};
use crate::{
    case::{Case, Stamp},
    category::Flag,
    clock::Deadline,
    code::codes,
    incident::State,
    leg::{HandlingOutcome, Outcome},
    photo::{Phase, Photo, may_be_named},
    refusal::Refusal,
    text::Text,
};

codes! {
    /// How a matter was settled: the 15 ways of GB/T 31000 practice, and work on the spot.
    Method "method" {
        /// By a court.
        JudicialMediation "judicial_mediation" "司法调解",
        /// By an authority.
        AdministrativeMediation "administrative_mediation" "行政调解",
        /// By people's mediators.
        PeoplesMediation "peoples_mediation" "人民调解",
        /// In arbitration.
        ArbitrationMediation "arbitration_mediation" "仲裁调解",
        /// In commerce.
        CommercialMediation "commercial_mediation" "商事调解",
        /// By an industry body.
        IndustryMediation "industry_mediation" "行业调解",
        /// By a lawyer.
        LawyerMediation "lawyer_mediation" "律师调解",
        /// Civil and commercial.
        CivilArbitration "civil_arbitration" "民商事仲裁",
        /// Contracts for rural land.
        RuralLandArbitration "rural_land_arbitration" "农村土地承包经营纠纷仲裁",
        /// Labour and personnel.
        LabourArbitration "labour_arbitration" "劳动人事争议仲裁",
        /// Review of an administrative act.
        AdministrativeReconsideration "administrative_reconsideration" "行政复议",
        /// Ruling by an authority.
        AdministrativeRuling "administrative_ruling" "行政裁决",
        /// In court.
        Litigation "litigation" "诉讼",
        /// Between the parties.
        Settlement "settlement" "协商和解",
        /// Repaired, removed, cleaned, made safe.
        OnSiteHandling "on_site_handling" "现场处置",
        /// None of these.
        Other "other" "其他",
    }
}

/// The organisation hands in its result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SubmitResult {
    /// Whether the matter is settled.
    pub outcome: Outcome,
    /// How.
    pub method: Method,
    /// What was done.
    pub result: Text,
    /// Photos of the work; their bytes follow.
    pub photos: Vec<Photo>,
}

/// The organisation handed in its result.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ResultSubmitted {
    /// Whether the matter is settled.
    pub outcome: Outcome,
    /// How.
    pub method: Method,
    /// When the desk must have looked at it.
    pub verify: Deadline,
    /// Photos of the work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Photo>,
}

impl Rule for SubmitResult {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let incident = &scene.case.incident;
        let verify = scene.rules.verify_due(incident.severity, scene.at);
        let unknown = Refusal::UnknownCategory { category: incident.category };
        let category = scene.rules.category(incident.category).ok_or(unknown)?;
        let named = &incident.proceedings.photos;
        may_be_named(&self.photos, named, category)?;
        // What is named is enough: there may be no signal where the work is.
        let has_one = named.iter().chain(&self.photos).any(|photo| photo.phase == Phase::After);
        if self.outcome == Outcome::Resolved && category.has(Flag::PhotoRequired) && !has_one {
            return Err(Refusal::AfterPhotoMissing { category: category.code });
        }
        let (outcome, method, photos) = (self.outcome, self.method, self.photos.clone());
        Ok(Happening::of(ResultSubmitted { outcome, method, verify, photos }).noting(&self.result))
    }
}

impl Effect for ResultSubmitted {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::PendingVerification;
        case.incident.proceedings.photos.extend(&self.photos);
        if let Some(leg) = case.open_lead_mut() {
            leg.result = Some(self.outcome);
            leg.submitted_by = Some(stamp.actor);
            leg.arrived_at = leg.arrived_at.or(Some(stamp.at));
        }
        case.end_lead(HandlingOutcome::Submitted, stamp);
        if let Some(leg) = case.custody.last_mut() {
            leg.clocks.verify = Some(self.verify);
        }
    }
}
