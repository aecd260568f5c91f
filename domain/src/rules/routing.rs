//! Routing: which desk receives a report, with an explanation in words.

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::{place::Place, unit::Level, unit_tree::UnitTree},
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
    /// The full name that the unit of the desk had then.
    pub unit: String,
    /// The full names that the units of the notified desks had then.
    #[serde(default, skip_serializing_if = "is_default")]
    pub notified_units: Vec<String>,
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
    let notifies_all = severity == Severity::Critical || category.has(Flag::NotifyAll);
    let notified = if notifies_all { other_desks(category, place, desk, organisations) } else { Vec::new() };
    let full_name = |desk: &OrganisationCode| units.full_name(desk.unit);
    let first_level = rules.first_level(category, |unit| place.lies_in(unit));
    let routing = Routing {
        category: category.code,
        first_level,
        severity,
        skips: category.skips(),
        rule,
        other_level: Some(level).filter(|level| *level != first_level),
        fallback,
        unit: full_name(&desk),
        notified_units: notified.iter().map(full_name).collect(),
        notified,
    };
    Some((desk, routing))
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

    /// Why `desk` receives the report, in words. `category` is the reported category, if the rules still have it.
    #[must_use]
    pub fn reason(&self, desk: OrganisationCode, category: Option<&Category>) -> Localized {
        let Self { category: code, unit, .. } = self;
        let name = category
            .map_or_else(|| localized!("", ""), |Category { zh, en, .. }| localized!(" {zh}", " {en}"));
        let (rule, fallback, notified) = (self.rule_text(), self.fallback_text(), self.notified_text());
        Localized {
            zh: format!(
                "类别“{code}{}”：{}；发生地属于{unit}（{}），由其受理台受理{}{}。",
                name.zh, rule.zh, desk.unit, fallback.zh, notified.zh
            ),
            en: format!(
                "Category {code}{}: {}; the place lies in {unit} ({}), whose desk takes it{}{}.",
                name.en, rule.en, desk.unit, fallback.en, notified.en
            ),
        }
    }

    fn rule_text(&self) -> Localized {
        let (level, severity) = (self.chosen_level(), self.severity);
        let zh = level.zh();
        match self.rule {
            RoutingRule::FirstLevel => {
                localized!("该类别首先由{zh}受理", "this category goes to the {level} first")
            }
            RoutingRule::MinimumLevel => localized!(
                "等级为{severity_zh}，至少由{zh}受理",
                "a {severity} incident goes at least to the {level}",
                severity_zh = severity.zh()
            ),
            RoutingRule::SkippedLevel => localized!(
                "该类别回避{skipped}，由{zh}受理",
                "this category passes over the levels it may be about and goes to the {level}",
                skipped = if self.skips == Some(Level::Township) { "村级和乡镇级" } else { "村级" }
            ),
        }
    }

    fn fallback_text(&self) -> Localized {
        let level = self.chosen_level();
        let zh = level.zh();
        match self.fallback {
            None => localized!("", ""),
            Some(Fallback::PlaceUnknown) => localized!(
                "；地点未定位到{zh}，改由上级受理台受理",
                "; the place is not known at the {level} level, so the desk above stands in"
            ),
            Some(Fallback::NoDesk) => localized!(
                "；当地{zh}未设受理台，改由上级受理台受理",
                "; there is no {level} desk here, so the desk above stands in"
            ),
        }
    }

    fn notified_text(&self) -> Localized {
        match self.notified_units.as_slice() {
            [] => localized!("", ""),
            names => localized!(
                "；同时通知{zh}",
                "; told at once: {en}",
                zh = names.join("、"),
                en = names.join(", ")
            ),
        }
    }
}
