-- What an operator sees and does: repositories whose reviews wait, processes of the service, what platforms leave us.

-- Since when an operator has reviews of the repository wait; null when they go on.
ALTER TABLE repositories ADD COLUMN paused_at TEXT;
-- Their login; null where nobody signs in.
ALTER TABLE repositories ADD COLUMN paused_by TEXT;
-- Why, in their words.
ALTER TABLE repositories ADD COLUMN pause_reason TEXT;

-- Few of them wait.
CREATE INDEX repositories_paused ON repositories (paused_at) WHERE paused_at IS NOT NULL;

-- Processes of the service that use this store. Each tells twice a minute that it lives.
CREATE TABLE processes (
    -- Made at its start.
    id         TEXT PRIMARY KEY,
    -- The machine's name.
    host       TEXT NOT NULL,
    -- The program's version.
    version    TEXT NOT NULL,
    -- How many jobs it runs at a time.
    workers    INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    seen_at    TEXT NOT NULL
) STRICT;

-- How many requests a platform leaves an account, as it said last to any process; noted twice a minute at most.
CREATE TABLE request_budgets (
    -- The account: an installation, or a token.
    lane      TEXT PRIMARY KEY,
    -- Requests that are left.
    remaining INTEGER NOT NULL,
    -- Requests that it has when nothing is used up.
    quota     INTEGER NOT NULL,
    -- When it has all of them again.
    resets_at TEXT NOT NULL,
    seen_at   TEXT NOT NULL
) STRICT;
