//! The migration counts what the version before left, as the triggers count what is copied from another store.

use asyncwarden::settings::StoreSettings;
use asyncwarden::store::Store;

use super::{DAYS, Database, FILE_WEEKS, FIX_HOURS, KEPT, REVIEW_DAYS, RULE_WEEKS, open, rules};
use crate::support::on_every_store_settings;

/// The last schema without roll-ups.
const BEFORE: i64 = 3;

const ROWS: &str = "
    INSERT INTO repositories (forge, external_id, full_name, created_at, updated_at) VALUES
        ('github', 7, 'octo/loops', '2026-11-01T10:00:00+00:00', '2026-11-01T10:00:00+00:00'),
        ('github', 8, 'octo/quiet', '2026-11-01T10:00:00+00:00', '2026-11-01T10:00:00+00:00');
    INSERT INTO change_requests (repository_id, number, state, created_at, updated_at) VALUES
        (1, 1, 'open', '2026-11-01T10:00:00+00:00', '2026-11-09T10:00:00+00:00'),
        (1, 2, 'merged', '2026-11-01T10:00:00+00:00', '2026-11-09T10:00:00+00:00');
    INSERT INTO reviews (key, change_request_id, head_sha, base_sha, state, revision, conclusion, started_at, completed_at)
    VALUES
        ('a', 1, 'one', 'base', 'posted', '{}', 'failed', '2026-11-02T23:59:00+00:00', '2026-11-03T00:01:00+00:00'),
        ('b', 1, 'two', 'base', 'posted', '{}', 'passed', '2026-11-03T10:00:00+00:00', '2026-11-03T10:01:00+00:00'),
        ('c', 2, 'one', 'base', 'ended', '{}', 'neutral', '2026-11-04T10:00:00+00:00', '2026-11-04T10:01:00+00:00'),
        ('d', 2, 'two', 'base', 'open', '{}', NULL, '2026-11-05T10:00:00+00:00', NULL);
    INSERT INTO findings (change_request_id, fingerprint, rule, name, severity, category, confidence, message, path, line,
        end_line, scope, state, first_review_id, last_review_id, first_seen_at, last_seen_at, closed_at)
    VALUES
        (1, 'a', 'AW501', 'x', 'high', 'x', 'x', 'x', 'x', 1, 1, 'x', 'open', 1, 2, '2026-11-02T23:59:00+00:00',
            '2026-11-03T10:00:00+00:00', NULL),
        (1, 'b', 'AW501', 'x', 'high', 'x', 'x', 'x', 'x', 1, 1, 'x', 'fixed', 1, 1, '2026-11-02T23:59:00+00:00',
            '2026-11-02T23:59:00+00:00', '2026-11-03T10:00:00+00:00'),
        (1, 'c', 'AW206', 'x', 'low', 'x', 'x', 'x', 'x', 1, 1, 'x', 'settled', 1, 2, '2026-11-02T23:59:00+00:00',
            '2026-11-03T10:00:00+00:00', '2026-11-03T11:00:00+00:00'),
        (2, 'a', 'AW501', 'x', 'high', 'x', 'x', 'x', 'x', 1, 1, 'x', 'open', 3, 3, '2026-11-04T10:00:00+00:00',
            '2026-11-04T10:00:00+00:00', NULL);";

/// What a process of the version before does while the new one runs: it names no column that is new.
const OLD_VERSION: &str = "
    INSERT INTO reviews (key, change_request_id, head_sha, base_sha, state, revision, started_at)
    VALUES ('e', 1, 'three', 'base', 'open', '{}', '2026-11-06T10:00:00+00:00');
    UPDATE reviews SET state = 'posted', conclusion = 'failed', completed_at = '2026-11-06T10:01:00+00:00' WHERE key = 'e';
    UPDATE findings SET state = 'fixed', closed_at = '2026-11-06T10:00:00+00:00' WHERE fingerprint = 'a'
        AND change_request_id = 1;";

const REVIEWS: &str = "SELECT key || ' ' || COALESCE(repository_id, 0) FROM reviews ORDER BY key";
const LAST_REVIEWS: &str =
    "SELECT repository_id || ' ' || substr(CAST(last_review_at AS TEXT), 1, 10)
    FROM repository_totals WHERE last_review_at IS NOT NULL";

const NEWEST: &str =
    "SELECT id || ' ' || last_review_id || ' ' || substr(CAST(last_review_at AS TEXT), 1, 10)
    FROM change_requests ORDER BY id";

/// Looks at the roll-ups of [`ROWS`].
async fn assert_counted(database: &Database) {
    let open = open(database).await;
    assert_eq!(open, [high(1), "8 critical 0 high 0 medium 0 low 0".to_owned()]);
    assert_eq!(
        rules(database).await,
        ["1 AW206 1 open 0 fixed 0 settled 1", "1 AW501 3 open 1 fixed 1 settled 0"]
    );
    assert_eq!(
        database.lines(DAYS).await,
        [
            "1 2026-11-02 high +2 -0 introduced 2 fixed 0 settled 0",
            "1 2026-11-02 low +1 -0 introduced 1 fixed 0 settled 0",
            "1 2026-11-03 high +0 -1 introduced 0 fixed 1 settled 0",
            "1 2026-11-03 low +0 -1 introduced 0 fixed 0 settled 1",
            "1 2026-11-04 high +1 -0 introduced 1 fixed 0 settled 0",
            "1 2026-11-09 high +0 -1 introduced 0 fixed 0 settled 0",
        ]
    );
    assert_eq!(database.lines(RULE_WEEKS).await, ["1 2026-11-02 AW206 1", "1 2026-11-02 AW501 3"]);
    assert_eq!(database.lines(FILE_WEEKS).await, ["1 2026-11-02 x 4"]);
    assert_eq!(database.lines(FIX_HOURS).await, ["1 2026-11-02 10 1"]);
    assert_eq!(database.lines(KEPT).await, ["3 1 then"]);
    assert_eq!(database.lines(REVIEWS).await, ["a 1", "b 1", "c 1", "d 1"]);
    assert_eq!(database.lines(REVIEW_DAYS).await, ["1 2026-11-03 2 failed 1"]);
    assert_eq!(database.lines(LAST_REVIEWS).await, ["1 2026-11-05"]);
    assert_eq!(database.lines(NEWEST).await, ["1 2 2026-11-03", "2 4 2026-11-05"]);
}

fn high(count: i64) -> String {
    format!("7 critical 0 high {count} medium 0 low 0")
}

#[tokio::test]
async fn the_migration_counts_what_is_there_and_triggers_what_the_old_version_does() {
    on_every_store_settings(async |settings: StoreSettings| {
        let database = Database::open(&settings).await;
        database.migrate_to(BEFORE).await;
        database.execute(ROWS).await;
        let store = Store::open(&settings).await.unwrap();
        assert_counted(&database).await;

        database.execute(OLD_VERSION).await;
        assert_eq!(open(&database).await[0], high(0));
        assert_eq!(database.lines(REVIEWS).await, ["a 1", "b 1", "c 1", "d 1", "e 1"]);
        assert_eq!(database.lines(FIX_HOURS).await, ["1 2026-11-02 10 1", "1 2026-11-02 82 1"]);
        let days = database.lines(REVIEW_DAYS).await;
        assert_eq!(days, ["1 2026-11-03 2 failed 1", "1 2026-11-06 1 failed 1"]);
        assert_eq!(database.lines(LAST_REVIEWS).await, ["1 2026-11-06"]);
        assert_eq!(database.lines(NEWEST).await, ["1 5 2026-11-06", "2 4 2026-11-05"]);
        database.close().await;
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn rows_that_come_at_once_from_elsewhere_are_counted() {
    on_every_store_settings(async |settings: StoreSettings| {
        let store = Store::open(&settings).await.unwrap();
        let database = Database::open(&settings).await;
        database.execute(ROWS).await;
        assert_counted(&database).await;
        database.close().await;
        store.close().await;
    })
    .await;
}
