//! What stands in the end, and what a fresh service says of the same.

use std::collections::{BTreeMap, BTreeSet};

use asyncwarden::forge::simulator::{NewChange, State, Thread};
use asyncwarden::review::{Mark, Marked};
use asyncwarden::settings::StoreSettings;

use tempfile::TempDir;

use crate::whole_way::world::{World, in_memory};

/// Where a comment hangs: path and last line; `None` when it hangs nowhere any more.
type Place = Option<(String, u32)>;

/// What is told about a change request.
#[derive(Debug)]
pub(super) struct Told {
    /// Open comments: the findings that each speaks of, and where it hangs.
    open: Vec<(Vec<String>, Place)>,
    /// The gate's last word, with its line.
    gate: (String, String),
    /// The summary's tables and its first line.
    summary: Vec<String>,
}

impl Told {
    /// All findings that an open comment speaks of.
    pub(super) fn findings(&self) -> BTreeSet<&String> {
        self.open.iter().flat_map(|(names, _)| names).collect()
    }

    /// The comment that speaks of a finding.
    fn of(&self, name: &String) -> (&[String], Option<&(String, u32)>) {
        let found = self.open.iter().find(|(names, _)| names.contains(name));
        found.map_or((&[], None), |(names, place)| (names, place.as_ref()))
    }
}

fn is_open(thread: &Thread) -> bool {
    let first = &thread.notes[0];
    let struck_out = first.body.starts_with("**Fixed.**");
    thread.resolved_by.is_none() && first.minimized.is_none() && !struck_out
}

impl World {
    /// The findings that a body of ours speaks of.
    pub(super) fn findings_in(&self, body: &str) -> Vec<String> {
        let marker = &self.service.worker.platforms.get(self.forge).unwrap().marker;
        match marker.read(body) {
            Some(Mark { kind: Marked::Findings(names), .. }) => {
                names.into_iter().map(|name| name.0).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Threads that still have a comment.
    fn standing(&self) -> Vec<Thread> {
        let standing = |thread: &&Thread| !thread.notes.is_empty();
        self.change(|change| change.threads.iter().filter(standing).cloned().collect())
    }

    pub(super) fn told(&self) -> Told {
        let told = |thread: &Thread| {
            let place = thread.current.as_ref().map(|anchor| {
                (anchor.path().to_owned(), anchor.last_line().map_or(0, |(_, line)| line))
            });
            (self.findings_in(&thread.notes[0].body), place)
        };
        let open = self.standing().iter().filter(|thread| is_open(thread)).map(told).collect();
        let summaries = self.summary_bodies();
        let summary = summaries.iter().find(|body| body.contains("asyncwarden:v1 summary"));
        let tables = |line: &&str| line.starts_with('|') || line.starts_with("###");
        let lines = summary.iter().flat_map(|body| body.lines().filter(tables));
        let head = self.head();
        Told {
            open,
            gate: gate_at(&self.simulator.state(), &head),
            summary: lines.map(str::to_owned).collect(),
        }
    }

    /// No finding has two open comments, and one that was said again had been settled by us before.
    pub(super) fn complain_of_doubles(&self) {
        let mut open: BTreeMap<String, usize> = BTreeMap::new();
        for thread in self.standing().iter().filter(|thread| is_open(thread)) {
            for name in self.findings_in(&thread.notes[0].body) {
                *open.entry(name).or_default() += 1;
            }
        }
        let doubled: Vec<_> = open.iter().filter(|(_, times)| **times > 1).collect();
        assert!(doubled.is_empty(), "{doubled:?}");
        assert!(self.summaries() <= 1 + self.answers().len(), "one summary");
    }

    /// The comments in a file, in the order in which they were posted.
    pub(super) fn thread_at(&self, path: &str, number: usize, change: impl FnOnce(&mut Thread)) {
        self.change(|all| {
            let mut here = all.threads.iter_mut().filter(|thread| thread.original.path() == path);
            change(here.nth(number).expect("a comment in the file"));
        });
    }

    /// A person resolves a thread. Returns the findings that it speaks of.
    pub(super) fn resolve_as_person(&self, path: &str, number: usize) -> BTreeSet<String> {
        let mut body = String::new();
        self.thread_at(path, number, |thread| {
            thread.resolved_by = Some("maria".to_owned());
            body.clone_from(&thread.notes[0].body);
        });
        self.findings_in(&body).into_iter().collect()
    }

    /// A fresh service on a fresh platform reviews the same change once.
    async fn at_once(&self, folder: &TempDir) -> World {
        let store = StoreSettings::Embedded(folder.path().to_owned());
        let mut fresh = World::start(self.forge, store, &[], |_| {}).await;
        let version = self.change(|change| change.version().clone());
        let tree = |sha: &str| self.simulator.state().commits[sha].files.clone();
        let (base, head) = (tree(&version.merge_base), tree(&version.head));
        let target = tree(&version.target);
        {
            let mut state = fresh.simulator.state();
            let repository = fresh.repository;
            let start = state.commit(Vec::new(), "Base", base);
            state.set_branch(repository, "main", &start);
            let end = state.commit(vec![start.clone()], "Head", head);
            state.set_branch(repository, "feature", &end);
            if version.target != version.merge_base {
                let target = state.commit(vec![start], "Target", target);
                state.set_branch(repository, "main", &target);
            }
        }
        fresh.open_as(NewChange::from_branch("feature", "Poll")).await;
        fresh
    }

    /// What stands is what a single review of the last head says, except for what people settled or deleted.
    pub(super) async fn is_told_as_at_once(
        &self,
        settled: &BTreeSet<String>,
        deleted: &BTreeSet<String>,
    ) {
        let folder = in_memory();
        let fresh = self.at_once(&folder).await;
        let (ours, theirs) = (self.told(), fresh.told());
        let (open, wanted) = (ours.findings(), theirs.findings());
        let away = |name: &&&String| settled.contains(**name) || deleted.contains(**name);
        let missing: Vec<_> =
            wanted.difference(&open).filter(|name| !away(name)).map(|it| theirs.of(it)).collect();
        assert!(missing.is_empty(), "not said: {missing:?}");
        for (names, place) in &ours.open {
            assert!(names.iter().any(|name| wanted.contains(name)), "{names:?} at {place:?}");
            assert!(!names.iter().all(|name| settled.contains(name)), "{names:?} at {place:?}");
            // Comments that speak of several findings, or whose line was changed, hang elsewhere.
            let ([name], Some(place)) = (&names[..], place) else { continue };
            if let ([_], at_once) = theirs.of(name) {
                assert_eq!(Some(place), at_once, "{name}");
            }
        }
        assert_eq!(ours.gate, theirs.gate);
        // Who was told something before hears also that there is nothing any more.
        if !theirs.summary.is_empty() {
            assert_eq!(ours.summary, theirs.summary);
        }
        fresh.end().await;
    }
}

/// The last word and the line of the gate at a commit.
fn gate_at(state: &State, head: &str) -> (String, String) {
    let check = state.checks.iter().filter(|it| it.head_sha == head).max_by_key(|it| it.id);
    let check = check.map(|it| (it.conclusion.clone(), it.title.clone()));
    let status = state.statuses.iter().filter(|it| it.sha == head).max_by_key(|it| it.id);
    let status = status.map(|it| (Some(it.state.clone()), it.description.clone()));
    let (word, line) = check.or(status).unwrap_or_default();
    (word.unwrap_or_default(), line.unwrap_or_default())
}
