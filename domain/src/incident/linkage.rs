//! Linkages (联动): what is attached to an incident and moves no leg of it: mediation, court, hearing, a responsible
//! leader, 110, 12345, referrals. Each has its facts, its steps, its dates and its outcome (DOMAIN 2.10).

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    code::{codes, serde_as_text},
    geography::unit::Level,
    organisation::OrganisationCode,
    rules::category::CategoryCode,
    time::{Instant, clock::Deadline},
};

codes! {
    /// What is attached.
    LinkageKind "linkage" {
        /// Mediators bring the parties together.
        Mediation "mediation" "调解",
        /// A court confirms a mediation agreement.
        JudicialConfirmation "judicial_confirmation" "司法确认",
        /// A court and the centre share a matter.
        CourtLinkage "court_linkage" "诉调对接",
        /// An open hearing before officers.
        Hearing "hearing" "阳光听证",
        /// A leader is responsible for solving it.
        CaseLeadership "case_leadership" "领导包案",
        /// A call to, or from, the police.
        PoliceLinkage "police_linkage" "110联动",
        /// A work order of the citizens' hotline.
        HotlineOrder "hotline_order" "12345工单",
        /// Somebody was referred to those who help.
        Referral "referral" "转介",
    }
}

codes! {
    /// Who mediates.
    MediationKind "kind of mediation" {
        /// 人民调解法.
        Peoples "peoples" "人民调解",
        /// An authority.
        Administrative "administrative" "行政调解",
        /// A body of the trade.
        Industry "industry" "行业调解",
        /// Lawyers.
        Lawyer "lawyer" "律师调解",
        /// A court.
        Judicial "judicial" "司法调解",
    }
}

codes! {
    /// Which way a matter went between the centre and an authority.
    Direction "direction" {
        /// From the authority to the centre.
        Inward "in" "转入",
        /// From the centre to the authority.
        Outward "out" "转出",
    }
}

codes! {
    /// Who sits as a hearing officer.
    Officer "hearing officer" {
        Lawyer "lawyer" "律师",
        Police "police" "民警",
        Judge "judge" "法官",
        Procurator "procurator" "检察官",
        ResidentRepresentative "resident_representative" "群众代表",
        Expert "expert" "专家",
        Other "other" "其他",
    }
}

codes! {
    /// To what help somebody was referred. Nothing is kept of why.
    Help "help" {
        /// Legal aid.
        LegalAid "legal_aid" "法律援助",
        /// Psychological support.
        PsychSupport "psych_support" "心理疏导",
        /// Relief.
        Relief "relief" "救助帮扶",
    }
}

codes! {
    /// What happens in a linkage between its beginning and its end.
    LinkageStep "step of a linkage" {
        /// The mediators met the parties.
        Session "session" "调解会",
        /// Both parties agree to go on for longer.
        Prolonged "prolonged" "双方同意延长",
        /// The agreement was performed.
        Performed "performed" "协议已履行",
        /// The agreement was not performed.
        NotPerformed "not_performed" "协议未履行",
        /// The other side gave it a number.
        Numbered "numbered" "登记案号",
        /// The leader met the parties, or did something about it.
        Contacted "contacted" "接访走访",
        /// Somebody visited for the first time.
        Visited "visited" "首次上门",
        /// Somebody asked again, with the consent of the parties.
        FollowedUp "followed_up" "经同意回访",
    }
}

codes! {
    /// How a linkage ended.
    LinkageOutcome "outcome of a linkage" {
        /// Mediation: there is an agreement.
        Agreed "agreed" "达成协议",
        /// Mediation: there is none.
        Failed "failed" "调解不成",
        /// Mediation: a party does not want it any more.
        Withdrawn "withdrawn" "当事人退出",
        /// The court confirmed the agreement.
        Confirmed "confirmed" "确认有效",
        /// The court did not.
        Refused "refused" "驳回申请",
        /// It was settled by mediation.
        Mediated "mediated" "调解成功",
        /// It goes to trial.
        ToTrial "to_trial" "转入审判",
        /// A hearing settled it (息诉).
        Settled "settled" "当场化解",
        /// The officers gave their opinion.
        OpinionGiven "opinion_given" "形成听证意见",
        /// It was not brought to an end on the day.
        Adjourned "adjourned" "延期再听证",
        /// It is solved.
        Resolved "resolved" "已化解",
        /// Another leader is responsible.
        HandedOver "handed_over" "移交",
        /// The police, or the hotline, were told.
        FedBack "fed_back" "已反馈",
        /// The caller was told why nothing can be done.
        Explained "explained" "已解释说明",
        /// It was no matter of ours.
        NotInScope "not_in_scope" "不属于职责范围",
        /// Those who help took it on.
        Accepted "accepted" "已接收",
        /// They did not, or the person did not want it.
        Declined "declined" "未接收",
    }
}

codes! {
    /// In which capacity somebody takes part (五大员).
    Capacity "capacity" {
        GridWorker "grid_worker" "网格员",
        Mediator "mediator" "人民调解员",
        VillagePoliceOfficer "village_police_officer" "一村一警",
        LawSecretary "law_secretary" "法治副书记",
        LegalAdviser "legal_adviser" "法律顾问",
    }
}

impl LinkageKind {
    /// How it can end.
    #[must_use]
    pub const fn conclusions(self) -> &'static [LinkageOutcome] {
        use LinkageOutcome as C;
        match self {
            Self::Mediation => &[C::Agreed, C::Failed, C::Withdrawn],
            Self::JudicialConfirmation => &[C::Confirmed, C::Refused],
            Self::CourtLinkage => &[C::Mediated, C::ToTrial],
            Self::Hearing => &[C::Settled, C::OpinionGiven, C::Adjourned],
            Self::CaseLeadership => &[C::Resolved, C::HandedOver],
            Self::PoliceLinkage => &[C::FedBack, C::NotInScope],
            Self::HotlineOrder => &[C::Resolved, C::Explained, C::NotInScope],
            Self::Referral => &[C::Accepted, C::Declined],
        }
    }

    /// What can happen in it before it ends.
    #[must_use]
    pub const fn steps(self) -> &'static [LinkageStep] {
        match self {
            Self::Mediation => &[LinkageStep::Session, LinkageStep::Prolonged],
            Self::CourtLinkage => &[LinkageStep::Numbered, LinkageStep::Session, LinkageStep::Prolonged],
            Self::JudicialConfirmation => &[LinkageStep::Numbered],
            Self::CaseLeadership => &[LinkageStep::Contacted],
            Self::PoliceLinkage => &[LinkageStep::Numbered, LinkageStep::Visited, LinkageStep::FollowedUp],
            Self::HotlineOrder | Self::Hearing | Self::Referral => &[],
        }
    }

    /// What can happen in it afterwards.
    #[must_use]
    pub const fn steps_after(self) -> &'static [LinkageStep] {
        match self {
            Self::Mediation => &[LinkageStep::Performed, LinkageStep::NotPerformed],
            Self::PoliceLinkage => &[LinkageStep::FollowedUp],
            Self::JudicialConfirmation
            | Self::CourtLinkage
            | Self::Hearing
            | Self::CaseLeadership
            | Self::HotlineOrder
            | Self::Referral => &[],
        }
    }

    /// Whether it can be attached to an incident that is closed: what follows from an agreement, or from there being none.
    #[must_use]
    pub const fn follows_closing(self) -> bool {
        match self {
            Self::JudicialConfirmation | Self::CourtLinkage | Self::Referral => true,
            Self::Mediation
            | Self::Hearing
            | Self::CaseLeadership
            | Self::PoliceLinkage
            | Self::HotlineOrder => false,
        }
    }

    /// Whether what is said in it is for those alone whose linkage it is.
    #[must_use]
    pub const fn is_confidential(self) -> bool {
        match self {
            Self::Mediation | Self::CourtLinkage => true,
            Self::JudicialConfirmation
            | Self::Hearing
            | Self::CaseLeadership
            | Self::PoliceLinkage
            | Self::HotlineOrder
            | Self::Referral => false,
        }
    }
}

/// The number another authority knows a matter by.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ExternalNo(String);

/// The text is no number of another authority.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "{0:?} is no number of a case or order: 1 to {MAX_EXTERNAL_NO} letters, digits, brackets and hyphens are"
)]
pub struct NoExternalNo(pub String);

/// Characters of it at most.
pub const MAX_EXTERNAL_NO: usize = 40;

impl fmt::Display for ExternalNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ExternalNo {
    type Err = NoExternalNo;

    /// `（2026）豫1224民初58号` is one, as courts write them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |character: char| character.is_alphanumeric() || "-_/()（）〔〕[]".contains(character);
        if text.is_empty() || text.chars().count() > MAX_EXTERNAL_NO || !text.chars().all(fits) {
            return Err(NoExternalNo(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

serde_as_text!(ExternalNo);

/// With which facts a linkage begins. Its words stand beside the event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LinkageDetails {
    /// Mediators bring the parties together; both take part of their own will.
    Mediation {
        /// In which form.
        form: MediationKind,
    },
    /// The parties ask a court to confirm their agreement.
    JudicialConfirmation {
        /// Number of the mediation that led to it.
        mediation: u32,
        /// When they applied, in China.
        applied_on: NaiveDate,
    },
    /// A court and the centre share a matter; both parties agreed to mediation.
    CourtLinkage {
        /// Which way it went.
        direction: Direction,
        /// The court's number.
        external_no: Option<ExternalNo>,
    },
    /// An open hearing.
    Hearing {
        /// When it is held.
        held_at: Instant,
        /// Whether residents may attend.
        public: bool,
        /// Who sits: an odd number, three at least.
        officers: Vec<Officer>,
        /// When the last party was told, in China.
        notified_on: NaiveDate,
    },
    /// A leader is responsible for solving it.
    CaseLeadership {
        /// Of which level.
        level: Level,
        /// Until when it should be solved, in China.
        due_on: NaiveDate,
    },
    /// A call to, or from, the police. Nothing of who called.
    PoliceLinkage {
        /// Which way it went.
        direction: Direction,
        /// The police's number.
        external_no: Option<ExternalNo>,
        /// When it reached the other side.
        received_at: Instant,
    },
    /// A work order of the citizens' hotline.
    HotlineOrder {
        /// The hotline's number.
        external_no: ExternalNo,
        /// When it came.
        received_at: Instant,
    },
    /// Somebody was referred to those who help.
    Referral {
        /// To what help.
        to: Help,
    },
}

impl LinkageDetails {
    /// What is attached.
    #[must_use]
    pub const fn kind(&self) -> LinkageKind {
        match self {
            Self::Mediation { .. } => LinkageKind::Mediation,
            Self::JudicialConfirmation { .. } => LinkageKind::JudicialConfirmation,
            Self::CourtLinkage { .. } => LinkageKind::CourtLinkage,
            Self::Hearing { .. } => LinkageKind::Hearing,
            Self::CaseLeadership { .. } => LinkageKind::CaseLeadership,
            Self::PoliceLinkage { .. } => LinkageKind::PoliceLinkage,
            Self::HotlineOrder { .. } => LinkageKind::HotlineOrder,
            Self::Referral { .. } => LinkageKind::Referral,
        }
    }
}

/// What is attached to an incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Linkage {
    /// 1 for the first of the incident.
    pub number: u32,
    /// Whose it is.
    pub by: OrganisationCode,
    /// When it began.
    pub opened_at: Instant,
    /// Number of the event that began it.
    pub opened_seq: u32,
    /// Its facts.
    #[serde(flatten)]
    pub opening: LinkageDetails,
    /// When it should have ended, where the rules set a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Deadline>,
    /// When somebody should have visited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Deadline>,
    /// What happened in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepRecord>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<LinkageEnd>,
}

/// A step that was taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StepRecord {
    /// What.
    pub step: LinkageStep,
    /// When.
    pub at: Instant,
    /// Number of the event that tells of it.
    pub seq: u32,
    /// The number the other side gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_no: Option<ExternalNo>,
}

/// How a linkage ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LinkageEnd {
    /// What came of it.
    pub conclusion: LinkageOutcome,
    /// When.
    pub at: Instant,
    /// Number of the event that ended it.
    pub seq: u32,
    /// Until when the agreement has to be performed, or when somebody asks again, in China.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

impl Linkage {
    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> LinkageKind {
        self.opening.kind()
    }

    /// How often a step was taken.
    #[must_use]
    pub fn times(&self, step: LinkageStep) -> usize {
        self.steps.iter().filter(|taken| taken.step == step).count()
    }
}

/// Somebody who helps with an incident. The name stands beside the event.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Participant {
    /// In which capacity.
    pub capacity: Capacity,
    /// For which organisation.
    pub by: OrganisationCode,
    /// Since when.
    pub at: Instant,
    /// Number of the event that tells of it.
    pub seq: u32,
}

/// Why a linkage cannot be, or cannot go on like that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkageError {
    NotMediable { category: CategoryCode },
    NoAgreement { number: u32 },
    ConfirmationLate { from: NaiveDate, last: NaiveDate },
    Officers { given: usize },
    NoticeShort { given: u32, least: u32 },
    RestrictedHearing,
    DatePassed { given: NaiveDate },
    StillToCome { given: Instant },
    ClosedAlready { kind: LinkageKind },
    Unknown { number: u32 },
    NotYours { number: u32, by: OrganisationCode },
    NoSuchStep { kind: LinkageKind, step: LinkageStep, known: Vec<LinkageStep> },
    NoSuchEnd { kind: LinkageKind, conclusion: LinkageOutcome },
    Ended { number: u32, conclusion: LinkageOutcome },
    TooOften { step: LinkageStep, most: u32 },
    NumberMissing,
    TooMany { most: usize },
}
