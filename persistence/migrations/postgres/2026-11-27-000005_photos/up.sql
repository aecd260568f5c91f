-- Photos that incidents name by the hash of their bytes. The bytes may arrive later.
CREATE TABLE photo (
    id          UUID NOT NULL PRIMARY KEY,
    incident_id BIGINT NOT NULL REFERENCES incident (id),
    -- The first photo of an incident has number 1.
    number      INTEGER NOT NULL,
    sha256      BYTEA NOT NULL,
    size_bytes  INTEGER NOT NULL,
    media_type  TEXT NOT NULL,
    phase       TEXT NOT NULL,
    named_by    UUID NOT NULL REFERENCES account (id),
    named_at    TIMESTAMPTZ NOT NULL,
    -- When the bytes had arrived and matched the hash. Knowing the hash does not prove that somebody has the photo.
    arrived_at  TIMESTAMPTZ,
    -- When the bytes are examined next. Set at arrival, moved ahead by the worker that starts, and NULL when the examination is done.
    examine_at  TIMESTAMPTZ,
    -- Results of the examination: time, distance from the reported place, and its meaning. The position is not stored.
    taken_at    TIMESTAMPTZ,
    distance_m  DOUBLE PRECISION,
    position_match TEXT,
    UNIQUE (incident_id, sha256)
);
CREATE INDEX photo_sha256 ON photo (sha256);
CREATE INDEX photo_examine ON photo (examine_at) WHERE examine_at IS NOT NULL;

-- Image files. Photos with the same bytes share a row.
CREATE TABLE picture (
    sha256     BYTEA NOT NULL PRIMARY KEY,
    -- The object with the bytes.
    object     UUID NOT NULL UNIQUE,
    -- Detected from the bytes, not taken from the client.
    media_type TEXT NOT NULL,
    stored_at  TIMESTAMPTZ NOT NULL,
    -- After the examination: why there is no preview, or the size in pixels after rotation and the objects of the previews.
    no_preview TEXT,
    width      INTEGER,
    height     INTEGER,
    thumb      UUID UNIQUE,
    thumb_bytes INTEGER,
    large      UUID UNIQUE,
    large_bytes INTEGER,
    -- Fingerprint of 64 bits. Similar images have similar fingerprints.
    fingerprint BIGINT
);

-- The quarters of fingerprints: 16 bits each, with the number of the quarter in the upper bits. Fingerprints that differ in few
-- bits have a quarter that differs by at most one bit.
CREATE TABLE picture_quarter (
    quarter INTEGER NOT NULL,
    sha256  BYTEA NOT NULL REFERENCES picture (sha256) ON DELETE CASCADE,
    PRIMARY KEY (quarter, sha256)
);

-- The id of this installation. It is part of the names of objects, so that no installation deletes the objects of another one.
CREATE TABLE installation (
    id UUID NOT NULL PRIMARY KEY
);
INSERT INTO installation VALUES (gen_random_uuid());

-- Uploads. `received` bytes are on disk, in parts.
CREATE TABLE upload (
    id         UUID NOT NULL PRIMARY KEY,
    photo_id   UUID NOT NULL REFERENCES photo (id),
    account_id UUID NOT NULL REFERENCES account (id),
    -- The metadata text of the client. It is only returned to the client.
    metadata   TEXT NOT NULL,
    received   INTEGER NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    -- `stored` or `refused`. The row is kept until it expires, because the client may ask again.
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

-- Objects that no row refers to, and when they were found. They are deleted only after a long time, so that a mistaken restore of
-- a backup can be undone.
CREATE TABLE orphan (
    object UUID NOT NULL PRIMARY KEY,
    since  TIMESTAMPTZ NOT NULL
);
