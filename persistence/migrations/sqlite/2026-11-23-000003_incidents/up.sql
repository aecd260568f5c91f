-- The present state of each incident. `id` is a serial number and part of the incident number. The phone chooses `uuid`.
CREATE TABLE incident (
    id              INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uuid            BLOB NOT NULL UNIQUE,
    query_secret    TEXT NOT NULL,
    version         INTEGER NOT NULL,
    -- The cell of about 200 m that contains the position of the report. Near positions are in this cell or one beside it.
    cell            BIGINT,
    category        TEXT NOT NULL,
    severity        TEXT NOT NULL,
    state           TEXT NOT NULL,
    -- The level of `desk`.
    level           TEXT NOT NULL,
    -- The units of the place.
    grid_code       BIGINT,
    village_code    BIGINT,
    township_code   BIGINT,
    county_code     BIGINT NOT NULL,
    reporter_id     BLOB NOT NULL REFERENCES account (id),
    reporter_hidden BOOLEAN NOT NULL,
    -- Who replaces the reporter.
    caretaker_id    BLOB,
    received_at     INTEGER NOT NULL,
    ended_at        INTEGER,
    -- Levels up to this one do not see the incident: 0 none, 1 village, 2 township.
    skip_rank       SMALLINT NOT NULL,
    restricted      BOOLEAN NOT NULL,
    outcome         TEXT,
    resolved_level  TEXT,
    -- Yes-or-no facts as a sum: 1 on the spot, 2 self-verified, 4 reopened, 8 in place, 16 county first, 32 sent back,
    -- 64 verified by a colleague, 128 handed down.
    marks           SMALLINT NOT NULL,
    -- The desk that has custody, or had it last, and the desk above it. Both times are NULL when the incident has ended.
    desk            TEXT NOT NULL,
    superior        TEXT,
    at_desk_since   INTEGER,
    wakes_at        INTEGER,
    -- The deadline of the step that the incident waits for.
    due_at          INTEGER,
    -- The whole case as MessagePack. The columns above repeat what queries filter, order or join by. Last, because it is long.
    snapshot        BLOB NOT NULL
);
CREATE INDEX incident_village ON incident (village_code, id);
CREATE INDEX incident_township ON incident (township_code, id);
CREATE INDEX incident_county ON incident (county_code, id);
CREATE INDEX incident_reporter ON incident (reporter_id, id);
CREATE INDEX incident_due ON incident (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX incident_wakes ON incident (wakes_at, id) WHERE wakes_at IS NOT NULL;
-- For worklists.
CREATE INDEX incident_desk ON incident (desk, due_at, id) WHERE at_desk_since IS NOT NULL;
CREATE INDEX incident_caretaker ON incident (caretaker_id) WHERE caretaker_id IS NOT NULL;
CREATE INDEX incident_ended ON incident (ended_at) WHERE ended_at IS NOT NULL;
-- For open incidents near a position.
CREATE INDEX incident_cell ON incident (cell) WHERE ended_at IS NULL AND cell IS NOT NULL;
CREATE INDEX incident_received ON incident (received_at);

-- What a desk or a person has to look at besides the present step. Most incidents have no row. The facts are in
-- `incident.snapshot`.
CREATE TABLE attention (
    incident_id  BIGINT NOT NULL REFERENCES incident (id),
    -- supervision, alarm, request, dispute, objection or answer
    kind         TEXT NOT NULL,
    -- The desk that supervises, is alarmed, or answers the objection.
    organisation TEXT,
    -- Who made the request, or who has to answer.
    account_id   BLOB,
    -- The level of the organisation that made the request: 1 village to 4 city.
    rank         SMALLINT,
    since        INTEGER NOT NULL,
    -- Until when the answer is due.
    until        INTEGER,
    PRIMARY KEY (incident_id, kind)
) WITHOUT ROWID;
CREATE INDEX attention_kind ON attention (kind, organisation);
CREATE INDEX attention_account ON attention (account_id) WHERE account_id IS NOT NULL;

-- The text and the position of a report. A row can be erased. The first event holds a hash of it; the salt is erased with the row.
-- A repeated report has the same `content_hash`.
CREATE TABLE report (
    incident_id  INTEGER NOT NULL PRIMARY KEY REFERENCES incident (id),
    salt         BLOB NOT NULL,
    content_hash BLOB NOT NULL,
    title        TEXT,
    description  TEXT NOT NULL,
    place_text   TEXT,
    -- WGS-84, equals CGCS2000 within 1 m.
    lon          DOUBLE PRECISION,
    lat          DOUBLE PRECISION,
    -- As the phone sent it; NULL if equal to `lon` and `lat`.
    raw_lon      DOUBLE PRECISION,
    raw_lat      DOUBLE PRECISION,
    datum        TEXT,
    accuracy_m   DOUBLE PRECISION,
    captured_at  INTEGER,
    source       TEXT,
    occurred_at  INTEGER,
    reported_at  INTEGER,
    sent_at      INTEGER,
    warnings     TEXT NOT NULL
);

-- Which organisations besides `incident.desk` have or had a part in an incident: one row for each handling leg and for each custody
-- leg but the last one. The legs are in `incident.snapshot`.
CREATE TABLE participation (
    incident_id  BIGINT NOT NULL REFERENCES incident (id),
    -- custody, lead or assist
    role         TEXT NOT NULL,
    -- The number of the custody leg or the handling leg.
    leg          INTEGER NOT NULL,
    organisation TEXT NOT NULL REFERENCES organisation (code),
    since        INTEGER NOT NULL,
    is_open      BOOLEAN NOT NULL,
    PRIMARY KEY (incident_id, role, leg)
) WITHOUT ROWID;
CREATE INDEX participation_organisation ON participation (organisation, incident_id, role);
CREATE INDEX participation_open ON participation (organisation, incident_id) WHERE is_open;

-- The columns of linkages that lists and counts need. The whole linkage is in `incident.snapshot`.
CREATE TABLE linkage (
    incident_id BIGINT NOT NULL REFERENCES incident (id),
    number      INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    -- When the hearing is held, or when another linkage was opened.
    at          INTEGER NOT NULL,
    ended_at    INTEGER,
    outcome     TEXT,
    PRIMARY KEY (incident_id, number)
) WITHOUT ROWID;
CREATE INDEX linkage_kind ON linkage (kind, at);

-- The grid workers who have to check the result of an incident, or did.
CREATE TABLE checker (
    account_id  BLOB NOT NULL REFERENCES account (id),
    incident_id BIGINT NOT NULL REFERENCES incident (id),
    PRIMARY KEY (account_id, incident_id)
) WITHOUT ROWID;
CREATE INDEX checker_incident ON checker (incident_id);

-- Closures that were undone within 30 days. All undone closures are in `incident.snapshot`.
CREATE TABLE reopening (
    incident_id BIGINT NOT NULL REFERENCES incident (id),
    closed_at   INTEGER NOT NULL,
    PRIMARY KEY (incident_id, closed_at)
) WITHOUT ROWID;
CREATE INDEX reopening_closed ON reopening (closed_at);

-- The numbers that sources, such as the hotline, gave to matters: one number of a source opens one incident.
CREATE TABLE external_number (
    source        TEXT NOT NULL,
    number        TEXT NOT NULL,
    -- Written before the incident, so that a number that is taken keeps the incident from being written.
    incident_uuid BLOB NOT NULL,
    PRIMARY KEY (source, number)
) WITHOUT ROWID;

-- The answers to commands under the key of the caller, so that a repeated command gets the same answer.
CREATE TABLE receipt (
    account_id   BLOB NOT NULL REFERENCES account (id),
    key          BLOB NOT NULL,
    request_hash BLOB NOT NULL,
    answered_at  INTEGER NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (account_id, key)
) WITHOUT ROWID;
CREATE INDEX receipt_answered ON receipt (answered_at);

-- Until when an account has seen each of its worklists.
CREATE TABLE worklist_mark (
    account_id BLOB NOT NULL REFERENCES account (id),
    worklist   TEXT NOT NULL,
    seen_until INTEGER NOT NULL,
    PRIMARY KEY (account_id, worklist)
) WITHOUT ROWID;
