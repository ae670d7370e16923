-- What default branches hold: findings of whole repositories, beside which those of changes are seen.

-- What is to be looked at next, a row for each repository to whose default branch somebody pushed. It stays when nothing is
-- to be looked at, since it keeps when the next time is.
CREATE TABLE baseline_wishes (
    repository_id bigint      PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
    -- The newest commit that was pushed; null when it was looked at.
    wanted_sha    text,
    -- The default branch's name.
    branch        text        NOT NULL,
    -- Not taken before.
    due_at        timestamptz NOT NULL,
    -- Until when who took it has it; null when nobody has.
    leased_until  timestamptz,
    -- Why the last try came to nothing; null when it did not.
    problem       text
);
CREATE INDEX baseline_wishes_due ON baseline_wishes (due_at) WHERE wanted_sha IS NOT NULL;

CREATE TABLE baselines (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository_id bigint      NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    commit_sha    text        NOT NULL,
    -- The default branch's name then.
    branch        text        NOT NULL,
    -- When it was looked at.
    at            timestamptz NOT NULL,
    -- Python files that were analysed, and their lines.
    files         bigint      NOT NULL,
    lines         bigint      NOT NULL,
    -- Findings by severity.
    critical      bigint      NOT NULL,
    high          bigint      NOT NULL,
    medium        bigint      NOT NULL,
    low           bigint      NOT NULL,
    UNIQUE (repository_id, commit_sha)
);
CREATE INDEX baselines_repository ON baselines (repository_id, at);
CREATE INDEX baselines_at ON baselines (at);

-- The same findings by rule.
CREATE TABLE baseline_rules (
    baseline_id bigint NOT NULL REFERENCES baselines (id) ON DELETE CASCADE,
    rule        text   NOT NULL,
    severity    text   NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    findings    bigint NOT NULL,
    PRIMARY KEY (baseline_id, rule, severity)
);
