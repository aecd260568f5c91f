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
    -- When its bytes are to be looked at next: from its arrival until that is done. Whoever does it moves this ahead first.
    examine_at  TIMESTAMPTZ,
    -- What they told: when it was taken, how far from the place, and what to make of that. The position is not kept.
    taken_at    TIMESTAMPTZ,
    distance_m  DOUBLE PRECISION,
    lie         TEXT,
    UNIQUE (incident_id, sha256)
);
CREATE INDEX photo_sha256 ON photo (sha256);
CREATE INDEX photo_examine ON photo (examine_at) WHERE examine_at IS NOT NULL;

-- Bytes that are kept, once for all photos that are alike.
CREATE TABLE picture (
    sha256     BYTEA NOT NULL PRIMARY KEY,
    -- The name of the object.
    object     UUID NOT NULL UNIQUE,
    -- By its bytes, whatever it was said to be.
    media_type TEXT NOT NULL,
    stored_at  TIMESTAMPTZ NOT NULL,
    -- Why it cannot be shown, or else, once it was looked at: its pixels the right way up, and the objects of its previews.
    no_preview TEXT,
    width      INTEGER,
    height     INTEGER,
    thumb      UUID UNIQUE,
    thumb_bytes INTEGER,
    large      UUID UNIQUE,
    large_bytes INTEGER,
    -- What it looks like, in 64 bits.
    fingerprint BIGINT
);

-- Where in a fingerprint stands what: 16 bits of it, behind the number of the quarter. Fingerprints that differ in few
-- bits agree in one of the quarters, or nearly.
CREATE TABLE picture_quarter (
    quarter INTEGER NOT NULL,
    sha256  BYTEA NOT NULL REFERENCES picture (sha256) ON DELETE CASCADE,
    PRIMARY KEY (quarter, sha256)
);

-- Which installation this is. Objects bear its name, so that nobody deletes those of another one.
CREATE TABLE installation (
    id UUID NOT NULL PRIMARY KEY
);
INSERT INTO installation VALUES (gen_random_uuid());

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

-- Objects that nothing names, since they were found. They are deleted when that is long ago: until then a database that was
-- put back from a backup by mistake can be exchanged.
CREATE TABLE orphan (
    object UUID NOT NULL PRIMARY KEY,
    since  TIMESTAMPTZ NOT NULL
);
