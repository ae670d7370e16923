//! What is counted by week, and what people keep.

use asyncwarden::analysis::Severity;
use asyncwarden::forge::RevisionState;
use asyncwarden::store::findings::{How, Settlement};
use asyncwarden::store::{Store, findings};

use super::{
    Database, FILE_WEEKS, FIX_HOURS, KEPT, RULE_WEEKS, day, finding, review, revision, seen,
};
use crate::support::on_every_store_settings;

const THREAD: Settlement<'static> = Settlement { by: None, how: How::Thread, note: None };

#[tokio::test]
async fn weeks_begin_on_mondays_and_a_fix_counts_while_it_holds() {
    on_every_store_settings(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        let database = Database::open(&settings).await;
        let pushed = |head: &str| revision(7, 1, head, RevisionState::Open);
        let found = |numbers: &[usize]| {
            numbers.iter().map(|number| finding(*number, Severity::High)).collect::<Vec<_>>()
        };
        // A Sunday, and the Monday behind it.
        review(&store, &pushed("a"), &found(&[0, 1]), day(0)).await;
        review(&store, &pushed("b"), &found(&[1, 2]), day(1)).await;
        let rules = ["1 2026-09-14 AW206 1", "1 2026-09-14 AW501 1", "1 2026-09-21 AW301 1"];
        assert_eq!(database.lines(RULE_WEEKS).await, rules);
        assert_eq!(
            database.lines(FILE_WEEKS).await,
            ["1 2026-09-14 a.py 2", "1 2026-09-21 a.py 1"]
        );
        assert_eq!(database.lines(FIX_HOURS).await, ["1 2026-09-21 24 1"]);

        review(&store, &pushed("c"), &found(&[0, 1, 2]), day(2)).await;
        assert_eq!(database.lines(FIX_HOURS).await, [""; 0]);
        review(&store, &pushed("d"), &found(&[1]), day(9)).await;
        assert_eq!(database.lines(FIX_HOURS).await, ["1 2026-09-28 192 1", "1 2026-09-28 216 1"]);
        assert_eq!(database.lines(RULE_WEEKS).await, rules);

        // Files of more than half a year ago are forgotten, the rest is not.
        review(&store, &pushed("e"), &found(&[1, 4]), day(183)).await;
        assert_eq!(
            database.lines(FILE_WEEKS).await,
            ["1 2026-09-21 a.py 1", "1 2027-03-22 a.py 1"]
        );
        assert_eq!(database.lines(RULE_WEEKS).await.len(), 4);
        database.close().await;
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_people_settle_is_listed_as_long_as_it_is() {
    on_every_store_settings(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        let database = Database::open(&settings).await;
        let revision = revision(7, 1, "head", RevisionState::Open);
        let all = [0, 1, 2].map(|number| finding(number, Severity::High));
        review(&store, &revision, &all, day(0)).await;
        let id = seen(&store, &revision, day(0)).await;
        for finding in &all {
            let mut tx = store.begin().await.unwrap();
            findings::settle(&mut tx, id, &finding.fingerprint, THREAD, day(1)).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(database.lines(KEPT).await, ["1 1 then", "2 1 then", "3 1 then"]);
        let mut tx = store.begin().await.unwrap();
        findings::reopen(&mut tx, id, &all[1].fingerprint, day(2)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(database.lines(KEPT).await, ["1 1 then", "3 1 then"]);
        database.execute("DELETE FROM findings WHERE id = 1").await;
        assert_eq!(database.lines(KEPT).await, ["3 1 then"]);
        database.execute("DELETE FROM repositories").await;
        for rows in [KEPT, RULE_WEEKS, FILE_WEEKS, FIX_HOURS] {
            assert_eq!(database.lines(rows).await, [""; 0]);
        }
        database.close().await;
        store.close().await;
    })
    .await;
}
