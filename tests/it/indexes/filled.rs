//! Rows enough that PostgreSQL prefers an index where there is one.

use chrono::{DateTime, Utc};

/// When it is now for the rows.
pub(super) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

/// 40 repositories, 4 000 change requests of which one in 25 is open, three reviews and ten findings each, over 400 days;
/// a queue with 20 lanes.
pub(super) const FILL: &str = "
    CREATE FUNCTION ago(days double precision) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
        $$ SELECT to_timestamp(1790000000) - days * interval '1 day' $$;
    INSERT INTO installations (forge, external_id, created_at) VALUES ('github', 1, ago(400));
    INSERT INTO repositories (forge, external_id, installation_id, full_name, created_at, updated_at)
        SELECT 'github', n, 1, 'octo/' || n, ago(400), ago(0) FROM generate_series(1, 40) AS n;
    INSERT INTO change_requests (repository_id, number, state, head_sha, created_at, updated_at)
        SELECT 1 + n % 40, n, CASE n % 25 WHEN 7 THEN 'open' ELSE 'merged' END, 'head-' || n, ago((4000 - n) / 10.0),
            ago((4000 - n) / 10.0)
        FROM generate_series(1, 4000) AS n;
    INSERT INTO reviews (key, change_request_id, head_sha, base_sha, state, revision, conclusion, gate_closed, started_at,
            completed_at)
        SELECT 'review-' || n, 1 + n % 4000, 'head-' || n, 'base', 'posted', '{}', 'passed', n % 3000 <> 5,
            ago((12000 - n) / 30.0), ago((12000 - n) / 30.0)
        FROM generate_series(1, 12000) AS n;
    INSERT INTO findings (change_request_id, fingerprint, rule, name, severity, category, confidence, message, path, line,
            end_line, scope, state, first_review_id, last_review_id, first_seen_at, last_seen_at, closed_at)
        SELECT 1 + n % 4000, 'finding-' || n / 4000, 'AW' || 100 + n / 1000, 'a-rule', 'high', 'blocking', 'certain',
            'a message', 'a.py', n, n, 'poll', course.state, course.first,
            course.first + CASE course.state WHEN 'fixed' THEN 4000 ELSE 8000 END, ago(3), ago(2),
            CASE WHEN course.state <> 'open' THEN ago(1) END
        FROM generate_series(0, 39999) AS n CROSS JOIN LATERAL (SELECT COALESCE(NULLIF(n % 4000, 0), 4000) AS first,
            (ARRAY['open', 'open', 'settled', 'fixed'])[1 + LEAST(n / 4000, 3)] AS state) AS course;
    INSERT INTO threads (change_request_id, fingerprint, thread_id, posted_at)
        SELECT 1 + n % 4000, 'finding-' || n / 4000, 'thread-' || n, ago(2) FROM generate_series(0, 11999) AS n;
    INSERT INTO outlines (repository_id, format, content_id, outline, used_at)
        SELECT 1 + n % 40, 1, substring(sha256(n::text::bytea) FOR 20), 'outline', ago(n / 50.0)
        FROM generate_series(1, 20000) AS n;
    INSERT INTO deliveries (forge, delivery_id, event, payload, received_at)
        SELECT 'github', 'delivery-' || n, 'pull_request', '', ago((20000 - n) / 50.0) FROM generate_series(1, 20000) AS n;
    INSERT INTO jobs (change_request_id, state, lane, run_at, created_at, claimed_at, ended_at)
        SELECT 1 + n % 4000, 'done', 'github/' || n % 20, at, at, at, at
        FROM generate_series(1, 12000) AS n CROSS JOIN LATERAL (SELECT ago((12000 - n) / 30.0) AS at) AS ended;
    INSERT INTO jobs (change_request_id, state, lane, run_at, created_at, leased_until, ended_at)
        SELECT n * 25 + 7, course.state, 'github/' || n % 20, ago(1), ago(1),
            CASE course.state WHEN 'running' THEN ago(0.5) END, CASE course.state WHEN 'dead' THEN ago(0.5) END
        FROM generate_series(1, 120) AS n CROSS JOIN LATERAL (SELECT
            CASE WHEN n <= 90 THEN 'queued' WHEN n <= 100 THEN 'running' ELSE 'dead' END AS state) AS course;";
