-- The same tables as on PostgreSQL, in SQLite's types: times are RFC 3339 texts in UTC, JSON is text, truth is 0 or 1.

-- Installations of the service on a platform; platforms without installations have none.
CREATE TABLE installations (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    forge       TEXT        NOT NULL,
    -- The platform's number.
    external_id INTEGER     NOT NULL,
    created_at  TEXT NOT NULL,
    UNIQUE (forge, external_id)
) STRICT;

-- Repositories, known by the platform's number, which survives renames.
CREATE TABLE repositories (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    forge           TEXT        NOT NULL,
    external_id     INTEGER     NOT NULL,
    installation_id INTEGER     REFERENCES installations (id) ON DELETE SET NULL,
    -- As last heard.
    full_name       TEXT        NOT NULL,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    UNIQUE (forge, external_id)
) STRICT;

-- Webhook calls as they came, each once.
CREATE TABLE deliveries (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    forge       TEXT        NOT NULL,
    -- The platform's key of the call; the same when it sends the call again.
    delivery_id TEXT        NOT NULL,
    event       TEXT        NOT NULL,
    action      TEXT,
    payload     BLOB        NOT NULL,
    received_at TEXT NOT NULL,
    UNIQUE (forge, delivery_id)
) STRICT;
CREATE INDEX deliveries_received_at ON deliveries (received_at);

-- Change requests as last looked up.
CREATE TABLE change_requests (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    repository_id INTEGER     NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    number        INTEGER     NOT NULL,
    title         TEXT        NOT NULL DEFAULT '',
    author        TEXT,
    web_url       TEXT,
    state         TEXT        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'merged', 'closed')),
    draft         INTEGER     NOT NULL DEFAULT FALSE,
    head_sha      TEXT,
    created_at    TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    UNIQUE (repository_id, number)
) STRICT;
CREATE INDEX change_requests_head_sha ON change_requests (head_sha);

-- Change requests to look at: at most one row each that is queued or running.
CREATE TABLE jobs (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    change_request_id INTEGER     NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    state             TEXT        NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
    -- Whose turn it is: jobs of one installation (or repository) share a lane, lanes take turns.
    lane              TEXT        NOT NULL,
    priority          INTEGER     NOT NULL DEFAULT 0,
    -- Counts who asked; a job ends only if nobody did since it was taken.
    asked             INTEGER     NOT NULL DEFAULT 1,
    -- Somebody wants a review of a revision that has one already.
    again             INTEGER     NOT NULL DEFAULT FALSE,
    run_at            TEXT NOT NULL,
    -- Times it was taken since somebody last asked for it while it waited.
    attempts          INTEGER     NOT NULL DEFAULT 0,
    -- Set while a worker has the job; in the past if that worker died.
    leased_until      TEXT,
    -- Grows with each hand-over, so that a worker that lost its lease changes nothing.
    fence             INTEGER     NOT NULL DEFAULT 0,
    last_error        TEXT,
    created_at        TEXT NOT NULL,
    ended_at          TEXT,
    CHECK ((state = 'running') = (leased_until IS NOT NULL)),
    CHECK ((state IN ('done', 'dead')) = (ended_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX jobs_one_live ON jobs (change_request_id) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_queued ON jobs (priority DESC, run_at) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (lane, leased_until) WHERE state = 'running';
CREATE INDEX jobs_change_request ON jobs (change_request_id);

-- Reviews, each of a change request at one head and base.
CREATE TABLE reviews (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Its name outside: in addresses, and on the platform to find its gate again.
    key               TEXT        NOT NULL UNIQUE,
    change_request_id INTEGER     NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    head_sha          TEXT        NOT NULL,
    base_sha          TEXT        NOT NULL,
    -- open: begun. posted: all that it says stands on the platform. stale: the head moved. ended: anything else.
    state             TEXT        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'posted', 'stale', 'ended')),
    -- What the platform's client needs to speak of this revision again.
    revision          TEXT        NOT NULL,
    gate_handle       TEXT,
    -- Whether the gate was set to its end. Without a handle too: the answer to its creation may have been lost.
    gate_closed       INTEGER     NOT NULL DEFAULT FALSE,
    conclusion        TEXT,
    -- The gate's line.
    title             TEXT,
    critical          INTEGER     NOT NULL DEFAULT 0,
    high              INTEGER     NOT NULL DEFAULT 0,
    medium            INTEGER     NOT NULL DEFAULT 0,
    low               INTEGER     NOT NULL DEFAULT 0,
    suppressed        INTEGER     NOT NULL DEFAULT 0,
    files_analysed    INTEGER     NOT NULL DEFAULT 0,
    lines_analysed    INTEGER     NOT NULL DEFAULT 0,
    -- Sentences: what was not read, and why.
    omissions         TEXT        NOT NULL DEFAULT '[]',
    -- One entry for each item of the checklist that has a rule.
    verdicts          TEXT        NOT NULL DEFAULT '[]',
    -- Milliseconds by step.
    timings           TEXT        NOT NULL DEFAULT '{}',
    started_at        TEXT NOT NULL,
    analysed_at       TEXT,
    completed_at      TEXT,
    CHECK ((state = 'open') = (completed_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX reviews_one_open ON reviews (change_request_id, head_sha, base_sha) WHERE state = 'open';
CREATE INDEX reviews_change_request ON reviews (change_request_id, started_at);
CREATE INDEX reviews_started_at ON reviews (started_at);
CREATE INDEX reviews_gate_open ON reviews (id) WHERE NOT gate_closed;

-- Findings by their name across pushes, one row for each change request.
CREATE TABLE findings (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    change_request_id INTEGER     NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    fingerprint       TEXT        NOT NULL,
    rule              TEXT        NOT NULL,
    name              TEXT        NOT NULL,
    item              TEXT,
    severity          TEXT        NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    category          TEXT        NOT NULL,
    confidence        TEXT        NOT NULL,
    message           TEXT        NOT NULL,
    path              TEXT        NOT NULL,
    line              INTEGER     NOT NULL,
    end_line          INTEGER     NOT NULL,
    scope             TEXT        NOT NULL,
    -- fixed: the last review no longer has it. settled: a person says it stays.
    state             TEXT        NOT NULL CHECK (state IN ('open', 'fixed', 'settled')),
    first_review_id   INTEGER     NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
    last_review_id    INTEGER     NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
    first_seen_at     TEXT NOT NULL,
    last_seen_at      TEXT NOT NULL,
    -- When it left the state open.
    closed_at         TEXT,
    UNIQUE (change_request_id, fingerprint)
) STRICT;
CREATE INDEX findings_rule ON findings (rule, state);
CREATE INDEX findings_first_review ON findings (first_review_id);
CREATE INDEX findings_last_review ON findings (last_review_id);

-- Comments of ours on the platform, one for each finding that got one.
CREATE TABLE threads (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    change_request_id INTEGER     NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    fingerprint       TEXT        NOT NULL,
    -- The platform's name for it.
    thread_id         TEXT        NOT NULL,
    posted_at         TEXT NOT NULL,
    resolved_at       TEXT,
    UNIQUE (change_request_id, fingerprint)
) STRICT;
