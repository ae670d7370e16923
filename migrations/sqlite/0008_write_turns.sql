-- Whose turn it is to write on a platform. Platforms want one writer for each account, and some time between two writes;
-- the processes that share the store keep to it together.

CREATE TABLE write_turns (
    -- The account: an installation, or a token. The queue's lane of the same name waits for the same platform.
    lane       TEXT NOT NULL PRIMARY KEY,
    -- Who writes now; nobody when null.
    holder     TEXT,
    -- When the turn ends in any case: who held it may be dead.
    held_until TEXT,
    -- Nobody writes before.
    free_at    TEXT NOT NULL
) STRICT;

-- How much content an account created, by minutes since 1970: platforms limit what is created in an hour.
CREATE TABLE write_counts (
    lane   TEXT NOT NULL,
    minute INTEGER NOT NULL,
    writes INTEGER NOT NULL,
    PRIMARY KEY (lane, minute)
) STRICT;
