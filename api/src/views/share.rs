//! Statistics of the grassroots resolution rate: the figures, links to the incidents counted, and the rates.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use grassroots_domain::{
    reading::share::{Counts, DateBasis, Share},
    rules::category::CategoryCode,
};
use grassroots_persistence::reading::shares::Child;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::{
        snapshot::Snapshot,
        statistics::{Group, ShareAnswer, ShareQuery},
    },
    json::schema::codes,
    language::Language,
    urls::share_incidents,
};

/// The grassroots resolution rate of a unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrassrootsView {
    /// Code of the unit that was asked for. The incidents happened in it.
    pub unit: String,
    /// The name of the unit.
    pub unit_name: String,
    /// `closed`: incidents whose latest closure lies in the period. `reported`: incidents received in the period.
    #[schema(schema_with = codes::<DateBasis>)]
    pub basis: &'static str,
    /// The first day of the period (China time).
    pub from: NaiveDate,
    /// The day after the last day of the period (China time).
    pub to: NaiveDate,
    /// The definition of the rate, in words.
    pub definition: String,
    /// The figures, each with a link to the incidents counted.
    pub figures: BTreeMap<&'static str, FigureView>,
    /// The rates computed from the figures.
    pub shares: SharesView,
    /// Figures and rates for each group; empty if no grouping was asked for.
    pub groups: Vec<GroupView>,
}

/// A figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureView {
    /// The number of incidents.
    pub count: u64,
    /// The URL of the list of these incidents.
    #[schema(
        example = "/v1/statistics/grassroots/incidents?unit=411224&from=2026-11-01&to=2026-12-01&basis=closed&figure=grassroots"
    )]
    pub list: String,
}

/// The rates.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharesView {
    /// Grassroots resolution rate (基层化解率): incidents resolved by a village or township, of all closed incidents.
    pub grassroots: ShareView,
    /// The same numerator, of all accepted incidents, closed or open. Absent unless `basis` is `reported`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grassroots_of_all: Option<ShareView>,
    /// The grassroots resolution rate without what was settled on the spot.
    pub grassroots_without_on_spot: ShareView,
    /// The grassroots resolution rate without the categories that go to the county first.
    pub grassroots_without_county_first: ShareView,
    /// Village resolution rate (村级化解率, 小事不出村).
    pub village: ShareView,
    /// In-place resolution rate (就地化解率): incidents resolved by the desk that accepted them first. Incidents settled on
    /// the spot are in the denominator only.
    pub in_place: ShareView,
}

/// A rate with its two figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareView {
    /// The upper number of the fraction.
    pub numerator: u64,
    /// The lower number of the fraction.
    pub denominator: u64,
    /// The numerator divided by the denominator, from 0 to 1; absent if the denominator is 0.
    pub value: Option<f64>,
    /// Wilson's 95 % confidence interval, lower and upper bound; absent if the denominator is 100 or more, or 0.
    pub interval_95: Option<[f64; 2]>,
}

/// A group of incidents.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupView {
    /// Code of the unit, grid or category, or the month. Absent for incidents whose place is not known precisely enough, for
    /// those that no unit below counts, and for the restricted ones of all categories.
    pub key: Option<String>,
    /// The name of the group.
    pub name: String,
    /// The URL of the incidents of a figure, without the name of the figure: append it. Absent for incidents that belong to no unit
    /// below.
    #[schema(
        example = "/v1/statistics/grassroots/incidents?unit=411224&from=2026-11-01&to=2026-12-01&basis=closed&category=5002&figure="
    )]
    pub list: Option<String>,
    /// The figures of the group, by name.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub figures: BTreeMap<&'static str, u64>,
    /// The rates computed from the figures of the group.
    pub shares: SharesView,
    /// For the restricted incidents of all categories: the categories. Given for a county or city, for one whole month by closure, unless
    /// a small number would follow from the sum.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<RestrictedCategoryView>,
}

/// A restricted category.
#[derive(Debug, Serialize, ToSchema)]
pub struct RestrictedCategoryView {
    /// The code of the category.
    pub key: String,
    /// The name of the category.
    pub name: String,
    /// The number of closed incidents. `<5` stands for 1 to 4, and for the next smallest number, so that nobody can subtract.
    #[schema(example = "<5")]
    pub closed: String,
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
            grassroots_without_on_spot: counts.grassroots_share_without_on_spot().into(),
            grassroots_without_county_first: counts.grassroots_share_without_county_first().into(),
            village: counts.village_share().into(),
            in_place: counts.in_place_share().into(),
        }
    }
}

impl GrassrootsView {
    #[must_use]
    pub fn new(asked: &ShareQuery, answer: &ShareAnswer, snapshot: &Snapshot, language: Language) -> Self {
        let figures = answer.total.iter().map(|(figure, count)| {
            let list = share_incidents(asked.unit, (asked.from, asked.to), asked.basis, "");
            (figure.as_str(), FigureView { count, list: format!("{list}{figure}") })
        });
        Self {
            unit: asked.unit.to_string(),
            unit_name: snapshot.reference_data.units.full_name(asked.unit),
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
            "基层化解率＝最后一次结案在期内、由村级或乡镇级结案且结果为“已化解”的事件（含现场自办）÷ 最后一次结案在期内的全部事件（含未化解）；\
             不予受理、作废、并案、移送的不计入，重新办理的在再次结案前不计入。事件按事发地计入单位；\
             回避该级的事件计入上级，受限事件自乡镇级起计入。",
            "Of all incidents whose latest closure lies in the period, resolved or not, the share resolved under village \
             or township custody, on-the-spot reports included. Not accepted, voided, merged and referred ones are outside; a reopened \
             one is outside until it closes again. An incident counts for the units where it happened, except for those that it passes \
             over; restricted ones count from the township up.",
        ),
        DateBasis::Reported => (
            "期内收到的事件中：已结案的基层化解率（含现场自办），以及占全部事件（含未结案）的基层化解率；\
             不予受理、作废、并案、移送的不计入。事件按事发地计入单位；回避该级的事件计入上级，受限事件自乡镇级起计入。",
            "Of the incidents received in the period: the grassroots share of those closed, on-the-spot reports included, and of \
             all taken on, open ones included. Not accepted, voided, merged and referred ones are outside. An incident counts for the \
             units where it happened, except for those that it passes over; restricted ones count from the township up.",
        ),
    }
}

/// The name of a category; empty if the rules no longer have it.
fn category_name(code: CategoryCode, snapshot: &Snapshot, language: Language) -> String {
    let category = snapshot.rules.as_ref().and_then(|rules| rules.category(code));
    category.map_or("", |category| language.choose((&category.zh, &category.en))).to_owned()
}

fn part(
    group: &Group,
    counts: &Counts,
    asked: &ShareQuery,
    snapshot: &Snapshot,
    language: Language,
) -> GroupView {
    let reference_data = &snapshot.reference_data;
    let period = (asked.from, asked.to);
    let list = match group {
        Group::Child(Child::Unit(unit)) => Some(share_incidents(*unit, period, asked.basis, "")),
        Group::Child(Child::Grid(grid)) => {
            Some(share_incidents(asked.unit, period, asked.basis, &format!("&grid={grid}")))
        }
        Group::Child(Child::Unknown | Child::NotShown) => None,
        Group::Restricted { .. } => {
            Some(share_incidents(asked.unit, period, asked.basis, "&restricted=true"))
        }
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
            let name =
                reference_data.units.get(*unit).map_or_else(|| unit.to_string(), |unit| unit.name.clone());
            (Some(unit.to_string()), name)
        }
        Group::Child(Child::Grid(grid)) => {
            let name =
                reference_data.grids.get(*grid).map_or_else(|| grid.to_string(), |grid| grid.name.clone());
            (Some(grid.to_string()), name)
        }
        Group::Child(Child::Unknown) => {
            (None, language.choose(("未定位到下一级", "place not known below")).to_owned())
        }
        Group::Child(Child::NotShown) => (
            None,
            language
                .choose(("受限事件（不显示到下一级）", "restricted (not shown to the level below)"))
                .to_owned(),
        ),
        Group::Category(code) => (Some(code.to_string()), category_name(*code, snapshot, language)),
        Group::Restricted { .. } => (
            None,
            language.choose(("受限事件（各类别合计）", "restricted (all categories together)")).to_owned(),
        ),
        Group::Month(day) => {
            let month = day.format("%Y-%m").to_string();
            (Some(month.clone()), month)
        }
    };
    let categories = match group {
        Group::Restricted { parts } => parts
            .iter()
            .map(|(code, closed)| RestrictedCategoryView {
                key: code.to_string(),
                name: category_name(*code, snapshot, language),
                closed: closed.map_or_else(|| "<5".to_owned(), |closed| closed.to_string()),
            })
            .collect(),
        Group::Child(_) | Group::Category(_) | Group::Month(_) => Vec::new(),
    };
    GroupView {
        key,
        name,
        list,
        categories,
        figures: counts.iter().map(|(figure, count)| (figure.as_str(), count)).collect(),
        shares: SharesView::new(counts, asked.basis),
    }
}
