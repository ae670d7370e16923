-- What an operator sees and does: repositories whose reviews wait, processes of the service, what platforms leave us.

-- Since when an operator has reviews of the repository wait; null when they go on.
ALTER TABLE repositories ADD COLUMN paused_at timestamptz;
-- Their login; null where nobody signs in.
ALTER TABLE repositories ADD COLUMN paused_by text;
-- Why, in their words.
ALTER TABLE repositories ADD COLUMN pause_reason text;

-- Few of them wait.
CREATE INDEX repositories_paused ON repositories (paused_at) WHERE paused_at IS NOT NULL;

-- Processes of the service that use this store. Each tells twice a minute that it lives.
CREATE TABLE processes (
    -- Made at its start.
    id         text        PRIMARY KEY,
    -- The machine's name.
    host       text        NOT NULL,
    -- The program's version.
    version    text        NOT NULL,
    -- How many jobs it runs at a time.
    workers    bigint      NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);

-- How many requests a platform leaves an account, as it said last to any process; noted twice a minute at most.
CREATE TABLE request_budgets (
    -- The account: an installation, or a token.
    lane      text        PRIMARY KEY,
    -- Requests that are left.
    remaining bigint      NOT NULL,
    -- Requests that it has when nothing is used up.
    quota     bigint      NOT NULL,
    -- When it has all of them again.
    resets_at timestamptz NOT NULL,
    seen_at   timestamptz NOT NULL
);
