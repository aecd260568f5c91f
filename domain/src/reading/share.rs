//! The grassroots share: one published definition.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    code::codes,
    geography::unit::Level,
    incident::{Incident, State, leg::Outcome},
};

codes! {
    /// Which incidents a share is of.
    DateBasis "basis" {
        /// Those that were closed in the period.
        Closed "closed" "按结案时间",
        /// Those that were received in the period.
        Reported "reported" "按上报时间",
    }
}

/// What the share needs to know of an incident. Incidents with equal traits are counted together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MetricFacts {
    /// Where it stands.
    pub state: State,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// Level of the custody leg under which it closed.
    pub resolved_level: Option<Level>,
    /// Settled by the reporter on the spot.
    pub on_spot: bool,
    /// Verified by who did the work.
    pub self_verified: bool,
    /// Reopened at least once.
    pub reopened: bool,
    /// Closed by the desk that accepted it first.
    pub in_place: bool,
    /// Its category goes to the county first.
    pub county_first: bool,
}

impl From<&Incident> for MetricFacts {
    fn from(incident: &Incident) -> Self {
        Self {
            state: incident.state,
            outcome: incident.outcome,
            resolved_level: incident.resolved_level,
            on_spot: incident.on_spot,
            self_verified: incident.self_verified,
            reopened: incident.reopened > 0,
            in_place: incident.in_place,
            county_first: incident.county_first,
        }
    }
}

codes! {
    /// The figures from which every share is made, and behind each of which stands a list.
    Metric "figure" {
        /// The denominator of the share.
        Closed "closed" "已结案",
        /// Closed and settled.
        Resolved "resolved" "已化解",
        /// Closed and not settled.
        Unresolved "unresolved" "未化解",
        /// Not at rest; always 0 by closure.
        Open "open" "未结案",
        /// The numerator of the share: settled under the custody of a village or township.
        Grassroots "grassroots" "基层化解",
        /// Settled under the custody of a village.
        ResolvedByVillage "resolved_by_village" "村级化解",
        /// Settled under the custody of a township.
        ResolvedByTownship "resolved_by_township" "乡镇级化解",
        /// Settled under the custody of a county.
        ResolvedByCounty "resolved_by_county" "县级化解",
        /// Settled under the custody of the city, where no county has a desk.
        ResolvedByCity "resolved_by_city" "市级化解",
        /// Settled by the desk that accepted it first.
        ResolvedInPlace "resolved_in_place" "就地化解",
        /// Settled by the reporter; part of what the village settled.
        ResolvedOnSpot "resolved_on_spot" "现场自办",
        /// Closed, and verified by who did the work.
        SelfVerified "self_verified" "自办自核",
        /// Reopened at least once: closed again or, by arrival, open.
        Reopened "reopened" "重新办理",
        /// Closed, in categories that go to the county first.
        CountyFirstClosed "county_first_closed" "县级首办类别已结案",
        /// Settled at the grassroots, in categories that go to the county first.
        CountyFirstGrassroots "county_first_grassroots" "县级首办类别基层化解",
        /// Outside the share: no matter for grid governance.
        NotAccepted "not_accepted" "不予受理",
        /// Outside the share: reported by mistake.
        Voided "voided" "已作废",
        /// Outside the share: another report of the same matter stands for it.
        Merged "merged" "已并案",
        /// Outside the share: an authority outside grid governance took it on.
        ReferredOut "referred_out" "已转出",
    }
}

/// A mark that an incident bears.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// Settled by the reporter on the spot.
    OnSpot,
    /// Verified by who did the work.
    SelfVerified,
    /// Reopened at least once.
    Reopened,
    /// Closed by the desk that accepted it first.
    InPlace,
    /// In a category that goes to the county first.
    CountyFirst,
}

/// Which incidents a figure counts, as plain data: [`Metric::counts`] judges one incident, the database layer turns the
/// same data into a condition for the list behind the figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MetricFilter {
    /// In one of these states.
    pub states: &'static [State],
    /// With this outcome, if one is asked for.
    pub outcome: Option<Outcome>,
    /// Settled at one of these levels; empty for any.
    pub levels: &'static [Level],
    /// With this mark, if one is asked for.
    pub mark: Option<Mark>,
}

const CLOSED: &[State] = &[State::Closed];
const TAKEN_ON: &[State] = &[
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
    /// Which incidents the figure counts.
    #[must_use]
    pub const fn pattern(self) -> MetricFilter {
        const ANY: MetricFilter = MetricFilter { states: CLOSED, outcome: None, levels: &[], mark: None };
        const SETTLED: MetricFilter = MetricFilter { outcome: Some(Outcome::Resolved), ..ANY };
        match self {
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
            Self::Reopened => MetricFilter { states: TAKEN_ON, mark: Some(Mark::Reopened), ..ANY },
            Self::CountyFirstClosed => MetricFilter { mark: Some(Mark::CountyFirst), ..ANY },
            Self::CountyFirstGrassroots => {
                MetricFilter { levels: GRASSROOTS, mark: Some(Mark::CountyFirst), ..SETTLED }
            }
            Self::NotAccepted => MetricFilter { states: &[State::NotAccepted], ..ANY },
            Self::Voided => MetricFilter { states: &[State::Voided], ..ANY },
            Self::Merged => MetricFilter { states: &[State::Merged], ..ANY },
            Self::ReferredOut => MetricFilter { states: &[State::ReferredOut], ..ANY },
        }
    }

    /// Whether the figure counts incidents with these traits.
    #[must_use]
    pub fn counts(self, traits: MetricFacts) -> bool {
        let MetricFilter { states, outcome, levels, mark } = self.pattern();
        states.contains(&traits.state)
            && (outcome.is_none() || traits.outcome == outcome)
            && (levels.is_empty() || traits.resolved_level.is_some_and(|level| levels.contains(&level)))
            && match mark {
                None => true,
                Some(Mark::OnSpot) => traits.on_spot,
                Some(Mark::SelfVerified) => traits.self_verified,
                Some(Mark::Reopened) => traits.reopened,
                Some(Mark::InPlace) => traits.in_place,
                Some(Mark::CountyFirst) => traits.county_first,
            }
    }
}

/// Every figure for some set of incidents.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(transparent)]
pub struct Counts(BTreeMap<Metric, u64>);

impl Default for Counts {
    fn default() -> Self {
        Self(Metric::ALL.iter().map(|figure| (*figure, 0)).collect())
    }
}

impl Counts {
    /// Counts `number` incidents with these traits.
    pub fn add(&mut self, traits: MetricFacts, number: u64) {
        for (figure, count) in &mut self.0 {
            if figure.counts(traits) {
                *count += number;
            }
        }
    }

    /// Adds the counts of other incidents.
    pub fn merge(&mut self, others: &Self) {
        for (figure, count) in &mut self.0 {
            *count += others.get(*figure);
        }
    }

    /// One figure.
    #[must_use]
    pub fn get(&self, figure: Metric) -> u64 {
        self.0.get(&figure).copied().unwrap_or(0)
    }

    /// Every figure, by name.
    pub fn iter(&self) -> impl Iterator<Item = (Metric, u64)> {
        self.0.iter().map(|(figure, count)| (*figure, *count))
    }

    /// 基层化解率: settled by village or township, of all closed.
    #[must_use]
    pub fn grassroots_share(&self) -> Share {
        Share::new(self.get(Metric::Grassroots), self.get(Metric::Closed))
    }

    /// The same of everything taken on, closed or still open.
    #[must_use]
    pub fn grassroots_share_of_all(&self) -> Share {
        Share::new(self.get(Metric::Grassroots), self.get(Metric::Closed) + self.get(Metric::Open))
    }

    /// The same without categories that go to the county first and so cannot be settled below.
    #[must_use]
    pub fn grassroots_share_without_county_first(&self) -> Share {
        Share::new(
            self.get(Metric::Grassroots) - self.get(Metric::CountyFirstGrassroots),
            self.get(Metric::Closed) - self.get(Metric::CountyFirstClosed),
        )
    }

    /// 村级化解率 (小事不出村): settled by the village, of all closed.
    #[must_use]
    pub fn village_share(&self) -> Share {
        Share::new(self.get(Metric::ResolvedByVillage), self.get(Metric::Closed))
    }

    /// 就地化解率: settled by the desk that accepted it first, of all closed.
    #[must_use]
    pub fn in_place_share(&self) -> Share {
        Share::new(self.get(Metric::ResolvedInPlace), self.get(Metric::Closed))
    }
}

/// A share with the figures behind it.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Share {
    /// How many.
    pub numerator: u64,
    /// Of how many.
    pub denominator: u64,
    /// Their quotient, 0 to 1; absent when there is nothing to divide by.
    pub value: Option<f64>,
    /// The 95 % interval by Wilson, for denominators under [`SMALL`], where the bare figure says little.
    pub interval_95: Option<[f64; 2]>,
}

/// Below this denominator a share carries its interval.
pub const SMALL: u64 = 100;

impl Share {
    /// The share of `numerator` in `denominator`.
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

/// Wilson's score interval at 95 %.
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
    fn a_small_share_carries_wilsons_interval() {
        // Reference: statsmodels.stats.proportion.proportion_confint(8, 10, method="wilson").
        let share = Share::new(8, 10);
        let [low, high] = share.interval_95.unwrap();
        assert!((low - 0.490_162).abs() < 1e-6, "{low}");
        assert!((high - 0.943_318).abs() < 1e-6, "{high}");
        assert_eq!(Share::new(85, 100).interval_95, None);
        assert_eq!(Share::new(0, 0).value, None);
    }
}
