-- The present state of each incident. `id` is a serial number and part of the incident number. The phone chooses `uuid`.
CREATE TABLE incident (
    id                INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uuid              BLOB NOT NULL UNIQUE,
    query_secret      TEXT NOT NULL,
    -- The cell of about 200 m that contains the position of the report. Near positions are in this cell or one beside it.
    cell              BIGINT,
    version           INTEGER NOT NULL,
    category          TEXT NOT NULL,
    severity          TEXT NOT NULL,
    state             TEXT NOT NULL,
    level             TEXT NOT NULL,
    -- The units at the time of the report.
    grid_code         BIGINT,
    village_code      BIGINT,
    township_code     BIGINT,
    county_code       BIGINT NOT NULL,
    city_code         BIGINT NOT NULL,
    reporter_id       BLOB NOT NULL REFERENCES account (id),
    received_at       INTEGER NOT NULL,
    last_event_at     INTEGER NOT NULL,
    first_desk        TEXT NOT NULL REFERENCES organisation (code),
    first_accepted_by TEXT,
    -- Levels up to this one do not see the incident: 0 none, 1 village, 2 township.
    skip_rank         SMALLINT NOT NULL,
    restricted        BOOLEAN NOT NULL,
    reporter_hidden   BOOLEAN NOT NULL,
    county_first      BOOLEAN NOT NULL,
    on_spot           BOOLEAN NOT NULL,
    self_verified     BOOLEAN NOT NULL,
    reopened          INTEGER NOT NULL,
    returned          INTEGER NOT NULL,
    escalated         INTEGER NOT NULL,
    outcome           TEXT,
    resolved_level    TEXT,
    in_place          BOOLEAN NOT NULL,
    ended_at          INTEGER,
    rules_version     BIGINT NOT NULL REFERENCES rules (version),
    -- The deadline of the whole incident, as JSON.
    total             TEXT NOT NULL,
    -- Requests, supervision, linkages, photos and the like, as JSON. NULL for most incidents.
    proceedings       TEXT,
    -- Used by lists and by the reconciler. NULL for closed incidents, except the desk and the checker.
    desk              TEXT NOT NULL,
    superior          TEXT,
    at_desk_since     INTEGER,
    sent_back         BOOLEAN NOT NULL,
    wakes_at          INTEGER,
    supervision       TEXT,
    supervised_by     TEXT,
    supervised_since  INTEGER,
    alarmed_by        TEXT,
    alarmed_since     INTEGER,
    -- Requests and disputes that wait for a decision. `asked_by_rank` is the level of the asking desk, 1 village to 4 city.
    awaits_decision   BOOLEAN NOT NULL,
    asked_since       INTEGER,
    asked_by_id       BLOB,
    asked_by_rank     SMALLINT,
    disputed_since    INTEGER,
    -- The grid worker who has to answer a question or check a result, and the deadline. `checker_id` stays after the answer.
    awaited_from_id   BLOB,
    awaited_since     INTEGER,
    awaited_until     INTEGER,
    checker_id        BLOB,
    caretaker_id      BLOB,
    -- The organisation that has to act, and its deadline.
    holder            TEXT,
    due_at            INTEGER
);
CREATE INDEX incident_village ON incident (village_code, id);
CREATE INDEX incident_township ON incident (township_code, id);
CREATE INDEX incident_county ON incident (county_code, id);
CREATE INDEX incident_reporter ON incident (reporter_id, id);
CREATE INDEX incident_due ON incident (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX incident_wakes ON incident (wakes_at, id) WHERE wakes_at IS NOT NULL;
-- For worklists.
CREATE INDEX incident_holder ON incident (holder, due_at, id) WHERE holder IS NOT NULL;
CREATE INDEX incident_desk ON incident (desk, due_at, id) WHERE at_desk_since IS NOT NULL;
CREATE INDEX incident_supervised ON incident (supervised_by) WHERE supervised_by IS NOT NULL;
CREATE INDEX incident_alarmed ON incident (alarmed_by) WHERE alarmed_by IS NOT NULL;
CREATE INDEX incident_undecided ON incident (id) WHERE awaits_decision;
CREATE INDEX incident_awaited ON incident (awaited_from_id) WHERE awaited_from_id IS NOT NULL;
CREATE INDEX incident_checker ON incident (checker_id) WHERE checker_id IS NOT NULL;
CREATE INDEX incident_caretaker ON incident (caretaker_id) WHERE caretaker_id IS NOT NULL;
CREATE INDEX incident_ended ON incident (ended_at) WHERE ended_at IS NOT NULL;
-- For open incidents near a position.
CREATE INDEX incident_cell ON incident (cell) WHERE ended_at IS NULL AND cell IS NOT NULL;
CREATE INDEX incident_received ON incident (received_at);

-- The text and the position of a report. A row can be erased. The first event holds a hash of it; the salt is erased with the row.
-- A repeated report has the same `content_hash`.
CREATE TABLE report (
    incident_id  BIGINT NOT NULL PRIMARY KEY REFERENCES incident (id),
    salt         BLOB NOT NULL,
    content_hash BLOB NOT NULL,
    title        TEXT,
    description  TEXT NOT NULL,
    place_text   TEXT,
    -- WGS-84, equals CGCS2000 within 1 m.
    lon          DOUBLE PRECISION,
    lat          DOUBLE PRECISION,
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

CREATE TABLE custody_leg (
    incident_id          BIGINT NOT NULL REFERENCES incident (id),
    number               INTEGER NOT NULL,
    desk                 TEXT NOT NULL REFERENCES organisation (code),
    level                TEXT NOT NULL,
    opened_at            INTEGER NOT NULL,
    opened_seq           INTEGER NOT NULL,
    superior             TEXT,
    on_lapse             TEXT NOT NULL,
    -- Deadlines and the rules that they come from, as JSON.
    clocks               TEXT NOT NULL,
    accepted_at          INTEGER,
    ended_at             INTEGER,
    ended_seq            INTEGER,
    outcome              TEXT,
    PRIMARY KEY (incident_id, number)
) WITHOUT ROWID;
CREATE INDEX custody_leg_desk ON custody_leg (desk, incident_id);

CREATE TABLE handling_leg (
    incident_id        BIGINT NOT NULL REFERENCES incident (id),
    number             INTEGER NOT NULL,
    custody            INTEGER NOT NULL,
    organisation       TEXT NOT NULL REFERENCES organisation (code),
    role               TEXT NOT NULL,
    opened_at          INTEGER NOT NULL,
    opened_seq         INTEGER NOT NULL,
    clocks             TEXT NOT NULL,
    acknowledged_at    INTEGER,
    arrived_at         INTEGER,
    extensions         TEXT NOT NULL,
    ended_at           INTEGER,
    ended_seq          INTEGER,
    outcome            TEXT,
    result             TEXT,
    submitted_by       BLOB,
    PRIMARY KEY (incident_id, number)
) WITHOUT ROWID;
CREATE INDEX handling_leg_organisation ON handling_leg (organisation, incident_id);
CREATE INDEX handling_leg_open ON handling_leg (organisation, incident_id) WHERE ended_at IS NULL;

-- The columns of linkages that lists and counts need. The whole linkage is in `incident.proceedings`.
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
