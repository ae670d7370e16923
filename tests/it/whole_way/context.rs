//! What a review sees of the repository around the change, and what that costs.

use asyncwarden::forge::ForgeKind;
use asyncwarden::forge::simulator::Fault;
use asyncwarden::settings::Settings;

use super::world::{CLEAN, World, everywhere_with};

/// Three files deep: what blocks is in none that the change touches.
const CHAIN: [(&str, &str); 3] = [
    ("shop/__init__.py", ""),
    (
        "shop/prices.py",
        "from shop.store import fetch\n\n\ndef price(name):\n    return fetch(name)\n",
    ),
    ("shop/store.py", "import time\n\n\ndef fetch(name):\n    time.sleep(1)\n    return name\n"),
];
const CALLS: &str =
    "from shop.prices import price\n\n\nasync def show(name):\n    return price(name)\n";

/// The chain within a repository of some hundred files.
fn large() -> Vec<(String, String)> {
    let file = |n: usize| {
        let text = format!("import asyncio\n\n\nasync def f{n}():\n    await asyncio.sleep({n})\n");
        (format!("pkg{}/m{n}.py", n % 12), text.repeat(20))
    };
    let chain = CHAIN.map(|(path, text)| (path.to_owned(), text.to_owned()));
    (0..400).map(file).chain(chain).collect()
}

async fn in_a_large_one(set: impl Fn(&mut Settings), test: impl AsyncFn(World)) {
    everywhere_with(&borrowed(&large()), set, test).await;
}

fn archive_path(forge: ForgeKind) -> &'static str {
    match forge {
        ForgeKind::GitHub => "/codeload/*",
        ForgeKind::GitLab => "*/archive.tar.gz",
    }
}

impl World {
    /// Requests for files, since this was asked last: listings, files by path, by content (files of them), archives.
    fn reads(&self) -> Reads {
        let requests = std::mem::take(&mut self.simulator.state().requests);
        let mut reads = Reads::default();
        for request in &requests {
            let path = &request.path;
            let queried = request.body.matches("object(oid:").count();
            if path.contains("/git/trees/") || path.ends_with("/repository/tree") {
                reads.listings += 1;
            } else if path.contains("/contents/") || path.contains("/repository/files/") {
                reads.by_path += 1;
            } else if queried > 0 || path.contains("/blobs/") {
                reads.by_content += 1;
                reads.files += queried.max(1);
            } else if path.contains("/codeload/") || path.ends_with("/archive.tar.gz") {
                reads.archives += 1;
            }
        }
        eprintln!("{reads:?}");
        reads
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Reads {
    listings: usize,
    by_path: usize,
    by_content: usize,
    files: usize,
    archives: usize,
}

#[tokio::test]
async fn a_finding_is_had_from_files_that_the_change_does_not_touch() {
    everywhere_with(
        &CHAIN,
        |_| {},
        async |mut world: World| {
            world.open(&[("web.py", CALLS)]).await;
            assert_eq!(world.threads(), [("web.py".to_owned(), 5, true)]);
            assert_eq!(world.reads().archives, 0, "few files are read one by one");
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn what_was_read_once_is_not_read_again() {
    in_a_large_one(
        |_| {},
        async |mut world: World| {
            world.open(&[("web.py", CALLS)]).await;
            assert_eq!(world.threads().len(), 1);
            let cold = world.reads();
            assert!(cold.archives <= 1 && cold.files <= 61, "{cold:?}");
            // A push of one line.
            world.push_and_review(&[("web.py", &CALLS.replace("name", "names"))]).await;
            let warm = world.reads();
            assert_eq!((warm.by_path, warm.files, warm.archives), (0, 1, 0));
            // A push of ten files; the first one asks who else has the names in them, and so for all files, once.
            let names: Vec<String> = (0..10).map(|n| format!("pkg{n}/m{n}.py")).collect();
            for round in 0..3 {
                let texts: Vec<String> = (0..10)
                    .map(|n| format!("{CLEAN}\n\ndef g{n}():\n    return {round}\n"))
                    .collect();
                let files = names.iter().map(String::as_str).zip(texts.iter().map(String::as_str));
                world.push_and_review(&files.collect::<Vec<_>>()).await;
                let reads = world.reads();
                let base = if round == 0 { 10 } else { 0 };
                assert_eq!(reads.by_path, base, "the base is read once");
                if round > 0 {
                    assert_eq!((reads.files, reads.archives), (10, 0));
                }
            }
            let stays = ("web.py".to_owned(), 5, true);
            assert!(world.threads().contains(&stays), "{:?}", world.threads());
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn what_is_known_of_files_outlives_the_process() {
    with_a_quick_helper(async |mut world: World| {
        world.open(&[CHAIN[2]]).await;
        assert_eq!(world.reads().archives, 1, "all files are asked who calls the helper");
        let settings = world.settings.clone();
        let world = world.restart(settings).await;
        let slower = CHAIN[2].1.replace("sleep(1)", "sleep(2)");
        world.push_and_review(&[("shop/store.py", &slower)]).await;
        let warm = world.reads();
        assert!(warm.archives == 0 && warm.files <= 20, "{warm:?}");
        world.end().await;
    })
    .await;
}

/// A large repository in which the helper at the chain's end does not block yet, and a coroutine calls the chain.
async fn with_a_quick_helper(test: impl AsyncFn(World)) {
    let mut files = large();
    for (path, text) in &mut files {
        if path == "shop/store.py" {
            *text = text.replace("    time.sleep(1)\n", "");
        }
    }
    files.push(("web.py".to_owned(), CALLS.to_owned()));
    everywhere_with(&borrowed(&files), |_| {}, test).await;
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(path, text)| (&path[..], &text[..])).collect()
}

#[tokio::test]
async fn an_unchanged_caller_s_finding_is_shown_at_the_change_that_causes_it() {
    let quick = CHAIN[2].1.replace("    time.sleep(1)\n", "");
    let files = [CHAIN[0], CHAIN[1], ("shop/store.py", &quick), ("web.py", CALLS)];
    everywhere_with(
        &files,
        |_| {},
        async |mut world: World| {
            world.open(&[CHAIN[2]]).await;
            let places: Vec<String> = world.threads().into_iter().map(|(path, ..)| path).collect();
            assert_eq!(places, ["shop/store.py"]);
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn over_its_budget_a_review_goes_on_and_says_so() {
    let set = |settings: &mut Settings| settings.context.files = 1;
    everywhere_with(&CHAIN, set, async |mut world: World| {
        world.open(&[("web.py", CALLS)]).await;
        assert_eq!(world.gates().last().unwrap(), "passed");
        let said = world.summary_bodies().join("");
        assert!(said.contains("not read for context: a review reads at most 1 of them"), "{said}");
        world.end().await;
    })
    .await;
    let set = |settings: &mut Settings| settings.context.files = 0;
    everywhere_with(&CHAIN, set, async |mut world: World| {
        world.open(&[("web.py", CALLS)]).await;
        let reads = world.reads();
        assert_eq!((reads.listings, reads.by_content, reads.archives), (0, 0, 0));
        let said = world.summary_bodies().join("");
        assert!(!said.contains("not read"), "what is wanted is not lacking: {said}");
        world.end().await;
    })
    .await;
}

#[tokio::test]
async fn without_a_listing_a_review_looks_at_the_changed_files() {
    let listing = |forge| match forge {
        ForgeKind::GitHub => "/repos/*/git/trees/*",
        ForgeKind::GitLab => "*/repository/tree",
    };
    everywhere_with(
        &CHAIN,
        |_| {},
        async |mut world: World| {
            let gone = Fault::Status(403, serde_json::json!({ "message": "Forbidden" }));
            world.simulator.state().faults.next("GET", listing(world.forge), gone);
            world.open(&[("web.py", CALLS)]).await;
            assert_eq!(world.gates().last().unwrap(), "passed");
            let said = world.summary_bodies().join("");
            assert!(said.contains("Only the changed files were read"), "{said}");
            // The next review has it again; then a lost listing resolves nothing.
            world.push_and_review(&[("README.md", "# More\n")]).await;
            assert_eq!(world.threads(), [("web.py".to_owned(), 5, true)]);
            let gone = Fault::Status(403, serde_json::json!({ "message": "Forbidden" }));
            world.simulator.state().faults.next("GET", listing(world.forge), gone);
            world.push_and_review(&[("README.md", "# More\n")]).await;
            assert_eq!(world.threads(), [("web.py".to_owned(), 5, true)]);
            world.end().await;
        },
    )
    .await;
}

#[tokio::test]
async fn without_an_archive_a_review_goes_on_with_less() {
    with_a_quick_helper(async |mut world: World| {
        let path = archive_path(world.forge);
        world.simulator.state().faults.next("GET", path, Fault::TooManyRequests(None));
        world.open(&[CHAIN[2]]).await;
        assert_eq!(world.reads().archives, 1, "it is asked for once");
        assert_eq!(world.open_gates(), 0);
        let said = world.summary_bodies().join("");
        assert!(said.contains("not read for context: "), "{said}");
        world.end().await;
    })
    .await;
}
