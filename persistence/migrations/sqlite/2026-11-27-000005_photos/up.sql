-- Photos that incidents name by what their bytes are. They may be on their way still.
CREATE TABLE photo (
    id          BLOB NOT NULL PRIMARY KEY,
    incident_id BIGINT NOT NULL REFERENCES incident (id),
    -- 1 for the first that the incident named.
    number      INTEGER NOT NULL,
    sha256      BLOB NOT NULL,
    size_bytes  INTEGER NOT NULL,
    media_type  TEXT NOT NULL,
    phase       TEXT NOT NULL,
    named_by    BLOB NOT NULL REFERENCES account (id),
    named_at    INTEGER NOT NULL,
    -- When its bytes were here and found to be the right ones. Whoever only knows a hash has not shown the picture.
    arrived_at  INTEGER,
    UNIQUE (incident_id, sha256)
);

-- Bytes that are kept, once for all photos that are alike.
CREATE TABLE picture (
    sha256     BLOB NOT NULL PRIMARY KEY,
    -- The name of the object.
    object     BLOB NOT NULL UNIQUE,
    -- By its bytes, whatever it was said to be.
    media_type TEXT NOT NULL,
    stored_at  INTEGER NOT NULL
) WITHOUT ROWID;

-- A photo on its way. `received` bytes are on disk, in parts.
CREATE TABLE upload (
    id         BLOB NOT NULL PRIMARY KEY,
    photo_id   BLOB NOT NULL REFERENCES photo (id),
    account_id BLOB NOT NULL REFERENCES account (id),
    -- As the client sent it, given back to it unread.
    metadata   TEXT NOT NULL,
    received   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    -- What became of it: `stored`, `refused`. Kept until it expires, as the client may ask once more.
    outcome    TEXT
) WITHOUT ROWID;
CREATE INDEX upload_account ON upload (account_id, expires_at);
CREATE INDEX upload_photo ON upload (photo_id);
CREATE INDEX upload_expires ON upload (expires_at);

CREATE TABLE upload_part (
    upload_id  BLOB NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    object     BLOB NOT NULL UNIQUE,
    PRIMARY KEY (upload_id, position)
) WITHOUT ROWID;
