//! The history that the demo makes up: its roll-ups and its rows.

use asyncwarden::cli::demo_history;
use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::Simulator;
use asyncwarden::store::Store;

use super::history::ALL_WEEKS;
use super::{Database, day, open, rules};
use crate::support::on_every_store_settings;

/// What began and ended by day, as the roll-up has it, and recounted.
const BY_DAY: [[&str; 2]; 4] = [
    [
        "SELECT repository_id || ' ' || CAST(day AS TEXT) || ' ' || severity || ' ' || introduced FROM finding_days
            WHERE introduced > 0 ORDER BY repository_id, day, severity",
        "SELECT c.repository_id || ' ' || substr(CAST(f.first_seen_at AS TEXT), 1, 10) || ' ' || f.severity || ' ' || count(*)
            FROM findings f JOIN change_requests c ON c.id = f.change_request_id
            GROUP BY c.repository_id, substr(CAST(f.first_seen_at AS TEXT), 1, 10), f.severity
            ORDER BY c.repository_id, substr(CAST(f.first_seen_at AS TEXT), 1, 10), f.severity",
    ],
    [
        "SELECT repository_id || ' ' || CAST(day AS TEXT) || ' ' || severity || ' ' || fixed FROM finding_days
            WHERE fixed > 0 ORDER BY repository_id, day, severity",
        "SELECT c.repository_id || ' ' || substr(CAST(f.closed_at AS TEXT), 1, 10) || ' ' || f.severity || ' ' || count(*)
            FROM findings f JOIN change_requests c ON c.id = f.change_request_id WHERE f.state = 'fixed'
            GROUP BY c.repository_id, substr(CAST(f.closed_at AS TEXT), 1, 10), f.severity
            ORDER BY c.repository_id, substr(CAST(f.closed_at AS TEXT), 1, 10), f.severity",
    ],
    [
        "SELECT repository_id || ' ' || CAST(sum(settled) AS BIGINT) FROM finding_days
            GROUP BY repository_id HAVING sum(settled) > 0 ORDER BY repository_id",
        "SELECT c.repository_id || ' ' || count(*) FROM findings f JOIN change_requests c ON c.id = f.change_request_id
            WHERE f.state = 'settled' GROUP BY c.repository_id ORDER BY c.repository_id",
    ],
    [
        "SELECT repository_id || ' ' || CAST(day AS TEXT) || ' ' || reviews || ' ' || failed FROM review_days
            ORDER BY repository_id, day",
        "SELECT repository_id || ' ' || substr(CAST(completed_at AS TEXT), 1, 10) || ' ' || count(*) || ' '
            || count(CASE conclusion WHEN 'failed' THEN 1 END) FROM reviews WHERE conclusion IN ('passed', 'failed')
            GROUP BY repository_id, substr(CAST(completed_at AS TEXT), 1, 10)
            ORDER BY repository_id, substr(CAST(completed_at AS TEXT), 1, 10)",
    ],
];

#[tokio::test]
async fn roll_ups_of_a_made_up_history_say_what_its_rows_say() {
    on_every_store_settings(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        let (simulator, forge) = (Simulator::new(), ForgeKind::GitHub);
        demo_history::fill(&store, &simulator, "http://forge.example", forge, day(0))
            .await
            .unwrap();
        let database = Database::open(&settings).await;
        assert_eq!(open(&database).await.len(), 6, "repositories");
        assert!(rules(&database).await.len() > 60);
        for [counted, recounted] in ALL_WEEKS.iter().chain(&BY_DAY) {
            let counted = database.lines(counted).await;
            assert_eq!(counted, database.lines(recounted).await);
            assert!(!counted.is_empty());
        }
        database.close().await;
        store.close().await;
    })
    .await;
}
