-- There is one writer, so events commit in the order of their ids, and the id is the position.
CREATE VIEW event_position AS SELECT id AS position, id AS event_id FROM event;
