CREATE TABLE account (
    id                   BLOB NOT NULL PRIMARY KEY,
    username             TEXT NOT NULL UNIQUE,
    display_name         TEXT NOT NULL,
    password_hash        TEXT NOT NULL,
    role                 TEXT NOT NULL,
    organisation         TEXT NOT NULL REFERENCES organisation (code),
    must_change_password BOOLEAN NOT NULL,
    disabled             BOOLEAN NOT NULL,
    created_at           INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL
);

CREATE TABLE account_grid (
    account_id BLOB NOT NULL REFERENCES account (id),
    position   SMALLINT NOT NULL,
    grid_code  BIGINT NOT NULL REFERENCES grid (code),
    PRIMARY KEY (account_id, position)
);

-- A sign-in on one device. All its refresh tokens belong together.
CREATE TABLE session (
    id         BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES account (id),
    device     TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER,
    end_reason TEXT
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expires ON session (expires_at);

-- Only hashes of tokens. A successor is derived from the token before it and `successor_salt`, so that a client that lost the
-- answer gets the same successor again.
CREATE TABLE refresh_token (
    hash           BLOB NOT NULL PRIMARY KEY,
    session_id     BLOB NOT NULL REFERENCES session (id),
    issued_at      INTEGER NOT NULL,
    rotated_at     INTEGER,
    successor_salt BLOB,
    successor_hash BLOB
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);
