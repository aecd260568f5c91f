//! The grassroots share as it is shown: figures, the lists behind them, and the shares made of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use grassroots_domain::reading::share::{Counts, DateBasis, Share};
use grassroots_persistence::reading::shares::Child;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::{
        snapshot::Snapshot,
        statistics::{Group, ShareAnswer, ShareQuery},
    },
    json::schema::codes,
    localization::language::Language,
    urls::share_incidents,
};

/// The share of incidents resolved at the grassroots.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrassrootsView {
    /// The unit asked for: the place of occurrence.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// `closed`: incidents whose latest closure lies in the period. `reported`: those received in it.
    #[schema(schema_with = codes::<DateBasis>)]
    pub basis: &'static str,
    /// First day, in China.
    pub from: NaiveDate,
    /// Day after the last.
    pub to: NaiveDate,
    /// What is counted, in words.
    pub definition: String,
    /// Every figure, with the list behind it.
    pub figures: BTreeMap<&'static str, FigureView>,
    /// The shares made of the figures.
    pub shares: SharesView,
    /// The same for each part, if a split was asked for.
    pub groups: Vec<GroupView>,
}

/// A figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureView {
    /// How many incidents.
    pub count: u64,
    /// Where they are listed.
    #[schema(
        example = "/v1/statistics/grassroots/incidents?unit=411224&from=2026-11-01&to=2026-12-01&basis=closed&figure=grassroots"
    )]
    pub list: String,
}

/// The shares.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharesView {
    /// 基层化解率: settled by village or township, of all closed.
    pub grassroots: ShareView,
    /// The same of everything taken on, closed or still open. Only on the `reported` basis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grassroots_of_all: Option<ShareView>,
    /// The share without categories that go to the county first.
    pub grassroots_without_county_first: ShareView,
    /// 村级化解率 (小事不出村).
    pub village: ShareView,
    /// 就地化解率: settled by the desk that accepted it first.
    pub in_place: ShareView,
}

/// A share with the figures behind it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareView {
    /// How many.
    pub numerator: u64,
    /// Of how many.
    pub denominator: u64,
    /// Their quotient, 0 to 1; absent when there is nothing to divide by.
    pub value: Option<f64>,
    /// The 95 % interval by Wilson, when the denominator is under 100.
    pub interval_95: Option<[f64; 2]>,
}

/// A part of the whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupView {
    /// Code of the unit, grid or category, or the month; absent where the place is not known that precisely.
    pub key: Option<String>,
    /// Its name.
    pub name: String,
    /// Where the incidents behind a figure are listed: add its name. Absent where the place is not known that precisely.
    #[schema(
        example = "/v1/statistics/grassroots/incidents?unit=411224&from=2026-11-01&to=2026-12-01&basis=closed&category=5002&figure="
    )]
    pub list: Option<String>,
    /// Every figure, by name.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub figures: BTreeMap<&'static str, u64>,
    /// The shares made of the figures.
    pub shares: SharesView,
}

impl From<Share> for ShareView {
    fn from(share: Share) -> Self {
        Self {
            numerator: share.numerator,
            denominator: share.denominator,
            value: share.value,
            interval_95: share.interval_95,
        }
    }
}

impl SharesView {
    fn new(counts: &Counts, basis: DateBasis) -> Self {
        Self {
            grassroots: counts.grassroots_share().into(),
            grassroots_of_all: (basis == DateBasis::Reported)
                .then(|| counts.grassroots_share_of_all().into()),
            grassroots_without_county_first: counts.grassroots_share_without_county_first().into(),
            village: counts.village_share().into(),
            in_place: counts.in_place_share().into(),
        }
    }
}

impl GrassrootsView {
    /// The answer to `asked`.
    #[must_use]
    pub fn new(asked: &ShareQuery, answer: &ShareAnswer, snapshot: &Snapshot, language: Language) -> Self {
        let figures = answer.total.iter().map(|(figure, count)| {
            let list = share_incidents(asked.unit, (asked.from, asked.to), asked.basis, "");
            (figure.as_str(), FigureView { count, list: format!("{list}{figure}") })
        });
        Self {
            unit: asked.unit.to_string(),
            unit_name: snapshot.ground.units.full_name(asked.unit),
            basis: asked.basis.as_str(),
            from: asked.from,
            to: asked.to,
            definition: language.choose(definition(asked.basis)).to_owned(),
            figures: figures.collect(),
            shares: SharesView::new(&answer.total, asked.basis),
            groups: answer
                .groups
                .iter()
                .map(|(group, counts)| part(group, counts, asked, snapshot, language))
                .collect(),
        }
    }
}

const fn definition(basis: DateBasis) -> (&'static str, &'static str) {
    match basis {
        DateBasis::Closed => (
            "基层化解率＝期内最后一次结案且由村级或乡镇级办结为“已化解”的事件 ÷ 期内最后一次结案的全部事件（含未化解）；\
             不予受理、作废、并案、转出的不计入，重新办理的在再次结案前不计入。只统计您有权查看的事件。",
            "Of all incidents whose latest closure lies in the period, resolved or not, the share resolved under village \
             or township custody. Not accepted, voided, merged and referred ones are outside; a reopened one is outside until it closes \
             again. Only what you may see is counted.",
        ),
        DateBasis::Reported => (
            "期内收到的事件中：已结案的基层化解率，以及占全部受理事件（含未结案）的基层化解率；\
             不予受理、作废、并案、转出的不计入。只统计您有权查看的事件。",
            "Of the incidents received in the period: the grassroots share of those closed, and of all taken on, open ones \
             included. Not accepted, voided, merged and referred ones are outside. Only what you may see is counted.",
        ),
    }
}

fn part(
    group: &Group,
    counts: &Counts,
    asked: &ShareQuery,
    snapshot: &Snapshot,
    language: Language,
) -> GroupView {
    let ground = &snapshot.ground;
    let period = (asked.from, asked.to);
    let list = match group {
        Group::Child(Child::Unit(unit)) => Some(share_incidents(*unit, period, asked.basis, "")),
        Group::Child(Child::Grid(grid)) => {
            Some(share_incidents(asked.unit, period, asked.basis, &format!("&grid={grid}")))
        }
        Group::Child(Child::Unknown) => None,
        Group::Category(code) => {
            Some(share_incidents(asked.unit, period, asked.basis, &format!("&category={code}")))
        }
        Group::Month(day) => {
            let month = asked.months().into_iter().find(|(from, _)| from == day);
            month.map(|month| share_incidents(asked.unit, month, asked.basis, ""))
        }
    };
    let (key, name) = match group {
        Group::Child(Child::Unit(unit)) => {
            let name = ground.units.get(*unit).map_or_else(|| unit.to_string(), |unit| unit.name.clone());
            (Some(unit.to_string()), name)
        }
        Group::Child(Child::Grid(grid)) => {
            let name = ground.grids.get(*grid).map_or_else(|| grid.to_string(), |grid| grid.name.clone());
            (Some(grid.to_string()), name)
        }
        Group::Child(Child::Unknown) => {
            (None, language.choose(("未定位到下一级", "place not known below")).to_owned())
        }
        Group::Category(code) => {
            let category = snapshot.rules.as_ref().and_then(|rules| rules.category(*code));
            let name = category.map_or("", |category| language.choose((&category.zh, &category.en)));
            (Some(code.to_string()), name.to_owned())
        }
        Group::Month(day) => {
            let month = day.format("%Y-%m").to_string();
            (Some(month.clone()), month)
        }
    };
    GroupView {
        key,
        name,
        list,
        figures: counts.iter().map(|(figure, count)| (figure.as_str(), count)).collect(),
        shares: SharesView::new(counts, asked.basis),
    }
}
