//! Statistics of hearings: the figures, links to the incidents counted, and the settlement rate.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use grassroots_domain::reading::hearings::HearingCounts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::{snapshot::Snapshot, statistics::ShareQuery},
    language::Language,
    urls,
    views::share::{FigureView, ShareView},
};

/// The hearings held in a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct HearingsView {
    /// Code of the unit that was asked for. The incidents happened in it.
    pub unit: String,
    /// The name of the unit.
    pub unit_name: String,
    /// The first day of the period (China time).
    pub from: NaiveDate,
    /// The day after the last day of the period (China time).
    pub to: NaiveDate,
    /// The definition of the figures, in words.
    pub definition: String,
    /// The figures, each with a link to the incidents counted. An incident with two hearings is listed once.
    pub figures: BTreeMap<&'static str, FigureView>,
    /// The hearing settlement rate (听证息诉率): hearings that settled the matter, of all hearings with a result.
    pub settled: ShareView,
}

const DEFINITION: (&str, &str) = (
    "听证息诉率＝期内召开且结果为“当场化解”的听证 ÷ 期内召开并已反馈结果的全部听证（含形成意见和延期）；\
     按召开日期统计，未召开或未反馈的另列。事件按事发地计入单位；回避该级的事件计入上级，受限事件自乡镇级起计入。",
    "Of all hearings held in the period whose outcome is known, adjourned ones included, the share that settled the \
     matter. Hearings count by the day they are held; those without an outcome stand beside. A matter counts for the \
     units where it happened, except for those that it passes over; restricted ones count from the township up.",
);

impl HearingsView {
    #[must_use]
    pub fn new(asked: &ShareQuery, counts: &HearingCounts, snapshot: &Snapshot, language: Language) -> Self {
        let ShareQuery { unit, from, to, .. } = *asked;
        let figures = counts.iter().map(|(figure, count)| {
            let list = urls::hearing_incidents(unit, (from, to), figure);
            (figure.as_str(), FigureView { count, list })
        });
        Self {
            unit: unit.to_string(),
            unit_name: snapshot.reference_data.units.full_name(unit),
            from,
            to,
            definition: language.choose(DEFINITION).to_owned(),
            figures: figures.collect(),
            settled: counts.settled_share().into(),
        }
    }
}
