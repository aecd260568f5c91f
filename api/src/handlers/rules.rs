//! Rules: categories, limits, routing, duty lists, reasons and the calendar, together one versioned document.

use actix_web::{HttpResponse, http::header::ETAG, web};
use chrono::{DateTime, FixedOffset};
use grassroots_domain::{
    geography::unit::Level,
    rules::{Rules, rule_book::RuleBook},
    text::REMARK,
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
    localization::localized,
    problem_code::ProblemCode,
    urls,
    validation::fields::Fields,
};

/// Incidents that a change is tried on, unless asked otherwise, at least, and at most. Among fewer single ones could be made
/// out by somebody who may see none.
const TRIED: u32 = 1_000;
const TRIED_AT_LEAST: u32 = 100;
const TRIED_AT_MOST: u32 = 10_000;

/// A version of the rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulesView {
    /// The version.
    pub version: i64,
    /// Everything the rules say: `categories`, `calendar`, `stages` (limits of desks by severity), `ceilings`,
    /// `dispute_ceilings`, `on_lapse`, `minimum_level`, `first_levels`, `skips`, `duties`, `reasons`, `maxima` and more.
    #[schema(value_type = Object)]
    pub rules: RuleBook,
}

/// The versions of the rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleVersionsView {
    /// The newest first.
    pub versions: Vec<RuleVersionView>,
}

/// When a version of the rules was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleVersionView {
    /// The version.
    pub version: i64,
    /// When.
    pub at: DateTime<FixedOffset>,
    /// Why.
    pub note: String,
    /// The administrator; absent for an import.
    pub by: Option<Uuid>,
}

/// A change of the rules.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    /// A JSON merge patch (RFC 7396): what it names changes, `null` takes away, lists are given whole. Units, organisations
    /// and categories that it names must exist, and no category can go that open incidents have.
    #[schema(value_type = Object, example = json!({ "stages": { "general": { "accept": { "amount": 6 } } } }))]
    pub changes: serde_json::Map<String, serde_json::Value>,
    /// Why.
    pub note: String,
}

/// A change to be tried.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DryRunBody {
    /// A JSON merge patch (RFC 7396).
    #[schema(value_type = Object, example = json!({ "minimum_level": { "significant": "township" } }))]
    pub changes: serde_json::Map<String, serde_json::Value>,
    /// On how many incidents, the last ones reported: 100 to 10,000, 1,000 if left out. If there are fewer, on those.
    pub incidents: Option<u32>,
}

/// What a change would have done.
#[derive(Debug, Serialize, ToSchema)]
pub struct DryRunView {
    /// Incidents looked at: the last ones reported, as they were reported; those settled on the spot never went to a desk
    /// and are left out.
    pub examined: u64,
    /// How many would have gone to a desk of another level first, `other` included where it is told.
    pub moved: u64,
    /// From where to where, each with at least 5 incidents: whoever changes rules may not see single ones.
    pub moves: Vec<MoveView>,
    /// How many more would have, in rows of fewer than 5; `null` if they are fewer than 5 altogether. Single incidents are
    /// not the administrator's to see.
    pub other: Option<u64>,
    /// How many would have had another limit to be accepted, to be kept, or to be settled; `null` if fewer than 5.
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

/// Incidents that would have gone elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveView {
    /// Their category.
    #[schema(example = "1001")]
    pub category: String,
    /// The level they go to first now; absent when the category does not exist.
    #[schema(schema_with = optional_level)]
    pub from: Option<&'static str>,
    /// The level they would have gone to.
    #[schema(schema_with = optional_level)]
    pub to: Option<&'static str>,
    /// How many.
    pub count: u64,
}

/// Where a recomputation goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecomputeBody {
    /// `next` of the answer before; absent at first.
    pub after: Option<i64>,
    /// `rules_version` of the answer before; needed with `after`. If other rules are in force by now, nothing is done:
    /// the incidents before `after` have clocks by the older ones.
    pub rules_version: Option<i64>,
}

/// How far a recomputation has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecomputeView {
    /// Open incidents looked at.
    pub examined: u64,
    /// Those with a clock that was set anew. Each says so in its timeline.
    pub changed: u64,
    /// Those that could not be read or written and keep their clocks; the log of the server says why.
    pub failed: u64,
    /// The rules that the clocks were set by: send it back with `next`.
    pub rules_version: i64,
    /// Send it as `after` to go on; absent at the end.
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
    responses((status = 200, description = "The newest first", body = RuleVersionsView)))]
pub async fn versions(_who: Identity, app: web::Data<App>) -> Result<web::Json<RuleVersionsView>, Problem> {
    let versions = rules::versions(&app).await?.into_iter().map(|made| RuleVersionView {
        version: made.version,
        at: local(made.at),
        note: made.note,
        by: made.by.map(|account| account.0),
    });
    Ok(web::Json(RuleVersionsView { versions: versions.collect() }))
}

/// Read one version of the rules: such as the one that decided a routing.
#[utoipa::path(get, path = urls::RULE_VERSION, tag = "rules",
    params(("version" = i64, Path, description = "The version")),
    responses((status = 200, description = "That version", body = RulesView), (status = 404, description = "There is none")))]
pub async fn version(
    _who: Identity,
    app: web::Data<App>,
    version: PathPart<i64>,
) -> Result<HttpResponse, Problem> {
    let found = rules::version(&app, version.0).await?;
    found.as_ref().map(answer).ok_or_else(Problem::not_found)
}

/// Change the rules, as a system administrator. The change is checked as a whole and makes the next version; open incidents
/// keep the deadlines they have.
#[utoipa::path(patch, path = urls::RULES, tag = "rules", request_body = ChangeBody,
    params(("If-Match" = String, Header, description = "The version you saw, such as `\"3\"`")),
    responses(
        (status = 200, description = "The new version", body = RulesView),
        (status = 412, description = "`stale_rules`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
        (status = 422, description = "`invalid_rules`", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
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

/// Try a change of the rules on what was reported last, as a system administrator. Nothing is written.
#[utoipa::path(post, path = urls::RULES_DRY_RUN, tag = "rules", request_body = DryRunBody,
    responses((status = 200, description = "What it would have done", body = DryRunView)))]
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

/// Set the clocks of open incidents anew by the rules in force, as a system administrator. Some hundred at a time: send `next`
/// as `after`, with `rules_version`, until it is absent.
#[utoipa::path(post, path = urls::RULES_RECOMPUTE, tag = "rules", request_body = RecomputeBody,
    responses(
        (status = 200, description = "How far it has come", body = RecomputeView),
        (status = 409, description = "`rules_changed`: start anew", body = crate::views::problem::ProblemView, content_type = "application/problem+json"),
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
