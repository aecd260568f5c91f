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
    photo::Phase,
    refusal::Refusal,
    text::Text,
    warning::Warning,
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
}

impl Rule for SubmitResult {
    const FROM: &'static [State] = &[State::InProgress];
    const BY: By = By::Lead;

    fn decide(&self, scene: &Scene<'_>) -> Result<Happening, Refusal> {
        let incident = &scene.case.incident;
        let verify = scene.rules.verify_due(incident.severity, scene.at);
        // A warning and no more: without a camera that works, the work is done all the same.
        let category = scene.rules.category(incident.category);
        let wants_photo = category.is_some_and(|category| category.has(Flag::PhotoRequired));
        let has_one = incident.proceedings.photos.iter().any(|photo| photo.phase == Phase::After);
        let body = ResultSubmitted { outcome: self.outcome, method: self.method, verify };
        Ok(Happening::of(body)
            .noting(&self.result)
            .warning((wants_photo && !has_one).then_some(Warning::PhotoMissing)))
    }
}

impl Effect for ResultSubmitted {
    fn apply(&self, case: &mut Case, stamp: Stamp) {
        case.incident.state = State::PendingVerification;
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
