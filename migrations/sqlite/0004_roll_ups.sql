-- Roll-ups: what the dashboard would otherwise count from all findings and reviews there are.
--
-- Triggers keep them. Nothing else writes them, but for an import into an empty store, which brings them along while
-- triggers rest.
--
-- A finding is open from when it is first seen until it is fixed, settled or deleted, or until its change request ends; and
-- again when it comes back, or its change request is reopened.

-- What became of findings, by day.
CREATE TABLE finding_days (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    -- In UTC.
    day           TEXT    NOT NULL,
    severity      TEXT    NOT NULL,
    -- Began to be open, be it again, and ceased to be. A severity that changes closes the old and opens the new one.
    opened        INTEGER NOT NULL DEFAULT 0,
    closed        INTEGER NOT NULL DEFAULT 0,
    -- Seen for the first time.
    introduced    INTEGER NOT NULL DEFAULT 0,
    fixed         INTEGER NOT NULL DEFAULT 0,
    settled       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, day, severity)
) STRICT;

-- How often a rule fired in a repository.
CREATE TABLE rule_totals (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    rule          TEXT    NOT NULL,
    -- Since the beginning, deleted ones included.
    introduced    INTEGER NOT NULL DEFAULT 0,
    open          INTEGER NOT NULL DEFAULT 0,
    -- In that state now, or when they were deleted.
    fixed         INTEGER NOT NULL DEFAULT 0,
    settled       INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, rule)
) STRICT;

-- Reviews that came to a verdict, by day of their end.
CREATE TABLE review_days (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    -- In UTC.
    day           TEXT    NOT NULL,
    reviews       INTEGER NOT NULL DEFAULT 0,
    -- Those of them whose gate failed.
    failed        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, day)
) STRICT;

-- Where a repository stands now: a row for each.
CREATE TABLE repository_totals (
    repository_id  INTEGER PRIMARY KEY REFERENCES repositories (id) ON DELETE CASCADE,
    -- Open findings by severity.
    critical       INTEGER NOT NULL DEFAULT 0,
    high           INTEGER NOT NULL DEFAULT 0,
    medium         INTEGER NOT NULL DEFAULT 0,
    low            INTEGER NOT NULL DEFAULT 0,
    -- When the last review began.
    last_review_at TEXT
) STRICT;
-- The overview's order, and the way to a repository's page: platforms don't mind letters' case.
CREATE INDEX repository_totals_last_review ON repository_totals (last_review_at DESC);
CREATE INDEX repositories_name ON repositories (forge, lower(full_name));

INSERT INTO finding_days (repository_id, day, severity, opened, closed, introduced, fixed, settled)
    SELECT repository_id, substr(at, 1, 10), severity, sum(opened), sum(closed), sum(opened), sum(fixed), sum(settled)
    FROM (
        SELECT c.repository_id, f.severity, f.first_seen_at AS at, 1 AS opened, 0 AS closed, 0 AS fixed, 0 AS settled
        FROM findings f JOIN change_requests c ON c.id = f.change_request_id
        UNION ALL
        SELECT c.repository_id, f.severity, max(COALESCE(f.closed_at, c.updated_at), f.first_seen_at), 0, 1,
            f.state = 'fixed', f.state = 'settled'
        FROM findings f JOIN change_requests c ON c.id = f.change_request_id
        WHERE f.state <> 'open' OR c.state <> 'open') AS moves
    GROUP BY 1, 2, 3;
INSERT INTO rule_totals (repository_id, rule, introduced, open, fixed, settled)
    SELECT c.repository_id, f.rule, count(*), count(*) FILTER (WHERE f.state = 'open' AND c.state = 'open'),
        count(*) FILTER (WHERE f.state = 'fixed'), count(*) FILTER (WHERE f.state = 'settled')
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id GROUP BY 1, 2;

-- The repository of the change request, so that a repository's latest reviews are found without its change requests. Null
-- only while a row is being inserted.
ALTER TABLE reviews ADD COLUMN repository_id INTEGER;
UPDATE reviews SET repository_id = (SELECT repository_id FROM change_requests c WHERE c.id = change_request_id);
CREATE INDEX reviews_repository ON reviews (repository_id, started_at DESC, id DESC);
INSERT INTO review_days (repository_id, day, reviews, failed)
    SELECT repository_id, substr(completed_at, 1, 10), count(*), count(*) FILTER (WHERE conclusion = 'failed')
    FROM reviews WHERE conclusion IN ('passed', 'failed') GROUP BY 1, 2;
INSERT INTO repository_totals (repository_id, critical, high, medium, low, last_review_at)
    SELECT r.id, COALESCE(d.critical, 0), COALESCE(d.high, 0), COALESCE(d.medium, 0), COALESCE(d.low, 0),
        (SELECT max(started_at) FROM reviews WHERE repository_id = r.id)
    FROM repositories r
    LEFT JOIN (SELECT repository_id, sum(opened - closed) FILTER (WHERE severity = 'critical') AS critical,
            sum(opened - closed) FILTER (WHERE severity = 'high') AS high,
            sum(opened - closed) FILTER (WHERE severity = 'medium') AS medium,
            sum(opened - closed) FILTER (WHERE severity = 'low') AS low
        FROM finding_days GROUP BY repository_id) AS d ON d.repository_id = r.id;

CREATE TRIGGER repositories_added AFTER INSERT ON repositories BEGIN
    INSERT INTO repository_totals (repository_id) VALUES (NEW.id);
END;

-- Holds nothing: what is inserted is added to the roll-ups. `opens` is negative when findings cease to be open. What
-- belongs to a repository that is being deleted counts nowhere, since its roll-ups go with it.
CREATE VIEW counted_findings AS
    SELECT 0 AS repository_id, '' AS day, '' AS rule, '' AS severity, 0 AS opens, 0 AS news, 0 AS fixes, 0 AS settles;
CREATE TRIGGER counted_findings_added INSTEAD OF INSERT ON counted_findings
    WHEN (NEW.opens <> 0 OR NEW.news <> 0 OR NEW.fixes <> 0 OR NEW.settles <> 0)
        AND EXISTS (SELECT 1 FROM repositories WHERE id = NEW.repository_id)
BEGIN
    UPDATE repository_totals SET critical = critical + CASE NEW.severity WHEN 'critical' THEN NEW.opens ELSE 0 END,
        high = high + CASE NEW.severity WHEN 'high' THEN NEW.opens ELSE 0 END,
        medium = medium + CASE NEW.severity WHEN 'medium' THEN NEW.opens ELSE 0 END,
        low = low + CASE NEW.severity WHEN 'low' THEN NEW.opens ELSE 0 END
    WHERE repository_id = NEW.repository_id AND NEW.opens <> 0;
    INSERT INTO finding_days (repository_id, day, severity, opened, closed, introduced, fixed, settled)
    VALUES (NEW.repository_id, NEW.day, NEW.severity, max(NEW.opens, 0), max(-NEW.opens, 0), NEW.news, max(NEW.fixes, 0),
        max(NEW.settles, 0))
    ON CONFLICT (repository_id, day, severity) DO UPDATE SET opened = opened + excluded.opened,
        closed = closed + excluded.closed, introduced = introduced + excluded.introduced, fixed = fixed + excluded.fixed,
        settled = settled + excluded.settled;
    INSERT INTO rule_totals (repository_id, rule, introduced, open, fixed, settled)
    VALUES (NEW.repository_id, NEW.rule, NEW.news, NEW.opens, NEW.fixes, NEW.settles)
    ON CONFLICT (repository_id, rule) DO UPDATE SET introduced = introduced + excluded.introduced,
        open = open + excluded.open, fixed = fixed + excluded.fixed, settled = settled + excluded.settled;
END;

CREATE TRIGGER findings_added AFTER INSERT ON findings BEGIN
    INSERT INTO counted_findings
        SELECT repository_id, substr(NEW.first_seen_at, 1, 10), NEW.rule, NEW.severity, 1, 1, 0, 0
        FROM change_requests WHERE id = NEW.change_request_id;
    INSERT INTO counted_findings
        SELECT repository_id, substr(max(COALESCE(NEW.closed_at, updated_at), NEW.first_seen_at), 1, 10), NEW.rule,
            NEW.severity, -1, 0, NEW.state = 'fixed', NEW.state = 'settled'
        FROM change_requests WHERE id = NEW.change_request_id AND (NEW.state <> 'open' OR state <> 'open');
END;

CREATE TRIGGER findings_moved AFTER UPDATE OF state, severity ON findings
    WHEN OLD.state <> NEW.state OR OLD.severity <> NEW.severity
BEGIN
    INSERT INTO counted_findings
        SELECT repository_id, substr(COALESCE(NEW.closed_at, NEW.last_seen_at), 1, 10), NEW.rule, OLD.severity, -1, 0, 0, 0
        FROM change_requests WHERE id = NEW.change_request_id AND state = 'open' AND OLD.state = 'open'
            AND OLD.severity <> NEW.severity;
    INSERT INTO counted_findings
        SELECT repository_id, substr(COALESCE(NEW.closed_at, NEW.last_seen_at), 1, 10), NEW.rule, NEW.severity,
            (state = 'open' AND NEW.state = 'open')
                - (state = 'open' AND OLD.state = 'open' AND OLD.severity = NEW.severity),
            0, (NEW.state = 'fixed') - (OLD.state = 'fixed'), (NEW.state = 'settled') - (OLD.state = 'settled')
        FROM change_requests WHERE id = NEW.change_request_id;
END;

-- A finding that goes with its change request was counted with it.
CREATE TRIGGER findings_deleted AFTER DELETE ON findings WHEN OLD.state = 'open' BEGIN
    INSERT INTO counted_findings
        SELECT repository_id, date('now'), OLD.rule, OLD.severity, -1, 0, 0, 0
        FROM change_requests WHERE id = OLD.change_request_id AND state = 'open';
END;

CREATE TRIGGER change_requests_moved AFTER UPDATE OF state ON change_requests
    WHEN (OLD.state = 'open') <> (NEW.state = 'open')
BEGIN
    INSERT INTO counted_findings
        SELECT NEW.repository_id, substr(NEW.updated_at, 1, 10), rule, severity,
            CASE NEW.state WHEN 'open' THEN count(*) ELSE -count(*) END, 0, 0, 0
        FROM findings WHERE change_request_id = NEW.id AND state = 'open' GROUP BY rule, severity;
END;
CREATE TRIGGER change_requests_deleted BEFORE DELETE ON change_requests WHEN OLD.state = 'open' BEGIN
    INSERT INTO counted_findings
        SELECT OLD.repository_id, date('now'), rule, severity, -count(*), 0, 0, 0
        FROM findings WHERE change_request_id = OLD.id AND state = 'open' GROUP BY rule, severity;
END;

CREATE TRIGGER reviews_begun AFTER INSERT ON reviews BEGIN
    UPDATE reviews SET repository_id = (SELECT repository_id FROM change_requests WHERE id = NEW.change_request_id)
    WHERE id = NEW.id;
    UPDATE repository_totals SET last_review_at = max(COALESCE(last_review_at, NEW.started_at), NEW.started_at)
    WHERE repository_id = (SELECT repository_id FROM change_requests WHERE id = NEW.change_request_id);
    INSERT INTO review_days (repository_id, day, reviews, failed)
        SELECT repository_id, substr(NEW.completed_at, 1, 10), 1, NEW.conclusion = 'failed'
        FROM change_requests WHERE id = NEW.change_request_id AND NEW.conclusion IN ('passed', 'failed')
    ON CONFLICT (repository_id, day) DO UPDATE SET reviews = reviews + excluded.reviews, failed = failed + excluded.failed;
END;
CREATE TRIGGER reviews_concluded AFTER UPDATE OF conclusion ON reviews WHEN OLD.conclusion IS NOT NEW.conclusion BEGIN
    INSERT INTO review_days (repository_id, day, reviews, failed)
        SELECT NEW.repository_id, substr(OLD.completed_at, 1, 10), -1, -(OLD.conclusion = 'failed')
        WHERE OLD.conclusion IN ('passed', 'failed')
    ON CONFLICT (repository_id, day) DO UPDATE SET reviews = reviews + excluded.reviews, failed = failed + excluded.failed;
    INSERT INTO review_days (repository_id, day, reviews, failed)
        SELECT NEW.repository_id, substr(NEW.completed_at, 1, 10), 1, NEW.conclusion = 'failed'
        WHERE NEW.conclusion IN ('passed', 'failed')
    ON CONFLICT (repository_id, day) DO UPDATE SET reviews = reviews + excluded.reviews, failed = failed + excluded.failed;
END;
