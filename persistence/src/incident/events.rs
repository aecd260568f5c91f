//! Tables `event` and `remark`: the events of incidents, and the remarks that belong to them.

use std::collections::HashMap;

use diesel::{
    dsl::{exists, not},
    prelude::*,
};
use grassroots_domain::{
    decision::Decided,
    events::{Event, EventBody, EventType, SCHEMA_VERSION, event_hash, remark_hash, reporting::Reported},
    hash::Hash,
    ids::{AccountId, IncidentId},
    incident::remark::{Audience, Label, Remark},
    reading::share::Mark,
};

use crate::{
    database::{
        columns::{Code, DbHash},
        db::{Db, DbId, DbTime, count_from_db, count_to_db, insert_rows, insert_rows_returning},
        error::{StoreError, StoreResult},
        schema::{event, event_waiting, incident, remark},
    },
    incident::marks::marked,
};

/// A stored event with its hashes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEvent {
    pub key: i64,
    pub event: Event,
    /// The version of the JSON schema of `body`.
    pub schema_version: i32,
    /// The canonical JSON text, which the hash covers.
    pub body: String,
    /// Hash of the remarks, or of the report for the first event. Each text is hashed with its salt.
    pub words: Option<Hash>,
    /// Hash of the event before this one.
    pub previous: Hash,
    /// Hash of this event.
    pub hash: Hash,
}

impl StoredEvent {
    /// Returns whether the hash matches the event.
    #[must_use]
    pub fn is_genuine(&self) -> bool {
        event_hash(&self.event, self.schema_version, &self.body, self.words, self.previous) == self.hash
    }
}

/// Whether every event of the incident after the one with number `seq` is harmless to a decision
/// ([`EventType::HARMLESS`]).
pub fn are_harmless_since(db: &mut Db, incident: i64, seq: u32) -> StoreResult<bool> {
    let harmless = EventType::HARMLESS.iter().map(|kind| kind.as_str());
    let others = event::table
        .filter(event::incident_id.eq(incident))
        .filter(event::incident_seq.gt(count_to_db(seq)))
        .filter(event::kind.ne_all(harmless));
    Ok(!diesel::select(exists(others)).get_result::<bool>(db)?)
}

#[derive(Insertable)]
#[diesel(table_name = event, treat_none_as_default_value = false)]
struct NewRow<'a> {
    incident_id: i64,
    incident_seq: i32,
    at: DbTime,
    kind: &'static str,
    schema_version: i32,
    actor_id: DbId,
    body: &'a str,
    words_hash: Option<DbHash>,
    prev_hash: Option<DbHash>,
    hash: DbHash,
}

impl<'a> NewRow<'a> {
    fn new(incident_id: i64, link: &'a ChainLink) -> Self {
        Self {
            incident_id,
            incident_seq: count_to_db(link.event.seq),
            at: DbTime(link.event.at),
            kind: link.event.body.event_type().as_str(),
            schema_version: SCHEMA_VERSION,
            actor_id: link.event.actor.into(),
            body: &link.body,
            words_hash: link.words.map(DbHash),
            prev_hash: Some(link.previous).filter(|hash| *hash != Hash::GENESIS).map(DbHash),
            hash: DbHash(link.hash),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = event)]
struct Row {
    id: i64,
    incident_seq: i32,
    at: DbTime,
    schema_version: i32,
    actor_id: DbId,
    body: String,
    words_hash: Option<DbHash>,
    prev_hash: Option<DbHash>,
    hash: DbHash,
}

impl Row {
    fn decode(self, incident: IncidentId) -> StoreResult<StoredEvent> {
        let body: EventBody = serde_json::from_str(&self.body)
            .map_err(|error| StoreError::decode("event.body", &self.body, error))?;
        Ok(StoredEvent {
            key: self.id,
            event: Event {
                incident,
                seq: count_from_db("event.incident_seq", self.incident_seq)?,
                at: self.at.0,
                actor: AccountId(self.actor_id.0),
                body,
            },
            schema_version: self.schema_version,
            body: self.body,
            words: self.words_hash.map(|hash| hash.0),
            previous: self.prev_hash.map_or(Hash::GENESIS, |hash| hash.0),
            hash: self.hash.0,
        })
    }
}

/// New events of one incident with their hashes.
#[derive(Clone, Debug)]
pub struct Chain(Vec<ChainLink>);

#[derive(Clone, Debug)]
struct ChainLink {
    event: Event,
    body: String,
    words: Option<Hash>,
    previous: Hash,
    hash: Hash,
    remarks: Vec<SaltedRemark>,
}

/// A remark and its salt. Both are erased together.
#[derive(Clone, Debug)]
struct SaltedRemark {
    remark: Remark,
    salt: Vec<u8>,
}

impl Chain {
    /// The first events of an incident. `report_hash` is the hash of the report, which belongs to the first event. `salt` returns
    /// random bytes for the hash of each remark.
    pub fn start(decided: &[Decided], report_hash: Hash, salt: &dyn Fn() -> Vec<u8>) -> StoreResult<Self> {
        Self::link(decided, Some(report_hash), Hash::GENESIS, salt)
    }

    fn link(
        decided: &[Decided],
        report_hash: Option<Hash>,
        mut previous: Hash,
        salt: &dyn Fn() -> Vec<u8>,
    ) -> StoreResult<Self> {
        let mut links = Vec::with_capacity(decided.len());
        for Decided { event, remarks } in decided {
            let mut remarks: Vec<SaltedRemark> =
                remarks.iter().map(|remark| SaltedRemark { remark: remark.clone(), salt: salt() }).collect();
            // The remarks are hashed in the order in which the query returns them.
            remarks.sort_by_key(|salted| salted.remark.label.as_str());
            let words = if remarks.is_empty() {
                report_hash.filter(|_| event.seq == 1)
            } else {
                Some(remarks_hash(&remarks))
            };
            let body = canonical(&event.body)?;
            let hash = event_hash(event, SCHEMA_VERSION, &body, words, previous);
            links.push(ChainLink { event: event.clone(), body, words, previous, hash, remarks });
            previous = hash;
        }
        Ok(Self(links))
    }
}

/// The hash of all remarks of an event: the hash of their salted hashes, in order.
fn remarks_hash(remarks: &[SaltedRemark]) -> Hash {
    let hashes: Vec<Hash> =
        remarks.iter().map(|SaltedRemark { remark, salt }| remark_hash(salt, remark)).collect();
    Hash::of(&hashes.iter().map(|hash| hash.0.as_slice()).collect::<Vec<_>>())
}

/// The JSON text of a body, with keys in order of declaration and no white space. The same text is hashed and stored.
fn canonical(body: &EventBody) -> StoreResult<String> {
    serde_json::to_string(body).map_err(|error| StoreError::decode("event.body", body.event_type(), error))
}

/// Appends events to the history of an incident. `salt` returns random bytes for the hash of each remark.
pub fn append(
    db: &mut Db,
    incident: i64,
    decided: &[Decided],
    salt: &dyn Fn() -> Vec<u8>,
) -> StoreResult<()> {
    let chain = Chain::link(decided, None, newest_hash(db, incident)?, salt)?;
    insert_all(db, &[(incident, &chain)])
}

/// Inserts events, each chain with the key of its incident, and queues them for a position in the feed.
pub(crate) fn insert_all(db: &mut Db, chains: &[(i64, &Chain)]) -> StoreResult<()> {
    let links = || chains.iter().flat_map(|(key, chain)| chain.0.iter().map(|link| (*key, link)));
    let rows: Vec<NewRow<'_>> = links().map(|(key, link)| NewRow::new(key, link)).collect();
    let written: Vec<(i64, i32, i64)> = insert_rows_returning!(db, &rows, row => diesel::insert_into(event::table)
        .values(row)
        .returning((event::incident_id, event::incident_seq, event::id)))?;
    wait_for_position(db, written.iter().map(|(.., event)| *event))?;
    let keys: HashMap<(i64, i32), i64> =
        written.into_iter().map(|(incident, seq, event)| ((incident, seq), event)).collect();
    let remarks: Vec<_> = links()
        .flat_map(|(key, link)| link.remarks.iter().map(move |salted| (key, link.event.seq, salted)))
        .filter_map(|(key, seq, SaltedRemark { remark, salt })| {
            let event = keys.get(&(key, count_to_db(seq)))?;
            Some((
                remark::event_id.eq(*event),
                remark::label.eq(remark.label.as_str()),
                remark::audience.eq(remark.audience.as_str()),
                remark::salt.eq(salt.as_slice()),
                remark::body.eq(remark.text.as_str()),
            ))
        })
        .collect();
    Ok(insert_rows!(db, &remarks, row => diesel::insert_into(remark::table).values(row))?)
}

/// Remembers new events until they get a position in the feed. On SQLite the id is the position.
fn wait_for_position(db: &mut Db, events: impl Iterator<Item = i64>) -> StoreResult<()> {
    if let Db::Sqlite(_) = db {
        return Ok(());
    }
    let rows: Vec<_> = events.map(|event| event_waiting::event_id.eq(event)).collect();
    Ok(insert_rows!(db, &rows, row => diesel::insert_into(event_waiting::table).values(row))?)
}

fn newest_hash(db: &mut Db, incident: i64) -> StoreResult<Hash> {
    let newest: DbHash = event::table
        .filter(event::incident_id.eq(incident))
        .order(event::incident_seq.desc())
        .select(event::hash)
        .first(db)?;
    Ok(newest.0)
}

/// The events of an incident, the oldest first.
pub fn history(db: &mut Db, key: i64) -> StoreResult<Vec<StoredEvent>> {
    let rows: Vec<(DbId, Row)> = event::table
        .inner_join(incident::table)
        .filter(event::incident_id.eq(key))
        .order(event::incident_seq)
        .select((incident::uuid, Row::as_select()))
        .load(db)?;
    rows.into_iter().map(|(id, row)| row.decode(IncidentId(id.0))).collect()
}

/// The events with these keys, in the order of the keys.
pub(crate) fn by_keys(db: &mut Db, keys: &[i64]) -> StoreResult<Vec<StoredEvent>> {
    let rows: Vec<(DbId, Row)> = event::table
        .inner_join(incident::table)
        .filter(event::id.eq_any(keys))
        .select((incident::uuid, Row::as_select()))
        .load(db)?;
    let mut events =
        rows.into_iter().map(|(id, row)| row.decode(IncidentId(id.0))).collect::<StoreResult<Vec<_>>>()?;
    events.sort_by_key(|event| keys.iter().position(|key| *key == event.key));
    Ok(events)
}

/// The first events of the `limit` newest incidents, without those that were settled on the spot. They hold the facts that the
/// first desk was chosen by.
pub fn latest_reports(db: &mut Db, limit: u32) -> StoreResult<Vec<Reported>> {
    let bodies: Vec<String> = event::table
        .inner_join(incident::table)
        .filter(event::incident_seq.eq(1))
        .filter(not(marked(Mark::OnSpot)))
        .order(incident::id.desc())
        .limit(i64::from(limit))
        .select(event::body)
        .load(db)?;
    bodies
        .into_iter()
        .map(|text| match serde_json::from_str(&text) {
            Ok(EventBody::Reported(reported)) => Ok(reported),
            Ok(other) => {
                Err(StoreError::decode("event.body", other.event_type(), "the first event is not a report"))
            }
            Err(error) => Err(StoreError::decode("event.body", text, error)),
        })
        .collect()
}

/// A stored remark.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredRemark {
    /// Key of the event.
    pub event: i64,
    pub label: Label,
    /// Who may read the remark.
    pub audience: Audience,
    pub text: String,
}

/// The remarks of an incident, the oldest first.
pub fn remarks(db: &mut Db, key: i64) -> StoreResult<Vec<StoredRemark>> {
    let rows: Vec<(i64, Code<Label>, Code<Audience>, String)> = remark::table
        .inner_join(event::table)
        .filter(event::incident_id.eq(key))
        .order((event::incident_seq, remark::label))
        .select((remark::event_id, remark::label, remark::audience, remark::body))
        .load(db)?;
    let stored = |(event, Code(label), Code(audience), text)| StoredRemark { event, label, audience, text };
    Ok(rows.into_iter().map(stored).collect())
}
