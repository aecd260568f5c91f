//! Statistics of hearings: how many were held, and how many settled the matter (听证息诉率).

use std::collections::BTreeMap;

use crate::{code::codes, incident::linkage::LinkageOutcome, reading::share::Share};

codes! {
    /// A count of hearings. The API offers the list behind each count.
    HearingMetric "figure" {
    /// Hearings in the period with any outcome. The denominator of the share.
    Held "held" "已召开",
    /// Hearings that settled the matter. The numerator of the share.
    Settled "settled" "当场化解",
    /// Hearings that ended with an opinion of the hearing officers.
    OpinionGiven "opinion_given" "形成听证意见",
    /// Hearings that were adjourned.
    Adjourned "adjourned" "延期再听证",
    /// Hearings without an outcome: not held yet, or not reported yet.
        Pending "pending" "待召开或待反馈",
    }
}

impl HearingMetric {
    /// The outcomes that are counted. Empty for [`HearingMetric::Pending`], which counts hearings without an outcome.
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

    /// Whether a hearing with this outcome is counted.
    #[must_use]
    pub fn counts(self, outcome: Option<LinkageOutcome>) -> bool {
        outcome.map_or(self == Self::Pending, |outcome| self.outcomes().contains(&outcome))
    }
}

/// Every count for a set of hearings.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HearingCounts(BTreeMap<HearingMetric, u64>);

impl Default for HearingCounts {
    fn default() -> Self {
        Self(HearingMetric::ALL.iter().map(|metric| (*metric, 0)).collect())
    }
}

impl HearingCounts {
    /// Adds `number` hearings with this outcome.
    pub fn add(&mut self, outcome: Option<LinkageOutcome>, number: u64) {
        for (metric, count) in &mut self.0 {
            if metric.counts(outcome) {
                *count += number;
            }
        }
    }

    #[must_use]
    pub fn get(&self, metric: HearingMetric) -> u64 {
        self.0.get(&metric).copied().unwrap_or(0)
    }

    /// Every count, in the order of [`HearingMetric`].
    pub fn iter(&self) -> impl Iterator<Item = (HearingMetric, u64)> {
        self.0.iter().map(|(metric, count)| (*metric, *count))
    }

    /// The hearing settlement rate (听证息诉率): settled ÷ held.
    #[must_use]
    pub fn settled_share(&self) -> Share {
        Share::new(self.get(HearingMetric::Settled), self.get(HearingMetric::Held))
    }
}
