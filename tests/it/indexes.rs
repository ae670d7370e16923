//! What is done all the time reads a few rows, however many there are: no table that grows is gone through, neither as a
//! whole nor along an index. Counted by PostgreSQL itself, on tables of a size at which it weighs its choices as on big
//! ones.

mod filled;

use std::collections::BTreeMap;
use std::time::Duration;

use asyncwarden::analysis::{Analysis, Fingerprint, Severity};
use asyncwarden::change::ContentId;
use asyncwarden::forge::{ForgeKind, RevisionState};
use asyncwarden::review::Conclusion;
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::deliveries::{self, Delivery, Outcome};
use asyncwarden::store::findings::{How, Settlement};
use asyncwarden::store::jobs::{self, Asked};
use asyncwarden::store::outlines::{self, Shelf};
use asyncwarden::store::reviews::{self, End};
use asyncwarden::store::trends::{ChangeFilter, Filter, Like, Order, Sort, Sought};
use asyncwarden::store::{
    Sees, Store, Transaction, change_requests, erase, findings, installations, settings_snapshots,
    threads, trends,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::database::Database;
use crate::roll_ups::{finding, revision};
use crate::support::on_every_store_settings;
use filled::{FILL, now};

/// Rows of one table that a call may read. The fill has thousands in each, but few that belong together.
const FEW: i64 = 400;

/// How often each table was gone through, and how many of its rows were read, along indexes or none.
const READ: &str = "SELECT t.relname || ' ' || t.seq_scan || ' ' || t.seq_tup_read + COALESCE(sum(i.idx_tup_read), 0)
    FROM pg_stat_user_tables t LEFT JOIN pg_stat_user_indexes i ON i.relid = t.relid
    WHERE t.relname IN ('deliveries', 'jobs', 'change_requests', 'reviews', 'findings', 'threads', 'outlines', 'kept_findings')
    GROUP BY t.relname, t.seq_scan, t.seq_tup_read";

const BY_COMMAND: Settlement<'static> =
    Settlement { by: Some("ann"), how: How::Command, note: None };

/// Sequential scans and rows read by table.
async fn read(database: &Database) -> BTreeMap<String, [i64; 2]> {
    let table = |line: String| {
        let parts: Vec<_> = line.split(' ').collect();
        (parts[0].to_owned(), [1, 2].map(|at: usize| parts[at].parse::<i64>().unwrap()))
    };
    database.lines(READ).await.into_iter().map(table).collect()
}

/// The store and what was wrong with calls so far.
struct Watch<'a> {
    settings: &'a StoreSettings,
    database: &'a Database,
    wrong: Vec<String>,
}

impl Watch<'_> {
    /// Makes a call in a transaction of its own, on connections of its own: PostgreSQL tells for certain what a
    /// connection read once it is closed.
    async fn call<T>(&mut self, name: &str, call: impl AsyncFnOnce(&mut Transaction) -> T) -> T {
        let before = read(self.database).await;
        let store = Store::open(self.settings).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let told = call(&mut tx).await;
        tx.commit().await.unwrap();
        store.close().await;
        self.database.alone().await;
        for (table, [scans, rows]) in read(self.database).await {
            let [scans, rows] = [scans - before[&table][0], rows - before[&table][1]];
            if scans > 0 || rows > FEW {
                self.wrong.push(format!("{name}: {table}, {scans} scans, {rows} rows"));
            }
        }
        told
    }
}

#[tokio::test]
async fn what_is_done_all_the_time_reads_few_rows() {
    on_every_store_settings(async |settings| {
        // The embedded store has no such counters, and the same indexes.
        if matches!(settings, StoreSettings::Embedded(_)) {
            return;
        }
        Store::open(&settings).await.unwrap().close().await;
        let database = Database::open(&settings).await;
        database.execute(FILL).await;
        database.execute("VACUUM ANALYZE").await;
        let mut watch = Watch { settings: &settings, database: &database, wrong: Vec::new() };
        deliveries_and_jobs(&mut watch).await;
        a_review(&mut watch).await;
        pages(&mut watch).await;
        old_rows(&mut watch).await;
        assert!(watch.wrong.is_empty(), "{}", watch.wrong.join("\n"));
        database.close().await;
    })
    .await;
}

fn head(number: i64) -> String {
    format!("head-{number}")
}

async fn deliveries_and_jobs(watch: &mut Watch<'_>) {
    let delivery = Delivery {
        forge: ForgeKind::GitHub,
        id: "new",
        event: "pull_request",
        action: Some("opened"),
        repository: Some(3),
        payload: Some(b"{}"),
        outcome: Outcome::Queued,
        received_at: now(),
    };
    watch
        .call("deliveries::store", async |tx| {
            deliveries::store(tx, &delivery).await.unwrap();
        })
        .await;
    watch
        .call("deliveries::place", async |tx| {
            deliveries::place(tx, &delivery, None).await.unwrap();
        })
        .await;
    watch
        .call("deliveries::ended", async |tx| {
            deliveries::ended(tx, &delivery, Outcome::Ignored).await.unwrap();
        })
        .await;
    for outcome in [None, Some(Outcome::Ignored), Some(Outcome::Noted)] {
        watch
            .call("deliveries::latest", async |tx| {
                deliveries::latest(tx, outcome, 100).await.unwrap();
            })
            .await;
    }
    watch
        .call("deliveries::kept", async |tx| {
            assert!(deliveries::kept(tx, 7).await.unwrap().is_some());
            deliveries::replayed(tx, 7, Outcome::Queued, now()).await.unwrap();
        })
        .await;
    watch
        .call("change_requests::by_head", async |tx| {
            let found =
                change_requests::by_head(tx, ForgeKind::GitHub, 3, &head(2082)).await.unwrap();
            assert_eq!(found.len(), 1);
        })
        .await;
    let new = revision(3, 9_999, "new", RevisionState::Open).change;
    for name in ["jobs::enqueue, new", "jobs::enqueue, known"] {
        watch
            .call(name, async |tx| jobs::enqueue(tx, &new, Asked::Changed, now()).await.unwrap())
            .await;
    }
    watch.call("jobs::next_due", async |tx| jobs::next_due(tx).await.unwrap().unwrap()).await;
    let lease = Duration::from_secs(60);
    let job = watch
        .call("jobs::claim", async |tx| jobs::claim(tx, now(), lease).await.unwrap().unwrap())
        .await;
    watch
        .call("jobs::heartbeat", async |tx| {
            assert!(jobs::heartbeat(tx, &job, now() + TimeDelta::minutes(9)).await.unwrap());
        })
        .await;
    watch.call("jobs::asked", async |tx| jobs::asked(tx, &job).await.unwrap()).await;
    watch
        .call("jobs::retry", async |tx| jobs::retry(tx, &job, now(), "later").await.unwrap())
        .await;
    let job = watch
        .call("jobs::claim, again", async |tx| {
            jobs::claim(tx, now(), lease).await.unwrap().unwrap()
        })
        .await;
    let id = job.change_request_id;
    watch
        .call("installations::is_out_of_reach", async |tx| {
            assert!(!installations::is_out_of_reach(tx, id).await.unwrap());
        })
        .await;
    watch.call("jobs::finish", async |tx| jobs::finish(tx, &job, now()).await.unwrap()).await;
    watch
        .call("jobs::revive", async |tx| {
            assert!(jobs::revive(tx, now(), now() - TimeDelta::hours(1)).await.unwrap() > 0);
        })
        .await;
    watch.call("jobs::depth", async |tx| jobs::depth(tx).await.unwrap()).await;
    watch.call("jobs::at_hand", async |tx| jobs::at_hand(tx, 50).await.unwrap()).await;
    watch
        .call("jobs::failures", async |tx| {
            jobs::oldest_waiting(tx).await.unwrap().unwrap();
            jobs::failures(tx, now() - TimeDelta::days(1), 50).await.unwrap();
        })
        .await;
    watch.call("jobs::dead_letters", async |tx| jobs::dead_letters(tx, 100).await.unwrap()).await;
    watch
        .call("change_requests::unseen", async |tx| {
            change_requests::unseen(tx, now() - TimeDelta::hours(1), 20).await.unwrap()
        })
        .await;
}

async fn a_review(watch: &mut Watch<'_>) {
    let revision = revision(3, 2082, "a new head", RevisionState::Open);
    let id = watch
        .call("change_requests::remember", async |tx| {
            change_requests::remember(tx, &revision.change, now()).await.unwrap()
        })
        .await;
    watch
        .call("change_requests::by_id", async |tx| change_requests::by_id(tx, id).await.unwrap())
        .await;
    watch
        .call("change_requests::seen", async |tx| {
            change_requests::seen(tx, id, &revision, now()).await.unwrap();
        })
        .await;
    watch
        .call("reviews::is_posted", async |tx| {
            assert!(!reviews::is_posted(tx, id, &revision).await.unwrap());
        })
        .await;
    let review = watch
        .call("reviews::begin", async |tx| {
            reviews::begin(tx, id, &revision, "new", now()).await.unwrap()
        })
        .await;
    watch
        .call("reviews::left_behind", async |tx| {
            reviews::left_behind(tx, id, review.id).await.unwrap()
        })
        .await;
    watch
        .call("reviews::forgotten_gates", async |tx| reviews::forgotten_gates(tx).await.unwrap())
        .await;
    let ids: Vec<_> = (0..40).map(|n: i64| ContentId::of(n.to_string().as_bytes())).collect();
    let repository_id = watch
        .call("change_requests::repository_of", async |tx| {
            change_requests::repository_of(tx, id).await.unwrap()
        })
        .await;
    let shelf = Shelf { repository_id, format: 1 };
    watch.call("outlines::find", async |tx| outlines::find(tx, shelf, &ids).await.unwrap()).await;
    watch
        .call("outlines::used", async |tx| outlines::used(tx, shelf, &ids, now()).await.unwrap())
        .await;
    let kept = [(ids[0], b"outline".to_vec())];
    watch
        .call("outlines::keep", async |tx| outlines::keep(tx, shelf, &kept, now()).await.unwrap())
        .await;
    watch.call("findings::open", async |tx| findings::open(tx, id).await.unwrap()).await;
    watch.call("findings::settled", async |tx| findings::settled(tx, id).await.unwrap()).await;
    watch.call("threads::standing", async |tx| threads::standing(tx, id).await.unwrap()).await;
    let found: Vec<_> = (0..5).map(|n| finding(n, Severity::High)).collect();
    watch
        .call("findings::replace", async |tx| {
            findings::replace(tx, id, review.id, &found, now()).await.unwrap();
        })
        .await;
    let name = Fingerprint("finding-1".to_owned());
    watch
        .call("findings::settle", async |tx| {
            findings::settle(tx, id, &name, BY_COMMAND, now()).await.unwrap()
        })
        .await;
    watch
        .call("threads::posted", async |tx| {
            threads::posted(tx, id, &name, "t", now()).await.unwrap();
            threads::commented(tx, id, "t", "7").await.unwrap();
        })
        .await;
    watch
        .call("threads::resolved", async |tx| threads::resolved(tx, id, "t", now()).await.unwrap())
        .await;
    let analysis = Analysis::default();
    watch
        .call("reviews::analysed", async |tx| {
            reviews::analysed(tx, review.id, &analysis, &[], now()).await.unwrap();
        })
        .await;
    watch
        .call("reviews::complete", async |tx| {
            let passed = Conclusion::Passed;
            reviews::complete(tx, review.id, End::Posted, passed, "none", &[], true, now())
                .await
                .unwrap();
        })
        .await;
    let mut merged = revision.clone();
    merged.state = RevisionState::Merged;
    watch
        .call("change_requests::seen, merged", async |tx| {
            change_requests::seen(tx, id, &merged, now()).await.unwrap();
        })
        .await;
}

async fn pages(watch: &mut Watch<'_>) {
    let day = (now() - TimeDelta::days(84)).date_naive();
    let like = Like::default();
    let whole = async |tx: &mut Transaction| trends::whole(tx, Sees::All, &like).await.unwrap();
    watch.call("trends::whole", whole).await;
    for by in [Sort::LastReview, Sort::Open, Sort::Name, Sort::Gate] {
        let order = Order { by, reversed: false };
        watch
            .call("trends::repositories", async |tx| {
                trends::repositories(tx, Sees::All, &like, order, day, (50, 0)).await.unwrap()
            })
            .await;
    }
    let repository = watch
        .call("trends::repository", async |tx| {
            trends::repository(tx, Sees::All, day, ForgeKind::GitHub, "octo/3")
                .await
                .unwrap()
                .unwrap()
        })
        .await;
    let id = repository.id;
    watch.call("trends::changes", async |tx| trends::changes(tx, &[id], day).await.unwrap()).await;
    watch.call("trends::rules", async |tx| trends::rules(tx, id, 20).await.unwrap()).await;
    watch.call("trends::flow", async |tx| trends::flow(tx, id, day).await.unwrap()).await;
    watch.call("trends::fix_times", async |tx| trends::fix_times(tx, id, day).await.unwrap()).await;
    watch
        .call("trends::rule_weeks", async |tx| trends::rule_weeks(tx, id, day).await.unwrap())
        .await;
    watch
        .call("trends::found_in", async |tx| trends::found_in(tx, id, day, 10).await.unwrap())
        .await;
    watch
        .call("trends::open_in", async |tx| {
            assert!(!trends::open_in(tx, id).await.unwrap().is_empty());
        })
        .await;
    watch
        .call("trends::kept", async |tx| {
            assert_eq!(trends::kept(tx, id, 20).await.unwrap().len(), 20);
        })
        .await;
    watch
        .call("trends::latest_reviews", async |tx| {
            assert_eq!(trends::latest_reviews(tx, id, 20).await.unwrap().len(), 20);
        })
        .await;
    by_number(watch, day, id).await;
    let everywhere = Filter::default();
    let one = Filter { repository_id: Some(id), ..Filter::default() };
    for (name, filter) in [("trends::listed", everywhere), ("trends::listed, of one", one)] {
        let last = watch
            .call(name, async |tx| {
                let found = trends::listed(tx, Sees::All, &filter, None, 20).await.unwrap();
                assert_eq!(found.len(), 20);
                found[19].cursor
            })
            .await;
        watch
            .call(&format!("{name}, behind"), async |tx| {
                assert_eq!(
                    trends::listed(tx, Sees::All, &filter, Some(last), 20).await.unwrap().len(),
                    20
                );
            })
            .await;
    }
    let rule = "AW105";
    watch
        .call("trends::rule_totals", async |tx| {
            trends::rule_totals(tx, Sees::All, None).await.unwrap();
            assert_eq!(trends::rule_totals(tx, Sees::All, Some(rule)).await.unwrap().len(), 1);
        })
        .await;
    watch
        .call("trends::fires_in", async |tx| {
            assert_eq!(trends::fires_in(tx, Sees::All, rule, 20).await.unwrap().len(), 20);
            trends::weeks_of_rule(tx, Sees::All, rule, day).await.unwrap();
        })
        .await;
    watch
        .call("trends::reactions", async |tx| {
            trends::reactions(tx, Sees::All, rule, 100).await.unwrap();
        })
        .await;
    let everywhere = ChangeFilter::default();
    let one = ChangeFilter { repository_id: Some(id), ..ChangeFilter::default() };
    for (name, filter) in [("changes", everywhere), ("changes of one", one)] {
        let listed = async |tx: &mut Transaction, behind| {
            let found = trends::listed_changes(tx, Sees::All, &filter, behind, 20).await.unwrap();
            assert_eq!(found.len(), 20);
            found[19].cursor
        };
        let last = watch.call(name, async |tx| listed(tx, None).await).await;
        watch.call(&format!("{name}, behind"), async |tx| listed(tx, Some(last)).await).await;
    }
    watch
        .call("trends::change_request", async |tx| {
            let name = "octo/3";
            let change = trends::change_request(tx, Sees::All, ForgeKind::GitHub, name, 2082);
            let change = change.await.unwrap().unwrap();
            assert!(!trends::pushes(tx, change.id).await.unwrap().is_empty());
            assert!(!trends::fates(tx, change.id).await.unwrap().is_empty());
        })
        .await;
    watch
        .call("trends::repository_names", async |tx| {
            trends::repository_names(tx, Sees::All, 200).await.unwrap()
        })
        .await;
    let review = watch
        .call("trends::review", async |tx| {
            trends::review(tx, Sees::All, "review-6081").await.unwrap().unwrap()
        })
        .await;
    watch
        .call("trends::found", async |tx| {
            assert!(!trends::found(tx, &review).await.unwrap().is_empty());
        })
        .await;
}

/// Lists of which programs read all parts.
async fn by_number(watch: &mut Watch<'_>, day: NaiveDate, id: i64) {
    watch
        .call("trends::repository_by_id", async |tx| {
            trends::repository_by_id(tx, Sees::All, day, id).await.unwrap().unwrap()
        })
        .await;
    watch
        .call("trends::repositories_behind", async |tx| {
            let all = Sought::default();
            trends::repositories_behind(tx, Sees::All, day, &all, 3, 20).await.unwrap()
        })
        .await;
    let changes = watch
        .call("trends::changes_of", async |tx| {
            trends::changes_of(tx, id, None, 2000, 20).await.unwrap()
        })
        .await;
    assert_eq!(changes.len(), 20);
    watch
        .call("trends::changes_of, open", async |tx| {
            assert!(!trends::changes_of(tx, id, Some("open"), 4000, 20).await.unwrap().is_empty());
        })
        .await;
    watch
        .call("trends::change_by_id", async |tx| {
            trends::change_by_id(tx, Sees::All, changes[0].id).await.unwrap().unwrap()
        })
        .await;
    let reviews = watch
        .call("trends::reviews_behind", async |tx| {
            trends::reviews_behind(tx, id, None, 20).await.unwrap()
        })
        .await;
    watch
        .call("trends::reviews_behind, a later part", async |tx| {
            let last = Some(reviews[19].id);
            assert_eq!(trends::reviews_behind(tx, id, last, 20).await.unwrap().len(), 20);
        })
        .await;
    watch
        .call("jobs::dead_letters_behind", async |tx| {
            jobs::dead_letters_behind(tx, i64::MAX, 20).await.unwrap()
        })
        .await;
}

async fn old_rows(watch: &mut Watch<'_>) {
    const MOST: i64 = 100;
    let long_ago: DateTime<Utc> = now() - TimeDelta::days(399);
    watch
        .call("deliveries::drop_payloads", async |tx| {
            let dropped = deliveries::drop_payloads(tx, long_ago, now(), MOST).await.unwrap();
            assert!(dropped > 0);
        })
        .await;
    watch
        .call("deliveries::forget", async |tx| {
            assert!(deliveries::forget(tx, long_ago, MOST).await.unwrap() > 0);
        })
        .await;
    watch
        .call("deliveries::forget_of", async |tx| deliveries::forget_of(tx, 3, MOST).await.unwrap())
        .await;
    watch
        .call("jobs::forget", async |tx| {
            assert!(jobs::forget(tx, long_ago, MOST).await.unwrap() > 0);
        })
        .await;
    watch
        .call("erase::ended_change_requests", async |tx| {
            let before = now() - TimeDelta::hours(24 * 400 - 12);
            assert!(erase::ended_change_requests(tx, before).await.unwrap() > 0);
        })
        .await;
    watch
        .call("outlines::forget_of", async |tx| {
            assert!(outlines::forget_of(tx, 3, MOST).await.unwrap() > 0);
        })
        .await;
    watch
        .call("settings_snapshots::forget", async |tx| {
            settings_snapshots::forget(tx, long_ago, MOST).await.unwrap()
        })
        .await;
    watch
        .call("findings::forget_code", async |tx| {
            let titles = serde_json::json!({});
            assert!(findings::forget_code(tx, 1000, &titles, MOST).await.unwrap().is_some());
        })
        .await;
}
