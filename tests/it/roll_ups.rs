//! What the dashboard reads instead of counting: roll-ups that triggers keep, the same on both engines.

mod deletion;
mod history;
mod made_up;
mod migration;
mod rivals;
mod weeks;

use asyncwarden::analysis::{
    Category, Confidence, Finding, Fingerprint, Place, Report, Rule, Severity,
};
use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef, Revision, RevisionState};
use asyncwarden::python::Module;
use asyncwarden::store::{Store, change_requests, findings, reviews};
use chrono::{DateTime, TimeDelta, Utc};

use crate::database::Database;

fn check(_: &Module, _: &mut Report) {}

const fn rule(code: &'static str, severity: Severity) -> Rule {
    let (name, category) = ("blocking-sleep", Category::Blocking);
    Rule { code, name, item: None, also: &[], severity, category, page: "", check }
}

static RULES: [Rule; 3] = [
    rule("AW501", Severity::Critical),
    rule("AW206", Severity::High),
    rule("AW301", Severity::Low),
];

/// A finding of the rule that the number stands for.
pub(crate) fn finding(number: usize, severity: Severity) -> Finding {
    Finding {
        rule: &RULES[number % RULES.len()],
        severity,
        category: Category::Blocking,
        confidence: Confidence::Certain,
        message: "a message".to_owned(),
        place: Place { path: "a.py".to_owned(), line: 3, end_line: 3, column: 5, end_column: 9 },
        related: Vec::new(),
        fix: None,
        fingerprint: Fingerprint(format!("finding-{number}")),
        scope: "poll".to_owned(),
    }
}

fn day(day: i64) -> DateTime<Utc> {
    // Shortly before midnight in UTC: a day counted in another zone would be another one.
    DateTime::from_timestamp(1_789_948_000, 0).unwrap() + TimeDelta::days(day)
}

pub(crate) fn revision(repository: i64, number: i64, head: &str, state: RevisionState) -> Revision {
    let repository = RepositoryRef {
        forge: ForgeKind::GitHub,
        external_id: repository,
        full_name: format!("octo/{repository}"),
        installation_id: Some(1),
    };
    Revision {
        change: ChangeRequest { repository, number },
        head_sha: head.to_owned(),
        base_sha: "base".to_owned(),
        target_sha: "target".to_owned(),
        target_branch: "main".to_owned(),
        title: "Poll faster".to_owned(),
        author: None,
        state,
        draft: false,
        web_url: "https://forge.example/3".to_owned(),
        token: serde_json::Value::Null,
    }
}

/// Notes the change request's state. Returns its row.
async fn seen(store: &Store, revision: &Revision, at: DateTime<Utc>) -> i64 {
    let mut tx = store.begin().await.unwrap();
    let id = change_requests::remember(&mut tx, &revision.change, at).await.unwrap();
    change_requests::seen(&mut tx, id, revision, at).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Begins a review and keeps its findings, as the review job does. Returns the review.
async fn review(
    store: &Store,
    revision: &Revision,
    found: &[Finding],
    at: DateTime<Utc>,
) -> reviews::Review {
    let mut tx = store.begin().await.unwrap();
    let id = change_requests::remember(&mut tx, &revision.change, at).await.unwrap();
    let key = uuid::Uuid::new_v4().to_string();
    let review = reviews::begin(&mut tx, id, revision, &key, at).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    findings::replace(&mut tx, id, review.id, found, at).await.unwrap();
    tx.commit().await.unwrap();
    review
}

const OPEN: &str =
    "SELECT external_id || ' critical ' || critical || ' high ' || high || ' medium ' || medium || ' low ' || low
    FROM repository_totals t JOIN repositories r ON r.id = t.repository_id ORDER BY external_id";
const OPEN_RECOUNTED: &str = "SELECT r.external_id
        || ' critical ' || count(CASE f.severity WHEN 'critical' THEN 1 END)
        || ' high ' || count(CASE f.severity WHEN 'high' THEN 1 END)
        || ' medium ' || count(CASE f.severity WHEN 'medium' THEN 1 END)
        || ' low ' || count(CASE f.severity WHEN 'low' THEN 1 END)
    FROM repositories r LEFT JOIN change_requests c ON c.repository_id = r.id AND c.state = 'open'
    LEFT JOIN findings f ON f.change_request_id = c.id AND f.state = 'open' GROUP BY r.external_id ORDER BY r.external_id";
const OPEN_SINCE_EVER: &str = "SELECT r.external_id
        || ' critical ' || COALESCE(sum(CASE d.severity WHEN 'critical' THEN opened - closed END), 0)
        || ' high ' || COALESCE(sum(CASE d.severity WHEN 'high' THEN opened - closed END), 0)
        || ' medium ' || COALESCE(sum(CASE d.severity WHEN 'medium' THEN opened - closed END), 0)
        || ' low ' || COALESCE(sum(CASE d.severity WHEN 'low' THEN opened - closed END), 0)
    FROM repositories r LEFT JOIN finding_days d ON d.repository_id = r.id GROUP BY r.external_id ORDER BY r.external_id";

/// What is open, by the totals; the same as a recount, and as all days together.
async fn open(database: &Database) -> Vec<String> {
    let open = database.lines(OPEN).await;
    assert_eq!(open, database.lines(OPEN_RECOUNTED).await, "totals and a recount");
    assert_eq!(open, database.lines(OPEN_SINCE_EVER).await, "totals and all days");
    open
}

const RULE_TOTALS: &str =
    "SELECT repository_id || ' ' || rule || ' ' || introduced || ' open ' || open || ' fixed ' || fixed
        || ' settled ' || settled FROM rule_totals ORDER BY repository_id, rule";
const RULES_RECOUNTED: &str = "SELECT c.repository_id || ' ' || f.rule || ' ' || count(*)
        || ' open ' || count(CASE WHEN f.state = 'open' AND c.state = 'open' THEN 1 END)
        || ' fixed ' || count(CASE f.state WHEN 'fixed' THEN 1 END)
        || ' settled ' || count(CASE f.state WHEN 'settled' THEN 1 END)
    FROM findings f JOIN change_requests c ON c.id = f.change_request_id
    GROUP BY c.repository_id, f.rule ORDER BY c.repository_id, f.rule";

/// The totals of rules, where no finding was deleted yet: the same as a recount.
async fn rules(database: &Database) -> Vec<String> {
    let rules = database.lines(RULE_TOTALS).await;
    assert_eq!(rules, database.lines(RULES_RECOUNTED).await);
    rules
}

const DAYS: &str = "SELECT repository_id || ' ' || CAST(day AS TEXT) || ' ' || severity || ' +' || opened || ' -' || closed
        || ' introduced ' || introduced || ' fixed ' || fixed || ' settled ' || settled
    FROM finding_days WHERE opened + closed + introduced + fixed + settled > 0 ORDER BY repository_id, day, severity";
const REVIEW_DAYS: &str =
    "SELECT repository_id || ' ' || CAST(day AS TEXT) || ' ' || reviews || ' failed ' || failed
    FROM review_days ORDER BY repository_id, day";

const RULE_WEEKS: &str =
    "SELECT repository_id || ' ' || CAST(week AS TEXT) || ' ' || rule || ' ' || introduced FROM rule_weeks
    ORDER BY repository_id, week, rule";
const FILE_WEEKS: &str =
    "SELECT repository_id || ' ' || CAST(week AS TEXT) || ' ' || path || ' ' || introduced FROM file_weeks
    ORDER BY repository_id, week, path";
const FIX_HOURS: &str =
    "SELECT repository_id || ' ' || CAST(week AS TEXT) || ' ' || hours || ' ' || fixed FROM fix_hours
    WHERE fixed <> 0 ORDER BY repository_id, week, hours";
const KEPT: &str =
    "SELECT k.finding_id || ' ' || k.repository_id || ' ' || CASE WHEN k.closed_at = f.closed_at THEN 'then' ELSE 'never' END
    FROM kept_findings k
    JOIN findings f ON f.id = k.finding_id ORDER BY k.finding_id";
