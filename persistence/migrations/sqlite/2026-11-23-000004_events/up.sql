-- Events. Rows are never changed. `hash` covers the bytes of `body`, which is the canonical JSON text.
CREATE TABLE event (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    incident_id    BIGINT NOT NULL REFERENCES incident (id),
    incident_seq   INTEGER NOT NULL,
    at             INTEGER NOT NULL,
    type           TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    -- The account, or all zeros for an automatic event.
    actor_id       BLOB NOT NULL,
    body           TEXT NOT NULL,
    words_hash     BLOB,
    -- The hash of the event before; NULL for the first one.
    prev_hash      BLOB,
    hash           BLOB NOT NULL,
    UNIQUE (incident_id, incident_seq)
);

-- Texts that belong to events. A row can be erased, with its salt.
CREATE TABLE remark (
    event_id BIGINT NOT NULL REFERENCES event (id),
    -- The kind of the text. An event has at most one text of each kind.
    label    TEXT NOT NULL,
    audience TEXT NOT NULL,
    salt     BLOB NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (event_id, label)
) WITHOUT ROWID;

-- The epoch of this database. Cursors of another database, such as a restored backup, have another epoch.
CREATE TABLE feed (
    epoch BLOB NOT NULL PRIMARY KEY
);
