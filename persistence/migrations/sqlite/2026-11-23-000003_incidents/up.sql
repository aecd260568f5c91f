-- Where each incident stands. `id` gives insert order and the incident number; `uuid` is made on the phone.
CREATE TABLE incident (
    id                INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uuid              BLOB NOT NULL UNIQUE,
    query_secret      TEXT NOT NULL,
    -- The cell of some 200 m that it was reported from: what is near lies in this one or one beside it.
    cell              BIGINT,
    version           INTEGER NOT NULL,
    category          TEXT NOT NULL,
    severity          TEXT NOT NULL,
    state             TEXT NOT NULL,
    level             TEXT NOT NULL,
    -- The units of the day it was reported.
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
    -- Levels up to this one see nothing of it: 0 none, 1 village, 2 township.
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
    -- When the whole matter should be settled, as JSON.
    total             TEXT NOT NULL,
    -- What goes on beside the legs, as JSON; empty for most.
    proceedings       TEXT,
    -- Read by lists, and by what happens by itself. Empty at rest, but for the desk and who was sent to look.
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
    -- What waits to be decided: what whose desk of which rank (1 village to 4 city) asked, and what is disputed.
    awaits_decision   BOOLEAN NOT NULL,
    asked_since       INTEGER,
    asked_by_id       BLOB,
    asked_by_rank     SMALLINT,
    disputed_since    INTEGER,
    -- Who in the field has to answer or to look, until when; and who was sent to look, whether that was answered or not.
    awaited_from_id   BLOB,
    awaited_since     INTEGER,
    awaited_until     INTEGER,
    checker_id        BLOB,
    caretaker_id      BLOB,
    -- Who has to act, and until when.
    holder            TEXT,
    due_at            INTEGER
);
CREATE INDEX incident_village ON incident (village_code, id);
CREATE INDEX incident_township ON incident (township_code, id);
CREATE INDEX incident_county ON incident (county_code, id);
CREATE INDEX incident_reporter ON incident (reporter_id, id);
CREATE INDEX incident_due ON incident (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX incident_wakes ON incident (wakes_at, id) WHERE wakes_at IS NOT NULL;
-- Worklists.
CREATE INDEX incident_holder ON incident (holder, due_at, id) WHERE holder IS NOT NULL;
CREATE INDEX incident_desk ON incident (desk, due_at, id) WHERE at_desk_since IS NOT NULL;
CREATE INDEX incident_supervised ON incident (supervised_by) WHERE supervised_by IS NOT NULL;
CREATE INDEX incident_alarmed ON incident (alarmed_by) WHERE alarmed_by IS NOT NULL;
CREATE INDEX incident_undecided ON incident (id) WHERE awaits_decision;
CREATE INDEX incident_awaited ON incident (awaited_from_id) WHERE awaited_from_id IS NOT NULL;
CREATE INDEX incident_checker ON incident (checker_id) WHERE checker_id IS NOT NULL;
CREATE INDEX incident_caretaker ON incident (caretaker_id) WHERE caretaker_id IS NOT NULL;
CREATE INDEX incident_ended ON incident (ended_at) WHERE ended_at IS NOT NULL;
-- Finds what is open nearby.
CREATE INDEX incident_cell ON incident (cell) WHERE ended_at IS NULL AND cell IS NOT NULL;
CREATE INDEX incident_received ON incident (received_at);

-- What the reporter wrote and where the phone was: erasable, and hashed into the first event with a salt that goes
-- with it. `content_hash` tells a repeated report from another one.
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
    -- When what is due, and by which rule, as JSON.
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
    extended           INTEGER NOT NULL,
    granted            INTEGER NOT NULL,
    ended_at           INTEGER,
    ended_seq          INTEGER,
    outcome            TEXT,
    result             TEXT,
    submitted_by       BLOB,
    PRIMARY KEY (incident_id, number)
) WITHOUT ROWID;
CREATE INDEX handling_leg_organisation ON handling_leg (organisation, incident_id);
CREATE INDEX handling_leg_open ON handling_leg (organisation, incident_id) WHERE ended_at IS NULL;

-- What is attached to an incident, as far as lists and figures ask for it; all of it stands in `incident.proceedings`.
CREATE TABLE linkage (
    incident_id BIGINT NOT NULL REFERENCES incident (id),
    number      INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    -- When a hearing is held; when anything else began.
    at          INTEGER NOT NULL,
    ended_at    INTEGER,
    outcome     TEXT,
    PRIMARY KEY (incident_id, number)
) WITHOUT ROWID;
CREATE INDEX linkage_kind ON linkage (kind, at);

-- What a command was answered, kept under the caller's key so that a repeat is answered alike.
CREATE TABLE receipt (
    account_id   BLOB NOT NULL REFERENCES account (id),
    key          BLOB NOT NULL,
    request_hash BLOB NOT NULL,
    answered_at  INTEGER NOT NULL,
    body         TEXT NOT NULL,
    PRIMARY KEY (account_id, key)
) WITHOUT ROWID;
CREATE INDEX receipt_answered ON receipt (answered_at);

-- Up to which arrival an account has seen each of its worklists.
CREATE TABLE worklist_mark (
    account_id BLOB NOT NULL REFERENCES account (id),
    worklist   TEXT NOT NULL,
    seen_until INTEGER NOT NULL,
    PRIMARY KEY (account_id, worklist)
) WITHOUT ROWID;
