-- Roll-ups: what the dashboard would otherwise count from all findings and reviews there are.
--
-- Triggers keep them, so that a process of the version before, which knows nothing of them, keeps them right too. Nothing
-- else writes them, but for an import into an empty store, which brings them along while triggers rest.
--
-- A finding is open from when it is first seen until it is fixed, settled or deleted, or until its change request ends; and
-- again when it comes back, or its change request is reopened.
--
-- Counting five million findings takes a quarter of a minute. Meanwhile no review can be stored, but deliveries can: the tables
-- that they write are locked last and briefly. All locks are taken in the order in which transactions of the version before
-- take theirs.
LOCK TABLE reviews IN ACCESS EXCLUSIVE MODE;
LOCK TABLE findings IN SHARE ROW EXCLUSIVE MODE;

-- What became of findings, by day.
CREATE TABLE finding_days (
    repository_id bigint NOT NULL,
    -- In UTC.
    day           date   NOT NULL,
    severity      text   NOT NULL,
    -- Began to be open, be it again, and ceased to be. A severity that changes closes the old and opens the new one.
    opened        bigint NOT NULL DEFAULT 0,
    closed        bigint NOT NULL DEFAULT 0,
    -- Seen for the first time.
    introduced    bigint NOT NULL DEFAULT 0,
    fixed         bigint NOT NULL DEFAULT 0,
    settled       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, day, severity)
);

-- How often a rule fired in a repository.
CREATE TABLE rule_totals (
    repository_id bigint NOT NULL,
    rule          text   NOT NULL,
    -- Since the beginning, deleted ones included.
    introduced    bigint NOT NULL DEFAULT 0,
    open          bigint NOT NULL DEFAULT 0,
    -- In that state now, or when they were deleted.
    fixed         bigint NOT NULL DEFAULT 0,
    settled       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, rule)
);

-- Reviews that came to a verdict, by day of their end.
CREATE TABLE review_days (
    repository_id bigint NOT NULL,
    -- In UTC.
    day           date   NOT NULL,
    reviews       bigint NOT NULL DEFAULT 0,
    -- Those of them whose gate failed.
    failed        bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (repository_id, day)
);

-- Where a repository stands now: a row for each.
CREATE TABLE repository_totals (
    repository_id  bigint PRIMARY KEY,
    -- Open findings by severity.
    critical       bigint NOT NULL DEFAULT 0,
    high           bigint NOT NULL DEFAULT 0,
    medium         bigint NOT NULL DEFAULT 0,
    low            bigint NOT NULL DEFAULT 0,
    -- When the last review began.
    last_review_at timestamptz
) WITH (fillfactor = 50);

-- Change requests go on being written while findings are counted: this is what they are counted by.
CREATE TEMPORARY TABLE counted_requests ON COMMIT DROP AS
    SELECT id, repository_id, state, updated_at FROM change_requests;
CREATE UNIQUE INDEX ON counted_requests (id);
ANALYZE counted_requests;

INSERT INTO finding_days (repository_id, day, severity, opened, closed, introduced, fixed, settled)
    SELECT repository_id, (at AT TIME ZONE 'UTC')::date, severity, sum(opened), sum(closed), sum(opened), sum(fixed),
        sum(settled)
    FROM (
        SELECT c.repository_id, f.severity, f.first_seen_at AS at, 1 AS opened, 0 AS closed, 0 AS fixed, 0 AS settled
        FROM findings f JOIN counted_requests c ON c.id = f.change_request_id
        UNION ALL
        SELECT c.repository_id, f.severity, GREATEST(COALESCE(f.closed_at, c.updated_at), f.first_seen_at), 0, 1,
            (f.state = 'fixed')::int, (f.state = 'settled')::int
        FROM findings f JOIN counted_requests c ON c.id = f.change_request_id
        WHERE f.state <> 'open' OR c.state <> 'open') AS moves
    GROUP BY 1, 2, 3;
INSERT INTO rule_totals (repository_id, rule, introduced, open, fixed, settled)
    SELECT c.repository_id, f.rule, count(*), count(*) FILTER (WHERE f.state = 'open' AND c.state = 'open'),
        count(*) FILTER (WHERE f.state = 'fixed'), count(*) FILTER (WHERE f.state = 'settled')
    FROM findings f JOIN counted_requests c ON c.id = f.change_request_id GROUP BY 1, 2;

-- The repository of the change request, so that a repository's latest reviews are found without its change requests. Null
-- only while a row is being inserted.
ALTER TABLE reviews ADD COLUMN repository_id bigint;
UPDATE reviews v SET repository_id = c.repository_id FROM change_requests c WHERE c.id = v.change_request_id;
CREATE INDEX reviews_repository ON reviews (repository_id, started_at DESC, id DESC);
INSERT INTO review_days (repository_id, day, reviews, failed)
    SELECT repository_id, (completed_at AT TIME ZONE 'UTC')::date, count(*), count(*) FILTER (WHERE conclusion = 'failed')
    FROM reviews WHERE conclusion IN ('passed', 'failed') GROUP BY 1, 2;

-- Whoever changes roll-ups of a repository holds its row here until the transaction ends. So rivals wait here and nowhere
-- else, which can't be a deadlock; and what they read afterwards, a change request's state or its findings, stays so until
-- they end. False when the repository is being deleted, its roll-ups with it.
CREATE FUNCTION hold_totals(repository bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM repository_totals t JOIN repositories r ON r.id = t.repository_id
    WHERE t.repository_id = repository FOR UPDATE OF t;
    RETURN FOUND;
END $$;

-- Adds to the roll-ups; `opens` is negative when findings cease to be open. The totals are held by the caller.
CREATE FUNCTION count_findings(repository bigint, on_day date, of_rule text, of_severity text, opens bigint, news bigint,
    fixes bigint, settles bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF opens = 0 AND news = 0 AND fixes = 0 AND settles = 0 THEN
        RETURN;
    END IF;
    IF opens <> 0 THEN
        UPDATE repository_totals SET critical = critical + CASE of_severity WHEN 'critical' THEN opens ELSE 0 END,
            high = high + CASE of_severity WHEN 'high' THEN opens ELSE 0 END,
            medium = medium + CASE of_severity WHEN 'medium' THEN opens ELSE 0 END,
            low = low + CASE of_severity WHEN 'low' THEN opens ELSE 0 END
        WHERE repository_id = repository;
    END IF;
    INSERT INTO finding_days AS d (repository_id, day, severity, opened, closed, introduced, fixed, settled)
    VALUES (repository, on_day, of_severity, GREATEST(opens, 0), GREATEST(-opens, 0), news, GREATEST(fixes, 0),
        GREATEST(settles, 0))
    ON CONFLICT (repository_id, day, severity) DO UPDATE SET opened = d.opened + excluded.opened,
        closed = d.closed + excluded.closed, introduced = d.introduced + excluded.introduced,
        fixed = d.fixed + excluded.fixed, settled = d.settled + excluded.settled;
    INSERT INTO rule_totals AS t (repository_id, rule, introduced, open, fixed, settled)
    VALUES (repository, of_rule, news, opens, fixes, settles)
    ON CONFLICT (repository_id, rule) DO UPDATE SET introduced = t.introduced + excluded.introduced,
        open = t.open + excluded.open, fixed = t.fixed + excluded.fixed, settled = t.settled + excluded.settled;
END $$;

-- Counts all rows of a statement together, so that many of them, as from another store, cost little more than one.
CREATE FUNCTION findings_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM added) THEN
        RETURN NULL;
    END IF;
    PERFORM hold_totals(repository_id) FROM (SELECT DISTINCT c.repository_id FROM added f
        JOIN change_requests c ON c.id = f.change_request_id ORDER BY c.repository_id) AS touched;
    WITH moves AS MATERIALIZED (
        SELECT c.repository_id, (f.first_seen_at AT TIME ZONE 'UTC')::date AS day, f.rule, f.severity, 1 AS opened,
            0 AS closed, 0 AS fixed, 0 AS settled
        FROM added f JOIN change_requests c ON c.id = f.change_request_id
        UNION ALL
        SELECT c.repository_id,
            (GREATEST(COALESCE(f.closed_at, c.updated_at), f.first_seen_at) AT TIME ZONE 'UTC')::date, f.rule, f.severity,
            0, 1, (f.state = 'fixed')::int, (f.state = 'settled')::int
        FROM added f JOIN change_requests c ON c.id = f.change_request_id WHERE f.state <> 'open' OR c.state <> 'open'),
    days AS (
        INSERT INTO finding_days AS d (repository_id, day, severity, opened, closed, introduced, fixed, settled)
        SELECT repository_id, day, severity, sum(opened), sum(closed), sum(opened), sum(fixed), sum(settled)
        FROM moves GROUP BY repository_id, day, severity
        ON CONFLICT (repository_id, day, severity) DO UPDATE SET opened = d.opened + excluded.opened,
            closed = d.closed + excluded.closed, introduced = d.introduced + excluded.introduced,
            fixed = d.fixed + excluded.fixed, settled = d.settled + excluded.settled),
    rules AS (
        INSERT INTO rule_totals AS t (repository_id, rule, introduced, open, fixed, settled)
        SELECT repository_id, rule, sum(opened), sum(opened - closed), sum(fixed), sum(settled)
        FROM moves GROUP BY repository_id, rule
        ON CONFLICT (repository_id, rule) DO UPDATE SET introduced = t.introduced + excluded.introduced,
            open = t.open + excluded.open, fixed = t.fixed + excluded.fixed, settled = t.settled + excluded.settled)
    UPDATE repository_totals t SET critical = t.critical + opens.critical, high = t.high + opens.high,
        medium = t.medium + opens.medium, low = t.low + opens.low
    FROM (SELECT repository_id, COALESCE(sum(opened - closed) FILTER (WHERE severity = 'critical'), 0) AS critical,
            COALESCE(sum(opened - closed) FILTER (WHERE severity = 'high'), 0) AS high,
            COALESCE(sum(opened - closed) FILTER (WHERE severity = 'medium'), 0) AS medium,
            COALESCE(sum(opened - closed) FILTER (WHERE severity = 'low'), 0) AS low
        FROM moves GROUP BY repository_id) AS opens
    WHERE t.repository_id = opens.repository_id;
    RETURN NULL;
END $$;
CREATE TRIGGER findings_added AFTER INSERT ON findings REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION findings_added();

CREATE FUNCTION finding_moved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    repository bigint := (SELECT repository_id FROM change_requests WHERE id = NEW.change_request_id);
    on_day date := (COALESCE(NEW.closed_at, NEW.last_seen_at) AT TIME ZONE 'UTC')::date;
    was_open bigint;
    is_open bigint;
BEGIN
    IF hold_totals(repository) THEN
        SELECT (state = 'open' AND OLD.state = 'open')::int, (state = 'open' AND NEW.state = 'open')::int
        INTO was_open, is_open FROM change_requests WHERE id = NEW.change_request_id;
        IF OLD.severity <> NEW.severity THEN
            PERFORM count_findings(repository, on_day, NEW.rule, OLD.severity, -was_open, 0, 0, 0);
            was_open := 0;
        END IF;
        PERFORM count_findings(repository, on_day, NEW.rule, NEW.severity, is_open - was_open, 0,
            (NEW.state = 'fixed')::int - (OLD.state = 'fixed')::int,
            (NEW.state = 'settled')::int - (OLD.state = 'settled')::int);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER findings_moved AFTER UPDATE OF state, severity ON findings FOR EACH ROW
    WHEN (OLD.state <> NEW.state OR OLD.severity <> NEW.severity) EXECUTE FUNCTION finding_moved();

-- A finding that goes with its change request was counted with it.
CREATE FUNCTION finding_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    repository bigint := (SELECT repository_id FROM change_requests WHERE id = OLD.change_request_id);
BEGIN
    IF hold_totals(repository)
        AND EXISTS (SELECT 1 FROM change_requests WHERE id = OLD.change_request_id AND state = 'open') THEN
        PERFORM count_findings(repository, (now() AT TIME ZONE 'UTC')::date, OLD.rule, OLD.severity, -1, 0, 0, 0);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER findings_deleted AFTER DELETE ON findings FOR EACH ROW
    WHEN (OLD.state = 'open') EXECUTE FUNCTION finding_deleted();

-- Opens (`sign` 1) or closes (-1) what is open in a change request.
CREATE FUNCTION count_request(request change_requests, on_day date, sign bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF hold_totals(request.repository_id) THEN
        PERFORM count_findings(request.repository_id, on_day, rule, severity, sign * count(*), 0, 0, 0)
        FROM findings WHERE change_request_id = request.id AND state = 'open' GROUP BY rule, severity;
    END IF;
END $$;

CREATE FUNCTION change_request_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_request(NEW, (NEW.updated_at AT TIME ZONE 'UTC')::date, CASE NEW.state WHEN 'open' THEN 1 ELSE -1 END);
    RETURN NULL;
END $$;
CREATE FUNCTION change_request_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM count_request(OLD, (now() AT TIME ZONE 'UTC')::date, -1);
    RETURN OLD;
END $$;

CREATE FUNCTION review_placed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.repository_id := (SELECT repository_id FROM change_requests WHERE id = NEW.change_request_id);
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_placed BEFORE INSERT ON reviews FOR EACH ROW EXECUTE FUNCTION review_placed();

CREATE FUNCTION count_verdict(review reviews, sign bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF review.conclusion IN ('passed', 'failed') THEN
        INSERT INTO review_days AS d (repository_id, day, reviews, failed)
        VALUES (review.repository_id, (review.completed_at AT TIME ZONE 'UTC')::date, sign,
            CASE review.conclusion WHEN 'failed' THEN sign ELSE 0 END)
        ON CONFLICT (repository_id, day) DO UPDATE SET reviews = d.reviews + excluded.reviews,
            failed = d.failed + excluded.failed;
    END IF;
END $$;

CREATE FUNCTION reviews_begun() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM hold_totals(repository_id)
    FROM (SELECT DISTINCT repository_id FROM added ORDER BY repository_id) AS touched;
    UPDATE repository_totals t SET last_review_at = GREATEST(t.last_review_at, begun.last_at)
    FROM (SELECT repository_id, max(started_at) AS last_at FROM added GROUP BY repository_id) AS begun
    WHERE t.repository_id = begun.repository_id;
    INSERT INTO review_days AS d (repository_id, day, reviews, failed)
    SELECT repository_id, (completed_at AT TIME ZONE 'UTC')::date, count(*), count(*) FILTER (WHERE conclusion = 'failed')
    FROM added WHERE conclusion IN ('passed', 'failed') GROUP BY 1, 2
    ON CONFLICT (repository_id, day) DO UPDATE SET reviews = d.reviews + excluded.reviews,
        failed = d.failed + excluded.failed;
    RETURN NULL;
END $$;
CREATE TRIGGER reviews_begun AFTER INSERT ON reviews REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION reviews_begun();

CREATE FUNCTION review_concluded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF hold_totals(NEW.repository_id) THEN
        PERFORM count_verdict(OLD, -1);
        PERFORM count_verdict(NEW, 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER reviews_concluded AFTER UPDATE OF conclusion ON reviews FOR EACH ROW
    WHEN (OLD.conclusion IS DISTINCT FROM NEW.conclusion) EXECUTE FUNCTION review_concluded();

CREATE FUNCTION repository_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO repository_totals (repository_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

-- From here on deliveries wait.
LOCK TABLE repositories IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE change_requests IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO repository_totals (repository_id, critical, high, medium, low, last_review_at)
    SELECT r.id, COALESCE(d.critical, 0), COALESCE(d.high, 0), COALESCE(d.medium, 0), COALESCE(d.low, 0), v.last_review_at
    FROM repositories r
    LEFT JOIN (SELECT repository_id, sum(opened - closed) FILTER (WHERE severity = 'critical') AS critical,
            sum(opened - closed) FILTER (WHERE severity = 'high') AS high,
            sum(opened - closed) FILTER (WHERE severity = 'medium') AS medium,
            sum(opened - closed) FILTER (WHERE severity = 'low') AS low
        FROM finding_days GROUP BY repository_id) AS d ON d.repository_id = r.id
    LEFT JOIN (SELECT repository_id, max(started_at) AS last_review_at FROM reviews GROUP BY repository_id) AS v
        ON v.repository_id = r.id;
-- What was closed or reopened while the findings were counted.
SELECT count_request(c, (c.updated_at AT TIME ZONE 'UTC')::date, CASE c.state WHEN 'open' THEN 1 ELSE -1 END)
    FROM change_requests c JOIN counted_requests k ON k.id = c.id WHERE (c.state = 'open') <> (k.state = 'open');
CREATE TRIGGER change_requests_moved AFTER UPDATE OF state ON change_requests FOR EACH ROW
    WHEN ((OLD.state = 'open') <> (NEW.state = 'open')) EXECUTE FUNCTION change_request_moved();
CREATE TRIGGER change_requests_deleted BEFORE DELETE ON change_requests FOR EACH ROW
    WHEN (OLD.state = 'open') EXECUTE FUNCTION change_request_deleted();
CREATE TRIGGER repositories_added AFTER INSERT ON repositories FOR EACH ROW EXECUTE FUNCTION repository_added();
ALTER TABLE finding_days ADD FOREIGN KEY (repository_id) REFERENCES repositories (id) ON DELETE CASCADE;
ALTER TABLE rule_totals ADD FOREIGN KEY (repository_id) REFERENCES repositories (id) ON DELETE CASCADE;
ALTER TABLE review_days ADD FOREIGN KEY (repository_id) REFERENCES repositories (id) ON DELETE CASCADE;
ALTER TABLE repository_totals ADD FOREIGN KEY (repository_id) REFERENCES repositories (id) ON DELETE CASCADE;
-- The overview's order, and the way to a repository's page: platforms don't mind letters' case.
CREATE INDEX repository_totals_last_review ON repository_totals (last_review_at DESC NULLS LAST);
CREATE INDEX repositories_name ON repositories (forge, lower(full_name));
