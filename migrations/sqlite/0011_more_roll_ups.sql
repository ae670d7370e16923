-- More roll-ups, for a repository's page: findings by rule and by file, how long fixes took, and what people settled.
--
-- Triggers keep them. Nothing else writes them, but for an import into an empty store, which brings them along while
-- triggers rest.

-- How often a rule fired for the first time, by week.
CREATE TABLE rule_weeks (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    -- Its Monday, in UTC.
    week          TEXT    NOT NULL,
    rule          TEXT    NOT NULL,
    -- Seen for the first time, deleted ones included.
    introduced    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, week, rule)
) STRICT;

-- How many findings a file got, by week. Weeks that are half a year older than a repository's newest are dropped.
CREATE TABLE file_weeks (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    week          TEXT    NOT NULL,
    -- The first 600 characters: PostgreSQL's index has no room for all paths.
    path          TEXT    NOT NULL,
    introduced    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, week, path)
) STRICT;

-- How long findings lasted that were fixed, by the week of the fix.
CREATE TABLE fix_hours (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    week          TEXT    NOT NULL,
    -- Whole hours from when a finding was first seen until it was fixed.
    hours         INTEGER NOT NULL,
    -- Those that came back are taken off again.
    fixed         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, week, hours)
) STRICT;

-- Findings that people settled: a row for each as long as it is.
CREATE TABLE kept_findings (
    finding_id    INTEGER PRIMARY KEY REFERENCES findings (id) ON DELETE CASCADE,
    repository_id INTEGER NOT NULL,
    -- The finding's.
    closed_at     TEXT    NOT NULL
) STRICT;
CREATE INDEX kept_findings_repository ON kept_findings (repository_id, closed_at DESC, finding_id DESC);
-- The way to a repository's open findings.
CREATE INDEX change_requests_open ON change_requests (repository_id) WHERE state = 'open';

INSERT INTO rule_weeks (repository_id, week, rule, introduced)
    SELECT c.repository_id, date(substr(f.first_seen_at, 1, 10), 'weekday 0', '-6 days'), f.rule, count(*)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id GROUP BY 1, 2, 3;
INSERT INTO file_weeks (repository_id, week, path, introduced)
    SELECT c.repository_id, date(substr(f.first_seen_at, 1, 10), 'weekday 0', '-6 days'), substr(f.path, 1, 600), count(*)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id GROUP BY 1, 2, 3;
INSERT INTO fix_hours (repository_id, week, hours, fixed)
    SELECT c.repository_id, date(substr(COALESCE(f.closed_at, f.last_seen_at), 1, 10), 'weekday 0', '-6 days'),
        max(unixepoch(COALESCE(f.closed_at, f.last_seen_at)) - unixepoch(f.first_seen_at), 0) / 3600, count(*)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id WHERE f.state = 'fixed' GROUP BY 1, 2, 3;
INSERT INTO kept_findings (finding_id, repository_id, closed_at)
    SELECT f.id, c.repository_id, COALESCE(f.closed_at, f.last_seen_at)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id WHERE f.state = 'settled';

-- Holds nothing: what is inserted is added to how long fixes took; `fixes` is negative for a fix that does not hold.
CREATE VIEW counted_fixes AS
    SELECT 0 AS change_request_id, '' AS begun, '' AS ended, 0 AS fixes;
CREATE TRIGGER counted_fixes_added INSTEAD OF INSERT ON counted_fixes BEGIN
    INSERT INTO fix_hours (repository_id, week, hours, fixed)
        SELECT repository_id, date(substr(NEW.ended, 1, 10), 'weekday 0', '-6 days'),
            max(unixepoch(NEW.ended) - unixepoch(NEW.begun), 0) / 3600, NEW.fixes
        FROM change_requests WHERE id = NEW.change_request_id
    ON CONFLICT (repository_id, week, hours) DO UPDATE SET fixed = fixed + excluded.fixed;
END;

CREATE TRIGGER findings_added_by_week AFTER INSERT ON findings BEGIN
    INSERT INTO rule_weeks (repository_id, week, rule, introduced)
        SELECT repository_id, date(substr(NEW.first_seen_at, 1, 10), 'weekday 0', '-6 days'), NEW.rule, 1
        FROM change_requests WHERE id = NEW.change_request_id
    ON CONFLICT (repository_id, week, rule) DO UPDATE SET introduced = introduced + 1;
    INSERT INTO file_weeks (repository_id, week, path, introduced)
        SELECT repository_id, date(substr(NEW.first_seen_at, 1, 10), 'weekday 0', '-6 days'), substr(NEW.path, 1, 600), 1
        FROM change_requests WHERE id = NEW.change_request_id
    ON CONFLICT (repository_id, week, path) DO UPDATE SET introduced = introduced + 1;
    DELETE FROM file_weeks
    WHERE repository_id = (SELECT repository_id FROM change_requests WHERE id = NEW.change_request_id)
        AND week < date(substr(NEW.first_seen_at, 1, 10), 'weekday 0', '-188 days');
    INSERT INTO counted_fixes
        SELECT NEW.change_request_id, NEW.first_seen_at, COALESCE(NEW.closed_at, NEW.last_seen_at), 1
        WHERE NEW.state = 'fixed';
    INSERT INTO kept_findings (finding_id, repository_id, closed_at)
        SELECT NEW.id, repository_id, COALESCE(NEW.closed_at, NEW.last_seen_at)
        FROM change_requests WHERE id = NEW.change_request_id AND NEW.state = 'settled';
END;

CREATE TRIGGER findings_ended AFTER UPDATE OF state ON findings WHEN OLD.state <> NEW.state BEGIN
    INSERT INTO counted_fixes
        SELECT OLD.change_request_id, OLD.first_seen_at, COALESCE(OLD.closed_at, OLD.last_seen_at), -1
        WHERE OLD.state = 'fixed';
    DELETE FROM kept_findings WHERE finding_id = OLD.id AND OLD.state = 'settled';
    INSERT INTO counted_fixes
        SELECT NEW.change_request_id, NEW.first_seen_at, COALESCE(NEW.closed_at, NEW.last_seen_at), 1
        WHERE NEW.state = 'fixed';
    INSERT INTO kept_findings (finding_id, repository_id, closed_at)
        SELECT NEW.id, repository_id, COALESCE(NEW.closed_at, NEW.last_seen_at)
        FROM change_requests WHERE id = NEW.change_request_id AND NEW.state = 'settled';
END;
