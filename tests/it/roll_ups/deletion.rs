//! What roll-ups make of rows that go: the past stays, the present does not.

use asyncwarden::analysis::Severity;
use asyncwarden::forge::RevisionState;
use asyncwarden::store::Store;

use super::{DAYS, Database, day, finding, open, review, revision};
use crate::support::on_every_store_settings;

const PAST: &str =
    "SELECT external_id || ' +' || sum(opened) || ' introduced ' || sum(introduced)
    FROM finding_days d JOIN repositories r ON r.id = d.repository_id GROUP BY external_id ORDER BY external_id";

#[tokio::test]
async fn what_is_deleted_is_open_no_more_and_the_past_stays() {
    on_every_store_settings(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        let database = Database::open(&settings).await;
        for (repository, number) in [(7, 1), (7, 2), (7, 3), (8, 4)] {
            let revision = revision(repository, number, "head", RevisionState::Open);
            let found = [finding(0, Severity::High), finding(1, Severity::High)];
            review(&store, &revision, &found, day(0)).await;
        }
        let past = database.lines(PAST).await;
        assert_eq!(past, ["7 +6 introduced 6", "8 +2 introduced 2"]);
        let high = async |left: [i64; 2]| {
            let [first, second] = left.map(|left| format!("critical 0 high {left} medium 0 low 0"));
            assert_eq!(open(&database).await, [format!("7 {first}"), format!("8 {second}")]);
            assert_eq!(database.lines(PAST).await, past);
        };
        high([6, 2]).await;
        database.execute("DELETE FROM findings WHERE id IN (SELECT min(id) FROM findings)").await;
        high([5, 2]).await;
        database.execute("DELETE FROM reviews WHERE change_request_id IN (SELECT id FROM change_requests WHERE number = 2)").await;
        high([3, 2]).await;
        database.execute("DELETE FROM change_requests WHERE number = 3").await;
        high([1, 2]).await;
        // What is not open closes nothing when it goes.
        database.execute("UPDATE findings SET state = 'settled', closed_at = last_seen_at").await;
        high([0, 0]).await;
        database.execute("DELETE FROM change_requests WHERE number = 1").await;
        high([0, 0]).await;
        database.execute("DELETE FROM repositories").await;
        assert!(open(&database).await.is_empty());
        assert!(database.lines(DAYS).await.is_empty());
        database.close().await;
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_repository_with_open_findings_can_be_deleted() {
    on_every_store_settings(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        let database = Database::open(&settings).await;
        let revision = revision(7, 1, "head", RevisionState::Open);
        review(&store, &revision, &[finding(0, Severity::High)], day(0)).await;
        database.execute("DELETE FROM repositories").await;
        assert!(open(&database).await.is_empty());
        assert!(database.lines(DAYS).await.is_empty());
        database.close().await;
        store.close().await;
    })
    .await;
}
