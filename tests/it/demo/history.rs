//! The history that the demo makes up, as rows and as pages.

use std::collections::{BTreeMap, BTreeSet};

use asyncwarden::cli::demo_history;
use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::Simulator;
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::Store;
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc, Weekday};

use crate::dashboard::{assert_holds, get, serve};
use crate::database::Database;

/// A store with a history that ends then.
struct Filled {
    store: Store,
    database: Database,
    simulator: Simulator,
    _folder: tempfile::TempDir,
}

async fn filled(forge: ForgeKind, now: DateTime<Utc>) -> Filled {
    let folder = tempfile::tempdir().unwrap();
    let settings = StoreSettings::Embedded(folder.path().to_owned());
    let store = Store::open(&settings).await.unwrap();
    let simulator = Simulator::new();
    demo_history::fill(&store, &simulator, "http://forge.example/", forge, now).await.unwrap();
    let database = Database::open(&settings).await;
    Filled { store, database, simulator, _folder: folder }
}

/// Times at which a calendar is easily got wrong.
fn times() -> [DateTime<Utc>; 9] {
    [
        "2026-11-29T14:00:00Z", // a Sunday
        "2026-11-30T00:10:00Z", // a Monday's first minutes
        "2028-02-29T11:45:00Z",
        "2027-01-01T23:59:59Z",
        "2026-12-01T06:30:00Z", // each of the other days
        "2026-12-02T12:00:00Z",
        "2026-12-03T09:00:00.5Z",
        "2026-12-04T19:00:00Z",
        "2026-12-05T08:00:00Z",
    ]
    .map(|time| time.parse().unwrap())
}

/// Everything that happened, when it did.
const TIMES: [&str; 6] = [
    "SELECT started_at FROM reviews WHERE conclusion <> 'neutral'",
    "SELECT completed_at FROM reviews WHERE conclusion <> 'neutral'",
    "SELECT closed_at FROM findings WHERE closed_at IS NOT NULL",
    "SELECT updated_at FROM change_requests",
    "SELECT at FROM audit_log",
    "SELECT at FROM baselines",
];

#[tokio::test]
async fn whenever_it_ends_it_is_that_of_people_who_sleep_at_night() {
    for now in times() {
        let it = filled(ForgeKind::GitHub, now).await;
        for sql in TIMES {
            let lines = it.database.lines(sql).await;
            assert!(!lines.is_empty(), "{sql}");
            for line in lines {
                let at: DateTime<Utc> = line.parse().unwrap();
                let weekend = matches!(at.weekday(), Weekday::Sat | Weekday::Sun);
                assert!(at <= now + TimeDelta::seconds(10), "{at} comes after {now}: {sql}");
                assert!(at > now - TimeDelta::weeks(26), "{at} is long before {now}: {sql}");
                assert!(!weekend && (5..18).contains(&at.hour()), "{at}: {sql}");
            }
        }
        let newest = it.database.lines("SELECT max(started_at) FROM reviews").await.remove(0);
        assert!(now - newest.parse::<DateTime<Utc>>().unwrap() < TimeDelta::days(4), "{newest}");
        // Whoever looks sees something to do.
        let open = it.database.lines(
            "SELECT r.full_name FROM findings f JOIN change_requests c ON c.id = f.change_request_id
            JOIN repositories r ON r.id = c.repository_id WHERE f.state = 'open' AND c.state = 'open'");
        let open = open.await;
        let of = |name: &str| open.iter().filter(|open| *open == name).count();
        assert!(open.len() > 8 && of("acme/botkit") > 3, "{now}: {open:?}");
        let dead = it.database.lines("SELECT last_error FROM jobs WHERE state = 'dead'").await;
        assert!(!dead.is_empty(), "{now}");
        it.database.close().await;
        it.store.close().await;
    }
}

/// What a dashboard shows, without the rows' numbers.
const ALL: [&str; 6] = [
    "SELECT full_name || created_at FROM repositories ORDER BY id",
    "SELECT number || title || author || web_url || state || head_sha || updated_at FROM change_requests ORDER BY id",
    "SELECT key || head_sha || base_sha || state || title || verdicts || timings || started_at || completed_at FROM reviews
        ORDER BY id",
    "SELECT fingerprint || rule || message || path || line || scope || state || first_seen_at || COALESCE(closed_at, '')
        || COALESCE(closed_by, '') || COALESCE(closed_note, '') FROM findings ORDER BY id",
    "SELECT commit_sha || at || files || lines || critical || high || medium || low FROM baselines ORDER BY id",
    "SELECT delivery_id || event || received_at || length(payload) FROM deliveries ORDER BY id",
];

#[tokio::test]
async fn the_same_time_has_the_same_history() {
    let [now, ..] = times();
    let one = filled(ForgeKind::GitHub, now).await;
    let other = filled(ForgeKind::GitHub, now).await;
    for sql in ALL {
        let lines = one.database.lines(sql).await;
        assert_eq!(lines, other.database.lines(sql).await);
        assert!(lines.len() > 5, "{sql}: {}", lines.len());
    }
}

#[tokio::test]
async fn its_repositories_are_of_different_kinds() {
    let it = filled(ForgeKind::GitHub, times()[0]).await;
    let sizes = it.database.lines(
        "SELECT r.full_name || ' ' || count(*) || ' ' || min(c.number) || ' ' || max(c.number) || ' '
            || count(CASE c.state WHEN 'open' THEN 1 END)
        FROM repositories r JOIN change_requests c ON c.repository_id = r.id GROUP BY r.id ORDER BY r.id");
    let sizes: Vec<_> = sizes.await;
    assert_eq!(sizes.len(), 6);
    for line in &sizes {
        let parts: Vec<_> = line.split(' ').collect();
        let number = |at: usize| parts[at].parse::<i64>().unwrap();
        assert!((15..=75).contains(&number(1)) && number(2) > 0 && number(4) > 0, "{line}");
        // The demo's own change request is the next one.
        assert!(parts[0] != "acme/orders" || number(3) == 41, "{line}");
    }
    // Who gets healthier, and who is getting worse: the default branch at the beginning and at the end.
    let debts = it.database.lines(
        "SELECT r.full_name || ' ' || (b.critical + b.high + b.medium + b.low) FROM baselines b
        JOIN repositories r ON r.id = b.repository_id ORDER BY b.at, b.id",
    );
    let mut by_name: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for line in debts.await {
        let (name, debt) = line.split_once(' ').unwrap();
        by_name.entry(name.to_owned()).or_default().push(debt.parse().unwrap());
    }
    let ends = |name: &str| (by_name[name][0], *by_name[name].last().unwrap());
    let (better, worse) = (ends("acme/orders"), ends("acme/botkit"));
    assert!(better.0 > 3 * better.1, "{better:?}");
    assert!(worse.1 > 3 * worse.0, "{worse:?}");
    assert!(by_name["acme/orders"].len() == 26 && by_name["acme/ledger-pipeline"].len() < 26);
    let kinds = it.database.lines(
        "SELECT DISTINCT rule FROM findings UNION SELECT DISTINCT state FROM findings
        UNION SELECT DISTINCT closed_reason FROM findings WHERE closed_reason IS NOT NULL
        UNION SELECT DISTINCT severity FROM findings UNION SELECT DISTINCT conclusion FROM reviews
        UNION SELECT DISTINCT state FROM change_requests UNION SELECT DISTINCT state FROM jobs",
    );
    let kinds: BTreeSet<_> = kinds.await.into_iter().collect();
    for kind in [
        "open",
        "fixed",
        "settled",
        "thread",
        "command",
        "critical",
        "high",
        "medium",
        "low",
        "passed",
        "failed",
        "neutral",
        "cancelled",
        "merged",
        "closed",
        "dead",
    ] {
        assert!(kinds.contains(kind), "{kind} is not among {kinds:?}");
    }
    let rules = kinds.iter().filter(|kind| kind.starts_with("AW"));
    assert!(rules.clone().count() > 40, "{kinds:?}");
    assert!(rules.clone().all(|code| asyncwarden::analysis::rule_by_code(code).is_some()));
}

/// Addresses of pages in a page, without those that only differ in what is filtered.
fn links(page: &str) -> BTreeSet<String> {
    let hrefs = page.split("href=\"/").skip(1).filter_map(|rest| rest.split('"').next());
    let hrefs = hrefs.filter(|href| !href.starts_with("assets/") && !href.contains("export"));
    hrefs.map(|href| format!("/{}", href.replace("&#38;", "&").replace("&amp;", "&"))).collect()
}

#[tokio::test]
async fn every_page_of_the_dashboard_shows_it() {
    for forge in ForgeKind::ALL {
        let it = filled(forge, Utc::now()).await;
        let addr = serve(it.store.clone()).await;
        let mut waiting: Vec<String> = vec!["/".to_owned(), "/operations".to_owned()];
        let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        while let Some(path) = waiting.pop() {
            let page = get(addr, &path).await;
            assert!(page.starts_with("HTTP/1.1 200"), "{path}: {}", &page[..page.len().min(300)]);
            for link in links(&page).into_iter().filter(|link| seen.insert(link.clone())) {
                // So many of each kind are enough.
                let kind = link.split(['/', '?']).nth(1).unwrap_or_default().to_owned();
                let count = kinds.entry(kind).or_default();
                *count += 1;
                if *count <= 25 {
                    waiting.push(link);
                }
            }
        }
        let few: Vec<_> = ["repositories", "changes", "reviews", "findings", "rules"]
            .into_iter()
            .filter(|kind| kinds.get(*kind).is_none_or(|count| *count < 6))
            .collect();
        assert!(few.is_empty(), "{few:?} of {kinds:?}");
    }
}

#[tokio::test]
async fn the_overview_says_what_the_rows_say() {
    let it = filled(ForgeKind::GitHub, Utc::now()).await;
    let addr = serve(it.store.clone()).await;
    let page = get(addr, "/").await;
    let mut total = 0;
    for line in it.database.lines(
        "SELECT r.full_name || ' ' || count(CASE f.severity WHEN 'critical' THEN 1 END)
            || ' ' || count(CASE f.severity WHEN 'high' THEN 1 END)
            || ' ' || count(CASE f.severity WHEN 'medium' THEN 1 END)
            || ' ' || count(CASE f.severity WHEN 'low' THEN 1 END)
        FROM repositories r LEFT JOIN change_requests c ON c.repository_id = r.id AND c.state = 'open'
        LEFT JOIN findings f ON f.change_request_id = c.id AND f.state = 'open' GROUP BY r.id",
    ).await {
        let parts: Vec<_> = line.split(' ').collect();
        let (_, row) = page.split_once(&format!("/github/{}\"", parts[0])).unwrap();
        let row = row.split("</tr>").next().unwrap();
        for (severity, count) in ["Critical", "High", "Medium", "Low"].iter().zip(&parts[1..]) {
            assert_holds(row, &[&format!("data-label=\"{severity}\">{count}<")]);
            total += count.parse::<i64>().unwrap();
        }
    }
    assert!(total > 10, "{total}");
    assert_holds(&page, &[&format!("{total} open findings")]);
    assert!(!page.contains("made up"), "a service says so only where it is");
}

#[tokio::test]
async fn links_to_the_platform_lead_somewhere() {
    for forge in ForgeKind::ALL {
        let it = filled(forge, Utc::now()).await;
        let listed = it.database.lines(
            "SELECT c.number || ' ' || r.external_id || ' ' || v.head_sha || ' ' || f.path || ' ' || f.line
            FROM findings f JOIN change_requests c ON c.id = f.change_request_id
            JOIN repositories r ON r.id = c.repository_id JOIN reviews v ON v.id = f.last_review_id");
        let listed = listed.await;
        let state = it.simulator.state();
        assert!(listed.len() > 500, "{}", listed.len());
        for line in listed {
            let parts: Vec<_> = line.split(' ').collect();
            let number = |at: usize| parts[at].parse::<i64>().unwrap();
            let change = state.change(number(1), number(0)).unwrap();
            assert!(change.versions.iter().any(|version| version.head == parts[2]), "{line}");
            let file = &state.commits[parts[2]].files[parts[3]];
            let text = String::from_utf8_lossy(file);
            assert!(text.lines().count() as i64 >= number(4), "{line}");
        }
    }
}
