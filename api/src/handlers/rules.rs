//! The rules: categories, time limits, routing, duty lists, reasons and the calendar, in one document with versions.

use actix_web::{HttpResponse, http::header::ETAG, web};
use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    geography::unit::Level,
    rules::{Rules, rule_book::RuleBook},
    text::{REMARK, localized::localized},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::{
        App,
        error::AppError,
        reconciler::Recomputed,
        rules::{self, RuleEffect},
    },
    http::{body::Body, headers::Guards, identity::Identity, params::PathPart, problem::Problem},
    json::{schema::optional_level, time::local},
    problem_code::ProblemCode,
    urls,
    validation::fields::Fields,
};

/// How many incidents a change is tried on: the default, the minimum and the maximum. With fewer incidents, an
/// administrator who may see no incident could recognise single ones.
const TRIED: u32 = 1_000;
const TRIED_AT_LEAST: u32 = 100;
const TRIED_AT_MOST: u32 = 10_000;

/// A version of the rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulesView {
    /// The number of the version.
    pub version: i64,
    /// The whole document: `categories`, `calendar`, `stages` (time limits of desks by severity), `ceilings`,
    /// `dispute_ceilings`, `on_lapse`, `minimum_level`, `first_levels`, `skips`, `duties`, `reasons`, `maxima` and
    /// more.
    #[schema(value_type = Object)]
    pub rules: RuleBook,
}

/// The versions of the rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleVersionsView {
    /// The versions, newest first.
    pub versions: Vec<RuleVersionView>,
}

/// When and why a version of the rules was created.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleVersionView {
    /// The number of the version.
    pub version: i64,
    /// When the version was created.
    pub at: DateTime<FixedOffset>,
    /// The reason for the change.
    pub note: String,
    /// The account of the administrator who made the change; absent for an import.
    pub by: Option<Uuid>,
}

/// A change of the rules.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    /// A JSON merge patch (RFC 7396). Fields that it names are changed, `null` removes a field, and lists are replaced
    /// as a whole. The units, organisations and categories that it names must exist. A category with open incidents
    /// cannot be removed.
    #[schema(value_type = Object, example = json!({ "stages": { "general": { "accept": { "amount": 6 } } } }))]
    pub changes: serde_json::Map<String, serde_json::Value>,
    /// The reason for the change.
    pub note: String,
}

/// A change to try without saving it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DryRunBody {
    /// A JSON merge patch (RFC 7396) of the rules.
    #[schema(value_type = Object, example = json!({ "minimum_level": { "significant": "township" } }))]
    pub changes: serde_json::Map<String, serde_json::Value>,
    /// The change is tried on this number of incidents, the latest reports: 100 to 10,000; 1,000 if left out. If there
    /// are fewer incidents, it is tried on all of them.
    pub incidents: Option<u32>,
}

/// The effect that a change would have had.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRunView {
    /// The number of incidents examined: the latest reports, as they were reported. Incidents settled on the spot never
    /// went to a desk and are not counted.
    pub examined: u64,
    /// The number of incidents that would have gone first to a desk of another level. It includes `other`, unless that
    /// is `null`.
    pub moved: u64,
    /// These incidents by category and levels. Each row stands for at least 5 incidents, because the administrator may
    /// not see single incidents.
    pub moves: Vec<MoveView>,
    /// The number of these incidents in rows of fewer than 5. `null` if it is below 5 itself.
    pub other: Option<u64>,
    /// The number of incidents whose limit for acceptance, ceiling or handling would have been different; `null` if
    /// fewer than 5.
    pub limits_changed: Option<u64>,
}

impl From<RuleEffect> for DryRunView {
    fn from(effect: RuleEffect) -> Self {
        let RuleEffect { examined, moves, other, limits_changed } = effect;
        let moved = moves.values().sum::<u64>() + other.unwrap_or(0);
        let moves = moves.into_iter().map(|((category, from, to), count)| MoveView {
            category: category.to_string(),
            from: from.map(Level::as_str),
            to: to.map(Level::as_str),
            count,
        });
        Self { examined, moved, moves: moves.collect(), other, limits_changed }
    }
}

/// Incidents that would have gone to another level.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveView {
    /// The code of their category.
    #[schema(example = "1001")]
    pub category: String,
    /// The level that they go to first now; absent if the category does not exist.
    #[schema(schema_with = optional_level)]
    pub from: Option<&'static str>,
    /// The level that they would have gone to; absent if the category would not exist.
    #[schema(schema_with = optional_level)]
    pub to: Option<&'static str>,
    /// The number of incidents.
    pub count: u64,
}

/// The point from which a recomputation continues.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecomputeBody {
    /// `next` of the answer before. Left out in the first request.
    pub after: Option<i64>,
    /// `rules_version` of the answer before; required with `after`. If other rules are in force now, nothing is
    /// changed, because the incidents before `after` have deadlines from the older rules.
    pub rules_version: Option<i64>,
}

/// The progress of a recomputation.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecomputeView {
    /// The number of open incidents examined.
    pub examined: u64,
    /// The number of incidents with new deadlines. The change is in the timeline of each.
    pub changed: u64,
    /// The number of incidents that could not be read or written and keep their deadlines. The server's log states the
    /// reason.
    pub failed: u64,
    /// The version of the rules used for the new deadlines. Send it back together with `next`.
    pub rules_version: i64,
    /// Send it as `after` to continue; absent when all incidents are done.
    pub next: Option<i64>,
}

fn answer(rules: &Rules) -> HttpResponse {
    let view = RulesView { version: rules.version(), rules: rules.book().clone() };
    HttpResponse::Ok().insert_header((ETAG, format!("\"{}\"", rules.version()))).json(view)
}

/// Read the rules in force.
#[utoipa::path(get, path = urls::RULES, tag = "rules",
    responses((status = 200, description = "The newest version", body = RulesView, headers(("ETag" = String)))))]
pub async fn read(_who: Identity, app: web::Data<App>) -> Result<HttpResponse, Problem> {
    let snapshot = app.snapshots.current();
    snapshot.rules.as_ref().map(answer).ok_or_else(|| AppError::NotReady.into())
}

/// List the versions of the rules.
#[utoipa::path(get, path = urls::RULE_VERSIONS, tag = "rules",
    responses((status = 200, description = "The versions, newest first", body = RuleVersionsView)))]
pub async fn versions(_who: Identity, app: web::Data<App>) -> Result<web::Json<RuleVersionsView>, Problem> {
    let versions = rules::versions(&app).await?.into_iter().map(|made| RuleVersionView {
        version: made.version,
        at: local(made.at),
        note: made.note,
        by: made.by.map(|account| account.0),
    });
    Ok(web::Json(RuleVersionsView { versions: versions.collect() }))
}

/// Read one version of the rules, such as the version that decided a routing.
#[utoipa::path(get, path = urls::RULE_VERSION, tag = "rules",
    params(("version" = i64, Path, description = "The number of the version")),
    responses((status = 200, description = "That version", body = RulesView), (status = 404, description = "There is no such version")))]
pub async fn version(
    _who: Identity,
    app: web::Data<App>,
    version: PathPart<i64>,
) -> Result<HttpResponse, Problem> {
    let found = rules::version(&app, version.0).await?;
    found.as_ref().map(answer).ok_or_else(Problem::not_found)
}

/// Change the rules, as a system administrator. The change is checked as a whole and creates a new version. Open
/// incidents keep their deadlines.
#[utoipa::path(patch, path = urls::RULES, tag = "rules", request_body = ChangeBody,
    params(("If-Match" = String, Header, description = "The version of the rules that you saw, such as `\"3\"`")),
    responses(
        (status = 200, description = "The new version", body = RulesView),
        (status = 412, description = "`stale_rules`: the rules were changed after the version that you saw", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_rules`: the changed rules would have errors", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    ))]
pub async fn change(
    who: Identity,
    app: web::Data<App>,
    guards: Guards,
    body: Body<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let ChangeBody { changes, note } = body.0;
    let mut fields = Fields::default();
    let note = fields.text("/note", &note, REMARK);
    let note = fields.done(note)?;
    let given = guards.version.map(i64::from);
    rules::change(&app, who.actor(), given, changes.into(), note).await?;
    let snapshot = app.snapshots.current();
    snapshot.rules.as_ref().map(answer).ok_or_else(|| AppError::NotReady.into())
}

/// Try a change of the rules on the latest reports, as a system administrator. Nothing is saved.
#[utoipa::path(post, path = urls::RULES_DRY_RUN, tag = "rules", request_body = DryRunBody,
    responses((status = 200, description = "The effect that the change would have had", body = DryRunView)))]
pub async fn dry_run(
    who: Identity,
    app: web::Data<App>,
    body: Body<DryRunBody>,
) -> Result<web::Json<DryRunView>, Problem> {
    let DryRunBody { changes, incidents } = body.0;
    let number = incidents.unwrap_or(TRIED);
    if !(TRIED_AT_LEAST..=TRIED_AT_MOST).contains(&number) {
        let detail = localized!(
            "{number} 超出范围，应为 {TRIED_AT_LEAST} 至 {TRIED_AT_MOST}；过少会暴露单个事件",
            "{number} is out of range; {TRIED_AT_LEAST} to {TRIED_AT_MOST} is right: fewer would give single incidents away"
        );
        return Err(Problem::field(ProblemCode::OutOfRange, "/incidents", detail));
    }
    let effect = rules::dry_run(&app, who.actor(), changes.into(), number).await?;
    Ok(web::Json(effect.into()))
}

/// Compute the deadlines of open incidents again with the rules in force, as a system administrator. One request
/// handles some hundred incidents. Repeat it with `next` as `after`, and with `rules_version`, until `next` is absent.
#[utoipa::path(post, path = urls::RULES_RECOMPUTE, tag = "rules", request_body = RecomputeBody,
    responses(
        (status = 200, description = "The progress of the recomputation", body = RecomputeView),
        (status = 409, description = "`rules_changed`: other rules are in force now; start again from the beginning", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
    ))]
pub async fn recompute(
    who: Identity,
    app: web::Data<App>,
    body: Body<RecomputeBody>,
) -> Result<web::Json<RecomputeView>, Problem> {
    let RecomputeBody { after, rules_version } = body.0;
    if after.is_some() && rules_version.is_none() {
        let detail = localized!(
            "请连同 after 一并发回上一次应答中的 rules_version",
            "send rules_version of the answer before along with after"
        );
        return Err(Problem::field(ProblemCode::MissingField, "/rules_version", detail));
    }
    let Recomputed { examined, done, rules_version, next } =
        rules::recompute(&app, &who.actor(), after.unwrap_or(0), rules_version).await?;
    Ok(web::Json(RecomputeView { examined, changed: done.changed, failed: done.failed, rules_version, next }))
}
