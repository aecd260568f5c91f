-- Photos that incidents name by what their bytes are. They may be on their way still.
CREATE TABLE photo (
    id          UUID NOT NULL PRIMARY KEY,
    incident_id BIGINT NOT NULL REFERENCES incident (id),
    -- 1 for the first that the incident named.
    number      INTEGER NOT NULL,
    sha256      BYTEA NOT NULL,
    size_bytes  INTEGER NOT NULL,
    media_type  TEXT NOT NULL,
    phase       TEXT NOT NULL,
    named_by    UUID NOT NULL REFERENCES account (id),
    named_at    TIMESTAMPTZ NOT NULL,
    -- When its bytes were here and found to be the right ones. Whoever only knows a hash has not shown the picture.
    arrived_at  TIMESTAMPTZ,
    UNIQUE (incident_id, sha256)
);

-- Bytes that are kept, once for all photos that are alike.
CREATE TABLE picture (
    sha256     BYTEA NOT NULL PRIMARY KEY,
    -- The name of the object.
    object     UUID NOT NULL UNIQUE,
    -- By its bytes, whatever it was said to be.
    media_type TEXT NOT NULL,
    stored_at  TIMESTAMPTZ NOT NULL
);

-- A photo on its way. `received` bytes are on disk, in parts.
CREATE TABLE upload (
    id         UUID NOT NULL PRIMARY KEY,
    photo_id   UUID NOT NULL REFERENCES photo (id),
    account_id UUID NOT NULL REFERENCES account (id),
    -- As the client sent it, given back to it unread.
    metadata   TEXT NOT NULL,
    received   INTEGER NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    -- What became of it: `stored`, `refused`. Kept until it expires, as the client may ask once more.
    outcome    TEXT
);
CREATE INDEX upload_account ON upload (account_id, expires_at);
CREATE INDEX upload_photo ON upload (photo_id);
CREATE INDEX upload_expires ON upload (expires_at);

CREATE TABLE upload_part (
    upload_id  UUID NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    object     UUID NOT NULL UNIQUE,
    PRIMARY KEY (upload_id, position)
);
