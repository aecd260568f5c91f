//! Tables `event` and `remark`: what happened, and the words that went with it.

use diesel::prelude::*;
use grassroots_domain::{
    account::AccountId,
    command::Audience,
    event::{Event, EventBody, Hash, Remark, SCHEMA_VERSION, event_hash, words_hash},
    incident::IncidentId,
    open::Decided,
};

use crate::{
    db::{At, Db, Key, on_each},
    error::{StoreError, StoreResult, decode},
    legs::{count_from_db, count_to_db},
    reports::hash_from_db,
    schema::{event, event_waiting, incident, remark},
};

/// An event as it was stored, with its place in the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEvent {
    /// Its key.
    pub key: i64,
    /// The event.
    pub event: Event,
    /// The canonical text that the hash covers.
    pub body: String,
    /// Hash of its words with their salt.
    pub words: Option<Hash>,
    /// Hash of the event before it.
    pub previous: Hash,
    /// Its own hash.
    pub hash: Hash,
}

impl StoredEvent {
    /// Whether the event is what was hashed.
    #[must_use]
    pub fn is_genuine(&self) -> bool {
        event_hash(&self.event, &self.body, self.words, self.previous) == self.hash
    }
}

#[derive(Insertable)]
#[diesel(table_name = event)]
struct NewRow<'a> {
    incident_id: i64,
    incident_seq: i32,
    at: At,
    kind: &'static str,
    schema_version: i32,
    actor_id: Key,
    body: &'a str,
    words_hash: Option<Vec<u8>>,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = event)]
struct Row {
    id: i64,
    incident_seq: i32,
    at: At,
    actor_id: Key,
    body: String,
    words_hash: Option<Vec<u8>>,
    prev_hash: Vec<u8>,
    hash: Vec<u8>,
}

impl Row {
    fn stored(self, incident: IncidentId) -> StoreResult<StoredEvent> {
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
            body: self.body,
            words: self.words_hash.map(|hash| hash_from_db("event.words_hash", hash)).transpose()?,
            previous: hash_from_db("event.prev_hash", self.prev_hash)?,
            hash: hash_from_db("event.hash", self.hash)?,
        })
    }
}

/// Words to be stored with an event, salted.
#[derive(Clone, Debug)]
pub struct Salted {
    /// Random bytes, erased with the words.
    pub salt: Vec<u8>,
    /// Hash of both.
    pub hash: Hash,
}

impl Salted {
    /// Hashes `words` with `salt`.
    #[must_use]
    pub fn new(salt: Vec<u8>, words: &str) -> Self {
        let hash = words_hash(&salt, words);
        Self { salt, hash }
    }
}

/// Appends `decided` to the history of the incident with key `incident`, and returns the keys of the new events. The
/// words of the first event of an incident stand in its report, whose hash is `report`; those of the others are
/// salted with what `salt` gives.
///
/// # Errors
/// When a query fails.
pub fn append(
    db: &mut Db,
    incident: i64,
    decided: &[Decided],
    report: Option<Hash>,
    salt: &dyn Fn() -> Vec<u8>,
) -> StoreResult<Vec<i64>> {
    let mut previous = if report.is_some() { Hash::GENESIS } else { newest_hash(db, incident)? };
    let mut keys = Vec::with_capacity(decided.len());
    for Decided { event: happened, remark: words } in decided {
        let salted = words.as_ref().map(|words| Salted::new(salt(), words.text.as_str()));
        let words_hash = if happened.seq == 1 { report } else { salted.as_ref().map(|salted| salted.hash) };
        let body = canonical(&happened.body)?;
        let hash = event_hash(happened, &body, words_hash, previous);
        let row = NewRow {
            incident_id: incident,
            incident_seq: count_to_db(happened.seq),
            at: At(happened.at),
            kind: happened.body.event_type().as_str(),
            schema_version: SCHEMA_VERSION,
            actor_id: happened.actor.into(),
            body: &body,
            words_hash: words_hash.map(|hash| hash.0.to_vec()),
            prev_hash: previous.0.to_vec(),
            hash: hash.0.to_vec(),
        };
        let key: i64 = on_each!(db, conn => diesel::insert_into(event::table)
            .values(&row)
            .returning(event::id)
            .get_result(conn))?;
        diesel::insert_into(event_waiting::table).values(event_waiting::event_id.eq(key)).execute(db)?;
        if let (Some(words), Some(salted)) = (words, salted) {
            insert_remark(db, key, words, salted.salt)?;
        }
        previous = hash;
        keys.push(key);
    }
    Ok(keys)
}

/// The text of a body: keys in order of declaration, no white space. What is hashed is what is stored.
fn canonical(body: &EventBody) -> StoreResult<String> {
    serde_json::to_string(body).map_err(|error| StoreError::decode("event.body", body.event_type(), error))
}

fn newest_hash(db: &mut Db, incident: i64) -> StoreResult<Hash> {
    let newest: Vec<u8> = event::table
        .filter(event::incident_id.eq(incident))
        .order(event::incident_seq.desc())
        .select(event::hash)
        .first(db)?;
    hash_from_db("event.hash", newest)
}

fn insert_remark(db: &mut Db, event: i64, words: &Remark, salt: Vec<u8>) -> StoreResult<()> {
    diesel::insert_into(remark::table)
        .values((
            remark::event_id.eq(event),
            remark::audience.eq(words.audience.as_str()),
            remark::salt.eq(salt),
            remark::body.eq(words.text.as_str()),
        ))
        .execute(db)?;
    Ok(())
}

/// The history of an incident, oldest first.
///
/// # Errors
/// When a query fails or a row does not decode.
pub fn history(db: &mut Db, key: i64) -> StoreResult<Vec<StoredEvent>> {
    let rows: Vec<(Key, Row)> = event::table
        .inner_join(incident::table)
        .filter(event::incident_id.eq(key))
        .order(event::incident_seq)
        .select((incident::uuid, Row::as_select()))
        .load(db)?;
    rows.into_iter().map(|(id, row)| row.stored(IncidentId(id.0))).collect()
}

/// The events with these keys, in the order of the keys.
pub(crate) fn by_keys(db: &mut Db, keys: &[i64]) -> StoreResult<Vec<StoredEvent>> {
    let rows: Vec<(Key, Row)> = event::table
        .inner_join(incident::table)
        .filter(event::id.eq_any(keys))
        .select((incident::uuid, Row::as_select()))
        .load(db)?;
    let mut events =
        rows.into_iter().map(|(id, row)| row.stored(IncidentId(id.0))).collect::<StoreResult<Vec<_>>>()?;
    events.sort_by_key(|event| keys.iter().position(|key| *key == event.key));
    Ok(events)
}

/// A remark as it was stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredRemark {
    /// Key of its event.
    pub event: i64,
    /// Who may read it.
    pub audience: Audience,
    /// The words.
    pub text: String,
}

/// The remarks of an incident, oldest first.
///
/// # Errors
/// When a query fails or a row does not decode.
pub fn remarks(db: &mut Db, key: i64) -> StoreResult<Vec<StoredRemark>> {
    let rows: Vec<(i64, String, String)> = remark::table
        .inner_join(event::table)
        .filter(event::incident_id.eq(key))
        .order(event::incident_seq)
        .select((remark::event_id, remark::audience, remark::body))
        .load(db)?;
    rows.into_iter()
        .map(|(event, audience, text)| {
            Ok(StoredRemark { event, audience: decode("remark.audience", &audience)?, text })
        })
        .collect()
}
