//! Everything that the client can do, and what the service makes of it in its work.

use std::sync::{Arc, Mutex};

use asyncwarden::analysis::{Fingerprint, Place, Severity};
use asyncwarden::change::is_python;
use asyncwarden::examination::Health;
use asyncwarden::forge::github::app::{Creation, Extent, NewApp};
use asyncwarden::forge::simulator::github::Delivery;
use asyncwarden::forge::simulator::{
    APP_LOGIN, Change, ChangeState, Event, Fault, INSTALLATION_ID, InstallationEvent, Note,
    Payload, Receiver, Review,
};
use asyncwarden::forge::{
    Authorities, ChangeRequest, Circumstances, CommentRef, Forge, ForgeKind, Person, Reaction,
    Revision, Sink, Wanted,
};
use asyncwarden::review::{
    Annotation, Comment, CommentPlace, Conclusion, Gate, GateState, ThreadState,
};
use chrono::{TimeDelta, Utc};
use reqwest::redirect::Policy;
use serde_json::json;
use url::Url;

use super::scene::Scene;

const HEAD: &str = "import asyncio\nimport time\n\n\nasync def poll():\n    time.sleep(1)\n";

impl Scene {
    /// Calls every method of the client, on each of its ways.
    pub(super) async fn play_the_client(&self) {
        let mut change = self.open("client", &[("app.py", HEAD), ("new.py", "a = 1\nb = 2\n")]);
        change.repository.installation_id = None;
        let revision = self.client.look_up(&change).await.unwrap();
        self.read(&revision).await;
        self.comment_and_settle(&revision).await;
        self.converse(&revision).await;
        self.gate(&revision).await;
        self.ask_for_deliveries().await;
        self.examine().await;
    }

    /// Looks at what has to be as the service needs it.
    async fn examine(&self) {
        self.simulator.state().github.hook = Some(json!({
            "url": "https://warden.example.com/webhooks/github",
            "content_type": "json",
            "secret": "********",
            "insecure_ssl": "0",
        }));
        let circumstances = Circumstances { webhook_url: None, now: Utc::now() };
        let found = self.client.examine(&circumstances).await;
        assert!(found.iter().all(|one| one.health != Health::Failed), "{found:#?}");
    }

    async fn read(&self, revision: &Revision) {
        let cut = |path: &str, cut: bool| {
            let mut state = self.simulator.state();
            let change = state.change_mut(self.repository, revision.change.number).unwrap();
            if cut {
                change.cut.insert(path.to_owned())
            } else {
                change.cut.remove(path)
            };
        };
        cut("app.py", true);
        self.client.changed_files(revision).await.unwrap();
        cut("app.py", false);
        let open = self.client.open_changes(&revision.change.repository, 10).await.unwrap();
        assert_eq!(open[0].head_sha, revision.head_sha);
        let head = &revision.head_sha;
        let listing = self.client.tree(revision, head, is_python).await.unwrap();
        let files: Vec<_> = listing.files.values().copied().collect();
        let taken = Arc::new(Mutex::new(0));
        let sink: Sink = {
            let taken = taken.clone();
            Arc::new(move |_, _| {
                *taken.lock().unwrap() += 1;
                true
            })
        };
        self.client.contents(revision, &files, &sink).await.unwrap();
        assert_eq!(*taken.lock().unwrap(), files.len());
        let paths = ["lib/a b#é.py", "missing.py"].map(str::to_owned);
        assert_eq!(self.client.blobs(revision, head, &paths).await.unwrap().len(), 1);
        let wanted = Wanted {
            files: Arc::new(listing.files.clone()),
            most_packed: 1 << 20,
            most_unpacked: 1 << 24,
        };
        self.client.archive(revision, head, wanted, &sink).await.unwrap();
        assert_eq!(*taken.lock().unwrap(), 2 * files.len());
        // More than is listed at once: folder by folder.
        self.simulator.state().github.tree_limit = 5;
        assert_eq!(self.client.tree(revision, head, is_python).await.unwrap(), listing);
        self.simulator.state().github.tree_limit = 100_000;
    }

    async fn comment_and_settle(&self, revision: &Revision) {
        self.grant("contents", "write");
        self.leave_a_review_pending(revision);
        let comments = [
            comment("one", CommentPlace::Lines { path: "app.py".into(), start_line: 2, line: 2 }),
            comment("two", CommentPlace::Lines { path: "app.py".into(), start_line: 5, line: 6 }),
            comment("three", CommentPlace::File { path: "new.py".into() }),
        ];
        let published = self.client.publish(revision, &comments).await.unwrap();
        assert_eq!((published.posted.len(), published.refused.len()), (3, 0));
        let threads = self.client.conversation(revision).await.unwrap().threads;
        // By resolving, then by minimising, then by striking out.
        for (at, thread) in threads.iter().enumerate() {
            if at > 0 {
                let no = json!({ "type": "FORBIDDEN", "message": "no" });
                let no = json!({ "data": null, "errors": [no] });
                self.simulator.state().faults.next("POST", "*/graphql", Fault::Status(200, no));
            }
            self.client.resolve(revision, thread).await.unwrap();
        }
        let threads = self.client.conversation(revision).await.unwrap().threads;
        assert!(threads.iter().all(|it| it.state == ThreadState::ResolvedByUs), "{threads:?}");
    }

    fn grant(&self, permission: &str, level: &str) {
        let mut state = self.simulator.state();
        let installation = state.installations.get_mut(&INSTALLATION_ID).unwrap();
        installation.permissions.insert(permission.to_owned(), level.to_owned());
    }

    fn leave_a_review_pending(&self, revision: &Revision) {
        let mut state = self.simulator.state();
        let pending = Review {
            id: 77,
            author: APP_LOGIN.to_owned(),
            state: "PENDING".to_owned(),
            body: String::new(),
            commit: revision.head_sha.clone(),
            submitted_at: state.now(),
        };
        let change = state.change_mut(self.repository, revision.change.number).unwrap();
        change.reviews.push(pending);
    }

    async fn converse(&self, revision: &Revision) {
        let change = &revision.change;
        let id = self.client.write_summary(revision, None, "Summary").await.unwrap();
        let again = self.client.write_summary(revision, Some(&id), "Changed").await.unwrap();
        assert_eq!(again, id);
        let login = "maria".to_owned();
        assert!(self.client.may_command(change, &Person { id: 1, login }).await.unwrap());
        let first = self.client.conversation(revision).await.unwrap().threads[0].comment_id.clone();
        let at_the_code = CommentRef { id: first.clone(), thread: Some(first) };
        let beside_it = CommentRef { id, thread: None };
        for (comment, reaction) in
            [(&at_the_code, Reaction::Done), (&beside_it, Reaction::NotUnderstood)]
        {
            self.client.react(change, comment, reaction).await.unwrap();
            self.client.react(change, comment, Reaction::NotAllowed).await.unwrap();
            self.client.answer(change, comment, "Answer.\n\n<!-- answer -->").await.unwrap();
        }
    }

    /// All states and conclusions, and more annotations than one request takes.
    async fn gate(&self, revision: &Revision) {
        let set = async |review: &str, handle, state, annotations| {
            let gate = gate(state, annotations);
            self.client.set_gate(revision, review, handle, &gate).await.unwrap()
        };
        let handle = set("a", None, GateState::Queued, 0).await;
        set("a", Some(&handle), GateState::Running, 0).await;
        for _ in 0..2 {
            // What stands is read the second time.
            set("a", Some(&handle), GateState::Completed(Conclusion::Failed), 120).await;
        }
        for (review, conclusion) in [
            ("b", Conclusion::Passed),
            ("c", Conclusion::Neutral),
            ("d", Conclusion::Skipped),
            ("e", Conclusion::Cancelled),
            ("f", Conclusion::TimedOut),
        ] {
            set(review, None, GateState::Completed(conclusion), 1).await;
        }
    }

    async fn ask_for_deliveries(&self) {
        let nowhere = Receiver { url: "http://127.0.0.1:1/".to_owned(), ..self.receiver() };
        let body = json!({ "action": "opened" });
        let payload = Payload { event: "pull_request".to_owned(), body };
        self.simulator.send(&nowhere, &payload, "lost").await.unwrap_err();
        let before = Utc::now() - TimeDelta::minutes(5);
        let lost = {
            let mut state = self.simulator.state();
            let lost = state.github.deliveries.pop().unwrap();
            // More than a page.
            for number in 0..101 {
                let (id, guid) = (state.next_id(), format!("lost {number}"));
                let more = Delivery { id, guid, delivered_at: before, ..lost.clone() };
                state.github.deliveries.push(more);
            }
            state.github.deliveries.len()
        };
        let asked = self.client.redeliver_failed(Utc::now() - TimeDelta::hours(1)).await.unwrap();
        assert_eq!((asked, lost), (100, 101));
        self.simulator.state().github.deliveries.clear();
    }

    /// Reviews, pushes, commands and buttons, as deliveries tell the service of them.
    pub(super) async fn play_the_service(&self) {
        let change = self.open("service", &[("app.py", &blocking(80)), ("b.py", HEAD)]);
        self.deliver(&change, &Event::Opened).await;
        self.say(&change, "@asyncwarden help").await;
        self.say(&change, "@asyncwarden sing").await;
        self.reply(&change, "@asyncwarden explain").await;
        self.reply(&change, "@asyncwarden ignore only at start-up").await;
        let before = self.push("service", &[("app.py", &blocking(3))]);
        self.deliver(&change, &Event::Pushed { before }).await;
        let check = self.simulator.state().checks.last().unwrap().id;
        self.deliver(&change, &Event::CheckRerequested { check }).await;
        let (identifier, by) = ("accept".to_owned(), "maria".to_owned());
        self.deliver(&change, &Event::ButtonPressed { check, identifier, by }).await;
        self.merge(&change).await;
        self.set(&change, |change| change.draft = true);
        self.deliver(&change, &Event::Drafted).await;
        self.set(&change, |change| change.draft = false);
        self.deliver(&change, &Event::Ready).await;
        self.deliver(&change, &Event::Retargeted { from: "old".to_owned() }).await;
        self.deliver(&change, &Event::Renamed { from: "Old".to_owned() }).await;
        self.set(&change, |change| change.state = ChangeState::Closed);
        self.deliver(&change, &Event::Closed).await;
        self.set(&change, |change| change.state = ChangeState::Open);
        self.deliver(&change, &Event::Reopened).await;
        for event in [
            InstallationEvent::Created,
            InstallationEvent::Suspended,
            InstallationEvent::Unsuspended,
            InstallationEvent::PermissionsAccepted,
            InstallationEvent::Removed(vec![self.repository]),
            InstallationEvent::Added(vec![self.repository]),
            InstallationEvent::Deleted,
        ] {
            let payload = self.simulator.installation_payload(INSTALLATION_ID, &event);
            self.send(&payload).await;
        }
    }

    /// The merge queue makes a commit, and forgets it.
    async fn merge(&self, change: &ChangeRequest) {
        let branch = format!("gh-readonly-queue/main/pr-{}-0a1b2c3d", change.number);
        let head = self.push(&branch, &[("merged.py", "import asyncio\n")]);
        let person = json!({ "name": "Maria", "email": "maria@example.com" });
        let payload = self.simulator.payload(
            ForgeKind::GitHub,
            self.repository,
            change.number,
            &Event::Ready,
        );
        let mut body = json!({
            "action": "checks_requested",
            "merge_group": {
                "head_sha": head,
                "head_ref": format!("refs/heads/{branch}"),
                "base_sha": payload.body["pull_request"]["base"]["sha"],
                "base_ref": "refs/heads/main",
                "head_commit": {
                    "id": head,
                    "tree_id": head,
                    "message": "Poll",
                    "timestamp": "2026-01-01T00:00:00Z",
                    "author": person,
                    "committer": person,
                },
            },
        });
        for same in ["repository", "installation", "sender"] {
            body[same] = payload.body[same].clone();
        }
        self.send(&Payload { event: "merge_group".to_owned(), body }).await;
    }

    fn set(&self, change: &ChangeRequest, set: impl FnOnce(&mut Change)) {
        let mut state = self.simulator.state();
        set(state.change_mut(self.repository, change.number).unwrap());
    }

    /// A person confirms an App's manifest, and the code that this gives is exchanged.
    pub(super) async fn make_an_app(&self) {
        let app = NewApp {
            public_url: "https://warden.example.com".parse().unwrap(),
            redirect_url: "http://127.0.0.1:1/created".to_owned(),
            name: Some("another".to_owned()),
            public: false,
            extent: Extent::default(),
        };
        let web = self.simulator.url().parse().unwrap();
        let creation = Creation::begin(web, None, app, Authorities::default(), Utc::now());
        let form = creation.form();
        let people = reqwest::Client::builder().redirect(Policy::none()).no_proxy();
        let confirming = people.build().unwrap().post(form.action);
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("manifest", &form.manifest)
            .finish();
        let confirmed = confirming.body(body).send().await.unwrap();
        let back: Url = confirmed.headers()["location"].to_str().unwrap().parse().unwrap();
        let (_, code) = back.query_pairs().find(|(name, _)| name == "code").unwrap();
        assert_eq!(creation.finish(&code).await.unwrap().slug, "another");
    }

    async fn say(&self, change: &ChangeRequest, text: &str) {
        let note = self.note(text);
        let id = note.id;
        self.set(change, |change| change.comments.push(note));
        self.deliver(change, &Event::Commented { note: id }).await;
    }

    async fn reply(&self, change: &ChangeRequest, text: &str) {
        let note = self.note(text);
        let id = note.id;
        self.set(change, |change| change.threads[0].notes.push(note));
        self.deliver(change, &Event::Replied { note: id }).await;
    }

    fn note(&self, text: &str) -> Note {
        self.simulator.state().note("maria", text)
    }
}

fn comment(name: &str, place: CommentPlace) -> Comment {
    Comment {
        fingerprint: Fingerprint(name.to_owned()),
        also: Vec::new(),
        place,
        body: format!("About {name}.\n\n<!-- marker {name} -->"),
    }
}

pub(super) fn gate(state: GateState, annotations: u32) -> Gate {
    let annotation = |line| Annotation {
        place: Place { path: "app.py".to_owned(), line, end_line: line, column: 1, end_column: 4 },
        severity: [Severity::Critical, Severity::Medium, Severity::Low][line as usize % 3],
        title: "AW501 blocking-sleep".to_owned(),
        message: format!("number {line}"),
    };
    Gate {
        state,
        title: "Findings".to_owned(),
        summary: "Some.".to_owned(),
        annotations: (1..=annotations).map(annotation).collect(),
        details_url: Some("https://warden.example/reviews/1".to_owned()),
    }
}

/// A file with so many findings.
fn blocking(times: usize) -> String {
    let poll = |n| format!("\n\nasync def poll{n}():\n    time.sleep({n})\n");
    format!("import time\n{}", (0..times).map(poll).collect::<String>())
}
