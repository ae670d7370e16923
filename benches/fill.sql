-- Fills an empty, migrated PostgreSQL with what a big installation has after 400 days: 1 000 repositories, 200 000 reviews,
-- 5 million findings. For `cargo bench --bench store`; the user must be a superuser, since foreign keys and triggers rest.
--
--   psql -v ON_ERROR_STOP=1 -f benches/fill.sql "$ASYNCWARDEN_BENCH_POSTGRES_URL"
--
-- Takes two minutes and 3 GB on a machine with two cores. The same rows each time, but for their times, which end now.
--
-- As in real life, size is skewed: the biggest repository has a twentieth of everything, the median one 70 reviews. Rows
-- come in the order of time, so that those of one repository lie scattered. Three in a hundred change requests are open.
BEGIN;
SET LOCAL session_replication_role = replica;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL work_mem = '256MB';
SET LOCAL synchronous_commit = off;
SELECT setseed(0.25);

INSERT INTO installations (forge, external_id, created_at)
    SELECT 'github', n, now() - interval '400 days' FROM generate_series(1, 50) AS n;
INSERT INTO repositories (forge, external_id, installation_id, full_name, created_at, updated_at)
    SELECT 'github', n, 1 + n % 50, 'org' || 1 + n % 50 || '/repository' || n, now() - interval '400 days', now()
    FROM generate_series(1, 1000) AS n;

INSERT INTO repository_names (repository_id, full_name, first_taken_at, last_taken_at)
    SELECT id, full_name, created_at, updated_at FROM repositories;

-- 50 000 change requests; the n-th biggest repository has a share in proportion to 1 / (n + 2.5).
CREATE TEMPORARY TABLE requests ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY created_at) AS id, repository_id, number, created_at,
        (1 + floor(random() * 7))::int AS reviews, LEAST(floor(-100 * ln(1 - random())), 900)::int AS findings
    FROM (
        SELECT r.id AS repository_id, number, now() - random() * interval '400 days' AS created_at
        FROM repositories r CROSS JOIN LATERAL generate_series(1,
            GREATEST(1, round(50000 * (1 / (r.external_id + 2.5)) / 5.81)::int)) AS number) AS spread;
CREATE TEMPORARY TABLE pushes ON COMMIT DROP AS
    SELECT row_number() OVER (ORDER BY started_at) AS id, *
    FROM (
        SELECT r.id AS request, r.repository_id, push,
            LEAST(r.created_at + (push - 1 + random()) * interval '9 hours', now()) AS started_at
        FROM requests r CROSS JOIN LATERAL generate_series(1, r.reviews) AS push) AS spread;
CREATE TEMPORARY TABLE courses ON COMMIT DROP AS
    SELECT request, array_agg(id ORDER BY started_at) AS reviews, array_agg(started_at ORDER BY started_at) AS times
    FROM pushes GROUP BY request;

INSERT INTO change_requests (id, repository_id, number, title, author, web_url, state, head_sha, created_at, updated_at)
    OVERRIDING SYSTEM VALUE
    SELECT r.id, r.repository_id, r.number, 'Poll the backend of part ' || r.number || ' without blocking', 'ada',
        'https://forge.example/' || r.repository_id || '/' || r.number,
        CASE WHEN r.created_at > now() - interval '12 days' AND random() < 0.9 THEN 'open'
            WHEN random() < 0.01 THEN 'open' WHEN random() < 0.9 THEN 'merged' ELSE 'closed' END,
        encode(sha256(r.id::text::bytea), 'hex'), r.created_at,
        LEAST(c.times[cardinality(c.times)] + random() * interval '2 days', now())
    FROM requests r JOIN courses c ON c.request = r.id ORDER BY r.id;

INSERT INTO reviews (id, key, change_request_id, repository_id, head_sha, base_sha, state, revision, gate_closed, conclusion,
        title, critical, high, medium, low, files_analysed, lines_analysed, verdicts, timings, started_at, analysed_at,
        completed_at)
    OVERRIDING SYSTEM VALUE
    SELECT id, 'review-' || id, request, repository_id, md5('head' || id), md5('base' || id), 'posted',
        '{"title": "Poll", "token": null, "author": "ada", "web_url": "", "target_sha": "", "target_branch": "main"}', TRUE,
        CASE WHEN random() < 0.7 THEN 'passed' WHEN random() < 0.95 THEN 'failed' ELSE 'neutral' END,
        '3 findings in 12 files', 0, 1, 1, 1, 12, 400, verdicts.all_items, '{"fetch": 400, "analyse": 90, "post": 700}',
        started_at, started_at + interval '1 second', started_at + interval '2 seconds'
    FROM pushes CROSS JOIN (SELECT jsonb_agg(jsonb_build_object('item', 'C' || lpad(n::text, 2, '0'), 'outcome',
            (ARRAY['satisfied', 'violated', 'not-applicable'])[1 + n % 3])) AS all_items
        FROM generate_series(1, 63) AS n) AS verdicts
    ORDER BY id;

-- A finding is seen by all reviews from one to another; if a later one lacks it, it was fixed. Rules are as unequal as
-- repositories.
INSERT INTO findings (change_request_id, fingerprint, rule, name, item, severity, category, confidence, message, path, line,
        end_line, scope, state, first_review_id, last_review_id, first_seen_at, last_seen_at, closed_at)
    SELECT request, md5(request || '-' || n), 'AW' || 100 + rule, 'rule-' || rule, 'C' || 1 + rule,
        (ARRAY['critical', 'high', 'medium', 'low'])[1 + rule % 4], 'blocking', 'certain',
        'this call stops every task on the event loop; await the coroutine that does the same instead, finding ' || n,
        'src/package' || rule % 7 || '/module' || n % 23 || '.py', n, n, 'Client.poll', state, reviews[first],
        reviews[last], times[first], times[last],
        CASE state WHEN 'fixed' THEN times[last + 1] WHEN 'settled' THEN times[last] END
    FROM (
        SELECT *, CASE WHEN last < cardinality(reviews) THEN 'fixed' WHEN random() < 0.15 THEN 'settled' ELSE 'open' END
            AS state
        FROM (
            SELECT *, CASE WHEN random() < 0.4 THEN cardinality(reviews)
                ELSE first + floor(random() * (cardinality(reviews) - first + 1))::int END AS last
            FROM (
                SELECT r.id AS request, n, c.reviews, c.times, floor(60 * random() * random() * random())::int AS rule,
                    1 + floor(cardinality(c.reviews) * random() * random())::int AS first
                FROM requests r JOIN courses c ON c.request = r.id CROSS JOIN LATERAL generate_series(1, r.findings) AS n
                ORDER BY r.id, n) AS begun) AS seen) AS ended;

-- What is kept of the last month's calls.
INSERT INTO deliveries (forge, delivery_id, event, action, payload, received_at)
    SELECT 'github', 'filled-' || n, 'pull_request', 'synchronize', convert_to(repeat(md5(n::text), 300), 'UTF8'),
        now() - (20000 - n) * interval '2 minutes' FROM generate_series(1, 20000) AS n;
INSERT INTO jobs (change_request_id, state, lane, run_at, created_at, ended_at)
    SELECT c.id, 'done', 'github/' || c.repository_id % 50, c.updated_at, c.updated_at, c.updated_at
    FROM change_requests c WHERE c.updated_at > now() - interval '30 days';

-- The triggers' work.
INSERT INTO finding_days (repository_id, day, severity, opened, closed, introduced, fixed, settled)
    SELECT repository_id, (at AT TIME ZONE 'UTC')::date, severity, sum(opened), sum(closed), sum(opened), sum(fixed),
        sum(settled)
    FROM (
        SELECT c.repository_id, f.severity, f.first_seen_at AS at, 1 AS opened, 0 AS closed, 0 AS fixed, 0 AS settled
        FROM findings f JOIN change_requests c ON c.id = f.change_request_id
        UNION ALL
        SELECT c.repository_id, f.severity, COALESCE(f.closed_at, c.updated_at), 0, 1, (f.state = 'fixed')::int,
            (f.state = 'settled')::int
        FROM findings f JOIN change_requests c ON c.id = f.change_request_id
        WHERE f.state <> 'open' OR c.state <> 'open') AS moves
    GROUP BY 1, 2, 3 ORDER BY 2, 1, 3;
INSERT INTO rule_totals (repository_id, rule, introduced, open, fixed, settled)
    SELECT c.repository_id, f.rule, count(*), count(*) FILTER (WHERE f.state = 'open' AND c.state = 'open'),
        count(*) FILTER (WHERE f.state = 'fixed'), count(*) FILTER (WHERE f.state = 'settled')
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id GROUP BY 1, 2;
INSERT INTO review_days (repository_id, day, reviews, failed)
    SELECT repository_id, (completed_at AT TIME ZONE 'UTC')::date, count(*), count(*) FILTER (WHERE conclusion = 'failed')
    FROM reviews WHERE conclusion IN ('passed', 'failed') GROUP BY 1, 2 ORDER BY 2, 1;
INSERT INTO repository_totals (repository_id, critical, high, medium, low, last_review_at)
    SELECT repository_id, COALESCE(sum(opened - closed) FILTER (WHERE severity = 'critical'), 0),
        COALESCE(sum(opened - closed) FILTER (WHERE severity = 'high'), 0),
        COALESCE(sum(opened - closed) FILTER (WHERE severity = 'medium'), 0),
        COALESCE(sum(opened - closed) FILTER (WHERE severity = 'low'), 0),
        (SELECT max(started_at) FROM reviews v WHERE v.repository_id = d.repository_id)
    FROM finding_days d GROUP BY repository_id;
INSERT INTO rule_weeks (repository_id, week, rule, introduced)
    SELECT c.repository_id, week_of(f.first_seen_at), f.rule, count(*)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id GROUP BY 1, 2, 3 ORDER BY 2, 1, 3;
INSERT INTO file_weeks (repository_id, week, path, introduced)
    SELECT c.repository_id, week_of(f.first_seen_at), f.path, count(*)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id
    WHERE f.first_seen_at > now() - interval '182 days' GROUP BY 1, 2, 3 ORDER BY 2, 1, 3;
INSERT INTO fix_hours (repository_id, week, hours, fixed)
    SELECT c.repository_id, week_of(f.closed_at), hours_between(f.first_seen_at, f.closed_at), count(*)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id WHERE f.state = 'fixed'
    GROUP BY 1, 2, 3 ORDER BY 2, 1, 3;
INSERT INTO kept_findings (finding_id, repository_id, closed_at)
    SELECT f.id, c.repository_id, f.closed_at
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id WHERE f.state = 'settled' ORDER BY f.closed_at;
UPDATE change_requests c SET last_review_id = latest.id, last_review_at = latest.started_at
    FROM (SELECT DISTINCT ON (change_request_id) change_request_id, id, started_at FROM reviews
        ORDER BY change_request_id, started_at DESC, id DESC) AS latest WHERE latest.change_request_id = c.id;

SELECT setval(pg_get_serial_sequence('change_requests', 'id'), (SELECT max(id) FROM change_requests));
SELECT setval(pg_get_serial_sequence('reviews', 'id'), (SELECT max(id) FROM reviews));
COMMIT;
VACUUM ANALYZE;
SELECT (SELECT count(*) FROM repositories) AS repositories, (SELECT count(*) FROM reviews) AS reviews,
    (SELECT count(*) FROM findings) AS findings,
    (SELECT sum(critical + high + medium + low) FROM repository_totals) AS open,
    pg_size_pretty(pg_database_size(current_database())) AS size;
