//! Routing: which desk gets a report, and why, in words.

use serde::{Deserialize, Serialize};

use crate::{
    code::codes,
    geography::{place::Place, unit::Level, unit_tree::UnitTree},
    organisation::{OrganisationCode, Organisations},
    rules::{
        Rules,
        category::{Category, CategoryCode, Flag, Severity},
    },
};

codes! {
    /// What decided the level.
    RoutingRule "routing rule" {
        /// The first level of the category.
        FirstLevel "first_level" "类别首办层级",
        /// Its severity goes to no lower level: `major` to the township, `critical` to the county.
        MinimumLevel "minimum_level" "该等级的最低受理层级",
        /// The category passes over the levels it may be about.
        SkippedLevel "skipped_level" "回避层级",
    }
}

codes! {
    /// Why a higher desk stands in for the one the rules chose.
    Fallback "routing fallback" {
        /// The place is not known at that level.
        PlaceUnknown "place_unknown" "地点未定位到该层级",
        /// The unit has no desk.
        NoDesk "no_desk" "该单位未设受理台",
    }
}

/// The same words in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Localized {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A routing decision with everything it was made from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Routing {
    /// The rules that decided.
    pub rules_version: i64,
    /// Facts seen: the category.
    pub category: CategoryCode,
    /// Facts seen: its first level.
    pub first_level: Level,
    /// Facts seen: the severity.
    pub severity: Severity,
    /// Facts seen: levels up to this one are passed over.
    pub skips: Option<Level>,
    /// What decided the level.
    pub rule: RoutingRule,
    /// The level whose desk gets it.
    pub level: Level,
    /// The desk.
    pub desk: OrganisationCode,
    /// Why a higher desk stands in, if one does.
    pub fallback: Option<Fallback>,
    /// Desks told at once, besides the one that gets it.
    pub notified: Vec<OrganisationCode>,
    /// All of this in words.
    pub reason: Localized,
}

/// The level the rules choose, and the rule that decided it. Of two rules that agree the plainer one is named.
fn choose_level(
    category: &Category,
    severity: Severity,
    place: &Place,
    rules: &Rules,
) -> (Level, RoutingRule) {
    let by_severity = (rules.minimum_level(severity), RoutingRule::MinimumLevel);
    let by_skip = category.skips().and_then(Level::superior).unwrap_or(Level::Village);
    let first = rules.first_level(category, |unit| place.lies_in(unit));
    let mut chosen = (first, RoutingRule::FirstLevel);
    for candidate in [by_severity, (by_skip, RoutingRule::SkippedLevel)] {
        if candidate.0 > chosen.0 {
            chosen = candidate;
        }
    }
    chosen
}

/// Routes a report of `category` and `severity` at `place`.
///
/// `None` only if neither the place's units nor any above them has a desk; importing divisions creates one for every
/// unit, so that there always is an owner.
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
    let wide = severity == Severity::Critical || category.has(Flag::NotifyAll);
    let notified = if wide { other_desks(category, place, desk, organisations) } else { Vec::new() };
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

/// The desk of `place` at `level`, or the nearest one above it, with the reason for standing in.
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

/// The desk one level above `desk` that takes an escalated incident. `None` at the county: the city coordinates and
/// holds nothing.
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

/// The other desks of the place that may see the category: for parallel notice.
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

/// Category, level rule, unit, any fallback and who is told besides, in both languages. `level` is what the rules chose.
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
    let told: Vec<String> = routing.notified.iter().map(|other| units.full_name(other.unit)).collect();
    let (told_zh, told_en) = if told.is_empty() {
        (String::new(), String::new())
    } else {
        (format!("；同时通知{}", told.join("、")), format!("; told at once: {}", told.join(", ")))
    };
    Localized {
        zh: format!(
            "类别“{} {}”：{rule_zh}；发生地属于{unit_name}（{}），由其受理台受理{fallback_zh}{told_zh}。",
            category.code, category.zh, desk.unit
        ),
        en: format!(
            "Category {} {}: {rule_en}; the place lies in {unit_name} ({}), whose desk takes it{fallback_en}{told_en}.",
            category.code, category.en, desk.unit
        ),
    }
}

fn skipped_zh(category: &Category) -> &'static str {
    if category.skips() == Some(Level::Township) { "村级和乡镇级" } else { "村级" }
}
