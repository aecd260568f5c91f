//! Hearings counted: how many were held, and how many of them settled the matter (听证息诉率).

use std::collections::BTreeMap;

use crate::{code::codes, incident::linkage::LinkageOutcome, reading::share::Share};

codes! {
    /// The figures of hearings, behind each of which stands a list.
    HearingMetric "figure" {
        /// Held on a day of the period, with whatever outcome: the denominator of the share.
        Held "held" "已召开",
        /// Settled the matter: the numerator.
        Settled "settled" "当场化解",
        /// Ended with the officers' opinion.
        OpinionGiven "opinion_given" "形成听证意见",
        /// Were not brought to an end on the day.
        Adjourned "adjourned" "延期再听证",
        /// Have no outcome yet: still to come, or not reported.
        Pending "pending" "待召开或待反馈",
    }
}

impl HearingMetric {
    /// The outcomes that the figure counts; none for hearings without one.
    #[must_use]
    pub const fn outcomes(self) -> &'static [LinkageOutcome] {
        match self {
            Self::Held => &[LinkageOutcome::Settled, LinkageOutcome::OpinionGiven, LinkageOutcome::Adjourned],
            Self::Settled => &[LinkageOutcome::Settled],
            Self::OpinionGiven => &[LinkageOutcome::OpinionGiven],
            Self::Adjourned => &[LinkageOutcome::Adjourned],
            Self::Pending => &[],
        }
    }

    /// Whether the figure counts a hearing with that outcome.
    #[must_use]
    pub fn counts(self, outcome: Option<LinkageOutcome>) -> bool {
        outcome.map_or(self == Self::Pending, |outcome| self.outcomes().contains(&outcome))
    }
}

/// Every figure for some set of hearings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HearingCounts(BTreeMap<HearingMetric, u64>);

impl Default for HearingCounts {
    fn default() -> Self {
        Self(HearingMetric::ALL.iter().map(|figure| (*figure, 0)).collect())
    }
}

impl HearingCounts {
    /// Counts `number` hearings with that outcome.
    pub fn add(&mut self, outcome: Option<LinkageOutcome>, number: u64) {
        for (figure, count) in &mut self.0 {
            if figure.counts(outcome) {
                *count += number;
            }
        }
    }

    /// One figure.
    #[must_use]
    pub fn get(&self, figure: HearingMetric) -> u64 {
        self.0.get(&figure).copied().unwrap_or(0)
    }

    /// Every figure, by name.
    pub fn iter(&self) -> impl Iterator<Item = (HearingMetric, u64)> {
        self.0.iter().map(|(figure, count)| (*figure, *count))
    }

    /// 听证息诉率: settled, of all held.
    #[must_use]
    pub fn settled_share(&self) -> Share {
        Share::new(self.get(HearingMetric::Settled), self.get(HearingMetric::Held))
    }
}
