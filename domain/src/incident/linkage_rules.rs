//! What each kind of linkage allows: its steps, its outcomes, and whether it is confidential.

use crate::incident::linkage::{LinkageKind, LinkageOutcome, LinkageStep};

impl LinkageKind {
    /// The possible outcomes of this kind.
    #[must_use]
    pub const fn conclusions(self) -> &'static [LinkageOutcome] {
        use LinkageOutcome as Outcome;
        match self {
            Self::Mediation => &[Outcome::Agreed, Outcome::Failed, Outcome::Withdrawn],
            Self::JudicialConfirmation => &[Outcome::Confirmed, Outcome::Refused],
            Self::CourtLinkage => &[Outcome::Mediated, Outcome::ToTrial],
            Self::Hearing => &[Outcome::Settled, Outcome::OpinionGiven, Outcome::Adjourned],
            Self::CaseLeadership => &[Outcome::Resolved, Outcome::HandedOver],
            Self::PoliceLinkage => &[Outcome::FedBack, Outcome::NotInScope],
            Self::HotlineOrder => &[Outcome::Resolved, Outcome::Explained, Outcome::NotInScope],
            Self::Referral => &[Outcome::Accepted, Outcome::Declined],
        }
    }

    /// The steps that can be recorded before the linkage ends.
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

    /// The steps that can be recorded after the linkage has ended.
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

    /// Whether this kind can be opened after the incident is closed. These kinds may follow from the result of a mediation.
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

    /// Whether the texts of this kind are confidential (人民调解法; 诉调对接). [`crate::reading::visibility::reads_confidential`]
    /// decides who reads them.
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
