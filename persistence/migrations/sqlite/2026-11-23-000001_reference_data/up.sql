-- Units, organisations and grids. Their codes are their keys.
CREATE TABLE unit (
    code       INTEGER NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    short_name TEXT NOT NULL,
    kind       TEXT NOT NULL
);

CREATE TABLE organisation (
    code      TEXT NOT NULL PRIMARY KEY,
    unit_code BIGINT NOT NULL REFERENCES unit (code),
    kind      TEXT NOT NULL,
    name      TEXT NOT NULL
);
CREATE INDEX organisation_unit ON organisation (unit_code);

-- Shapes are GeoJSON geometries in WGS-84, which equals CGCS2000 within 1 m.
CREATE TABLE grid (
    code      INTEGER NOT NULL PRIMARY KEY,
    unit_code BIGINT NOT NULL REFERENCES unit (code),
    name      TEXT NOT NULL,
    shape     TEXT NOT NULL,
    synthetic BOOLEAN NOT NULL
);

-- One row for each version of the rules. Rows are never changed. The newest version is in force.
CREATE TABLE rules (
    version    INTEGER NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    note       TEXT NOT NULL,
    -- The account, or NULL for an import.
    created_by BLOB,
    body       TEXT NOT NULL
);

-- One row for each import of units, organisations or grids. Running servers see a new row and load them again.
CREATE TABLE reference_data (
    version     INTEGER NOT NULL PRIMARY KEY,
    imported_at INTEGER NOT NULL,
    note        TEXT NOT NULL
);
