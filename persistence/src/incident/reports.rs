//! Table `report`: the text that the reporter wrote, and the position of the phone.

use diesel::prelude::*;
use grassroots_domain::{
    geography::{
        datum::{Datum, LonLat},
        position::{Position, PositionSource, RawPosition},
    },
    hash::Hash,
    time::Instant,
};

use crate::database::{
    columns::{Code, DbHash},
    db::{Db, DbTime, insert_rows},
    error::StoreResult,
    schema::report,
};

/// The text and the position of a report. Can be erased.
#[derive(Clone, PartialEq, Debug)]
pub struct ReportContent {
    /// Salt of the hash in the first event.
    pub salt: Vec<u8>,
    /// Hash of the canonical content without `sent_at`. A repeated report has the same hash.
    pub content_hash: Hash,
    /// A short title.
    pub title: Option<String>,
    pub description: String,
    /// The place as the reporter describes it.
    pub place_text: Option<String>,
    pub position: Option<Position>,
    /// When it happened, as the reporter states.
    pub occurred_at: Option<Instant>,
    /// When it was written, by the clock of the phone.
    pub reported_at: Option<Instant>,
    /// When it was sent, by the clock of the phone.
    pub sent_at: Option<Instant>,
    /// Codes of the warnings that were returned to the reporter.
    pub warnings: Vec<String>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = report, treat_none_as_default_value = false)]
struct Row {
    incident_id: i64,
    salt: Vec<u8>,
    content_hash: DbHash,
    title: Option<String>,
    description: String,
    place_text: Option<String>,
    lon: Option<f64>,
    lat: Option<f64>,
    raw_lon: Option<f64>,
    raw_lat: Option<f64>,
    datum: Option<Code<Datum>>,
    accuracy_m: Option<f64>,
    captured_at: Option<DbTime>,
    source: Option<Code<PositionSource>>,
    occurred_at: Option<DbTime>,
    reported_at: Option<DbTime>,
    sent_at: Option<DbTime>,
    warnings: String,
}

impl Row {
    fn new(incident_id: i64, content: &ReportContent) -> Self {
        let position = content.position.as_ref();
        let raw = position.map(|position| &position.raw);
        let converted = position
            .filter(|Position { raw, wgs84 }| (raw.lon, raw.lat) != (wgs84.lon, wgs84.lat))
            .map(|position| &position.raw);
        Self {
            incident_id,
            salt: content.salt.clone(),
            content_hash: DbHash(content.content_hash),
            title: content.title.clone(),
            description: content.description.clone(),
            place_text: content.place_text.clone(),
            lon: position.map(|position| position.wgs84.lon),
            lat: position.map(|position| position.wgs84.lat),
            raw_lon: converted.map(|raw| raw.lon),
            raw_lat: converted.map(|raw| raw.lat),
            datum: raw.map(|raw| Code(raw.datum)),
            accuracy_m: raw.and_then(|raw| raw.accuracy_m),
            captured_at: raw.and_then(|raw| raw.captured_at).map(DbTime),
            source: raw.map(|raw| Code(raw.source)),
            occurred_at: content.occurred_at.map(DbTime),
            reported_at: content.reported_at.map(DbTime),
            sent_at: content.sent_at.map(DbTime),
            warnings: content.warnings.join(" "),
        }
    }
}

impl From<Row> for ReportContent {
    fn from(row: Row) -> Self {
        let position = match (row.lon, row.lat, row.datum, row.source) {
            (Some(lon), Some(lat), Some(datum), Some(source)) => {
                let raw = RawPosition {
                    lon: row.raw_lon.unwrap_or(lon),
                    lat: row.raw_lat.unwrap_or(lat),
                    datum: datum.0,
                    accuracy_m: row.accuracy_m,
                    captured_at: row.captured_at.map(|at| at.0),
                    source: source.0,
                };
                Some(Position { raw, wgs84: LonLat { lon, lat } })
            }
            _ => None,
        };
        Self {
            salt: row.salt,
            content_hash: row.content_hash.0,
            title: row.title,
            description: row.description,
            place_text: row.place_text,
            position,
            occurred_at: row.occurred_at.map(|at| at.0),
            reported_at: row.reported_at.map(|at| at.0),
            sent_at: row.sent_at.map(|at| at.0),
            warnings: row.warnings.split_whitespace().map(str::to_owned).collect(),
        }
    }
}

/// Inserts reports, each with the key of its incident.
pub(crate) fn insert_all(db: &mut Db, reports: &[(i64, &ReportContent)]) -> StoreResult<()> {
    let rows: Vec<Row> = reports.iter().map(|(incident, content)| Row::new(*incident, content)).collect();
    Ok(insert_rows!(db, &rows, row => diesel::insert_into(report::table).values(row))?)
}

/// The report of an incident, unless it was erased.
pub fn get(db: &mut Db, incident: i64) -> StoreResult<Option<ReportContent>> {
    let row: Option<Row> = report::table.find(incident).select(Row::as_select()).first(db).optional()?;
    Ok(row.map(ReportContent::from))
}

/// The reports of several incidents, by the key of the incident.
pub fn of_incidents(
    db: &mut Db,
    incidents: &[i64],
) -> StoreResult<std::collections::BTreeMap<i64, ReportContent>> {
    let rows: Vec<Row> =
        report::table.filter(report::incident_id.eq_any(incidents)).select(Row::as_select()).load(db)?;
    Ok(rows.into_iter().map(|row| (row.incident_id, row.into())).collect())
}
