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
    text::localized::Localized,
};

codes! {
    /// The rule that decided the level.
    RoutingRule "routing rule" {
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

/// A routing decision, with all the facts that were used.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Routing {
    pub rules_version: i64,
    pub category: CategoryCode,
    /// The first level of the category at this place.
    pub first_level: Level,
    pub severity: Severity,
    /// This level and all lower levels are skipped.
    pub skips: Option<Level>,
    /// The rule that decided the level.
    pub rule: RoutingRule,
    /// The level of `desk`.
    pub level: Level,
    /// The desk that receives the report.
    pub desk: OrganisationCode,
    /// Why a higher desk than the chosen one receives it, if so.
    pub fallback: Option<Fallback>,
    /// Other desks that are notified at once.
    pub notified: Vec<OrganisationCode>,
    /// The explanation in words.
    pub reason: Localized,
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

/// Chooses the desk for a report of `category` and `severity` at `place`.
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
) -> Option<Routing> {
    let (level, rule) = choose_level(category, severity, place, rules);
    let (desk, fallback) = desk_at_or_above(place, level, organisations)?;
    let notifies_all = severity == Severity::Critical || category.has(Flag::NotifyAll);
    let notified = if notifies_all { other_desks(category, place, desk, organisations) } else { Vec::new() };
    let mut routing = Routing {
        rules_version: rules.version(),
        category: category.code,
        first_level: rules.first_level(category, |unit| place.lies_in(unit)),
        severity,
        skips: category.skips(),
        rule,
        level: desk.unit.level(),
        desk,
        fallback,
        notified,
        reason: Localized { zh: String::new(), en: String::new() },
    };
    routing.reason = explain(&routing, category, level, units);
    Some(routing)
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

/// Explains a routing in Chinese and English. `level` is the level that the rules chose, before any fallback.
fn explain(routing: &Routing, category: &Category, level: Level, units: &UnitTree) -> Localized {
    let Routing { severity, rule, desk, fallback, .. } = *routing;
    let (rule_zh, rule_en) = match rule {
        RoutingRule::FirstLevel => (
            format!("该类别首先由{}受理", level.zh()),
            format!("this category goes to the {} first", level.as_str()),
        ),
        RoutingRule::MinimumLevel => (
            format!("等级为{}，至少由{}受理", severity.zh(), level.zh()),
            format!("a {} incident goes at least to the {}", severity.as_str(), level.as_str()),
        ),
        RoutingRule::SkippedLevel => (
            format!("该类别回避{}，由{}受理", skipped_zh(category), level.zh()),
            format!(
                "this category passes over the levels it may be about and goes to the {}",
                level.as_str()
            ),
        ),
    };
    let unit_name = units.full_name(desk.unit);
    let (fallback_zh, fallback_en) = match fallback {
        None => (String::new(), String::new()),
        Some(Fallback::PlaceUnknown) => (
            format!("；地点未定位到{}，改由上级受理台受理", level.zh()),
            format!("; the place is not known at the {} level, so the desk above stands in", level.as_str()),
        ),
        Some(Fallback::NoDesk) => (
            format!("；当地{}未设受理台，改由上级受理台受理", level.zh()),
            format!("; there is no {} desk here, so the desk above stands in", level.as_str()),
        ),
    };
    let notified: Vec<String> = routing.notified.iter().map(|other| units.full_name(other.unit)).collect();
    let (notified_zh, notified_en) = if notified.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("；同时通知{}", notified.join("、")), format!("; told at once: {}", notified.join(", ")))
    };
    Localized {
        zh: format!(
            "类别“{} {}”：{rule_zh}；发生地属于{unit_name}（{}），由其受理台受理{fallback_zh}{notified_zh}。",
            category.code, category.zh, desk.unit
        ),
        en: format!(
            "Category {} {}: {rule_en}; the place lies in {unit_name} ({}), whose desk takes it{fallback_en}{notified_en}.",
            category.code, category.en, desk.unit
        ),
    }
}

fn skipped_zh(category: &Category) -> &'static str {
    if category.skips() == Some(Level::Township) { "村级和乡镇级" } else { "村级" }
}
