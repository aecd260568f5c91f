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
    -- When its bytes are to be looked at next: from its arrival until that is done. Whoever does it moves this ahead first.
    examine_at  INTEGER,
    -- What they told: when it was taken, how far from the place, and what to make of that. The position is not kept.
    taken_at    INTEGER,
    distance_m  DOUBLE PRECISION,
    lie         TEXT,
    UNIQUE (incident_id, sha256)
);
CREATE INDEX photo_sha256 ON photo (sha256);
CREATE INDEX photo_examine ON photo (examine_at) WHERE examine_at IS NOT NULL;

-- Bytes that are kept, once for all photos that are alike.
CREATE TABLE picture (
    sha256     BLOB NOT NULL PRIMARY KEY,
    -- The name of the object.
    object     BLOB NOT NULL UNIQUE,
    -- By its bytes, whatever it was said to be.
    media_type TEXT NOT NULL,
    stored_at  INTEGER NOT NULL,
    -- Why it cannot be shown, or else, once it was looked at: its pixels the right way up, and the objects of its previews.
    no_preview TEXT,
    width      INTEGER,
    height     INTEGER,
    thumb      BLOB UNIQUE,
    thumb_bytes INTEGER,
    large      BLOB UNIQUE,
    large_bytes INTEGER,
    -- What it looks like, in 64 bits.
    fingerprint BIGINT
) WITHOUT ROWID;

-- Where in a fingerprint stands what: 16 bits of it, behind the number of the quarter. Fingerprints that differ in few
-- bits agree in one of the quarters, or nearly.
CREATE TABLE picture_quarter (
    quarter INTEGER NOT NULL,
    sha256  BLOB NOT NULL REFERENCES picture (sha256) ON DELETE CASCADE,
    PRIMARY KEY (quarter, sha256)
) WITHOUT ROWID;

-- Which installation this is. Objects bear its name, so that nobody deletes those of another one.
CREATE TABLE installation (
    id BLOB NOT NULL PRIMARY KEY
) WITHOUT ROWID;
INSERT INTO installation VALUES (randomblob(16));

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

-- Objects that nothing names, since they were found. They are deleted when that is long ago: until then a database that was
-- put back from a backup by mistake can be exchanged.
CREATE TABLE orphan (
    object BLOB NOT NULL PRIMARY KEY,
    since  INTEGER NOT NULL
) WITHOUT ROWID;
