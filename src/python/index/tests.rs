use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Contents, Index, Target};
use crate::change::{ContentId, MemoryTree, Tree};

fn tree(paths: &[&str]) -> MemoryTree {
    paths.iter().map(|path| (*path, b"x = 1\n".to_vec())).collect()
}

/// The path that an import leads to; a folder's ends in `/`.
fn led(index: &Index<'_>, from: &str, import: &str) -> String {
    let dotted = import.trim_start_matches('.');
    let from = index.file(from).expect("a file of the tree");
    match index.resolve(from, dotted, (import.len() - dotted.len()) as u32) {
        Some(Target::File(file)) => index.path(file).to_owned(),
        Some(Target::Folder(folder)) => {
            format!("{}/", &index.path(folder.first)[..folder.length as usize])
        }
        None => "-".to_owned(),
    }
}

fn assert_leads(paths: &[&str], table: &[(&str, &str, &str)]) {
    let tree = tree(paths);
    let index = Index::new(&tree);
    for (from, import, to) in table {
        assert_eq!(led(&index, from, import), *to, "`{import}` in {from}");
    }
}

#[test]
fn packages_and_modules_are_found_from_their_root() {
    assert_leads(
        &[
            "app/__init__.py",
            "app/db/__init__.py",
            "app/db/pool.py",
            "app/main.py",
            "setup.py",
            "tests/test_app.py",
        ],
        &[
            ("app/main.py", "app", "app/__init__.py"),
            ("app/main.py", "app.db", "app/db/__init__.py"),
            ("app/main.py", "app.db.pool", "app/db/pool.py"),
            ("app/main.py", "db", "-"),
            ("app/main.py", "app.db.pool.Pool", "-"),
            ("app/main.py", "aiohttp", "-"),
            ("app/main.py", "", "-"),
            ("app/main.py", "app..db", "-"),
            ("tests/test_app.py", "app.main", "app/main.py"),
            ("app/main.py", "tests.test_app", "tests/test_app.py"),
        ],
    );
}

#[test]
fn relative_imports_go_up_from_the_folder() {
    assert_leads(
        &["a/__init__.py", "a/b/__init__.py", "a/b/c.py", "a/d.py", "e/f.py"],
        &[
            ("a/b/c.py", ".", "a/b/__init__.py"),
            ("a/b/c.py", "..", "a/__init__.py"),
            ("a/b/c.py", "..d", "a/d.py"),
            ("a/b/c.py", "..b.c", "a/b/c.py"),
            ("a/b/__init__.py", ".c", "a/b/c.py"),
            ("a/b/__init__.py", "..d", "a/d.py"),
            ("a/b/c.py", ".....d", "-"),
            ("e/f.py", ".", "e/"),
            ("e/f.py", ".f", "e/f.py"),
        ],
    );
}

#[test]
fn source_layouts_and_several_roots() {
    assert_leads(
        &[
            "packages/api/src/api/__init__.py",
            "packages/api/src/api/views.py",
            "packages/api/tests/test_views.py",
            "packages/core/src/core/__init__.py",
            "packages/core/src/core/models.py",
            "python/plain.py",
            "services/one/app/__init__.py",
            "services/one/app/config.py",
            "services/one/run.py",
            "services/two/app/__init__.py",
            "services/two/app/config.py",
            "services/two/run.py",
        ],
        &[
            ("packages/api/src/api/views.py", "api", "packages/api/src/api/__init__.py"),
            ("packages/api/src/api/views.py", "core.models", "packages/core/src/core/models.py"),
            ("packages/api/tests/test_views.py", "api.views", "packages/api/src/api/views.py"),
            ("packages/api/src/api/views.py", "plain", "python/plain.py"),
            ("services/one/run.py", "app.config", "services/one/app/config.py"),
            ("services/two/run.py", "app.config", "services/two/app/config.py"),
            ("services/two/app/__init__.py", "app.config", "services/two/app/config.py"),
        ],
    );
}

#[test]
fn packages_without_init() {
    assert_leads(
        &[
            "src/google/cloud/store/__init__.py",
            "src/google/cloud/store/client.py",
            "tools/redis/seed.py",
            "tools/x.py",
        ],
        &[
            ("tools/x.py", "google.cloud.store.client", "src/google/cloud/store/client.py"),
            ("tools/x.py", "google.cloud", "src/google/cloud/"),
            ("tools/x.py", "google", "src/google/"),
            ("tools/x.py", "redis.seed", "tools/redis/seed.py"),
            ("tools/x.py", "redis.asyncio", "-"),
            ("src/google/cloud/store/client.py", "redis", "-"),
        ],
    );
}

#[test]
fn a_package_goes_before_a_folder_that_is_nearer() {
    assert_leads(
        &["app/__init__.py", "tests/app/data.py", "tests/test_app.py"],
        &[
            ("tests/test_app.py", "app", "app/__init__.py"),
            ("tests/test_app.py", "app.data", "tests/app/data.py"),
        ],
    );
}

#[test]
fn stubs_come_last() {
    assert_leads(
        &[
            "a/__init__.py",
            "a/__init__.pyi",
            "a/b.py",
            "a/b.pyi",
            "a/native.pyi",
            "typings/redis/__init__.pyi",
        ],
        &[
            ("a/b.py", "a", "a/__init__.py"),
            ("a/b.py", "a.b", "a/b.py"),
            ("a/b.py", ".native", "a/native.pyi"),
            ("a/b.py", "redis", "-"),
        ],
    );
}

#[test]
fn a_module_named_like_one_of_the_standard_library() {
    assert_leads(
        &[
            "bot/__init__.py",
            "bot/queue.py",
            "bot/types.py",
            "logging/handlers.py",
            "plugins/queue.py",
            "plugins/work.py",
            "worker/main.py",
            "worker/queue.py",
        ],
        &[
            ("bot/types.py", "queue", "-"),
            ("bot/types.py", "bot.queue", "bot/queue.py"),
            ("bot/types.py", ".queue", "bot/queue.py"),
            ("bot/types.py", "logging.handlers", "-"),
            ("plugins/work.py", "queue", "-"),
            ("worker/main.py", "queue", "worker/queue.py"),
        ],
    );
}

#[test]
fn tests_and_examples_are_roots_for_themselves_only() {
    assert_leads(
        &[
            "app/__init__.py",
            "examples/redis/__init__.py",
            "examples/show.py",
            "tests/unit/aiohttp/__init__.py",
            "tests/unit/test_x.py",
        ],
        &[
            ("app/__init__.py", "redis", "-"),
            ("app/__init__.py", "aiohttp", "-"),
            ("examples/show.py", "redis", "examples/redis/__init__.py"),
        ],
    );
}

#[test]
fn submodules_of_what_was_found() {
    let tree = tree(&["a/__init__.py", "a/b.py", "n/m/x.py"]);
    let index = Index::new(&tree);
    let from = index.file("a/b.py").expect("a file");
    let a = index.resolve(from, "a", 0).expect("a package");
    let b = index.submodule(a, "b").expect("its module");
    assert_eq!(b, Target::File(from));
    assert_eq!(index.submodule(b, "c"), None);
    let n = index.resolve(from, "n", 0).expect("a folder");
    let m = index.submodule(n, "m").expect("a folder");
    assert_eq!(index.submodule(m, "x"), index.file("n/m/x.py").map(Target::File));
    assert_eq!(index.submodule(n, "y"), None);
}

#[test]
fn names_are_mentioned_as_words() {
    let tree: MemoryTree = [
        ("a.py", "load_all()\n"),
        ("b.py", "x.load()\n"),
        ("c.py", "def load(): ...\n"),
        ("d.py", "l\u{f6}load = overload  # no load\n"),
        ("f.py", "x: 'list[load]' = 'what a load'\n"),
        ("g.py", "x = 'what a load'\n"),
        ("h.py", "x = 'not closed load\n"),
        ("e.txt", "load"),
    ]
    .into_iter()
    .map(|(path, text)| (path, text.as_bytes().to_vec()))
    .collect();
    let index = Index::new(&tree);
    let paths = |ids: Vec<super::FileId>| {
        ids.iter().map(|id| index.path(*id).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(paths(index.mentioning("load", 9)), ["b.py", "c.py", "f.py", "h.py"]);
    assert_eq!(paths(index.mentioning("load", 1)), ["b.py"]);
    assert!(index.mentioning("", 9).is_empty());
}

/// A tree that names its files' contents and counts what is read.
#[derive(Default)]
struct Counting {
    files: MemoryTree,
    reads: AtomicUsize,
}

impl Counting {
    fn reads(&self) -> usize {
        self.reads.swap(0, Ordering::Relaxed)
    }
}

impl Tree for Counting {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.files.read(path)
    }

    fn paths(&self) -> Vec<String> {
        self.files.paths()
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        Some(ContentId::of(&self.files.read(path)?))
    }
}

#[test]
fn what_is_known_by_content_is_not_read_again() {
    let [mut base, mut head] = [Counting::default(), Counting::default()];
    for (path, text) in
        [("a.py", "import b\n"), ("b.py", "def load(): ...\n"), ("c.py", "load()\n")]
    {
        base.files.insert(path, text.as_bytes().to_vec());
        head.files.insert(path, text.as_bytes().to_vec());
    }
    head.files.insert("c.py", b"other()\n".to_vec());
    let index = Index::new(&base);
    assert_eq!(index.mentioning("load", 9).len(), 2);
    index.mentioning("other", 9);
    assert_eq!(base.reads(), 3);
    let after = Index::with(&head, index.contents().clone());
    assert_eq!(after.mentioning("load", 9).len(), 1);
    assert_eq!(head.reads(), 1);
    let source = index.source(super::FileId(0)).expect("a source");
    let again = after.source(super::FileId(0)).expect("a source");
    assert!(Arc::ptr_eq(&source, &again));
    assert_eq!((base.reads(), head.reads()), (1, 0));

    // What was found is kept elsewhere, handed in at the next review, and not found anew.
    let found = index.contents().take_found();
    assert_eq!(found.len(), 4);
    let contents = Arc::new(Contents::default());
    found.into_iter().for_each(|(id, outline)| contents.insert(id, outline));
    let later = Index::with(&head, contents.clone());
    assert_eq!(later.mentioning("load", 9).len(), 1);
    assert_eq!(head.reads(), 0);
    assert!(contents.take_found().is_empty());
}

#[test]
fn damaged_outlines_are_made_anew() {
    let mut tree = Counting::default();
    tree.files.insert("a.py", b"load()\n".to_vec());
    let contents = Arc::new(Contents::default());
    contents.insert(ContentId::of(b"load()\n"), b"\x01what?".to_vec());
    let index = Index::with(&tree, contents.clone());
    assert_eq!(index.mentioning("load", 9).len(), 1);
    assert_eq!(contents.take_found().len(), 1);
}
