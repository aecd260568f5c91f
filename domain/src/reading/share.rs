//! Statistics of incidents, with the definition of the grassroots resolution rate (基层化解率).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    code::codes,
    geography::unit::Level,
    incident::{Incident, State, leg::Outcome},
};

codes! {
    /// Which incidents belong to a period.
    DateBasis "basis" {
    /// Incidents that were closed in the period.
    Closed "closed" "按结案时间",
    /// Incidents that were received in the period.
        Reported "reported" "按上报时间",
    }
}

/// The facts of an incident that decide in which counts it is. Incidents with equal facts are counted together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MetricFacts {
    pub state: State,
    pub outcome: Option<Outcome>,
    /// The level of the custody leg under which it was closed.
    pub resolved_level: Option<Level>,
    /// The reporter settled it on the spot.
    pub on_spot: bool,
    /// One person did the work and closed it.
    pub self_verified: bool,
    /// The desk did the work itself, and a second person of the desk closed it.
    pub verified_by_colleague: bool,
    /// It was reopened at least once.
    pub reopened: bool,
    /// The desk that accepted it first also closed it.
    pub in_place: bool,
    /// The category goes to the county first.
    pub county_first: bool,
    /// A higher desk handed it down.
    pub handed_down: bool,
}

impl From<&Incident> for MetricFacts {
    fn from(incident: &Incident) -> Self {
        Self {
            state: incident.state,
            outcome: incident.outcome,
            resolved_level: incident.resolved_level,
            on_spot: incident.on_spot,
            self_verified: incident.self_verified,
            verified_by_colleague: incident.verified_by_colleague,
            reopened: !incident.reopenings.is_empty(),
            in_place: incident.in_place,
            county_first: incident.county_first,
            handed_down: incident.tally.handed_down > 0,
        }
    }
}

codes! {
    /// A count of incidents. All rates are computed from these counts, and the API offers the list behind each count.
    Metric "figure" {
    /// Closed incidents. The denominator of the rates.
    Closed "closed" "已结案",
    /// Closed and settled.
    Resolved "resolved" "已化解",
    /// Closed and not settled.
    Unresolved "unresolved" "未化解",
    /// Open incidents. Always 0 for [`DateBasis::Closed`].
    Open "open" "未结案",
    /// Settled at a village or township desk. The numerator of the grassroots resolution rate.
    Grassroots "grassroots" "基层化解",
    /// Settled at a village desk.
    ResolvedByVillage "resolved_by_village" "村级化解",
    /// Settled at a township desk.
    ResolvedByTownship "resolved_by_township" "乡镇级化解",
    /// Settled at a county desk.
    ResolvedByCounty "resolved_by_county" "县级化解",
    /// Settled at the city desk, where no county has a desk.
    ResolvedByCity "resolved_by_city" "市级化解",
    /// Settled by the desk that accepted the incident first. Nobody accepted what was settled on the spot, so it is not included.
    ResolvedInPlace "resolved_in_place" "就地化解",
    /// Settled by the reporter on the spot. Included in [`Metric::ResolvedByVillage`].
    ResolvedOnSpot "resolved_on_spot" "现场自办",
    /// Closed by the person who did the work, without a check by a grid worker.
    SelfVerified "self_verified" "自办自结",
    /// Closed by a second person of the desk that did the work itself, without a check by a grid worker.
    VerifiedByColleague "verified_by_colleague" "自办他核",
    /// Settled at a village or township desk after a higher desk had handed it down.
    HandedDownGrassroots "handed_down_grassroots" "下派后基层化解",
    /// Reopened at least once, and now closed or (for [`DateBasis::Reported`]) open.
    Reopened "reopened" "重新办理",
    /// Closures that were undone within 30 days. For [`DateBasis::Closed`] the closure lies in the period. An incident counts once.
    ReopenedSoon "reopened_soon" "结案后30日内重新办理",
    /// Closed, in categories that go to the county first.
    CountyFirstClosed "county_first_closed" "县级首办类别已结案",
    /// Settled at a village or township desk, in categories that go to the county first.
    CountyFirstGrassroots "county_first_grassroots" "县级首办类别基层化解",
    /// Declined. Not part of any rate.
    NotAccepted "not_accepted" "不予受理",
    /// Voided. Not part of any rate.
    Voided "voided" "已作废",
    /// Merged into another incident. Not part of any rate.
    Merged "merged" "已并案",
    /// Referred to an outside authority. Not part of any rate.
    ReferredOut "referred_out" "已转出",
    }
}

/// A yes-or-no fact of [`MetricFacts`] that a count can require.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    OnSpot,
    SelfVerified,
    VerifiedByColleague,
    Reopened,
    InPlace,
    CountyFirst,
    HandedDown,
}

impl Mark {
    pub const ALL: [Self; 7] = [
        Self::OnSpot,
        Self::SelfVerified,
        Self::VerifiedByColleague,
        Self::Reopened,
        Self::InPlace,
        Self::CountyFirst,
        Self::HandedDown,
    ];
}

impl MetricFacts {
    /// Whether the fact is true.
    #[must_use]
    pub const fn has(self, mark: Mark) -> bool {
        match mark {
            Mark::OnSpot => self.on_spot,
            Mark::SelfVerified => self.self_verified,
            Mark::VerifiedByColleague => self.verified_by_colleague,
            Mark::Reopened => self.reopened,
            Mark::InPlace => self.in_place,
            Mark::CountyFirst => self.county_first,
            Mark::HandedDown => self.handed_down,
        }
    }
}

/// The conditions for an incident to be counted. [`Metric::counts`] applies them to one incident. The database layer turns
/// the same data into a query for the list behind the count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MetricFilter {
    /// The state must be one of these.
    pub states: &'static [State],
    /// The required outcome. `None`: any.
    pub outcome: Option<Outcome>,
    /// The level that settled it must be one of these. Empty: any.
    pub levels: &'static [Level],
    /// The fact that must be true. `None`: no further condition.
    pub mark: Option<Mark>,
}

const CLOSED: &[State] = &[State::Closed];
const OPEN_OR_CLOSED: &[State] = &[
    State::PendingAcceptance,
    State::AwaitingInfo,
    State::PendingDispatch,
    State::PendingReceipt,
    State::InProgress,
    State::Suspended,
    State::PendingVerification,
    State::Closed,
];
const GRASSROOTS: &[Level] = &[Level::Village, Level::Township];

impl Metric {
    /// The conditions for an incident to be counted as it is now. `None` for [`Metric::ReopenedSoon`], which counts what happened to it.
    #[must_use]
    pub const fn pattern(self) -> Option<MetricFilter> {
        const ANY: MetricFilter = MetricFilter { states: CLOSED, outcome: None, levels: &[], mark: None };
        const SETTLED: MetricFilter = MetricFilter { outcome: Some(Outcome::Resolved), ..ANY };
        Some(match self {
            Self::Closed => ANY,
            Self::Resolved => SETTLED,
            Self::Unresolved => MetricFilter { outcome: Some(Outcome::Unresolved), ..ANY },
            Self::Open => MetricFilter { states: State::OPEN, ..ANY },
            Self::Grassroots => MetricFilter { levels: GRASSROOTS, ..SETTLED },
            Self::ResolvedByVillage => MetricFilter { levels: &[Level::Village], ..SETTLED },
            Self::ResolvedByTownship => MetricFilter { levels: &[Level::Township], ..SETTLED },
            Self::ResolvedByCounty => MetricFilter { levels: &[Level::County], ..SETTLED },
            Self::ResolvedByCity => MetricFilter { levels: &[Level::City], ..SETTLED },
            Self::ResolvedInPlace => MetricFilter { mark: Some(Mark::InPlace), ..SETTLED },
            Self::ResolvedOnSpot => MetricFilter { mark: Some(Mark::OnSpot), ..SETTLED },
            Self::SelfVerified => MetricFilter { mark: Some(Mark::SelfVerified), ..ANY },
            Self::VerifiedByColleague => MetricFilter { mark: Some(Mark::VerifiedByColleague), ..ANY },
            Self::HandedDownGrassroots => {
                MetricFilter { levels: GRASSROOTS, mark: Some(Mark::HandedDown), ..SETTLED }
            }
            Self::Reopened => MetricFilter { states: OPEN_OR_CLOSED, mark: Some(Mark::Reopened), ..ANY },
            Self::ReopenedSoon => return None,
            Self::CountyFirstClosed => MetricFilter { mark: Some(Mark::CountyFirst), ..ANY },
            Self::CountyFirstGrassroots => {
                MetricFilter { levels: GRASSROOTS, mark: Some(Mark::CountyFirst), ..SETTLED }
            }
            Self::NotAccepted => MetricFilter { states: &[State::NotAccepted], ..ANY },
            Self::Voided => MetricFilter { states: &[State::Voided], ..ANY },
            Self::Merged => MetricFilter { states: &[State::Merged], ..ANY },
            Self::ReferredOut => MetricFilter { states: &[State::ReferredOut], ..ANY },
        })
    }

    /// Whether incidents with these facts are counted.
    #[must_use]
    pub fn counts(self, facts: MetricFacts) -> bool {
        let Some(MetricFilter { states, outcome, levels, mark }) = self.pattern() else { return false };
        states.contains(&facts.state)
            && (outcome.is_none() || facts.outcome == outcome)
            && (levels.is_empty() || facts.resolved_level.is_some_and(|level| levels.contains(&level)))
            && mark.is_none_or(|mark| facts.has(mark))
    }
}

/// Every count for a set of incidents.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Counts(BTreeMap<Metric, u64>);

impl Default for Counts {
    fn default() -> Self {
        Self(Metric::ALL.iter().map(|metric| (*metric, 0)).collect())
    }
}

impl Counts {
    /// Adds `number` incidents with these facts.
    pub fn add(&mut self, facts: MetricFacts, number: u64) {
        for (metric, count) in &mut self.0 {
            if metric.counts(facts) {
                *count += number;
            }
        }
    }

    /// Adds `number` incidents that were reopened soon after a closure.
    pub fn add_reopened_soon(&mut self, number: u64) {
        *self.0.entry(Metric::ReopenedSoon).or_default() += number;
    }

    /// Adds the counts of other incidents.
    pub fn merge(&mut self, others: &Self) {
        for (metric, count) in &mut self.0 {
            *count += others.get(*metric);
        }
    }

    #[must_use]
    pub fn get(&self, metric: Metric) -> u64 {
        self.0.get(&metric).copied().unwrap_or(0)
    }

    /// Every count, in the order of [`Metric`].
    pub fn iter(&self) -> impl Iterator<Item = (Metric, u64)> {
        self.0.iter().map(|(metric, count)| (*metric, *count))
    }

    /// The grassroots resolution rate (基层化解率): settled at a village or township desk ÷ closed.
    #[must_use]
    pub fn grassroots_share(&self) -> Share {
        Share::new(self.get(Metric::Grassroots), self.get(Metric::Closed))
    }

    /// Settled at a village or township desk ÷ closed or open.
    #[must_use]
    pub fn grassroots_share_of_all(&self) -> Share {
        Share::new(self.get(Metric::Grassroots), self.get(Metric::Closed) + self.get(Metric::Open))
    }

    /// The grassroots resolution rate without categories that go to the county first, which lower levels do not receive.
    #[must_use]
    pub fn grassroots_share_without_county_first(&self) -> Share {
        Share::new(
            self.get(Metric::Grassroots) - self.get(Metric::CountyFirstGrassroots),
            self.get(Metric::Closed) - self.get(Metric::CountyFirstClosed),
        )
    }

    /// The grassroots resolution rate without what was settled on the spot, which no desk accepted and nobody verified.
    #[must_use]
    pub fn grassroots_share_without_on_spot(&self) -> Share {
        let on_spot = self.get(Metric::ResolvedOnSpot);
        Share::new(self.get(Metric::Grassroots) - on_spot, self.get(Metric::Closed) - on_spot)
    }

    /// The village resolution rate (村级化解率, 小事不出村): settled at a village desk ÷ closed.
    #[must_use]
    pub fn village_share(&self) -> Share {
        Share::new(self.get(Metric::ResolvedByVillage), self.get(Metric::Closed))
    }

    /// The in-place resolution rate (就地化解率): settled by the desk that accepted it first ÷ closed.
    #[must_use]
    pub fn in_place_share(&self) -> Share {
        Share::new(self.get(Metric::ResolvedInPlace), self.get(Metric::Closed))
    }
}

/// A rate with its numerator and denominator.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Share {
    pub numerator: u64,
    pub denominator: u64,
    /// The quotient, from 0 to 1. `None` if the denominator is 0.
    pub value: Option<f64>,
    /// The 95 % confidence interval (Wilson score) for denominators below [`SMALL`], where the quotient alone is misleading.
    pub interval_95: Option<[f64; 2]>,
}

/// Rates with a smaller denominator have a confidence interval.
pub const SMALL: u64 = 100;

impl Share {
    /// Divides `numerator` by `denominator`.
    #[must_use]
    pub fn new(numerator: u64, denominator: u64) -> Self {
        if denominator == 0 {
            return Self { numerator, denominator, value: None, interval_95: None };
        }
        let value = to_f64(numerator) / to_f64(denominator);
        let interval_95 = (denominator < SMALL).then(|| wilson(value, to_f64(denominator)));
        Self { numerator, denominator, value: Some(value), interval_95 }
    }
}

/// The Wilson score interval at 95 % for a share of `n` observations.
fn wilson(share: f64, n: f64) -> [f64; 2] {
    const Z: f64 = 1.959_963_984_540_054;
    let z2 = Z * Z;
    let centre = share + z2 / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    [((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0)]
}

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "counts are far below 2^53")]
const fn to_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_with_a_small_denominator_has_a_confidence_interval() {
        // Reference: statsmodels.stats.proportion.proportion_confint(8, 10, method="wilson").
        let share = Share::new(8, 10);
        let [low, high] = share.interval_95.unwrap();
        assert!((low - 0.490_162).abs() < 1e-6, "{low}");
        assert!((high - 0.943_318).abs() < 1e-6, "{high}");
        assert_eq!(Share::new(85, 100).interval_95, None);
        assert_eq!(Share::new(0, 0).value, None);
    }
}
