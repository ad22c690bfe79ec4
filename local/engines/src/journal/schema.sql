CREATE TABLE IF NOT EXISTS queue (
    id                INTEGER PRIMARY KEY,
    name              TEXT NOT NULL UNIQUE,
    created_at        INTEGER NOT NULL, -- milliseconds since 1970, as every moment here
    delay_s           INTEGER NOT NULL,
    visibility_s      INTEGER NOT NULL,
    wait_s            INTEGER NOT NULL,
    max_bytes         INTEGER NOT NULL,
    retention_s       INTEGER NOT NULL,
    dead_letter_queue TEXT,
    max_receives      INTEGER
) STRICT;

-- AUTOINCREMENT: a number is never used again, so an old receipt cannot name a newer message.
CREATE TABLE IF NOT EXISTS message (
    seq               INTEGER PRIMARY KEY AUTOINCREMENT,
    queue             INTEGER NOT NULL REFERENCES queue (id),
    id                TEXT NOT NULL,
    body              TEXT NOT NULL,
    attributes        TEXT NOT NULL,    -- JSON
    sent_at           INTEGER NOT NULL,
    visible_at        INTEGER NOT NULL,
    in_flight         INTEGER NOT NULL, -- 1: hidden because it was received; 0: waiting, or delayed by its sender
    receives          INTEGER NOT NULL,
    first_received_at INTEGER,
    came_from         TEXT              -- in a dead-letter queue: the queue that gave it up
) STRICT;

CREATE INDEX IF NOT EXISTS message_due ON message (queue, visible_at, seq);

CREATE TABLE IF NOT EXISTS topic (
    name TEXT PRIMARY KEY
) STRICT;

CREATE TABLE IF NOT EXISTS subscription (
    topic         TEXT NOT NULL REFERENCES topic (name),
    queue         TEXT NOT NULL REFERENCES queue (name),
    raw           INTEGER NOT NULL,
    filter_policy TEXT NOT NULL,        -- JSON: attribute -> the strings it may be; {} takes everything
    PRIMARY KEY (topic, queue)
) STRICT;
