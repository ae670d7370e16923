-- More roll-ups, for a repository's page: findings by rule and by file, how long fixes took, and what people settled.
--
-- Triggers keep them, so that a process of the version before, which knows nothing of them, keeps them right too. As before,
-- nothing else writes them but an import, and locks are taken in the order in which transactions of the version before take
-- theirs: no review can be stored while findings are counted, but deliveries can, and pages are shown.
LOCK TABLE reviews IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE findings IN SHARE ROW EXCLUSIVE MODE;

-- The Monday of a week, in UTC.
CREATE FUNCTION week_of(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS
    $$ SELECT date_trunc('week', at AT TIME ZONE 'UTC')::date $$;
-- Whole hours, none when the end comes before the beginning.
CREATE FUNCTION hours_between(begun timestamptz, ended timestamptz) RETURNS bigint LANGUAGE sql STABLE AS
    $$ SELECT GREATEST(floor(extract(epoch FROM ended)) - floor(extract(epoch FROM begun)), 0)::bigint / 3600 $$;

-- How often a rule fired for the first time, by week.
CREATE TABLE rule_weeks (
    repository_id bigint NOT NULL,
    -- Its Monday, in UTC.
    week          date   NOT NULL,
    rule          text   NOT NULL,
    -- Seen for the first time, deleted ones included.
    introduced    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, week, rule)
);

-- How many findings a file got, by week. Weeks that are half a year older than a repository's newest are dropped.
CREATE TABLE file_weeks (
    repository_id bigint NOT NULL,
    week          date   NOT NULL,
    -- The first 600 characters: an index has no room for all paths.
    path          text   NOT NULL,
    introduced    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, week, path)
);

-- How long findings lasted that were fixed, by the week of the fix.
CREATE TABLE fix_hours (
    repository_id bigint NOT NULL,
    week          date   NOT NULL,
    -- Whole hours from when a finding was first seen until it was fixed.
    hours         bigint NOT NULL,
    -- Those that came back are taken off again.
    fixed         bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, week, hours)
);

-- Findings that people settled: a row for each as long as it is.
CREATE TABLE kept_findings (
    finding_id    bigint      PRIMARY KEY,
    repository_id bigint      NOT NULL,
    -- The finding's.
    closed_at     timestamptz NOT NULL
);

INSERT INTO rule_weeks (repository_id, week, rule, introduced)
    SELECT c.repository_id, week_of(f.first_seen_at), f.rule, count(*)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id GROUP BY 1, 2, 3;
INSERT INTO file_weeks (repository_id, week, path, introduced)
    SELECT c.repository_id, week_of(f.first_seen_at), substr(f.path, 1, 600), count(*)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id GROUP BY 1, 2, 3;
INSERT INTO fix_hours (repository_id, week, hours, fixed)
    SELECT c.repository_id, week_of(COALESCE(f.closed_at, f.last_seen_at)),
        hours_between(f.first_seen_at, COALESCE(f.closed_at, f.last_seen_at)), count(*)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id WHERE f.state = 'fixed' GROUP BY 1, 2, 3;
INSERT INTO kept_findings (finding_id, repository_id, closed_at)
    SELECT f.id, c.repository_id, COALESCE(f.closed_at, f.last_seen_at)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id WHERE f.state = 'settled';
CREATE INDEX kept_findings_repository ON kept_findings (repository_id, closed_at DESC, finding_id DESC);

-- Runs after `findings_added`, by its name, which holds the repositories' totals.
CREATE FUNCTION findings_added_by_week() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM added) THEN
        RETURN NULL;
    END IF;
    INSERT INTO rule_weeks AS w (repository_id, week, rule, introduced)
    SELECT c.repository_id, week_of(f.first_seen_at), f.rule, count(*)
    FROM added f JOIN change_requests c ON c.id = f.change_request_id GROUP BY 1, 2, 3
    ON CONFLICT (repository_id, week, rule) DO UPDATE SET introduced = w.introduced + excluded.introduced;
    INSERT INTO file_weeks AS w (repository_id, week, path, introduced)
    SELECT c.repository_id, week_of(f.first_seen_at), substr(f.path, 1, 600), count(*)
    FROM added f JOIN change_requests c ON c.id = f.change_request_id GROUP BY 1, 2, 3
    ON CONFLICT (repository_id, week, path) DO UPDATE SET introduced = w.introduced + excluded.introduced;
    DELETE FROM file_weeks w USING (SELECT c.repository_id, max(week_of(f.first_seen_at)) - 182 AS oldest
        FROM added f JOIN change_requests c ON c.id = f.change_request_id GROUP BY 1) AS kept
    WHERE w.repository_id = kept.repository_id AND w.week < kept.oldest;
    INSERT INTO fix_hours AS h (repository_id, week, hours, fixed)
    SELECT c.repository_id, week_of(COALESCE(f.closed_at, f.last_seen_at)),
        hours_between(f.first_seen_at, COALESCE(f.closed_at, f.last_seen_at)), count(*)
    FROM added f JOIN change_requests c ON c.id = f.change_request_id WHERE f.state = 'fixed' GROUP BY 1, 2, 3
    ON CONFLICT (repository_id, week, hours) DO UPDATE SET fixed = h.fixed + excluded.fixed;
    INSERT INTO kept_findings (finding_id, repository_id, closed_at)
    SELECT f.id, c.repository_id, COALESCE(f.closed_at, f.last_seen_at)
    FROM added f JOIN change_requests c ON c.id = f.change_request_id WHERE f.state = 'settled';
    RETURN NULL;
END $$;
CREATE TRIGGER findings_added_by_week AFTER INSERT ON findings REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION findings_added_by_week();

CREATE FUNCTION finding_ended() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    repository bigint := (SELECT repository_id FROM change_requests WHERE id = NEW.change_request_id);
    was_ended timestamptz := COALESCE(OLD.closed_at, OLD.last_seen_at);
    is_ended timestamptz := COALESCE(NEW.closed_at, NEW.last_seen_at);
BEGIN
    IF NOT hold_totals(repository) THEN
        RETURN NULL;
    END IF;
    IF OLD.state = 'fixed' THEN
        UPDATE fix_hours SET fixed = fixed - 1 WHERE repository_id = repository AND week = week_of(was_ended)
            AND hours = hours_between(OLD.first_seen_at, was_ended);
    ELSIF OLD.state = 'settled' THEN
        DELETE FROM kept_findings WHERE finding_id = NEW.id;
    END IF;
    IF NEW.state = 'fixed' THEN
        INSERT INTO fix_hours AS h (repository_id, week, hours, fixed)
        VALUES (repository, week_of(is_ended), hours_between(NEW.first_seen_at, is_ended), 1)
        ON CONFLICT (repository_id, week, hours) DO UPDATE SET fixed = h.fixed + 1;
    ELSIF NEW.state = 'settled' THEN
        INSERT INTO kept_findings (finding_id, repository_id, closed_at) VALUES (NEW.id, repository, is_ended);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER findings_ended AFTER UPDATE OF state ON findings FOR EACH ROW
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION finding_ended();

-- It goes with its finding.
ALTER TABLE kept_findings ADD FOREIGN KEY (finding_id) REFERENCES findings (id) ON DELETE CASCADE;

-- From here on deliveries wait.
LOCK TABLE repositories IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE change_requests IN SHARE ROW EXCLUSIVE MODE;
ALTER TABLE rule_weeks ADD FOREIGN KEY (repository_id) REFERENCES repositories (id) ON DELETE CASCADE;
ALTER TABLE file_weeks ADD FOREIGN KEY (repository_id) REFERENCES repositories (id) ON DELETE CASCADE;
ALTER TABLE fix_hours ADD FOREIGN KEY (repository_id) REFERENCES repositories (id) ON DELETE CASCADE;
-- The way to a repository's open findings.
CREATE INDEX change_requests_open ON change_requests (repository_id) WHERE state = 'open';
