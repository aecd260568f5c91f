-- What happened, appended and never changed. `body` is the canonical text that `hash` covers, byte for byte.
CREATE TABLE event (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    incident_id    BIGINT NOT NULL REFERENCES incident (id),
    incident_seq   INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    type           TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    -- An account, or nobody (all zeros) for what happens by itself.
    actor_id       BLOB NOT NULL,
    body           TEXT NOT NULL,
    words_hash     BLOB,
    prev_hash      BLOB NOT NULL,
    hash           BLOB NOT NULL,
    UNIQUE (incident_id, incident_seq)
);

-- Words that go with an event: erasable, the salt with them.
CREATE TABLE remark (
    event_id BIGINT NOT NULL REFERENCES event (id),
    -- What the words are: an event has one of each at most.
    label    TEXT NOT NULL,
    audience TEXT NOT NULL,
    salt     BLOB NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (event_id, label)
) WITHOUT ROWID;

-- Ids do not commit in order. One sequencer moves committed events from `event_waiting` to `event_position`, whose
-- dense positions are what cursors mean: a reader that has seen one never later finds an event at or before it.
CREATE TABLE event_waiting (
    event_id BIGINT NOT NULL PRIMARY KEY
);

CREATE TABLE event_position (
    position BIGINT NOT NULL PRIMARY KEY,
    event_id BIGINT NOT NULL UNIQUE REFERENCES event (id)
);

-- Tells cursors of this history from those of another, such as a restored backup.
CREATE TABLE feed (
    epoch BLOB NOT NULL PRIMARY KEY
);
