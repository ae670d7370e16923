//! What a change can hold besides plain Python: it is said, and nothing is made up about it.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::{Event, Mode, NewChange};

use super::world::{BASE, BLOCKING, CLEAN, World, everywhere, everywhere_with};

const POINTER: &str = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

impl World {
    fn push_bytes(&self, files: &[(&str, &[u8])]) {
        let files = files.iter().map(|(path, bytes)| (*path, Some(*bytes)));
        self.simulator.state().push(self.repository, "feature", files);
    }

    async fn open_with(&mut self, files: &[(&str, &[u8])]) {
        self.push_bytes(files);
        self.open_as(NewChange::from_branch("feature", "Poll")).await;
    }

    /// Path and line of each open thread.
    fn open_threads(&self) -> Vec<(String, u32)> {
        self.threads().into_iter().filter(|it| it.2).map(|it| (it.0, it.1)).collect()
    }
}

#[tokio::test]
async fn what_is_no_python_text_is_named_and_not_analysed() {
    everywhere(async |mut world: World| {
        {
            let modes = &mut world.simulator.state().modes;
            modes.insert("link.py".to_owned(), Mode::Link);
            modes.insert("other.py".to_owned(), Mode::Submodule);
        }
        let wide: Vec<u8> = BLOCKING.encode_utf16().flat_map(u16::to_le_bytes).collect();
        world
            .open_with(&[
                ("app.py", BLOCKING.as_bytes()),
                ("link.py", b"app.py"),
                ("other.py", b"Subproject commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567\n"),
                ("large.py", POINTER.as_bytes()),
                ("image.py", b"\x89PNG\0\x01\x02time.sleep(1)"),
                ("wide.py", &wide),
            ])
            .await;
        assert_eq!(world.open_threads(), [("app.py".to_owned(), 5)]);
        let summary = world.summary_bodies().pop().unwrap();
        for path in ["link.py", "other.py", "large.py", "image.py", "wide.py"] {
            assert!(summary.contains(path), "{path} in {summary}");
        }
        assert!(summary.contains("is kept in Git LFS, and was not analysed"), "{summary}");
        assert!(summary.contains("is a link or another repository"), "{summary}");
        assert_eq!(world.gates().last().unwrap(), "failed");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_but_what_is_no_python_text_says_so_and_passes_nothing() {
    everywhere(async |mut world: World| {
        world.open_with(&[("large.py", POINTER.as_bytes())]).await;
        assert_eq!(world.open_threads(), []);
        let neutral = if world.forge == ForgeKind::GitHub { "neutral" } else { "passed" };
        assert_eq!(world.gates().last().unwrap(), neutral);
        let summary = world.summary_bodies().pop().unwrap();
        assert!(summary.contains("Not reviewed: none of the changed files"), "{summary}");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn another_encoding_and_other_line_ends_are_read() {
    everywhere(async |mut world: World| {
        let latin = [b"# -*- coding: latin-1 -*-\n# caf\xe9\n", BLOCKING.as_bytes()].concat();
        let windows = BLOCKING.replace('\n', "\r\n");
        world.open_with(&[("latin.py", &latin), ("windows.py", windows.as_bytes())]).await;
        let threads = [("latin.py".to_owned(), 7), ("windows.py".to_owned(), 5)];
        assert_eq!(world.open_threads(), threads);
        let body = world.change(|change| change.threads[1].notes[0].body.clone());
        // Applied there, a suggestion would leave one line with another end than the rest.
        assert!(!body.contains("```suggestion"), "{body}");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_file_that_only_moved_or_went_brings_nothing() {
    let more = [("old.py", BLOCKING), ("gone.py", BLOCKING), ("edited.py", BLOCKING)];
    everywhere_with(
        &more,
        |_| {},
        async |mut world: World| {
            let edited = BLOCKING.replace("import time\n", "import time\n\nWAIT = 1\n");
            let more = "\n\nasync def more():\n    time.sleep(2)\n";
            let files: [(&str, Option<String>); 5] = [
                ("old.py", None),
                ("new.py", Some(BLOCKING.to_owned())),
                ("gone.py", None),
                ("edited.py", None),
                ("deep/edited.py", Some(format!("{edited}{more}"))),
            ];
            world.simulator.state().push(world.repository, "feature", files);
            world.open_as(NewChange::from_branch("feature", "Move")).await;
            assert_eq!(world.open_threads(), [("deep/edited.py".to_owned(), 11)]);
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn more_files_than_the_platform_lists_are_never_passed_as_if_read() {
    everywhere(async |mut world: World| {
        if world.forge == ForgeKind::GitLab {
            return world.end().await;
        }
        let names: Vec<String> = (0..3002).map(|n| format!("data/f{n:04}.txt")).collect();
        let data = names.iter().map(|name| (name.as_str(), Some("x\n")));
        let files = data.chain([("zzz.py", Some(BLOCKING))]);
        world.simulator.state().push(world.repository, "feature", files);
        world.open_as(NewChange::from_branch("feature", "Much")).await;
        let summary = world.summary_bodies().pop().unwrap();
        assert!(summary.contains("3000 of the 3003 changed files"), "{summary}");
        assert_eq!(world.gates().last().unwrap(), "neutral");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_fork_is_reviewed_also_when_it_is_deleted() {
    everywhere(async |mut world: World| {
        let repository = world.repository;
        let fork = world.simulator.state().fork(repository, "ann");
        let head = [("app.py", Some(BLOCKING))];
        world.simulator.state().push(fork, "topic", head);
        let new = NewChange { fork: Some(fork), ..NewChange::from_branch("topic", "Poll") };
        world.open_as(new).await;
        assert_eq!(world.open_threads(), [("app.py".to_owned(), 5)]);
        let before = world.head();
        let head = [("app.py", Some(BASE)), ("new.py", Some(BLOCKING))];
        world.simulator.state().push(fork, "topic", head);
        world.change(|change| change.head_repository = None);
        world.simulator.state().repositories.remove(&fork);
        world.deliver(&Event::Pushed { before }).await;
        assert_eq!(world.open_threads(), [("new.py".to_owned(), 5)]);
        assert_eq!(world.open_gates(), 0);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn a_merge_of_the_base_brings_nothing_that_is_the_bases() {
    everywhere(async |mut world: World| {
        world.open(&[("app.py", BLOCKING)]).await;
        let before = world.head();
        let repository = world.repository;
        {
            let mut state = world.simulator.state();
            state.push(repository, "main", [("lib.py", Some(BLOCKING))]);
            state.merge(repository, "main", "feature");
        }
        world.deliver(&Event::Pushed { before }).await;
        assert_eq!(world.open_threads(), [("app.py".to_owned(), 5)]);
        // On another base, more of it is new.
        {
            let mut state = world.simulator.state();
            let start =
                state.commits[&state.repositories[&repository].branches["main"]].parents[0].clone();
            state.set_branch(repository, "release", &start);
            state.retarget(repository, world.number(), "release");
        }
        world.deliver(&Event::Retargeted { from: "main".to_owned() }).await;
        let threads = [("app.py".to_owned(), 5), ("lib.py".to_owned(), 5)];
        assert_eq!(world.open_threads(), threads);
        world.push_and_review(&[("app.py", CLEAN)]).await;
        assert_eq!(world.open_threads(), [("lib.py".to_owned(), 5)]);
        world.end().await;
    })
    .await;
}
