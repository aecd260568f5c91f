//! Intake: a report comes in and becomes an incident, once.

use std::sync::Arc;

use grassroots_domain::{
    account::Actor,
    category::{CategoryCode, Severity},
    event::{Hash, words_hash},
    incident::IncidentId,
    open::{Report, open},
    place::{Located, locate},
    position::{Position, PositionWarning, RawPosition},
    refusal::Refusal,
    scan::SensitiveKind,
    text::{self, Text, TextLimits},
    time::Instant,
    visibility::visible,
    warning::Warning,
};
use grassroots_persistence::{
    error::StoreError,
    events,
    incidents::{self, Stored},
    reports::{self, ReportContent},
    store::Retry,
};
use serde::Serialize;

use crate::{
    app::{
        App,
        incidents::{Detail, Found, Reply, detail, routing},
        random_bytes,
        snapshot::Snapshot,
    },
    problem::{Code, FieldError, words},
    problems::intake::{position_error, text_error},
    query_code,
};

/// A phone's clock may be ahead of the server's by this much before it is remarked upon, in minutes.
const CLOCK_TOLERANCE_MIN: i64 = 10;

/// A report as it was sent; nothing of it is checked yet.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Identity, made on the phone.
    pub id: IncidentId,
    /// What it is about.
    pub category: CategoryCode,
    /// How bad it is, if the reporter says so.
    pub severity: Option<Severity>,
    /// A short name.
    pub title: Option<String>,
    /// What happened.
    pub description: String,
    /// Where, in words.
    pub place_text: Option<String>,
    /// Where, in numbers.
    pub location: Option<RawPosition>,
    /// When it happened.
    pub occurred_at: Option<Instant>,
    /// When it was typed.
    pub reported_at: Option<Instant>,
    /// When it was sent; differs between repeats of one report.
    pub sent_at: Option<Instant>,
    /// What was done about it, if it is settled already.
    pub on_spot: Option<String>,
}

/// What became of a report.
#[derive(Debug)]
pub enum Taken {
    /// It is new.
    Opened(Detail),
    /// It was here already: the incident as it is now.
    Repeated(Detail),
}

/// Why a report is not taken.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There are no rules yet.
    #[error("no rules are imported yet")]
    NotReady,
    /// Fields are wrong.
    #[error("fields are wrong")]
    Fields(Vec<FieldError>),
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The same account sent something else under this id before.
    #[error("the id was used for other content")]
    OtherContent {
        /// Hash of what is stored.
        stored: Hash,
        /// Hash of what was sent now.
        sent: Hash,
    },
    /// The id cannot be used; why is nobody's business.
    #[error("the id is taken")]
    IdTaken,
}

impl Retry for IntakeError {
    fn store_error(&self) -> Option<&StoreError> {
        if let Self::Store(error) = self { Some(error) } else { None }
    }
}

/// Takes the report of `actor`: checked, placed, routed, and written in one transaction.
///
/// # Errors
/// When fields are wrong, the rules say no, or the id was used for something else.
pub async fn report(app: &App, actor: Arc<Actor>, sent: Sent) -> Result<Taken, IntakeError> {
    let now = app.clock.now();
    let snapshot = app.snapshots.current();
    let checked = Arc::new(check(sent, &actor, now, &snapshot)?);
    app.store.write(move |db| write(db, &checked, &actor, now, &snapshot)).await
}

/// A report whose fields are right.
struct Checked {
    sent: Sent,
    content: ReportContent,
    on_spot: Option<Text>,
    place: grassroots_domain::place::Place,
    warnings: Vec<Warning>,
}

/// Checks every field, and names all that are wrong at once.
fn check(sent: Sent, actor: &Actor, now: Instant, snapshot: &Snapshot) -> Result<Checked, IntakeError> {
    if !actor.may_report() {
        return Err(Refusal::MayNotReport.into());
    }
    let rules = snapshot.rules.as_ref().ok_or(IntakeError::NotReady)?;
    let mut checks = Checks::default();
    if rules.category(sent.category).is_none() {
        checks.errors.push(FieldError {
            pointer: "/category".to_owned(),
            code: Code::UnknownCategory,
            detail: words!(
                "没有类别 {code}，可用类别见 GET /v1/categories",
                "there is no category {code}; GET /v1/categories lists them",
                code = sent.category
            ),
        });
    }
    let description = checks.text("/description", Some(&sent.description), text::DESCRIPTION);
    let title = checks.text("/title", sent.title.as_deref(), text::TITLE);
    let place_text = checks.text("/place_text", sent.place_text.as_deref(), text::PLACE);
    let on_spot = checks.text("/on_spot/result", sent.on_spot.as_deref(), text::REMARK);
    let position = sent.location.and_then(|raw| checks.position(raw));
    if sent.location.is_none() && sent.place_text.is_none() {
        checks.errors.push(FieldError {
            pointer: "/location".to_owned(),
            code: Code::MissingField,
            detail: words!(
                "没有定位时须用 place_text 写明地点",
                "without a location, say in place_text where it is"
            ),
        });
    }
    let Checks { errors, mut warnings } = checks;
    let (Some(description), true) = (description, errors.is_empty()) else {
        return Err(IntakeError::Fields(errors));
    };
    let (place, located) =
        locate(position.as_ref(), actor, &snapshot.ground.grids).ok_or(Refusal::PlaceUnknown)?;
    warnings.extend(match located {
        Located::Inside => None,
        Located::NearBorder => Some(Warning::NearBorder),
        Located::OutsideGrid => Some(Warning::LocationOutsideGrid),
        Located::NoPosition => Some(Warning::LocationMissing),
    });
    let tolerated = now + chrono::TimeDelta::minutes(CLOCK_TOLERANCE_MIN);
    if [sent.occurred_at, sent.reported_at, sent.sent_at].into_iter().flatten().any(|at| at > tolerated) {
        warnings.push(Warning::DeviceClockAhead);
    }
    let content = content(&sent, title, &description, place_text, position, on_spot.as_ref());
    Ok(Checked { sent, content, on_spot, place, warnings })
}

/// Collects what is wrong and what is remarkable.
#[derive(Default)]
struct Checks {
    errors: Vec<FieldError>,
    warnings: Vec<Warning>,
}

impl Checks {
    fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn text(&mut self, pointer: &str, given: Option<&str>, limits: TextLimits) -> Option<Text> {
        match text::parse(given?, limits) {
            Ok((text, masked)) => {
                self.masked(&masked);
                Some(text)
            }
            Err(error) => {
                self.errors.push(text_error(pointer, &error));
                None
            }
        }
    }

    fn masked(&mut self, masked: &[SensitiveKind]) {
        if !masked.is_empty() {
            self.warn(Warning::TextMasked);
        }
    }

    fn position(&mut self, raw: RawPosition) -> Option<Position> {
        match Position::parse(raw) {
            Ok((position, remarks)) => {
                for remark in remarks {
                    self.warn(match remark {
                        PositionWarning::Inaccurate => Warning::LocationInaccurate,
                    });
                }
                Some(position)
            }
            Err(error) => {
                self.errors.push(position_error("/location", &error));
                None
            }
        }
    }
}

/// What is the same in every repeat of a report: all of its parsed content without `sent_at`, in this order.
#[derive(Serialize)]
struct Canonical<'a> {
    category: CategoryCode,
    severity: Option<Severity>,
    title: Option<&'a str>,
    description: &'a str,
    place_text: Option<&'a str>,
    location: Option<RawPosition>,
    occurred_at: Option<i64>,
    reported_at: Option<i64>,
    on_spot: Option<&'a str>,
}

fn content(
    sent: &Sent,
    title: Option<Text>,
    description: &Text,
    place_text: Option<Text>,
    position: Option<Position>,
    on_spot: Option<&Text>,
) -> ReportContent {
    let owned = |text: Option<Text>| text.map(|text| text.as_str().to_owned());
    let (title, place_text) = (owned(title), owned(place_text));
    let canonical = Canonical {
        category: sent.category,
        severity: sent.severity,
        title: title.as_deref(),
        description: description.as_str(),
        place_text: place_text.as_deref(),
        location: sent.location,
        occurred_at: sent.occurred_at.map(|at| at.timestamp_micros()),
        reported_at: sent.reported_at.map(|at| at.timestamp_micros()),
        on_spot: on_spot.map(Text::as_str),
    };
    // A structure of texts and finite numbers always serialises.
    let bytes = serde_json::to_vec(&canonical).unwrap_or_default();
    ReportContent {
        salt: random_bytes::<16>().to_vec(),
        content_hash: Hash::of(&[&bytes]),
        title,
        description: description.as_str().to_owned(),
        place_text,
        position,
        occurred_at: sent.occurred_at,
        reported_at: sent.reported_at,
        sent_at: sent.sent_at,
        warnings: Vec::new(),
    }
}

fn write(
    db: &mut grassroots_persistence::db::Db,
    checked: &Checked,
    actor: &Actor,
    now: Instant,
    snapshot: &Snapshot,
) -> Result<Taken, IntakeError> {
    let rules = snapshot.rules.as_ref().ok_or(IntakeError::NotReady)?;
    let category = rules.category(checked.sent.category).ok_or(IntakeError::NotReady)?;
    let report = Report {
        id: checked.sent.id,
        category,
        severity: checked.sent.severity,
        place: checked.place,
        on_spot: checked.on_spot.clone(),
    };
    let decision = open(&report, actor, now, rules, &snapshot.ground)?;
    let query_secret = query_code::secret();
    let Some(key) = incidents::insert(db, &decision.case, &query_secret)? else {
        return repeated(db, checked, actor);
    };
    let warnings = checked.warnings.iter().chain(&decision.warnings);
    let content = ReportContent {
        warnings: warnings.map(|warning| warning.as_str().to_owned()).collect(),
        ..checked.content.clone()
    };
    reports::insert(db, key, &content)?;
    let said = words_hash(&content.salt, &content.content_hash.to_string());
    events::append(db, key, &decision.events, Some(said), &|| random_bytes::<16>().to_vec())?;
    let routing = decision.events.first().and_then(|first| routing(&first.event.body));
    let replies = decision.events.into_iter().filter_map(|decided| {
        decided.remark.map(|remark| Reply { at: decided.event.at, text: remark.text.as_str().to_owned() })
    });
    Ok(Taken::Opened(Detail {
        replies: replies.collect(),
        routing: routing.ok_or(Refusal::NoDesk)?,
        found: Found {
            visibility: visible(actor, &decision.case),
            stored: Stored { key, query_secret, case: decision.case },
            report: Some(content),
        },
    }))
}

/// The id exists: the same report once more, or something else.
fn repeated(
    db: &mut grassroots_persistence::db::Db,
    checked: &Checked,
    actor: &Actor,
) -> Result<Taken, IntakeError> {
    // It was there a moment ago and incidents are never deleted.
    let stored = incidents::find(db, checked.sent.id)?.ok_or(StoreError::Conflict)?;
    if stored.case.incident.reporter != actor.account {
        return Err(IntakeError::IdTaken);
    }
    let sent = checked.content.content_hash;
    match reports::get(db, stored.key)? {
        Some(content) if content.content_hash == sent => {
            let visibility = visible(actor, &stored.case);
            let found = Found { stored, report: Some(content), visibility };
            Ok(Taken::Repeated(detail(db, found)?))
        }
        Some(content) => Err(IntakeError::OtherContent { stored: content.content_hash, sent }),
        // Erased since: nothing is left to compare with.
        None => Err(IntakeError::IdTaken),
    }
}
