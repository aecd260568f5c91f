//! Commands: what a person may ask of an incident, with every fact resolved before the rules look at it.

use serde::{Deserialize, Serialize};

use crate::{code::codes, leg::Outcome, organisation::OrganisationCode, text::Text};

codes! {
    /// The commands by name.
    CommandKind "command" {
        /// Takes the incident on.
        Accept "accept" "受理",
        /// Says that it is no matter for grid governance.
        Decline "decline" "不予受理",
        /// Sends it to an organisation, or to the desk itself.
        Dispatch "dispatch" "派遣",
        /// The organisation takes the work on.
        Acknowledge "acknowledge" "签收",
        /// The organisation sends the work back.
        Return "return" "退回",
        /// The organisation hands in its result.
        SubmitResult "submit_result" "提交结果",
        /// The desk wants more work done.
        Rework "rework" "返工",
        /// The desk is satisfied, or knows that nothing more can be done.
        Close "close" "结案",
        /// One level up.
        Escalate "escalate" "升级",
        /// A closed incident is not settled after all.
        Reopen "reopen" "重新办理",
        /// It was reported by mistake.
        Void "void" "作废",
        /// A remark.
        Comment "comment" "备注",
    }
}

codes! {
    /// Why a report is no matter for grid governance.
    DeclineReason "reason for declining" {
        /// Others are in charge.
        NotInScope "not_in_scope" "不属于受理范围",
        /// There is nothing there.
        NoSuchFact "no_such_fact" "事实不存在",
        /// A court or an authority already deals with it.
        AlreadyInLegalProcedure "already_in_legal_procedure" "已进入法定程序",
        /// It cannot be told what is meant.
        InsufficientInfo "insufficient_info" "信息不足",
        /// None of these.
        Other "other" "其他",
    }
}

codes! {
    /// Why an incident goes up.
    EscalateReason "reason for escalating" {
        /// The level may not do what is needed.
        BeyondAuthority "beyond_authority" "超出权限",
        /// Several departments must act together.
        NeedsJointAction "needs_joint_action" "需要联合处置",
        /// It lies in several areas.
        CrossArea "cross_area" "跨区域",
        /// Mediation was tried and failed.
        FailedMediation "failed_mediation" "调解未成",
        /// It became worse.
        SeverityRaised "severity_raised" "等级上升",
    }
}

codes! {
    /// Why an organisation sends work back: the three stock reasons, and the rest.
    ReturnReason "reason for returning" {
        /// Not in its area.
        WrongPlace "wrong_place" "属地不符",
        /// Whose duty it is, is not clear.
        UnclearDuty "unclear_duty" "权属不清",
        /// Several organisations share the duty.
        OverlappingDuty "overlapping_duty" "职能交叉",
        /// None of these.
        Other "other" "其他",
    }
}

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

codes! {
    /// Who may read a remark.
    Audience "audience" {
        /// Those who see the incident in full.
        Internal "internal" "内部",
        /// The reporter too, who may show it to residents.
        Reporter "reporter" "反映人",
    }
}

/// A command with its facts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are; the commands are described at CommandKind")]
pub enum Command {
    Accept,
    Decline { reason: DeclineReason, reply: Text },
    Dispatch { to: OrganisationCode, note: Option<Text> },
    Acknowledge,
    Return { reason: ReturnReason, explanation: Text },
    SubmitResult { outcome: Outcome, method: Method, result: Text },
    Rework { reason: Text },
    Close { reply: Option<Text> },
    Escalate { reason: EscalateReason, tried: Text, to: Option<OrganisationCode> },
    Reopen { reason: Text },
    Void { reason: Text },
    Comment { audience: Audience, text: Text },
}

impl Command {
    /// Its name.
    #[must_use]
    pub const fn kind(&self) -> CommandKind {
        match self {
            Self::Accept => CommandKind::Accept,
            Self::Decline { .. } => CommandKind::Decline,
            Self::Dispatch { .. } => CommandKind::Dispatch,
            Self::Acknowledge => CommandKind::Acknowledge,
            Self::Return { .. } => CommandKind::Return,
            Self::SubmitResult { .. } => CommandKind::SubmitResult,
            Self::Rework { .. } => CommandKind::Rework,
            Self::Close { .. } => CommandKind::Close,
            Self::Escalate { .. } => CommandKind::Escalate,
            Self::Reopen { .. } => CommandKind::Reopen,
            Self::Void { .. } => CommandKind::Void,
            Self::Comment { .. } => CommandKind::Comment,
        }
    }
}
