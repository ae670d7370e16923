//! The history of a real project, by hand: `ASYNCWARDEN_TEST_REPOSITORY` names a repository, whose commits are pushed in tens.
//!
//! ```sh
//! ASYNCWARDEN_TEST_REPOSITORY=~/aiohttp tests/run --run-ignored only -E 'test(replay)'
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use asyncwarden::change::is_python;
use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Event, NewChange};
use asyncwarden::settings::StoreSettings;

use super::random::Dice;
use crate::change::git;
use crate::whole_way::world::{World, in_memory};

/// How many commits one change request pushes.
const PUSHES: usize = 10;

type Files = BTreeMap<String, Vec<u8>>;

/// The Python files of a commit.
fn files(repository: &Path, commit: &str) -> Files {
    let listed = git(repository, &["ls-tree", "-r", "-z", commit]);
    let mut files = Files::new();
    for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
        let entry = String::from_utf8_lossy(entry).into_owned();
        let (head, path) = entry.split_once('\t').unwrap();
        let mut words = head.split(' ');
        let (mode, id) = (words.next().unwrap(), words.nth(1).unwrap());
        if is_python(path) && mode.starts_with("100") {
            files.insert(path.to_owned(), git(repository, &["cat-file", "blob", id]));
        }
    }
    files
}

/// What leads from the files before a commit to those after it.
fn step(
    repository: &Path,
    from: &str,
    to: &str,
    files: &mut Files,
) -> Vec<(String, Option<Vec<u8>>)> {
    let args = ["diff-tree", "-r", "-z", "--no-renames", from, to];
    let listed = String::from_utf8_lossy(&git(repository, &args)).into_owned();
    let mut fields = listed.split_terminator('\0');
    let mut changes = Vec::new();
    while let (Some(head), Some(path)) = (fields.next(), fields.next()) {
        let words: Vec<&str> = head.split(' ').collect();
        if !is_python(path) {
            continue;
        }
        let plain = words[1].starts_with("100");
        let new = plain.then(|| git(repository, &["cat-file", "blob", words[3]]));
        match &new {
            Some(bytes) => files.insert(path.to_owned(), bytes.clone()),
            None => files.remove(path),
        };
        changes.push((path.to_owned(), new));
    }
    changes
}

fn number(name: &str) -> Option<usize> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[tokio::test]
#[ignore = "replays the repository that ASYNCWARDEN_TEST_REPOSITORY names"]
async fn a_projects_commits_end_as_one_review_of_the_last() {
    let repository = PathBuf::from(std::env::var("ASYNCWARDEN_TEST_REPOSITORY").unwrap());
    let stride = number("ASYNCWARDEN_TEST_STRIDE").unwrap_or(1);
    let first = number("ASYNCWARDEN_TEST_SEED").unwrap_or(0);
    let rounds = number("ASYNCWARDEN_TEST_HISTORIES").unwrap_or(10);
    let log = git(&repository, &["log", "--first-parent", "--reverse", "--format=%H", "HEAD"]);
    let commits: Vec<String> = String::from_utf8(log).unwrap().lines().map(str::to_owned).collect();
    let commits: Vec<&str> = commits.iter().step_by(stride).map(String::as_str).collect();
    for round in first..first + rounds {
        let Some(window) = commits.get(round * PUSHES..=(round + 1) * PUSHES) else { break };
        for forge in [ForgeKind::GitHub, ForgeKind::GitLab] {
            eprintln!("round {round} with {} at {}", forge.as_str(), window[0]);
            play(forge, &repository, window, round as u64).await;
        }
    }
}

async fn play(forge: ForgeKind, repository: &Path, commits: &[&str], seed: u64) {
    let mut dice = Dice::new(seed);
    let folder = in_memory();
    let store = StoreSettings::Embedded(folder.path().to_owned());
    let mut world = World::start(forge, store, &[], |_| {}).await;
    let mut all = files(repository, commits[0]);
    {
        let start = all.iter().map(|(path, bytes)| (path.as_str(), Some(bytes)));
        world.simulator.state().push(world.repository, "main", start);
    }
    let mut folders = Vec::new();
    let (mut settled, mut opened) = (BTreeSet::new(), false);
    for pair in commits.windows(2) {
        let changes = step(repository, pair[0], pair[1], &mut all);
        let files = changes.iter().map(|(path, bytes)| (path.as_str(), bytes.as_ref()));
        let before = opened.then(|| world.head());
        world.simulator.state().push(world.repository, "feature", files);
        match before {
            None => world.open_as(NewChange::from_branch("feature", "Poll")).await,
            Some(before) => world.deliver(&Event::Pushed { before }).await,
        }
        opened = true;
        world.complain_of_doubles();
        let threads = world.change(|change| change.threads.len());
        match dice.roll(8) {
            0 if threads > 0 => {
                let at = dice.roll(threads);
                let thread = world.change(|change| change.threads[at].clone());
                if thread.resolved_by.is_none() && thread.notes[0].minimized.is_none() {
                    world
                        .change(|change| change.threads[at].resolved_by = Some("maria".to_owned()));
                    settled.extend(world.findings_in(&thread.notes[0].body));
                }
            }
            1 => {
                let mut settings = world.settings.clone();
                let folder = in_memory();
                settings.store = StoreSettings::Embedded(folder.path().to_owned());
                folders.push(folder);
                world = world.restart(settings).await;
                world.deliver(&Event::Opened).await;
            }
            2 => {
                let before = world.head();
                let text = format!("base = {seed}\n");
                let more = [("base_of_replay.py", Some(text))];
                world.simulator.state().push(world.repository, "main", more);
                match dice.roll(2) {
                    0 => world.simulator.state().rebase(world.repository, "feature", "main"),
                    _ => world.simulator.state().merge(world.repository, "main", "feature"),
                };
                world.deliver(&Event::Pushed { before }).await;
            }
            _ => {}
        }
        assert_eq!(world.open_gates(), 0);
    }
    let said = world.told().findings().len();
    eprintln!("{said} findings said, {} settled", settled.len());
    if said + settled.len() < 25 {
        world.is_told_as_at_once(&settled, &BTreeSet::new()).await;
    }
    world.end().await;
}
