//! What must be true when everything is over, whatever happened on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::time::{Duration, Instant};

use asyncwarden::forge::simulator::{APP_LOGIN, Anchor, BOT_LOGIN, Change, State, Thread};
use asyncwarden::forge::{ChangeRequest, ForgeKind, RepositoryRef, Revision, RevisionState};
use asyncwarden::review::{Marked, Marker};
use asyncwarden::settings::StoreSettings;
use asyncwarden::store::{Store, change_requests, jobs, reviews};
use secrecy::ExposeSecret;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Row};

use super::fleet::Fleet;
use super::scene::{Scene, Subject, is_ended};

/// How long the service may take for what is left to do.
const SETTLED: Duration = Duration::from_secs(100);
/// How often it is looked.
const LOOK: Duration = Duration::from_millis(100);

/// What people see of a change request at the end: open threads by path and last line, and the gate.
pub type Outcome = BTreeMap<(String, i64), (Vec<(String, u32)>, String)>;

/// Waits until nothing is left to do.
pub async fn settle(scene: &Scene, store: &StoreSettings, fleet: &Fleet) {
    let begun = Instant::now();
    loop {
        let (jobs, gates) = (live_jobs(store).await, scene.open_gates());
        let unseen = without_gate(scene);
        if (jobs, gates, unseen) == (0, 0, 0) {
            return;
        }
        assert!(
            begun.elapsed() < SETTLED,
            "{jobs} jobs, {gates} open gates, {unseen} heads without one are left\n{}",
            fleet.log().tail()
        );
        tokio::time::sleep(LOOK).await;
    }
}

/// How many change requests have no ended gate at their newest head.
pub fn without_gate(scene: &Scene) -> usize {
    scene.subjects.iter().filter(|subject| gate(scene, subject).is_none()).count()
}

/// Jobs that wait or run, looked at from outside: a running process has its embedded store for itself.
async fn live_jobs(store: &StoreSettings) -> i64 {
    const LIVE: &str = "SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')";
    match store {
        StoreSettings::Embedded(folder) => {
            let options = SqliteConnectOptions::new().filename(folder.join("asyncwarden.db"));
            let mut connection = options.read_only(true).connect().await.unwrap();
            let jobs = sqlx::query_scalar(LIVE).fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            jobs
        }
        StoreSettings::Postgres(url) => {
            let options = PgConnectOptions::from_str(url.expose_secret()).unwrap();
            // As a pooler takes it: in one message, which goes to one of the server's connections.
            let mut connection = options.extra_float_digits(None).connect().await.unwrap();
            let jobs = sqlx::raw_sql(LIVE).fetch_one(&mut connection).await.unwrap().get(0);
            connection.close().await.unwrap();
            jobs
        }
    }
}

/// Nothing stands twice, everything is ended, nobody did anything wrong. Returns what people see.
pub fn on_the_platform(scene: &Scene) -> Outcome {
    assert_eq!(scene.simulator.state().violations, Vec::<String>::new());
    assert_eq!(scene.open_gates(), 0);
    let outcome = |subject: &Subject| {
        let marker = Marker::new(scene.marker_keys(subject.forge));
        let state = scene.simulator.state();
        let change = state.change(subject.repository, subject.number).unwrap();
        let mut open: Vec<_> = our_threads(change, subject, &marker).into_iter().collect();
        open.sort();
        let bodies: Vec<&str> = change
            .comments
            .iter()
            .filter(|note| note.author.as_deref() == Some(bot(subject.forge)) && !note.system)
            .map(|note| note.body.as_str())
            .collect();
        assert!(bodies.len() <= 1, "{subject:?} has {} summaries", bodies.len());
        assert!(open.is_empty() || bodies.len() == 1, "{subject:?} has no summary");
        drop(state);
        let gate = gate(scene, subject).unwrap_or_else(|| panic!("{subject:?} has no gate"));
        ((subject.full_name.clone(), subject.number), (open, gate))
    };
    scene.subjects.iter().map(outcome).collect()
}

/// The open threads of ours; each is said once.
fn our_threads(change: &Change, subject: &Subject, marker: &Marker) -> Vec<(String, u32)> {
    let ours = |thread: &&Thread| thread.notes[0].author.as_deref() == Some(bot(subject.forge));
    let (mut said, mut standing, mut open) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for thread in change.threads.iter().filter(ours) {
        let mark = marker.read(&thread.notes[0].body).unwrap();
        let Marked::Findings(names) = mark.kind else { panic!("a summary in a thread") };
        // Without the permission to resolve, a thread is hidden as outdated.
        let is_open = thread.resolved_by.is_none() && thread.notes[0].minimized.is_none();
        for name in names {
            let twice = format!("{subject:?}: {name} twice");
            // What was fixed and comes back is said again, but not for the same head.
            assert!(said.insert((name.clone(), mark.head_sha.clone())), "{twice} at one head");
            assert!(!is_open || standing.insert(name), "{twice} among the open threads");
        }
        if is_open {
            let line = thread.current.as_ref().and_then(Anchor::last_line);
            open.push((thread.original.path().to_owned(), line.map_or(0, |(_, line)| line)));
        }
    }
    open
}

fn bot(forge: ForgeKind) -> &'static str {
    match forge {
        ForgeKind::GitHub => APP_LOGIN,
        ForgeKind::GitLab => BOT_LOGIN,
    }
}

/// How the newest gate at the newest head stands; `None` without one, or while it is open.
fn gate(scene: &Scene, subject: &Subject) -> Option<String> {
    let state: &State = &scene.simulator.state();
    let change = state.change(subject.repository, subject.number).unwrap();
    let head = change.head();
    match subject.forge {
        ForgeKind::GitHub => {
            let check = state.checks.iter().rfind(|check| check.head_sha == head)?;
            check.conclusion.clone()
        }
        ForgeKind::GitLab => {
            let status = state.statuses.iter().rfind(|status| status.sha == head)?;
            is_ended(&status.state).then(|| status.state.clone())
        }
    }
}

/// No job is left, and each change request's newest head has its review.
pub async fn in_the_store(scene: &Scene, settings: &StoreSettings) {
    let store = Store::open(settings).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let depth = jobs::depth(&mut tx).await.unwrap();
    assert_eq!((depth.queued, depth.running, depth.dead), (0, 0, 0));
    for subject in &scene.subjects {
        let revision = revision(scene, subject);
        let now = chrono::Utc::now();
        let id = change_requests::remember(&mut tx, &revision.change, now).await.unwrap();
        let posted = reviews::is_posted(&mut tx, id, &revision).await.unwrap();
        assert!(posted, "{subject:?} has no posted review of its head");
    }
    drop(tx);
    store.close().await;
}

/// The newest revision, as far as the store tells revisions apart.
fn revision(scene: &Scene, subject: &Subject) -> Revision {
    let state = scene.simulator.state();
    let change = state.change(subject.repository, subject.number).unwrap();
    let version = change.version().clone();
    let installation = state.installations.values().find(|one| one.reaches(subject.repository));
    let repository = RepositoryRef {
        forge: subject.forge,
        external_id: subject.repository,
        full_name: subject.full_name.clone(),
        installation_id: installation.map(|installation| installation.id),
    };
    Revision {
        change: ChangeRequest { repository, number: subject.number },
        head_sha: version.head,
        base_sha: version.merge_base,
        target_sha: version.target,
        target_branch: change.base_branch.clone(),
        title: change.title.clone(),
        author: None,
        state: RevisionState::Open,
        draft: false,
        web_url: String::new(),
        token: serde_json::Value::Null,
    }
}
