//! Routing: which desk receives a report, with an explanation in words.

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::{
        place::{Located, Place},
        unit::Level,
        unit_tree::UnitTree,
    },
    organisation::{OrganisationCode, Organisations},
    rules::{
        Rules,
        category::{Category, CategoryCode, Flag, Severity},
    },
    stored::is_default,
    text::localized::{Localized, localized},
};

codes! {
    /// The rule that decided the level.
    #[derive(Default)]
    RoutingRule "routing rule" {
        #[default]
        /// The first level of the category.
        FirstLevel "first_level" "类别首办层级",
        /// The lowest level for the severity. By default `major` goes to the township and `critical` to the county.
        MinimumLevel "minimum_level" "该等级的最低受理层级",
        /// The category skips a level, because the matter may concern people at that level.
        SkippedLevel "skipped_level" "回避层级",
        /// The desk that entered the matter keeps it.
        Kept "kept" "录入单位受理",
    }
}

codes! {
    /// Why a higher desk receives the report instead of a desk at the chosen level.
    Fallback "routing fallback" {
        /// The unit of the place is not known at that level.
        PlaceUnknown "place_unknown" "地点未定位到该层级",
        /// The unit has no desk.
        NoDesk "no_desk" "该单位未设受理台",
    }
}

/// Why a desk receives a report: the facts of the decision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Routing {
    pub category: CategoryCode,
    /// The first level of the category at this place.
    pub first_level: Level,
    pub severity: Severity,
    /// This level and all lower levels are skipped.
    #[serde(default, skip_serializing_if = "is_default")]
    pub skips: Option<Level>,
    /// The rule that decided the level.
    #[serde(default, skip_serializing_if = "is_default")]
    pub rule: RoutingRule,
    /// The level that was chosen instead of the first level, before any fallback.
    #[serde(default, skip_serializing_if = "is_default")]
    pub other_level: Option<Level>,
    /// Why a higher desk than the chosen one receives it, if so.
    #[serde(default, skip_serializing_if = "is_default")]
    pub fallback: Option<Fallback>,
    /// Other desks that are notified at once.
    #[serde(default, skip_serializing_if = "is_default")]
    pub notified: Vec<OrganisationCode>,
    /// The name that the unit of the desk had then.
    pub unit: String,
    /// The names that the units above it had then, below the city.
    #[serde(default, skip_serializing_if = "is_default")]
    pub within: String,
    /// The names that the units of the notified desks had then.
    #[serde(default, skip_serializing_if = "is_default")]
    pub notified_units: Vec<String>,
    /// How the place was found.
    #[serde(default, skip_serializing_if = "is_default")]
    pub located: Located,
    /// The name that the reporter's unit had then, if the position is far from it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub far_from: Option<String>,
}

/// Who reads the reason of a routing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RoutingReader {
    /// Somebody who may know who reported, and so where that person works.
    KnowsReporter,
    Other,
}

/// The level that the rules choose, and the rule that decided. If several rules give the same level, the first of
/// [`RoutingRule`] is returned.
fn choose_level(
    category: &Category,
    severity: Severity,
    place: &Place,
    rules: &Rules,
) -> (Level, RoutingRule) {
    let first_level = rules.first_level(category, |unit| place.lies_in(unit));
    let above_skipped = category.skips().and_then(Level::superior).unwrap_or(Level::Village);
    let mut chosen = (first_level, RoutingRule::FirstLevel);
    for (level, rule) in [
        (rules.minimum_level(severity), RoutingRule::MinimumLevel),
        (above_skipped, RoutingRule::SkippedLevel),
    ] {
        if level > chosen.0 {
            chosen = (level, rule);
        }
    }
    chosen
}

/// The desk for a report of `category` and `severity` at `place`, and why.
///
/// `None` only if no unit of the place has a desk at the chosen level or above. The import of divisions creates a desk for
/// every unit, so this does not happen in practice.
#[must_use]
pub fn route(
    category: &Category,
    severity: Severity,
    place: &Place,
    rules: &Rules,
    units: &UnitTree,
    organisations: &Organisations,
) -> Option<(OrganisationCode, Routing)> {
    let (level, rule) = choose_level(category, severity, place, rules);
    let (desk, fallback) = desk_at_or_above(place, level, organisations)?;
    let facts = (category, severity, place);
    let routing = routing(desk, (level, rule), facts, rules, units, organisations);
    Some((desk, Routing { fallback, ..routing }))
}

/// Why `desk` keeps a matter of `category` and `severity` at `place` that it entered itself.
///
/// # Errors
/// The lowest level that may keep it, if the desk is of a lower one, of another place, or of the city, which holds no incidents.
pub fn route_to_keeper(
    desk: OrganisationCode,
    category: &Category,
    severity: Severity,
    place: &Place,
    rules: &Rules,
    units: &UnitTree,
    organisations: &Organisations,
) -> Result<Routing, Level> {
    let (least, _) = choose_level(category, severity, place, rules);
    let level = desk.unit.level();
    if level < least || level == Level::City || !place.lies_in(desk.unit) {
        return Err(least);
    }
    let facts = (category, severity, place);
    Ok(routing(desk, (level, RoutingRule::Kept), facts, rules, units, organisations))
}

/// The decision for `desk`, without a fallback.
fn routing(
    desk: OrganisationCode,
    (level, rule): (Level, RoutingRule),
    (category, severity, place): (&Category, Severity, &Place),
    rules: &Rules,
    units: &UnitTree,
    organisations: &Organisations,
) -> Routing {
    let notifies_all = severity == Severity::Critical || category.has(Flag::NotifyAll);
    let notified = if notifies_all { other_desks(category, place, desk, organisations) } else { Vec::new() };
    let first_level = rules.first_level(category, |unit| place.lies_in(unit));
    Routing {
        category: category.code,
        first_level,
        severity,
        skips: category.skips(),
        rule,
        other_level: Some(level).filter(|level| *level != first_level),
        fallback: None,
        unit: units.plain_name(desk.unit),
        within: units.plain_names_above(desk.unit),
        notified_units: notified.iter().map(|desk| units.plain_name(desk.unit)).collect(),
        notified,
        located: Located::default(),
        far_from: None,
    }
}

/// The desk of `place` at `level`, or the nearest desk above with the reason for the fallback.
fn desk_at_or_above(
    place: &Place,
    level: Level,
    organisations: &Organisations,
) -> Option<(OrganisationCode, Option<Fallback>)> {
    let mut fallback = None;
    let mut level = Some(level);
    while let Some(current) = level {
        match place.at(current).map(OrganisationCode::desk) {
            Some(desk) if organisations.contains(desk) => return Some((desk, fallback)),
            Some(_) => fallback = fallback.or(Some(Fallback::NoDesk)),
            None => fallback = fallback.or(Some(Fallback::PlaceUnknown)),
        }
        level = current.superior();
    }
    None
}

/// The nearest desk above `desk`, which receives an escalated incident. `None` for a county desk, because the city
/// coordinates and holds no incidents.
#[must_use]
pub fn superior_desk(desk: OrganisationCode, organisations: &Organisations) -> Option<OrganisationCode> {
    let mut unit = desk.unit.parent()?;
    while unit.level() != Level::City {
        let superior = OrganisationCode::desk(unit);
        if organisations.contains(superior) {
            return Some(superior);
        }
        unit = unit.parent()?;
    }
    None
}

/// The other desks of the place that may see the category. They are notified at the same time.
fn other_desks(
    category: &Category,
    place: &Place,
    holder: OrganisationCode,
    organisations: &Organisations,
) -> Vec<OrganisationCode> {
    [Level::Village, Level::Township, Level::County]
        .into_iter()
        .filter(|level| category.skips().is_none_or(|skipped| *level > skipped))
        .filter_map(|level| place.at(level).map(OrganisationCode::desk))
        .filter(|desk| *desk != holder && organisations.contains(*desk))
        .collect()
}

impl Routing {
    /// The level that the rules chose, before any fallback.
    #[must_use]
    pub fn chosen_level(&self) -> Level {
        self.other_level.unwrap_or(self.first_level)
    }

    /// Why the desk receives the report, in words. `category` is the reported category, if the rules still have it.
    #[must_use]
    pub fn reason(&self, category: Option<&Category>, reader: RoutingReader) -> Localized {
        let Self { unit, within, .. } = self;
        let name = category.map_or_else(
            || localized!("该类别", "this category"),
            |Category { zh, en, .. }| localized!("“{zh}”", "{en}"),
        );
        let parts = [
            self.rule_text(),
            localized!(
                "事发地在{within}{unit}，由{unit}受理",
                "the place lies in {within}{unit}, whose desk takes it"
            ),
        ]
        .into_iter()
        .chain(self.fallback_text())
        .chain(self.place_text(reader))
        .chain(self.far_text(reader))
        .chain(self.passed_over_text())
        .chain(self.notified_text());
        let (zh, en): (Vec<String>, Vec<String>) = parts.map(|part| (part.zh, part.en)).unzip();
        Localized {
            zh: format!("{}{}。", name.zh, zh.join("；")),
            en: format!("Category {}: {}.", name.en, en.join("; ")),
        }
    }

    fn rule_text(&self) -> Localized {
        let (level, severity) = (self.chosen_level(), self.severity);
        let zh = level.zh();
        match self.rule {
            RoutingRule::FirstLevel => localized!("首先由{zh}受理", "it goes to the {level} first"),
            RoutingRule::MinimumLevel => localized!(
                "等级为{severity_zh}，至少由{zh}受理",
                "a {severity} incident goes at least to the {level}",
                severity_zh = severity.zh()
            ),
            RoutingRule::SkippedLevel => localized!(
                "回避{skipped}，由{zh}受理",
                "it passes over the levels it may be about and goes to the {level}",
                skipped = self.skipped_zh()
            ),
            RoutingRule::Kept => localized!("由录入单位直接受理", "the desk that entered it keeps it"),
        }
    }

    /// The levels that are passed over, in Chinese.
    fn skipped_zh(&self) -> &'static str {
        if self.skips == Some(Level::Township) { "村级和乡镇级" } else { "村级" }
    }

    fn fallback_text(&self) -> Option<Localized> {
        let level = self.chosen_level();
        let zh = level.zh();
        self.fallback.map(|fallback| match fallback {
            Fallback::PlaceUnknown => localized!(
                "地点未定位到{zh}，改由上级受理",
                "the place is not known at the {level} level, so the desk above stands in"
            ),
            Fallback::NoDesk => localized!(
                "当地{zh}未设受理台，改由上级受理",
                "there is no {level} desk here, so the desk above stands in"
            ),
        })
    }

    /// That the place is only the area of the reporter.
    fn place_text(&self, reader: RoutingReader) -> Option<Localized> {
        let why = match self.located {
            Located::Inside | Located::NearBorder => return None,
            Located::OutsideGrid => localized!("定位不在任何网格内", "the position lies in no grid"),
            Located::NoPosition => localized!("没有定位", "there is no position"),
        };
        Some(match reader {
            RoutingReader::KnowsReporter => localized!(
                "{zh}，按上报人所在网格或单位登记",
                "{en}, so the place is the reporter's own area",
                zh = why.zh,
                en = why.en
            ),
            RoutingReader::Other => localized!(
                "{zh}，地点请核实",
                "{en}, so the place should be checked",
                zh = why.zh,
                en = why.en
            ),
        })
    }

    fn far_text(&self, reader: RoutingReader) -> Option<Localized> {
        let unit = self.far_from.as_ref().filter(|_| reader == RoutingReader::KnowsReporter)?;
        Some(localized!(
            "定位距上报人所在的{unit}较远，请核实",
            "the position is far from {unit}, where the reporter works, and should be checked"
        ))
    }

    fn passed_over_text(&self) -> Option<Localized> {
        // Every reader may know it: the skipped desks do not see the incident, and categories are public.
        let skips = self.skips.filter(|_| self.rule != RoutingRule::SkippedLevel)?;
        Some(localized!(
            "该类别回避{zh}",
            "it passes over the levels up to the {skips}, which it may be about",
            zh = self.skipped_zh()
        ))
    }

    fn notified_text(&self) -> Option<Localized> {
        match self.notified_units.as_slice() {
            [] => None,
            names => Some(localized!(
                "同时通知{zh}",
                "told at once: {en}",
                zh = names.join("、"),
                en = names.join(", ")
            )),
        }
    }
}
