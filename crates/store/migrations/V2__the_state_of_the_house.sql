-- The row of the log's head says how the whole house stands: every commit reads and locks it anyway.

-- Why no writes are taken; NULL while the house is open. See maintenance.rs.
ALTER TABLE event_head ADD COLUMN closed_because TEXT;

-- The smallest schema number that a program must know to work with this database. A migration that
-- only adds leaves it; one that takes away what older programs need raises it. See migrate.rs.
ALTER TABLE event_head ADD COLUMN oldest_schema BIGINT NOT NULL DEFAULT 2;

-- The row is there from the start, so that two processes that append the first events take turns.
INSERT INTO event_head (id, size, peaks, root, at_ms, signature)
VALUES (1, 0, CAST('' AS BLOB), CAST('' AS BLOB), 0, CAST('' AS BLOB))
    ON CONFLICT (id) DO NOTHING;
