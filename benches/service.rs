//! How long the service takes to analyse a push, with everything in memory: `cargo bench --bench service`.
//!
//! The repository is a folder of Python files, by default the one that `benches/run` made; one line is inserted into one file
//! and into ten. What is known of files by their content is kept between analyses, nothing else is. Printed are the median
//! and the slowest tenth of many analyses, and what is aimed for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use asyncwarden::analysis::{Request, analyse};
use asyncwarden::change::{
    ChangeSet, ContentId, FileChange, FileChangeKind, MemoryTree, Tree, hunks_between, is_python,
};
use asyncwarden::policy::Policy;
use asyncwarden::python::index::Contents;

/// How often each case runs.
const ROUNDS: usize = 100;

fn main() {
    let stated = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let default =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench/repositories/prefect==3.9.1");
    let folder = stated.map_or(default, PathBuf::from);
    let base = tree(&folder);
    println!("{}: {} files", folder.display(), base.paths().len());
    for (files, aim) in [(1, Duration::from_millis(1)), (10, Duration::from_millis(8))] {
        let (head, change) = changed(&base, files);
        let policy = Policy::default();
        let known = Arc::new(Contents::default());
        let (base, head) = (Named::of(base.clone()), Named::of(head));
        let request = Request {
            base: &base,
            head: &head,
            change: &change,
            policy: &policy,
            known: Some(&known),
            go_on: None,
        };
        std::hint::black_box(analyse(&request));
        let mut took: Vec<Duration> = (0..ROUNDS)
            .map(|_| {
                let start = Instant::now();
                std::hint::black_box(analyse(&request));
                start.elapsed()
            })
            .collect();
        took.sort();
        let (median, slow) = (took[ROUNDS / 2], took[ROUNDS * 9 / 10]);
        println!("{files:3} files: p50 {median:.2?}, p90 {slow:.2?}, aim {aim:?}");
    }
}

/// Files with their names in git, as a platform lists them.
struct Named {
    files: MemoryTree,
    ids: HashMap<String, ContentId>,
}

impl Named {
    fn of(files: MemoryTree) -> Self {
        let id = |path: String| {
            let id = ContentId::of(&files.read(&path).unwrap_or_default());
            (path, id)
        };
        let ids = files.paths().into_iter().map(id).collect();
        Self { files, ids }
    }
}

impl Tree for Named {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        self.files.read(path)
    }

    fn paths(&self) -> Vec<String> {
        self.files.paths()
    }

    fn content_id(&self, path: &str) -> Option<ContentId> {
        self.ids.get(path).copied()
    }
}

/// The Python files below a folder.
fn tree(root: &Path) -> MemoryTree {
    let mut tree = MemoryTree::default();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if is_python(&path.to_string_lossy()) {
                let name = path
                    .strip_prefix(root)
                    .expect("below the folder")
                    .to_string_lossy()
                    .into_owned();
                tree.insert(name, std::fs::read(&path).expect("a readable file"));
            }
        }
    }
    tree
}

/// The tree with one more line in so many files with coroutines, evenly spread.
fn changed(base: &MemoryTree, count: usize) -> (MemoryTree, ChangeSet) {
    let usable: Vec<(String, Arc<[u8]>, Vec<u8>)> = base
        .paths()
        .into_iter()
        .filter_map(|path| {
            let old = base.read(&path)?;
            let new = with_inserted_line(&old)?;
            Some((path, old, new))
        })
        .collect();
    let (mut head, mut change) = (base.clone(), ChangeSet::default());
    for (path, old, new) in usable.iter().step_by((usable.len() / count).max(1)).take(count) {
        change.files.push(FileChange {
            path: path.clone(),
            old_path: Some(path.clone()),
            kind: FileChangeKind::Modified,
            hunks: hunks_between(old, new),
            shown: true,
        });
        head.insert(path.clone(), new.clone());
    }
    (head, change)
}

/// The text with a line in front of the first `return` of its last coroutine.
fn with_inserted_line(text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let coroutine = text.rfind("async def ")?;
    let line = coroutine + text[coroutine..].find("\n        return ")? + 1;
    let (before, behind) = text.split_at(line);
    Some(format!("{before}        inserted_line = None\n{behind}").into_bytes())
}
