//! What has to be going on for a call to be made, and what must stand in the end.

use std::collections::BTreeMap;

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::gitlab::{Draft, ExternalCheck, Run};
use asyncwarden::forge::simulator::{
    APP_LOGIN, BOT_LOGIN, Event, Fault, INSTALLATION_ID, Level, NewChange, Review,
};
use asyncwarden::review::Marked;
use asyncwarden::store::jobs;
use chrono::TimeDelta;
use serde_json::json;

use crate::database::Database;
use crate::whole_way::world::{BLOCKING, CLEAN, World};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scene {
    /// A change request with two findings, of which one can't hang on lines.
    First,
    /// The same where comments can't be published together.
    Draftless,
    /// The same where an attempt that was killed has left drafts.
    Leftover,
    /// The same where an external status check waits for the verdict, too.
    Checked,
    /// A second push repairs all, and the bot is to approve that.
    Approved,
    /// A second push adds a finding to what the bot has approved.
    Disapproved,
    /// One with more annotations than go into two requests.
    Many,
    /// A second push repairs one finding and adds another.
    Second,
    /// The same without the right to resolve.
    Hidden,
    /// The same where comments can't be minimised either.
    Struck,
    /// A review of ours was begun and never submitted.
    Pending,
    /// Somebody asks for an explanation in a plain comment.
    Command,
    /// Somebody does in a thread.
    Reply,
    /// The delivery of the change request's opening was lost.
    Lost,
    /// A pipeline begins after the review; GitLab merges by it from then on.
    Piped,
}

/// More findings than two requests take annotations.
const MANY: usize = 120;

fn many() -> String {
    let function = |n| format!("\n\nasync def poll_{n}():\n    time.sleep(1)\n");
    let functions: String = (0..MANY).map(function).collect();
    format!("import time\n{functions}")
}

impl Scene {
    /// What the repository has beside its code.
    pub(super) fn files(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Scene::Approved | Scene::Disapproved => &[(".asyncwarden.toml", "approval = true\n")],
            _ => &[],
        }
    }

    /// What goes well before it begins.
    pub(super) async fn prepare(self, world: &mut World) {
        match self {
            Scene::First
            | Scene::Draftless
            | Scene::Leftover
            | Scene::Checked
            | Scene::Many
            | Scene::Pending
            | Scene::Lost => {}
            Scene::Second | Scene::Hidden | Scene::Struck => {
                if world.forge == ForgeKind::GitHub && self == Scene::Second {
                    let mut state = world.simulator.state();
                    let installation = state.installations.get_mut(&INSTALLATION_ID).unwrap();
                    installation.permissions.insert("contents".to_owned(), "write".to_owned());
                }
                world.open(&[("app.py", BLOCKING), ("other.py", BLOCKING)]).await;
            }
            Scene::Command | Scene::Reply | Scene::Approved | Scene::Piped => {
                world.open(&[("app.py", BLOCKING)]).await;
            }
            Scene::Disapproved => {
                world.open(&[("app.py", CLEAN)]).await;
                assert!(world.is_approved());
            }
        }
        if self == Scene::Struck {
            let no = json!({ "data": null, "errors": [{ "type": "FORBIDDEN", "message": "no" }] });
            let faults = &mut world.simulator.state().faults;
            faults.plan_saying("POST", "/graphql", "minimizeComment", 0, 9, Fault::Status(200, no));
        }
    }

    /// What is told to the service, which doesn't work yet.
    pub(super) async fn begin(self, world: &mut World) {
        match self {
            Scene::First | Scene::Draftless | Scene::Leftover | Scene::Checked => {
                world.push(&[("app.py", BLOCKING), ("other.py", BLOCKING)]);
                world.open_unheard(NewChange::from_branch("feature", "Poll"));
                // Its diff is too large to be shown.
                world.change(|change| change.cut.insert("other.py".to_owned()));
                match self {
                    Scene::Draftless => {
                        world.simulator.state().gitlab.version = "15.9.0".to_owned();
                    }
                    Scene::Leftover => world.leave_drafts(),
                    Scene::Checked => world.check_outside(),
                    _ => {}
                }
                world.say(&Event::Opened).await;
            }
            Scene::Many => {
                world.push(&[("app.py", &many())]);
                world.announce(NewChange::from_branch("feature", "Poll")).await;
            }
            Scene::Pending => {
                world.push(&[("app.py", BLOCKING)]);
                world.open_unheard(NewChange::from_branch("feature", "Poll"));
                let pending = Review {
                    id: 77,
                    author: APP_LOGIN.to_owned(),
                    state: "PENDING".to_owned(),
                    body: String::new(),
                    commit: world.head(),
                    submitted_at: world.simulator.state().now(),
                };
                world.change(|change| change.reviews.push(pending));
                world.say(&Event::Opened).await;
            }
            Scene::Second | Scene::Hidden | Scene::Struck => {
                let before = world.head();
                world.push(&[("app.py", CLEAN), ("third.py", BLOCKING)]);
                world.say(&Event::Pushed { before }).await;
            }
            Scene::Approved | Scene::Disapproved => {
                let before = world.head();
                world.push(&[("app.py", if self == Scene::Approved { CLEAN } else { BLOCKING })]);
                world.say(&Event::Pushed { before }).await;
            }
            Scene::Command => {
                let note = world.note("maria", Some(Level::Write), "@asyncwarden explain AW501");
                let id = note.id;
                world.change(|change| change.comments.push(note));
                world.say(&Event::Commented { note: id }).await;
            }
            Scene::Reply => {
                let note = world.note("maria", Some(Level::Write), "@asyncwarden explain AW501");
                let id = note.id;
                world.change(|change| change.threads[0].notes.push(note));
                world.say(&Event::Replied { note: id }).await;
            }
            Scene::Piped => {
                let pipeline = world.run_pipeline(Run::MergeRequest);
                world.say_pipeline(pipeline).await;
            }
            Scene::Lost => {
                world.push(&[("app.py", BLOCKING)]);
                world.open_unheard(NewChange::from_branch("feature", "Poll"));
                world.lose(&world.payload(&Event::Opened), "lost").await;
                let back = world.receiver();
                world.each_delivery(|delivery| {
                    delivery.delivered_at -= TimeDelta::minutes(5);
                    delivery.receiver = back.clone();
                });
            }
        }
    }

    /// Somebody wants it to be looked at again.
    pub(super) async fn ask_again(self, world: &World) {
        let note = world.note("maria", Some(Level::Write), "@asyncwarden review");
        let id = note.id;
        world.change(|change| change.comments.push(note));
        world.say(&Event::Commented { note: id }).await;
    }

    pub(super) fn waits_for_the_sweep(self) -> bool {
        self == Scene::Lost
    }

    /// Whether what the service waits for has arrived.
    pub(super) fn has_come(self, world: &World) -> bool {
        self != Scene::Lost || !world.gates().is_empty()
    }

    /// What is not as it has to be in the end.
    pub(super) async fn complaints(self, world: &World, refused: bool) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut expect = |what: &str, good: bool| {
            if !good {
                wrong.push(what.to_owned());
            }
        };
        let mut tx = world.service.store.read().await.unwrap();
        let depth = jobs::depth(&mut tx).await.unwrap();
        drop(tx);
        expect("jobs are left", (depth.queued, depth.running) == (0, 0));
        expect("a job was given up", depth.dead == 0);
        expect("a gate is open", world.open_gates() == 0);
        expect("the verdict is another one", world.has_verdict(self));
        // One for each pipeline.
        let all = if self == Scene::Piped { 2 } else { 1 };
        let gates = world.standing_gates();
        expect("there is not one gate at the head", refused || gates == (all, all));
        expect("there is not one summary", refused || world.plain_summaries() == 1);
        expect("a summary stands twice", world.plain_summaries() <= 1);
        let said = world.said();
        for (name, times) in &said {
            expect(&format!("{name} was said {times} times"), *times == 1);
        }
        let summary = world.summary_bodies().concat();
        for (name, path, line) in world.findings().await {
            let in_summary = summary.contains(&path) && summary.contains(&format!("line {line},"));
            expect(&format!("{name} is nowhere"), said.contains_key(&name) || in_summary);
        }
        let annotated = world.annotated();
        for (place, times) in &annotated {
            expect(&format!("{place} is annotated {times} times"), *times == 1);
        }
        match self {
            Scene::Many => expect("annotations are missing", refused || annotated.len() == MANY),
            Scene::Second | Scene::Hidden | Scene::Struck => {
                let repaired = world.threads().into_iter().find(|it| it.0 == "app.py").unwrap();
                let open = repaired.2 && !world.is_struck_out(0);
                expect("what is repaired is open", refused || !open);
            }
            Scene::Command | Scene::Reply => {
                let answers = world.answers().len();
                expect("there is not one answer", answers == 1 || (refused && answers == 0));
            }
            Scene::Piped => {}
            Scene::Approved | Scene::Disapproved => {
                let approved = world.is_approved() == (self == Scene::Approved);
                expect("the approval is another one", refused || approved);
            }
            Scene::Checked => {
                let told = world.simulator.state().gitlab.check_answers.last().cloned();
                let good =
                    told.is_some_and(|it| (it.sha, it.status.as_str()) == (world.head(), "failed"));
                expect("the check was not told", refused || good);
            }
            Scene::First | Scene::Draftless | Scene::Leftover | Scene::Pending | Scene::Lost => {
                let drafts = world.simulator.state().gitlab.drafts.len();
                expect("drafts are left", refused || drafts == 0);
            }
        }
        wrong
    }
}

impl World {
    /// Drafts of ours that can't be published.
    fn leave_drafts(&self) {
        let mut state = self.simulator.state();
        for name in ["one", "two"] {
            let draft = Draft {
                id: state.next_id(),
                change: (self.repository, self.number()),
                author: BOT_LOGIN.to_owned(),
                note: format!("{name}\n\n<!-- asyncwarden:v1 finding {name} head 00 -->"),
                position: json!({
                    "position_type": "text", "base_sha": "0", "start_sha": "0", "head_sha": "0",
                    "old_path": "app.py", "new_path": "app.py", "new_line": 1,
                }),
                answers: None,
                resolves: false,
            };
            state.gitlab.drafts.push(draft);
        }
    }

    /// Whether the bot has approved it.
    fn is_approved(&self) -> bool {
        !self.simulator.state().gitlab.approvals.is_empty()
    }

    /// The project asks the service for a status check.
    fn check_outside(&self) {
        let mut state = self.simulator.state();
        let check = ExternalCheck {
            id: 11,
            repository: self.repository,
            name: "asyncwarden".to_owned(),
            external_url: "https://warden.example.com/webhooks/gitlab".to_owned(),
            shared_secret: None,
        };
        state.gitlab.external_checks.push(check);
    }

    /// Tells the service what happened; it doesn't work yet.
    async fn say(&self, event: &Event) {
        let payload = self.payload(event);
        assert_eq!(self.send(&payload, &uuid::Uuid::new_v4().to_string()).await, 202);
    }

    /// How often each finding was said in a thread.
    fn said(&self) -> BTreeMap<String, usize> {
        let marker = &self.service.worker.platforms.get(self.forge).unwrap().marker;
        let bodies: Vec<String> = self.change(|change| {
            change.threads.iter().map(|thread| thread.notes[0].body.clone()).collect()
        });
        let mut said = BTreeMap::new();
        for mark in bodies.iter().filter_map(|body| marker.read(body)) {
            if let Marked::Findings(names) = mark.kind {
                names.into_iter().for_each(|name| *said.entry(name.0).or_default() += 1);
            }
        }
        said
    }

    /// Name, path and line of each finding that is open.
    async fn findings(&self) -> Vec<(String, String, String)> {
        const OPEN: &str = "SELECT fingerprint || '|' || path || '|' || line FROM findings
            WHERE state = 'open'";
        let database = Database::open(&self.settings.store).await;
        let lines = database.lines(OPEN).await;
        database.close().await;
        let parts = |line: &String| {
            let mut parts = line.split('|').map(str::to_owned);
            Some((parts.next()?, parts.next()?, parts.next()?))
        };
        lines.iter().filter_map(parts).collect()
    }

    /// How often each place is annotated by a check run.
    fn annotated(&self) -> BTreeMap<String, usize> {
        let mut annotated = BTreeMap::new();
        for check in &self.simulator.state().checks {
            for one in &check.annotations {
                let place = format!("{} {} {}", check.id, one["path"], one["start_line"]);
                *annotated.entry(place).or_default() += 1;
            }
        }
        annotated
    }

    fn plain_summaries(&self) -> usize {
        let is_summary = |body: &&String| body.contains("asyncwarden:v1 summary");
        self.summary_bodies().iter().filter(is_summary).count()
    }

    /// Whether the first comment of a thread says itself that it is settled.
    fn is_struck_out(&self, thread: usize) -> bool {
        self.change(|change| {
            let body = &change.threads[thread].notes[0].body;
            body.starts_with("**Fixed.**") || body.starts_with("*No longer found")
        })
    }

    /// Whether the head's gate says what there is to say.
    pub(super) fn has_verdict(&self, scene: Scene) -> bool {
        if scene == Scene::Piped {
            return self.counting().as_deref() == Some("failed");
        }
        let head = self.head();
        let state = self.simulator.state();
        let check = state.checks.iter().filter(|it| it.head_sha == head).max_by_key(|it| it.id);
        let status = state.statuses.iter().filter(|it| it.sha == head).max_by_key(|it| it.id);
        match self.forge {
            ForgeKind::GitHub => {
                check.is_some_and(|check| check.conclusion.as_deref() == Some("failure"))
            }
            ForgeKind::GitLab => {
                let verdict = if scene == Scene::Approved { "success" } else { "failed" };
                status.is_some_and(|status| status.state == verdict)
            }
        }
    }

    /// A gate that is shown without a verdict has to say why.
    pub(super) async fn says_why_not(&self) -> Vec<String> {
        let state = self.simulator.state();
        let silent = |title: Option<&str>| !title.is_some_and(|it| it.contains("ot reviewed: "));
        let checks = state.checks.iter().filter(|check| silent(check.title.as_deref()));
        let statuses = state.statuses.iter().filter(|it| silent(it.description.as_deref()));
        let checks = checks.map(|check| format!("no reason: {:?}", check.title));
        checks.chain(statuses.map(|it| format!("no reason: {:?}", it.description))).collect()
    }
}
