-- Transactions do not commit in the order of their ids. One sequencer moves committed events from `event_waiting` to
-- `event_position`, which gives them consecutive positions. A reader that has seen a position never finds a new event at or before
-- it.
CREATE TABLE event_waiting (
    event_id BIGINT NOT NULL PRIMARY KEY
);

CREATE TABLE event_position (
    position BIGINT NOT NULL PRIMARY KEY,
    event_id BIGINT NOT NULL UNIQUE REFERENCES event (id)
);
