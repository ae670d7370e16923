//! How a repository's files are had from both platforms, over real HTTP.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use asyncwarden::change::{ContentId, is_python};
use asyncwarden::forge::call::Waits;
use asyncwarden::forge::github::{GitHub, GitHubConfig};
use asyncwarden::forge::gitlab::{GitLab, GitLabConfig};
use asyncwarden::forge::simulator::{
    APP_ID, APP_PRIVATE_KEY, BOT_TOKEN, Fault, INSTALLATION_ID, Mode, NewChange, Running, Simulator,
};
use asyncwarden::forge::{
    ChangeRequest, Forge, ForgeError, ForgeKind, ListedFile, Listing, RepositoryRef, Revision,
    Sink, Wanted,
};

struct World {
    simulator: Simulator,
    server: Running,
    forge: Arc<dyn Forge>,
    revision: Revision,
}

/// Runs a test on each platform, with a repository of some hundred files in folders.
async fn on_each(test: impl AsyncFn(World)) {
    for kind in [ForgeKind::GitHub, ForgeKind::GitLab] {
        let simulator = Simulator::new();
        let (repository, number) = {
            let mut state = simulator.state();
            let names: Vec<String> = (0..300).map(|n| format!("pkg{}/m{n}.py", n % 7)).collect();
            let texts: Vec<String> = (0..300).map(|n| format!("x = {n}\n")).collect();
            let files = names.iter().map(String::as_str).zip(texts.iter().map(String::as_bytes));
            let more: [(&str, &[u8]); 7] = [
                ("app.py", b"import time\n"),
                ("lib/b#é.py", b"y = 1\r\n"),
                ("latin.py", b"# caf\xe9\n"),
                ("link.py", b"app.py"),
                ("vendored.py", b""),
                ("large.py", b"version https://git-lfs.github.com/spec/v1\n"),
                ("README.md", b"# Files\n"),
            ];
            let repository = state.add_repository("acme/shop", files.chain(more));
            state.modes.insert("link.py".into(), Mode::Link);
            state.modes.insert("vendored.py".into(), Mode::Submodule);
            state.modes.insert("large.py".into(), Mode::Large);
            state.push(repository, "feature", [("app.py", Some("import asyncio\n"))]);
            let number = state.open_change(repository, NewChange::from_branch("feature", "X"));
            (repository, number)
        };
        let server = simulator.start(0).await.unwrap();
        let forge: Arc<dyn Forge> = match kind {
            ForgeKind::GitHub => {
                let key = APP_PRIVATE_KEY.into();
                let config = GitHubConfig::new(server.url(), APP_ID.to_string(), key);
                Arc::new(GitHub::new(&GitHubConfig { waits: Waits::NONE, ..config }).unwrap())
            }
            ForgeKind::GitLab => {
                let config = GitLabConfig::new(server.url(), BOT_TOKEN.into());
                Arc::new(GitLab::new(&GitLabConfig { waits: Waits::NONE, ..config }).unwrap())
            }
        };
        let full_name = "acme/shop".to_owned();
        let installation_id = (kind == ForgeKind::GitHub).then_some(INSTALLATION_ID);
        let repository =
            RepositoryRef { forge: kind, external_id: repository, full_name, installation_id };
        let revision = forge.look_up(&ChangeRequest { repository, number }).await.unwrap();
        eprintln!("on {}", kind.as_str());
        test(World { simulator, server, forge, revision }).await;
    }
}

impl World {
    async fn tree(&self) -> Result<Listing, ForgeError> {
        self.forge.tree(&self.revision, &self.revision.head_sha, is_python).await
    }

    /// Everything that was asked for since the last time.
    fn asked(&self) -> usize {
        std::mem::take(&mut self.simulator.state().requests).len()
    }

    async fn contents(&self, files: &[ListedFile]) -> BTreeMap<ContentId, Arc<[u8]>> {
        let (sink, taken) = collecting();
        self.forge.contents(&self.revision, files, &sink).await.unwrap();
        std::mem::take(&mut *taken.lock().unwrap())
    }

    async fn archive(
        &self,
        listing: &Listing,
    ) -> (Result<(), ForgeError>, BTreeMap<ContentId, Arc<[u8]>>) {
        let (sink, taken) = collecting();
        let wanted = Wanted {
            files: Arc::new(listing.files.clone()),
            most_packed: 1 << 20,
            most_unpacked: 1 << 24,
        };
        let sha = &self.revision.head_sha;
        let done = self.forge.archive(&self.revision, sha, wanted, &sink).await;
        let taken = taken.lock().unwrap().clone();
        (done, taken)
    }

    async fn end(self) {
        crate::contract::keep(&self.simulator);
        assert_eq!(self.simulator.state().violations, Vec::<String>::new());
        self.server.stop().await;
    }
}

type Taken = Arc<Mutex<BTreeMap<ContentId, Arc<[u8]>>>>;

fn collecting() -> (Sink, Taken) {
    let taken = Taken::default();
    let into = taken.clone();
    let sink: Sink = Arc::new(move |id, bytes: Arc<[u8]>| {
        assert!(id.names(&bytes), "bytes are those that their id names");
        into.lock().unwrap().insert(id, bytes);
        true
    });
    (sink, taken)
}

#[tokio::test]
async fn plain_python_files_are_listed_by_their_content_also_where_not_all_come_at_once() {
    on_each(async |world: World| {
        let whole = world.tree().await.unwrap();
        assert!(whole.whole);
        assert_eq!(whole.files.len(), 304);
        assert_eq!(whole.files["app.py"].id, ContentId::of(b"import asyncio\n"));
        assert!(!whole.files.contains_key("link.py") && !whole.files.contains_key("vendored.py"));
        world.asked();
        // 10 entries in the root, 42 or 43 in a folder.
        world.simulator.state().github.tree_limit = 50;
        assert_eq!(world.tree().await.unwrap(), whole);
        world.simulator.state().github.tree_limit = 5;
        let part = world.tree().await.unwrap();
        assert_eq!(part.whole, world.forge.kind() == ForgeKind::GitLab);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn bytes_come_by_their_ids_in_few_calls() {
    on_each(async |world: World| {
        let listing = world.tree().await.unwrap();
        let mut files: Vec<ListedFile> = listing.files.values().copied().take(100).collect();
        let known = files.len();
        assert!(files.contains(&listing.files["latin.py"]));
        files.push(ListedFile { id: ContentId::of(b"nowhere"), size: None });
        world.asked();
        let taken = world.contents(&files).await;
        assert_eq!(taken.len(), known);
        assert_eq!(&taken[&ContentId::of(b"# caf\xe9\n")][..], b"# caf\xe9\n");
        let most = if world.forge.kind() == ForgeKind::GitHub { 3 } else { 101 };
        assert!(world.asked() <= most);
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn an_archive_gives_everything_that_is_as_listed() {
    on_each(async |world: World| {
        let listing = world.tree().await.unwrap();
        world.asked();
        let (done, taken) = world.archive(&listing).await;
        done.unwrap();
        // Not the large file, which the archive has in another form.
        assert_eq!(taken.len(), 303);
        assert!(world.asked() <= 2, "the archive, perhaps on another host");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn an_archive_that_is_refused_is_asked_for_once_and_holds_nothing_back() {
    on_each(async |world: World| {
        let listing = world.tree().await.unwrap();
        let path = match world.forge.kind() {
            ForgeKind::GitHub => "/codeload/*",
            ForgeKind::GitLab => "*/archive.tar.gz",
        };
        for fault in [
            Fault::TooManyRequests(Some(600)),
            Fault::BadGateway,
            Fault::ResetBefore,
            Fault::Truncated,
            Fault::Status(404, serde_json::json!({ "message": "Not Found" })),
        ] {
            world.simulator.state().faults.next("GET", path, fault.clone());
            let (done, _) = world.archive(&listing).await;
            assert!(done.is_err(), "{fault:?}");
            assert!(world.simulator.state().faults.is_spent());
            world.forge.look_up(&world.revision.change).await.unwrap();
        }
        // GitLab gives few in a minute.
        world.simulator.state().gitlab.archives_left = 0;
        let (done, _) = world.archive(&listing).await;
        assert_eq!(done.is_ok(), world.forge.kind() == ForgeKind::GitHub, "{done:?}");
        world.tree().await.unwrap();
        world.end().await;
    })
    .await;
}
