//! Linkages (联动): procedures that accompany an incident without moving its legs, such as mediation, court, hearing,
//! responsible leader, police (110), hotline (12345) and referral. Each has facts, steps, deadlines and an outcome.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::unit::Level,
    incident::source::ExternalNo,
    organisation::OrganisationCode,
    rules::category::CategoryCode,
    time::{Instant, clock::Deadline},
};

codes! {
    /// The kind of a linkage.
    LinkageKind "linkage" {
    /// Mediators help the parties to agree.
        Mediation "mediation" "调解",
        /// A court confirms a mediation agreement.
        JudicialConfirmation "judicial_confirmation" "司法确认",
        /// A court passes a matter to the governance centre for mediation, or the other way round.
        CourtLinkage "court_linkage" "诉调对接",
        /// An open hearing with hearing officers.
        Hearing "hearing" "阳光听证",
        /// A leader is responsible for solving the matter.
        CaseLeadership "case_leadership" "领导包案",
        /// A matter passed by the police (110) to the centre, or the other way round.
        PoliceLinkage "police_linkage" "110+网格化",
        /// A work order of the citizens' hotline (12345).
        HotlineOrder "hotline_order" "12345工单",
        /// A person is referred to an organisation that helps.
        Referral "referral" "转介",
    }
}

codes! {
    /// The kind of mediation, by who mediates.
    MediationKind "kind of mediation" {
    /// People's mediators, under the People's Mediation Law (人民调解法).
    Peoples "peoples" "人民调解",
    /// An authority.
    Administrative "administrative" "行政调解",
    /// A body of the industry or profession.
    Industry "industry" "行业调解",
    /// Lawyers.
    Lawyer "lawyer" "律师调解",
    /// A court.
    Judicial "judicial" "司法调解",
    }
}

codes! {
    /// The direction in which a matter was passed between the centre and an authority.
    Direction "direction" {
        /// From the authority to the centre.
        Inward "in" "转入",
        /// From the centre to the authority.
        Outward "out" "转出",
    }
}

codes! {
    /// The profession of a hearing officer.
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
    /// The kind of help that a person was referred to. The reason is not stored.
    Help "help" {
    LegalAid "legal_aid" "法律援助",
    PsychSupport "psych_support" "心理疏导",
    Relief "relief" "救助帮扶",
    }
}

codes! {
    /// A step of a linkage.
    LinkageStep "step of a linkage" {
        /// The mediators met the parties.
        Session "session" "调解会",
        /// Both parties agreed to prolong the mediation.
        Prolonged "prolonged" "双方同意延长",
        /// The agreement was performed.
        Performed "performed" "协议已履行",
        /// The agreement was not performed.
        NotPerformed "not_performed" "协议未履行",
        /// The court or the police gave the matter a number.
        Numbered "numbered" "登记案号",
        /// The leader met or visited the parties.
        Contacted "contacted" "接访走访",
        /// The first visit was made.
        Visited "visited" "首次上门",
        /// The parties were contacted again, with their consent.
        FollowedUp "followed_up" "经同意回访",
    }
}

codes! {
    /// The outcome of a linkage.
    LinkageOutcome "outcome of a linkage" {
    /// Mediation: the parties reached an agreement.
    Agreed "agreed" "达成协议",
    /// Mediation: the parties reached no agreement.
    Failed "failed" "调解不成",
    /// Mediation: a party withdrew.
        Withdrawn "withdrawn" "当事人退出",
        /// The court confirmed the agreement.
        Confirmed "confirmed" "确认有效",
        /// The court refused to confirm the agreement.
        Refused "refused" "驳回申请",
        /// Court linkage: the matter was settled by mediation.
        Mediated "mediated" "调解成功",
        /// Court linkage: the matter goes to trial.
        ToTrial "to_trial" "转入审判",
        /// The hearing settled the matter (息诉).
        Settled "settled" "当场化解",
        /// The hearing officers gave their opinion.
        OpinionGiven "opinion_given" "形成听证意见",
        /// The hearing was adjourned.
        Adjourned "adjourned" "延期再听证",
        /// The matter is settled.
        Resolved "resolved" "已化解",
        /// Another leader became responsible.
        HandedOver "handed_over" "移交",
        /// The police received the result.
        FedBack "fed_back" "已反馈",
        /// The caller received an explanation why nothing can be done.
        Explained "explained" "已解释说明",
        /// The matter is not in the scope of grid governance.
        NotInScope "not_in_scope" "不属于职责范围",
        /// The organisation that helps accepted the person.
        Accepted "accepted" "已接收",
        /// The organisation did not accept the person, or the person did not want the help.
        Declined "declined" "未接收",
    }
}

codes! {
    /// The capacity of a participant (五大员).
    Capacity "capacity" {
        GridWorker "grid_worker" "网格员",
        Mediator "mediator" "人民调解员",
        VillagePoliceOfficer "village_police_officer" "一村一警",
        LawSecretary "law_secretary" "法治副书记",
        LegalAdviser "legal_adviser" "法律顾问",
    }
}

/// The facts of a linkage when it is opened. Its texts are stored as remarks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LinkageDetails {
    /// Mediation. Both parties take part voluntarily.
    Mediation { form: MediationKind },
    /// The parties ask a court to confirm their agreement.
    JudicialConfirmation {
        /// The number of the mediation linkage with the agreement.
        mediation: u32,
        /// The date of the application, in China.
        applied_on: NaiveDate,
    },
    /// A court passes a matter to the centre or the other way round. Both parties agreed to mediation.
    CourtLinkage {
        direction: Direction,
        /// The case number of the court.
        external_no: Option<ExternalNo>,
    },
    /// An open hearing.
    Hearing {
        /// When the hearing takes place.
        #[serde(with = "crate::stored::time")]
        held_at: Instant,
        /// Whether residents may attend.
        public: bool,
        /// The hearing officers: an odd number, at least three.
        officers: Vec<Officer>,
        /// The date on which the last party was notified, in China.
        notified_on: NaiveDate,
    },
    /// A leader is responsible for solving the matter.
    CaseLeadership {
        /// The level of the leader.
        level: Level,
        /// The date by which the matter should be solved, in China.
        due_on: NaiveDate,
    },
    /// A matter passed by the police or to the police. The caller's identity is not stored.
    PoliceLinkage {
        direction: Direction,
        /// The number given by the police.
        external_no: Option<ExternalNo>,
        /// When the receiving side got the matter.
        #[serde(with = "crate::stored::time")]
        received_at: Instant,
    },
    /// A work order of the citizens' hotline.
    HotlineOrder {
        /// The number given by the hotline.
        external_no: ExternalNo,
        #[serde(with = "crate::stored::time")]
        received_at: Instant,
    },
    /// A person is referred to an organisation that helps.
    Referral { to: Help },
}

impl LinkageDetails {
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

/// A linkage of an incident.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Linkage {
    /// 1 for the first linkage of the incident.
    pub number: u32,
    /// The organisation that opened it.
    pub by: OrganisationCode,
    #[serde(with = "crate::stored::time")]
    pub opened_at: Instant,
    /// The number of the event that opened it.
    pub opened_seq: u32,
    #[serde(flatten)]
    pub opening: LinkageDetails,
    /// When it must end. `None` if the rules set no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Deadline>,
    /// When the first visit is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Deadline>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepRecord>,
    /// `None` while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<LinkageEnd>,
}

/// A recorded step of a linkage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StepRecord {
    pub step: LinkageStep,
    #[serde(with = "crate::stored::time")]
    pub at: Instant,
    /// The number of the event that recorded it.
    pub seq: u32,
    /// The number given by the court or the police.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_no: Option<ExternalNo>,
}

/// The end of a linkage.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LinkageEnd {
    pub conclusion: LinkageOutcome,
    #[serde(with = "crate::stored::time")]
    pub at: Instant,
    /// The number of the event that ended it.
    pub seq: u32,
    /// The date by which the agreement must be performed, or on which the parties are contacted again, in China.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

impl Linkage {
    #[must_use]
    pub const fn kind(&self) -> LinkageKind {
        self.opening.kind()
    }

    /// How often `step` was recorded.
    #[must_use]
    pub fn times(&self, step: LinkageStep) -> usize {
        self.steps.iter().filter(|record| record.step == step).count()
    }
}

/// A person who takes part in an incident. The name is stored as a remark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Participant {
    pub capacity: Capacity,
    /// The organisation that registered the person.
    pub by: OrganisationCode,
    /// When the person was registered.
    #[serde(with = "crate::stored::time")]
    pub at: Instant,
    /// The number of the event that registered the person.
    pub seq: u32,
}

/// Why a linkage cannot be opened, continued or ended.
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
