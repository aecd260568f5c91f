//! Hearings as they are counted: figures, the lists behind them, and the share that settled the matter.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use grassroots_domain::reading::hearings::HearingCounts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::{snapshot::Snapshot, statistics::ShareQuery},
    localization::language::Language,
    urls,
    views::share::{FigureView, ShareView},
};

/// The hearings of a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct HearingsView {
    /// The unit asked for: the place of occurrence.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// First day, in China.
    pub from: NaiveDate,
    /// Day after the last.
    pub to: NaiveDate,
    /// What is counted, in words.
    pub definition: String,
    /// Every figure, with the list behind it. A matter that was heard twice is listed once.
    pub figures: BTreeMap<&'static str, FigureView>,
    /// 听证息诉率: settled, of all held.
    pub settled: ShareView,
}

const DEFINITION: (&str, &str) = (
    "听证息诉率＝期内召开且结果为“当场化解”的听证 ÷ 期内召开并已反馈结果的全部听证（含形成意见和延期）；\
     按召开日期统计，未召开或未反馈的另列。只统计您可见全部内容的事件；审计管理员统计全部。",
    "Of all hearings held in the period whose outcome is known, adjourned ones included, the share that settled the \
     matter. Hearings count by the day they are held; those without an outcome stand beside. Only matters you see in full \
     are counted; the auditor counts all.",
);

impl HearingsView {
    /// The answer to `asked`.
    #[must_use]
    pub fn new(asked: &ShareQuery, counts: &HearingCounts, snapshot: &Snapshot, language: Language) -> Self {
        let ShareQuery { unit, from, to, .. } = *asked;
        let figures = counts.iter().map(|(figure, count)| {
            let list = urls::hearing_incidents(unit, (from, to), figure);
            (figure.as_str(), FigureView { count, list })
        });
        Self {
            unit: unit.to_string(),
            unit_name: snapshot.ground.units.full_name(unit),
            from,
            to,
            definition: language.choose(DEFINITION).to_owned(),
            figures: figures.collect(),
            settled: counts.settled_share().into(),
        }
    }
}
