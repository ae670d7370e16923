-- Installations of the service on a platform; platforms without installations have none.
CREATE TABLE installations (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    forge       text        NOT NULL,
    -- The platform's number.
    external_id bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    UNIQUE (forge, external_id)
);

-- Repositories, known by the platform's number, which survives renames.
CREATE TABLE repositories (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    forge           text        NOT NULL,
    external_id     bigint      NOT NULL,
    installation_id bigint      REFERENCES installations (id) ON DELETE SET NULL,
    -- As last heard.
    full_name       text        NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    UNIQUE (forge, external_id)
);

-- Webhook calls as they came, each once.
CREATE TABLE deliveries (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    forge       text        NOT NULL,
    -- The platform's key of the call; the same when it sends the call again.
    delivery_id text        NOT NULL,
    event       text        NOT NULL,
    action      text,
    payload     bytea       NOT NULL,
    received_at timestamptz NOT NULL,
    UNIQUE (forge, delivery_id)
);
CREATE INDEX deliveries_received_at ON deliveries (received_at);

-- Change requests as last looked up.
CREATE TABLE change_requests (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository_id bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    number        bigint      NOT NULL,
    title         text        NOT NULL DEFAULT '',
    author        text,
    web_url       text,
    state         text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'merged', 'closed')),
    draft         boolean     NOT NULL DEFAULT FALSE,
    head_sha      text,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    UNIQUE (repository_id, number)
);
CREATE INDEX change_requests_head_sha ON change_requests (head_sha);

-- Change requests to look at: at most one row each that is queued or running.
CREATE TABLE jobs (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_request_id bigint      NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    state             text        NOT NULL CHECK (state IN ('queued', 'running', 'done', 'dead')),
    -- Whose turn it is: jobs of one installation (or repository) share a lane, lanes take turns.
    lane              text        NOT NULL,
    priority          bigint      NOT NULL DEFAULT 0,
    -- Counts who asked; a job ends only if nobody did since it was taken.
    asked             bigint      NOT NULL DEFAULT 1,
    -- Somebody wants a review of a revision that has one already.
    again             boolean     NOT NULL DEFAULT FALSE,
    run_at            timestamptz NOT NULL,
    -- Times it was taken since somebody last asked for it while it waited.
    attempts          bigint      NOT NULL DEFAULT 0,
    -- Set while a worker has the job; in the past if that worker died.
    leased_until      timestamptz,
    -- Grows with each hand-over, so that a worker that lost its lease changes nothing.
    fence             bigint      NOT NULL DEFAULT 0,
    last_error        text,
    created_at        timestamptz NOT NULL,
    ended_at          timestamptz,
    CHECK ((state = 'running') = (leased_until IS NOT NULL)),
    CHECK ((state IN ('done', 'dead')) = (ended_at IS NOT NULL))
);
CREATE UNIQUE INDEX jobs_one_live ON jobs (change_request_id) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_queued ON jobs (priority DESC, run_at) WHERE state = 'queued';
CREATE INDEX jobs_running ON jobs (lane, leased_until) WHERE state = 'running';
CREATE INDEX jobs_change_request ON jobs (change_request_id);

-- Reviews, each of a change request at one head and base.
CREATE TABLE reviews (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Its name outside: in addresses, and on the platform to find its gate again.
    key               text        NOT NULL UNIQUE,
    change_request_id bigint      NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    head_sha          text        NOT NULL,
    base_sha          text        NOT NULL,
    -- open: begun. posted: all that it says stands on the platform. stale: the head moved. ended: anything else.
    state             text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'posted', 'stale', 'ended')),
    -- What the platform's client needs to speak of this revision again.
    revision          jsonb       NOT NULL,
    gate_handle       text,
    -- Whether the gate was set to its end. Without a handle too: the answer to its creation may have been lost.
    gate_closed       boolean     NOT NULL DEFAULT FALSE,
    conclusion        text,
    -- The gate's line.
    title             text,
    critical          bigint      NOT NULL DEFAULT 0,
    high              bigint      NOT NULL DEFAULT 0,
    medium            bigint      NOT NULL DEFAULT 0,
    low               bigint      NOT NULL DEFAULT 0,
    suppressed        bigint      NOT NULL DEFAULT 0,
    files_analysed    bigint      NOT NULL DEFAULT 0,
    lines_analysed    bigint      NOT NULL DEFAULT 0,
    -- Sentences: what was not read, and why.
    omissions         jsonb       NOT NULL DEFAULT '[]',
    -- One entry for each item of the checklist that has a rule.
    verdicts          jsonb       NOT NULL DEFAULT '[]',
    -- Milliseconds by step.
    timings           jsonb       NOT NULL DEFAULT '{}',
    started_at        timestamptz NOT NULL,
    analysed_at       timestamptz,
    completed_at      timestamptz,
    CHECK ((state = 'open') = (completed_at IS NULL))
);
CREATE UNIQUE INDEX reviews_one_open ON reviews (change_request_id, head_sha, base_sha) WHERE state = 'open';
CREATE INDEX reviews_change_request ON reviews (change_request_id, started_at);
CREATE INDEX reviews_started_at ON reviews (started_at);
CREATE INDEX reviews_gate_open ON reviews (id) WHERE NOT gate_closed;

-- Findings by their name across pushes, one row for each change request.
CREATE TABLE findings (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_request_id bigint      NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    fingerprint       text        NOT NULL,
    rule              text        NOT NULL,
    name              text        NOT NULL,
    item              text,
    severity          text        NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    category          text        NOT NULL,
    confidence        text        NOT NULL,
    message           text        NOT NULL,
    path              text        NOT NULL,
    line              bigint      NOT NULL,
    end_line          bigint      NOT NULL,
    scope             text        NOT NULL,
    -- fixed: the last review no longer has it. settled: a person says it stays.
    state             text        NOT NULL CHECK (state IN ('open', 'fixed', 'settled')),
    first_review_id   bigint      NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
    last_review_id    bigint      NOT NULL REFERENCES reviews (id) ON DELETE CASCADE,
    first_seen_at     timestamptz NOT NULL,
    last_seen_at      timestamptz NOT NULL,
    -- When it left the state open.
    closed_at         timestamptz,
    UNIQUE (change_request_id, fingerprint)
);
CREATE INDEX findings_rule ON findings (rule, state);
CREATE INDEX findings_first_review ON findings (first_review_id);
CREATE INDEX findings_last_review ON findings (last_review_id);

-- Comments of ours on the platform, one for each finding that got one.
CREATE TABLE threads (
    id                bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    change_request_id bigint      NOT NULL REFERENCES change_requests (id) ON DELETE CASCADE,
    fingerprint       text        NOT NULL,
    -- The platform's name for it.
    thread_id         text        NOT NULL,
    posted_at         timestamptz NOT NULL,
    resolved_at       timestamptz,
    UNIQUE (change_request_id, fingerprint)
);
