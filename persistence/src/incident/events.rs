//! Tables `event` and `remark`: what happened, and the words that went with it.

use std::collections::HashMap;

use diesel::prelude::*;
use grassroots_domain::{
    decision::Decided,
    events::{Event, EventBody, SCHEMA_VERSION, event_hash, remark_hash, reporting::Reported},
    hash::Hash,
    ids::{AccountId, IncidentId},
    incident::remark::{Audience, Label, Remark},
};

use crate::database::{
    db::{Db, DbId, DbTime, count_from_db, count_to_db, hash_from_db, insert_rows, insert_rows_returning},
    error::{StoreError, StoreResult, decode},
    schema::{event, event_waiting, incident, remark},
};

/// An event as it was stored, with its place in the chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEvent {
    /// Its key.
    pub key: i64,
    /// The event.
    pub event: Event,
    /// The version of its form.
    pub schema_version: i32,
    /// The canonical text that the hash covers.
    pub body: String,
    /// Hash of its words, each with its salt.
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
        event_hash(&self.event, self.schema_version, &self.body, self.words, self.previous) == self.hash
    }
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
    words_hash: Option<&'a [u8]>,
    prev_hash: &'a [u8],
    hash: &'a [u8],
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
            words_hash: link.words.as_ref().map(|hash| hash.0.as_slice()),
            prev_hash: &link.previous.0,
            hash: &link.hash.0,
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
            schema_version: self.schema_version,
            body: self.body,
            words: self.words_hash.map(|hash| hash_from_db("event.words_hash", hash)).transpose()?,
            previous: hash_from_db("event.prev_hash", self.prev_hash)?,
            hash: hash_from_db("event.hash", self.hash)?,
        })
    }
}

/// Events of one incident that are not stored yet, each with its place in the chain.
#[derive(Clone, Debug)]
pub struct Chain(Vec<ChainLink>);

#[derive(Clone, Debug)]
struct ChainLink {
    event: Event,
    body: String,
    words: Option<Hash>,
    previous: Hash,
    hash: Hash,
    remarks: Vec<Salted>,
}

/// Words that go with an event, and random bytes that are erased with them.
#[derive(Clone, Debug)]
struct Salted {
    remark: Remark,
    salt: Vec<u8>,
}

impl Chain {
    /// The first events of an incident. The words of the first stand in its report and have the hash `said`; those of
    /// the others are salted with what `salt` gives.
    ///
    /// # Errors
    /// When a body has no canonical text.
    pub fn start(decided: &[Decided], said: Hash, salt: &dyn Fn() -> Vec<u8>) -> StoreResult<Self> {
        Self::link(decided, Some(said), Hash::GENESIS, salt)
    }

    fn link(
        decided: &[Decided],
        said: Option<Hash>,
        mut previous: Hash,
        salt: &dyn Fn() -> Vec<u8>,
    ) -> StoreResult<Self> {
        let mut links = Vec::with_capacity(decided.len());
        for Decided { event, remarks } in decided {
            let mut remarks: Vec<Salted> =
                remarks.iter().map(|remark| Salted { remark: remark.clone(), salt: salt() }).collect();
            // In the order in which they are read again.
            remarks.sort_by_key(|salted| salted.remark.label.as_str());
            let words =
                if remarks.is_empty() { said.filter(|_| event.seq == 1) } else { Some(hash_of(&remarks)) };
            let body = canonical(&event.body)?;
            let hash = event_hash(event, SCHEMA_VERSION, &body, words, previous);
            links.push(ChainLink { event: event.clone(), body, words, previous, hash, remarks });
            previous = hash;
        }
        Ok(Self(links))
    }
}

/// The hash of all words of an event: of their salted hashes, in order.
fn hash_of(remarks: &[Salted]) -> Hash {
    let hashes: Vec<Hash> = remarks.iter().map(|Salted { remark, salt }| remark_hash(salt, remark)).collect();
    Hash::of(&hashes.iter().map(|hash| hash.0.as_slice()).collect::<Vec<_>>())
}

/// The text of a body: keys in order of declaration, no white space. What is hashed is what is stored.
fn canonical(body: &EventBody) -> StoreResult<String> {
    serde_json::to_string(body).map_err(|error| StoreError::decode("event.body", body.event_type(), error))
}

/// Appends `decided` to the history of the incident with key `incident`. Their words are salted with what `salt` gives.
///
/// # Errors
/// When a query fails.
pub fn append(
    db: &mut Db,
    incident: i64,
    decided: &[Decided],
    salt: &dyn Fn() -> Vec<u8>,
) -> StoreResult<()> {
    let chain = Chain::link(decided, None, newest_hash(db, incident)?, salt)?;
    insert_all(db, &[(incident, &chain)])
}

/// Stores events, each chain with the key of its incident, and lets them wait for their positions.
pub(crate) fn insert_all(db: &mut Db, chains: &[(i64, &Chain)]) -> StoreResult<()> {
    let links = || chains.iter().flat_map(|(key, chain)| chain.0.iter().map(|link| (*key, link)));
    let rows: Vec<NewRow<'_>> = links().map(|(key, link)| NewRow::new(key, link)).collect();
    let written: Vec<(i64, i32, i64)> = insert_rows_returning!(db, &rows, row => diesel::insert_into(event::table)
        .values(row)
        .returning((event::incident_id, event::incident_seq, event::id)))?;
    let waiting: Vec<_> = written.iter().map(|(.., event)| event_waiting::event_id.eq(*event)).collect();
    insert_rows!(db, &waiting, row => diesel::insert_into(event_waiting::table).values(row))?;
    let keys: HashMap<(i64, i32), i64> =
        written.into_iter().map(|(incident, seq, event)| ((incident, seq), event)).collect();
    let remarks: Vec<_> = links()
        .flat_map(|(key, link)| link.remarks.iter().map(move |salted| (key, link.event.seq, salted)))
        .filter_map(|(key, seq, Salted { remark, salt })| {
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

fn newest_hash(db: &mut Db, incident: i64) -> StoreResult<Hash> {
    let newest: Vec<u8> = event::table
        .filter(event::incident_id.eq(incident))
        .order(event::incident_seq.desc())
        .select(event::hash)
        .first(db)?;
    hash_from_db("event.hash", newest)
}

/// The history of an incident, oldest first.
///
/// # Errors
/// When a query fails or a row does not decode.
pub fn history(db: &mut Db, key: i64) -> StoreResult<Vec<StoredEvent>> {
    let rows: Vec<(DbId, Row)> = event::table
        .inner_join(incident::table)
        .filter(event::incident_id.eq(key))
        .order(event::incident_seq)
        .select((incident::uuid, Row::as_select()))
        .load(db)?;
    rows.into_iter().map(|(id, row)| row.stored(IncidentId(id.0))).collect()
}

/// The events with these keys, in the order of the keys.
pub(crate) fn by_keys(db: &mut Db, keys: &[i64]) -> StoreResult<Vec<StoredEvent>> {
    let rows: Vec<(DbId, Row)> = event::table
        .inner_join(incident::table)
        .filter(event::id.eq_any(keys))
        .select((incident::uuid, Row::as_select()))
        .load(db)?;
    let mut events =
        rows.into_iter().map(|(id, row)| row.stored(IncidentId(id.0))).collect::<StoreResult<Vec<_>>>()?;
    events.sort_by_key(|event| keys.iter().position(|key| *key == event.key));
    Ok(events)
}

/// The first events of the `limit` incidents that were reported last, those settled on the spot left out: what was known
/// when a desk was chosen.
///
/// # Errors
/// When the query fails or an event does not decode.
pub fn latest_reports(db: &mut Db, limit: u32) -> StoreResult<Vec<Reported>> {
    let bodies: Vec<String> = event::table
        .inner_join(incident::table)
        .filter(event::incident_seq.eq(1))
        .filter(incident::on_spot.eq(false))
        .order(incident::id.desc())
        .limit(i64::from(limit))
        .select(event::body)
        .load(db)?;
    bodies
        .into_iter()
        .map(|text| match serde_json::from_str(&text) {
            Ok(EventBody::Reported(reported)) => Ok(reported),
            Ok(other) => Err(StoreError::decode("event.body", other.event_type(), "no report comes first")),
            Err(error) => Err(StoreError::decode("event.body", text, error)),
        })
        .collect()
}

/// A remark as it was stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredRemark {
    /// Key of its event.
    pub event: i64,
    /// What the words are.
    pub label: Label,
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
    let rows: Vec<(i64, String, String, String)> = remark::table
        .inner_join(event::table)
        .filter(event::incident_id.eq(key))
        .order((event::incident_seq, remark::label))
        .select((remark::event_id, remark::label, remark::audience, remark::body))
        .load(db)?;
    rows.into_iter()
        .map(|(event, label, audience, text)| {
            let (label, audience) = (decode("remark.label", &label)?, decode("remark.audience", &audience)?);
            Ok(StoredRemark { event, label, audience, text })
        })
        .collect()
}
