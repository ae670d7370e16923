//! The store keeps what it is given, the same on both engines.

use std::time::Duration;

use asyncwarden::analysis::{
    Analysis, Category, Confidence, Finding, Fingerprint, Place, Report, Rule, Severity,
};
use asyncwarden::forge::{
    ChangeRequest, ForgeKind, GateHandle, RepositoryRef, Revision, RevisionState,
};
use asyncwarden::python::Module;
use asyncwarden::review::Conclusion;
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::deliveries::{self, Delivery, Outcome, Stored};
use asyncwarden::store::findings::{How, Settlement};
use asyncwarden::store::reviews::{self, End};
use asyncwarden::store::{
    Store, StoreError, Transaction, change_requests, findings, jobs, threads,
};
use chrono::{DateTime, Utc};

use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};

use crate::support::{on_every_store, on_every_store_settings};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
}

fn change(full_name: &str) -> ChangeRequest {
    ChangeRequest {
        repository: RepositoryRef {
            forge: ForgeKind::GitHub,
            external_id: 7,
            full_name: full_name.to_owned(),
            installation_id: Some(1),
        },
        number: 3,
    }
}

fn revision(head: &str) -> Revision {
    Revision {
        change: change("octo/loops"),
        head_sha: head.to_owned(),
        base_sha: "base".to_owned(),
        target_sha: "target".to_owned(),
        target_branch: "main".to_owned(),
        title: "Poll faster".to_owned(),
        author: None,
        state: RevisionState::Open,
        draft: false,
        web_url: "https://example.com/octo/loops/3".to_owned(),
        token: serde_json::json!({ "start": "s" }),
    }
}

fn check(_: &Module, _: &mut Report) {}

static RULE: Rule = Rule {
    code: "AW501",
    name: "blocking-sleep",
    item: None,
    also: &[],
    severity: Severity::Critical,
    category: Category::Blocking,
    page: "# AW501 blocking-sleep",
    check,
};

fn finding(fingerprint: &str) -> Finding {
    Finding {
        rule: &RULE,
        severity: Severity::Critical,
        category: Category::Blocking,
        confidence: Confidence::Certain,
        message: "`time.sleep` with a NUL: \0".to_owned(),
        place: Place { path: "a.py".to_owned(), line: 3, end_line: 3, column: 5, end_column: 9 },
        related: Vec::new(),
        fix: None,
        fingerprint: Fingerprint(fingerprint.to_owned()),
        scope: "poll".to_owned(),
    }
}

fn names(names: &[&str]) -> std::collections::BTreeSet<Fingerprint> {
    names.iter().map(|name| Fingerprint((*name).to_owned())).collect()
}

/// A transaction, the row of the change request and a review of it.
async fn begun(store: &Store, head: &str, second: i64) -> (Transaction, i64, reviews::Review) {
    let mut tx = store.begin().await.unwrap();
    let id = change_requests::remember(&mut tx, &change("octo/loops"), at(second)).await.unwrap();
    let key = format!("key-{head}-{second}");
    let review = reviews::begin(&mut tx, id, &revision(head), &key, at(second)).await.unwrap();
    (tx, id, review)
}

async fn complete(tx: &mut Transaction, review: i64, end: End, gate_closed: bool) {
    let timings = [("analyse", Duration::from_millis(12))];
    let conclusion = Conclusion::Failed;
    reviews::complete(tx, review, end, conclusion, "2 findings", &timings, gate_closed, at(9))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_delivery_is_kept_once() {
    on_every_store(async |store| {
        let delivery = |id, forge| Delivery {
            forge,
            id,
            event: "pull_request",
            action: Some("opened"),
            repository: Some(7),
            payload: Some(b"{\"a\": \"\\u0000\"}\xff"),
            outcome: Outcome::Queued,
            received_at: at(0),
        };
        let keep = async |id, forge| {
            let mut tx = store.begin().await.unwrap();
            let stored = deliveries::store(&mut tx, &delivery(id, forge)).await.unwrap();
            tx.commit().await.unwrap();
            stored != Stored::SeenBefore
        };
        assert!(keep("one", ForgeKind::GitHub).await);
        assert!(!keep("one", ForgeKind::GitHub).await);
        assert!(
            keep("one", ForgeKind::GitLab).await,
            "keys of two platforms have nothing in common"
        );
        let at_once: Vec<bool> =
            futures::future::join_all((0..8).map(|_| keep("two", ForgeKind::GitHub))).await;
        assert_eq!(at_once.iter().filter(|new| **new).count(), 1);
        let mut tx = store.begin().await.unwrap();
        assert_eq!(deliveries::forget(&mut tx, at(0), 9).await.unwrap(), 0);
        assert_eq!(deliveries::forget(&mut tx, at(1), 2).await.unwrap(), 2);
        assert_eq!(deliveries::forget(&mut tx, at(1), 2).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_renamed_repository_is_the_same_one() {
    on_every_store(async |store| {
        let mut tx = store.begin().await.unwrap();
        let id = change_requests::remember(&mut tx, &change("octo/loops"), at(0)).await.unwrap();
        let mut renamed = change("octo/knots");
        renamed.repository.installation_id = None;
        assert_eq!(change_requests::remember(&mut tx, &renamed, at(1)).await.unwrap(), id);
        let kept = change_requests::by_id(&mut tx, id).await.unwrap();
        assert_eq!(kept, change("octo/knots"), "the installation is kept, the name is new");
    })
    .await;
}

#[tokio::test]
async fn a_commit_leads_to_its_open_change_requests() {
    on_every_store(async |store| {
        let mut tx = store.begin().await.unwrap();
        let id = change_requests::remember(&mut tx, &change("octo/loops"), at(0)).await.unwrap();
        let mut seen = revision("head");
        change_requests::seen(&mut tx, id, &seen, at(1)).await.unwrap();
        let by_head = async |tx: &mut Transaction, head| {
            change_requests::by_head(tx, ForgeKind::GitHub, 7, head).await.unwrap().len()
        };
        assert_eq!(by_head(&mut tx, "head").await, 1);
        assert_eq!(by_head(&mut tx, "other").await, 0);
        seen.state = RevisionState::Merged;
        change_requests::seen(&mut tx, id, &seen, at(2)).await.unwrap();
        assert_eq!(by_head(&mut tx, "head").await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_open_review_goes_on_and_an_ended_one_is_followed_by_another() {
    on_every_store(async |store| {
        let (mut tx, id, review) = begun(&store, "head", 0).await;
        reviews::gate_set(&mut tx, review.id, &GateHandle("41".to_owned())).await.unwrap();
        tx.commit().await.unwrap();
        let (mut tx, _, again) = begun(&store, "head", 1).await;
        assert_eq!((again.id, again.key.as_str()), (review.id, "key-head-0"));
        assert_eq!(again.gate, Some(GateHandle("41".to_owned())));
        assert!(!reviews::is_posted(&mut tx, id, &revision("head")).await.unwrap());
        complete(&mut tx, again.id, End::Posted, true).await;
        tx.commit().await.unwrap();
        let (mut tx, _, new) = begun(&store, "head", 2).await;
        assert_ne!(new.id, review.id);
        assert!(reviews::is_posted(&mut tx, id, &revision("head")).await.unwrap());
        let mut other_base = revision("head");
        other_base.base_sha = "other".to_owned();
        assert!(!reviews::is_posted(&mut tx, id, &other_base).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn who_notes_a_change_request_keeps_no_review_of_it_from_beginning() {
    on_every_store(async |store| {
        let (tx, id, _) = begun(&store, "a", 0).await;
        tx.commit().await.unwrap();
        if store.is_exclusive() {
            // One writes at a time: nobody can wait for somebody who waits.
            return;
        }
        // A delivery's transaction, before it comes to the job, which the review has in hand.
        let mut enqueues = store.begin().await.unwrap();
        change_requests::remember(&mut enqueues, &change("octo/loops"), at(1)).await.unwrap();
        let mut begins = store.begin().await.unwrap();
        let revision = revision("b");
        let beginning = reviews::begin(&mut begins, id, &revision, "key", at(1));
        let begun = tokio::time::timeout(Duration::from_secs(30), beginning).await;
        assert!(begun.is_ok(), "each would wait for the other");
    })
    .await;
}

#[tokio::test]
async fn gates_that_nobody_will_end_are_found() {
    on_every_store(async |store| {
        let forgotten = async || {
            let mut tx = store.read().await.unwrap();
            reviews::forgotten_gates(&mut tx).await.unwrap()
        };
        let (mut tx, id, review) = begun(&store, "head", 0).await;
        tx.commit().await.unwrap();
        assert_eq!(forgotten().await.len(), 1, "the answer that named the gate may have been lost");
        tx = store.begin().await.unwrap();
        reviews::gate_set(&mut tx, review.id, &GateHandle("41".to_owned())).await.unwrap();
        jobs::enqueue(&mut tx, &change("octo/loops"), jobs::Asked::Changed, at(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(forgotten().await.is_empty(), "its job will see to it");
        tx = store.begin().await.unwrap();
        let job = jobs::claim(&mut tx, at(2), Duration::from_secs(9)).await.unwrap().unwrap();
        jobs::bury(&mut tx, &job, "no", at(3)).await.unwrap();
        tx.commit().await.unwrap();
        let gates = forgotten().await;
        assert_eq!(gates.len(), 1);
        assert_eq!(gates[0].revision, revision("head"), "enough is kept to speak of it again");
        tx = store.begin().await.unwrap();
        let left = reviews::left_behind(&mut tx, id, review.id).await.unwrap();
        assert!(left.is_empty());
        complete(&mut tx, review.id, End::Ended, true).await;
        tx.commit().await.unwrap();
        assert!(forgotten().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn findings_are_open_until_a_review_lacks_them_or_a_person_settles_them() {
    on_every_store(async |store| {
        let (mut tx, id, review) = begun(&store, "one", 0).await;
        let found = [finding("a"), finding("b")];
        findings::replace(&mut tx, id, review.id, &found, at(0)).await.unwrap();
        let analysis = Analysis { findings: found.to_vec(), ..Analysis::default() };
        reviews::analysed(&mut tx, review.id, &analysis, &[], at(0)).await.unwrap();
        assert_eq!(findings::open(&mut tx, id).await.unwrap(), names(&["a", "b"]));
        tx.commit().await.unwrap();

        let (mut tx, id, review) = begun(&store, "two", 1).await;
        let by_ann = Settlement { by: Some("ann"), how: How::Thread, note: None };
        findings::settle(&mut tx, id, &Fingerprint("b".to_owned()), by_ann, at(1)).await.unwrap();
        let found = [finding("b"), finding("c")];
        findings::replace(&mut tx, id, review.id, &found, at(1)).await.unwrap();
        assert_eq!(findings::open(&mut tx, id).await.unwrap(), names(&["c"]));
        assert_eq!(findings::settled(&mut tx, id).await.unwrap(), names(&["b"]));
        tx.commit().await.unwrap();

        let (mut tx, id, review) = begun(&store, "three", 2).await;
        findings::replace(&mut tx, id, review.id, &[finding("a")], at(2)).await.unwrap();
        assert_eq!(findings::open(&mut tx, id).await.unwrap(), names(&["a"]), "it came back");
    })
    .await;
}

#[tokio::test]
async fn a_thread_stands_until_it_is_resolved() {
    on_every_store(async |store| {
        let (mut tx, id, _) = begun(&store, "one", 0).await;
        for name in ["a", "b", "a"] {
            let name = Fingerprint(name.to_owned());
            threads::posted(&mut tx, id, &name, &format!("thread-{name}"), at(0)).await.unwrap();
        }
        threads::resolved(&mut tx, id, "thread-b", at(1)).await.unwrap();
        assert_eq!(threads::standing(&mut tx, id).await.unwrap(), names(&["a"]));
    })
    .await;
}

#[tokio::test]
async fn a_store_can_be_closed_and_opened_again() {
    on_every_store_settings(async |settings: StoreSettings| {
        let store = Store::open(&settings).await.unwrap();
        let (tx, ..) = begun(&store, "one", 0).await;
        tx.commit().await.unwrap();
        store.ping().await.unwrap();
        // One machine has one clock.
        assert!(store.clock_ahead().await.unwrap().num_seconds().abs() < 5);
        store.close().await;
        assert!(store.ping().await.is_err());
        drop(store);
        let store = Store::open(&settings).await.unwrap();
        let (tx, _, review) = begun(&store, "one", 1).await;
        assert_eq!(review.key, "key-one-0");
        drop(tx);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_embedded_store_belongs_to_one_process_and_to_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("deep/inside");
    let settings = StoreSettings::Embedded(inner.clone());
    let store = Store::open(&settings).await.unwrap();
    let refused = Store::open(&settings).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Folder { problem, .. } if problem.contains("another process"))
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(inner.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }
    store.close().await;
}

#[tokio::test]
async fn processes_that_start_together_bring_the_schema_up_to_date_once() {
    on_every_store_settings(async |settings: StoreSettings| {
        if matches!(settings, StoreSettings::Embedded(_)) {
            return;
        }
        let starts = (0..6).map(|_| Store::open(&settings));
        for store in futures::future::join_all(starts).await {
            let store = store.unwrap();
            store.ping().await.unwrap();
            store.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_program_works_beside_a_newer_one_unless_it_is_too_old() {
    on_every_store_settings(async |settings: StoreSettings| {
        let StoreSettings::Postgres(url) = &settings else { return };
        Store::open(&settings).await.unwrap().close().await;
        let execute = async |sql: &'static str| {
            let mut connection = PgConnection::connect(url.expose_secret()).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        };
        execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES (9999, 'from the future', TRUE, '', 0)",
        )
        .await;
        Store::open(&settings).await.unwrap().close().await;
        execute("UPDATE schema_support SET oldest = 9999").await;
        let refused = Store::open(&settings).await.unwrap_err();
        assert!(matches!(refused, StoreError::TooOld { oldest: 9999, .. }), "{refused}");
    })
    .await;
}
