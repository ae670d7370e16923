//! Days and totals after a long series of everything that happens to findings.

use std::collections::BTreeMap;
use std::time::Duration;

use asyncwarden::analysis::{Finding, Fingerprint, Severity};
use asyncwarden::forge::RevisionState;
use asyncwarden::review::Conclusion;
use asyncwarden::store::findings::{How, Settlement};
use asyncwarden::store::reviews::End;
use asyncwarden::store::trends::{Like, Order};
use asyncwarden::store::{Sees, Store, findings, reviews, trends};
use chrono::{DateTime, Utc};

use super::{DAYS, Database, REVIEW_DAYS, day, finding, open, review, revision, rules, seen};
use crate::support::on_every_store_settings;

/// What is counted by week, and what people keep: what the roll-ups have, and a recount.
pub(super) const ALL_WEEKS: [[&str; 2]; 4] = [
    [
        "SELECT repository_id || ' ' || rule || ' ' || sum(introduced) FROM rule_weeks
            GROUP BY repository_id, rule ORDER BY repository_id, rule",
        "SELECT repository_id || ' ' || rule || ' ' || introduced FROM rule_totals
            WHERE introduced > 0 ORDER BY repository_id, rule",
    ],
    [
        "SELECT CAST(sum(introduced) AS TEXT) FROM file_weeks",
        "SELECT CAST(count(*) AS TEXT) FROM findings",
    ],
    [
        "SELECT CAST(sum(fixed) AS TEXT) FROM fix_hours",
        "SELECT CAST(count(*) AS TEXT) FROM findings WHERE state = 'fixed'",
    ],
    [
        "SELECT CAST(finding_id AS TEXT) FROM kept_findings ORDER BY finding_id",
        "SELECT CAST(id AS TEXT) FROM findings WHERE state = 'settled' ORDER BY id",
    ],
];

/// A generator that gives the same numbers on every machine, by Marsaglia.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

const FINDINGS: &str =
    "SELECT f.id || ' ' || c.repository_id || ' ' || f.severity || ' ' || f.state || ' ' || c.state
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id ORDER BY f.id";

/// A finding as its row and its change request's have it.
struct Stand {
    repository: String,
    severity: String,
    state: String,
    open: bool,
}

async fn stands(database: &Database) -> BTreeMap<String, Stand> {
    let stand = |line: String| {
        let parts: Vec<_> = line.split(' ').map(str::to_owned).collect();
        let [id, repository, severity, state, request] = <[String; 5]>::try_from(parts).unwrap();
        let open = state == "open" && request == "open";
        (id, Stand { repository, severity, state, open })
    };
    database.lines(FINDINGS).await.into_iter().map(stand).collect()
}

/// What happened by day, told from how findings stood before and after.
#[derive(Default)]
struct Expected {
    days: BTreeMap<(String, String, String), [i64; 5]>,
    reviews: BTreeMap<(String, String), [i64; 2]>,
}

impl Expected {
    fn compare(
        &mut self,
        before: &BTreeMap<String, Stand>,
        after: &BTreeMap<String, Stand>,
        at: DateTime<Utc>,
    ) {
        let mut count = |stand: &Stand, column: usize| {
            let day = at.date_naive().to_string();
            let key = (stand.repository.clone(), day, stand.severity.clone());
            self.days.entry(key).or_default()[column] += 1;
        };
        for (id, now) in after {
            let old = before.get(id);
            let was = |state| old.is_some_and(|old| old.state == state);
            let stays = old.is_some_and(|old| old.open && now.open && old.severity == now.severity);
            if let Some(old) = old.filter(|old| old.open && !stays) {
                count(old, 1);
            }
            if now.open && !stays {
                count(now, 0);
            }
            if old.is_none() {
                count(now, 2);
                // Begins and ends at once in a change request that is no longer open.
                (!now.open).then(|| [0, 1].map(|column| count(now, column)));
            }
            if now.state == "fixed" && !was("fixed") {
                count(now, 3);
            }
            if now.state == "settled" && !was("settled") {
                count(now, 4);
            }
        }
    }

    fn days(&self) -> Vec<String> {
        let line = |(key, n): (&(String, String, String), &[i64; 5])| {
            let ((repository, day, severity), [opened, closed, introduced, fixed, settled]) =
                (key, n);
            format!(
                "{repository} {day} {severity} +{opened} -{closed} introduced {introduced} fixed {fixed} settled {settled}"
            )
        };
        self.days.iter().map(line).collect()
    }

    fn reviews(&self) -> Vec<String> {
        let line = |((repository, day), [reviews, failed]): (&(String, String), &[i64; 2])| {
            format!("{repository} {day} {reviews} failed {failed}")
        };
        self.reviews.iter().map(line).collect()
    }
}

/// Ends a review passed, failed, or without a verdict; the first two may be overruled.
async fn conclude(
    store: &Store,
    review: i64,
    random: &mut Random,
    at: DateTime<Utc>,
) -> Option<&'static str> {
    let mut ended = None;
    for _ in 0..=random.below(2) {
        let (conclusion, name) = match random.below(5) {
            0 | 1 => (Conclusion::Passed, Some("passed")),
            2 | 3 => (Conclusion::Failed, Some("failed")),
            _ => (Conclusion::Cancelled, None),
        };
        let mut tx = store.begin().await.unwrap();
        let timings = [("analyse", Duration::from_millis(12))];
        reviews::complete(&mut tx, review, End::Posted, conclusion, "line", &timings, true, at)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        ended = name;
    }
    ended
}

const SETTLED: Settlement<'static> = Settlement { by: None, how: How::Thread, note: None };

fn found(random: &mut Random) -> Vec<Finding> {
    let mut found = Vec::new();
    for number in 0..30 {
        let severity = Severity::ALL[random.below(4) as usize];
        if random.below(3) == 0 {
            found.push(finding(number, severity));
        }
    }
    found
}

#[tokio::test]
async fn roll_ups_say_what_happened_to_findings_and_reviews() {
    on_every_store_settings(async |settings| {
        let store = Store::open(&settings).await.unwrap();
        let database = Database::open(&settings).await;
        let mut random = Random(0x5eed);
        let mut expected = Expected::default();
        let mut last_reviews = BTreeMap::new();
        let states = [RevisionState::Open, RevisionState::Merged, RevisionState::Closed];
        for step in 0..240 {
            let at = day(step / 8);
            let (repository, number) = (7 + random.below(2) as i64, 1 + random.below(3) as i64);
            let state = states[random.below(3) as usize];
            let head = format!("head-{step}");
            let revision = revision(repository, number, &head, state);
            let before = stands(&database).await;
            match random.below(5) {
                0 => {
                    seen(&store, &revision, at).await;
                }
                1 => {
                    let mut tx = store.begin().await.unwrap();
                    let name = Fingerprint(format!("finding-{}", random.below(30)));
                    let change = &revision.change;
                    let id = asyncwarden::store::change_requests::remember(&mut tx, change, at);
                    let id = id.await.unwrap();
                    findings::settle(&mut tx, id, &name, SETTLED, at).await.unwrap();
                    tx.commit().await.unwrap();
                }
                _ => {
                    let review = review(&store, &revision, &found(&mut random), at).await;
                    last_reviews.insert(format!("octo/{repository}"), at);
                    let row = format!(
                        "SELECT CAST(repository_id AS TEXT) FROM reviews WHERE id = {}",
                        review.id
                    );
                    let row = database.lines(row.leak()).await.remove(0);
                    if let Some(verdict) = conclude(&store, review.id, &mut random, at).await {
                        let key = (row, at.date_naive().to_string());
                        let count = expected.reviews.entry(key).or_default();
                        count[0] += 1;
                        count[1] += i64::from(verdict == "failed");
                    }
                }
            }
            expected.compare(&before, &stands(&database).await, at);
        }
        assert_eq!(database.lines(DAYS).await, expected.days());
        let reviews = database.lines(REVIEW_DAYS).await;
        let said: Vec<_> =
            reviews.into_iter().filter(|line| !line.ends_with(" 0 failed 0")).collect();
        assert_eq!(said, expected.reviews());
        let none = |line: &String| line.ends_with(" critical 0 high 0 medium 0 low 0");
        assert!(!open(&database).await.iter().all(none), "nothing is open at the end");
        assert_eq!(rules(&database).await.len(), 6);
        for [counted, recounted] in ALL_WEEKS {
            let counted = database.lines(counted).await;
            assert_eq!(counted, database.lines(recounted).await);
            assert!(!counted.is_empty());
        }
        let mut tx = store.read().await.unwrap();
        let today = day(29).date_naive();
        let like = Like::default();
        for repository in
            trends::repositories(&mut tx, Sees::All, &like, Order::default(), today, (50, 0))
                .await
                .unwrap()
        {
            assert_eq!(repository.last_review_at, last_reviews.get(&repository.full_name).copied());
        }
        drop(tx);
        database.close().await;
        store.close().await;
    })
    .await;
}
