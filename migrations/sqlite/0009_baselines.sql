-- What default branches hold: findings of whole repositories, beside which those of changes are seen.

-- What is to be looked at next, a row for each repository to whose default branch somebody pushed. It stays when nothing is
-- to be looked at, since it keeps when the next time is.
CREATE TABLE baseline_wishes (
    repository_id INTEGER PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
    -- The newest commit that was pushed; null when it was looked at.
    wanted_sha    TEXT,
    -- The default branch's name.
    branch        TEXT NOT NULL,
    -- Not taken before.
    due_at        TEXT NOT NULL,
    -- Until when who took it has it; null when nobody has.
    leased_until  TEXT,
    -- Why the last try came to nothing; null when it did not.
    problem       TEXT
) STRICT;
CREATE INDEX baseline_wishes_due ON baseline_wishes (due_at) WHERE wanted_sha IS NOT NULL;

CREATE TABLE baselines (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    commit_sha    TEXT NOT NULL,
    -- The default branch's name then.
    branch        TEXT NOT NULL,
    -- When it was looked at.
    at            TEXT NOT NULL,
    -- Python files that were analysed, and their lines.
    files         INTEGER NOT NULL,
    lines         INTEGER NOT NULL,
    -- Findings by severity.
    critical      INTEGER NOT NULL,
    high          INTEGER NOT NULL,
    medium        INTEGER NOT NULL,
    low           INTEGER NOT NULL,
    UNIQUE (repository_id, commit_sha)
) STRICT;
CREATE INDEX baselines_repository ON baselines (repository_id, at);
CREATE INDEX baselines_at ON baselines (at);

-- The same findings by rule.
CREATE TABLE baseline_rules (
    baseline_id INTEGER NOT NULL REFERENCES baselines (id) ON DELETE CASCADE,
    rule        TEXT NOT NULL,
    severity    TEXT NOT NULL CHECK (severity IN ('critical', 'high', 'medium', 'low')),
    findings    INTEGER NOT NULL,
    PRIMARY KEY (baseline_id, rule, severity)
) STRICT;
