//! Folders from which modules are imported by their plain names.

use std::collections::{BTreeSet, HashMap};

use super::{Index, join, split};

/// Folders that hold packages by convention.
pub(super) const CONVENTIONAL: [&str; 3] = ["src", "lib", "python"];

/// Folders whose modules only files in them import: tests, examples, other people's code, stubs of libraries.
const PRIVATE: [&str; 34] = [
    ".venv",
    "_vendor",
    "bench",
    "benchmark",
    "benchmarks",
    "data",
    "demo",
    "demos",
    "dist-packages",
    "doc",
    "docs",
    "example",
    "examples",
    "fixtures",
    "integration_tests",
    "node_modules",
    "notebooks",
    "sample",
    "samples",
    "scripts",
    "site-packages",
    "stubs",
    "templates",
    "test",
    "testdata",
    "testing",
    "tests",
    "third_party",
    "thirdparty",
    "tutorials",
    "typings",
    "vendor",
    "vendored",
    "venv",
];

/// The roots of a repository, by what can be imported from them.
pub(super) struct Roots {
    /// Folders in byte order.
    folders: Vec<String>,
    /// Positions in `folders` by the first segment of a dotted name.
    by_name: HashMap<String, Vec<u32>>,
}

impl Roots {
    /// Finds the roots: the conventional folders, and the parents of top-level packages.
    pub(super) fn of(index: &Index<'_>) -> Self {
        let mut folders = BTreeSet::new();
        for path in &index.paths {
            let (folder, name) = split(path);
            let (parent, package) = split(folder);
            let begins = name.starts_with("__init__.") && !folder.is_empty();
            if begins && is_identifier(package) && !index.is_package(parent) {
                folders.insert(parent);
            }
            let segments = folder.match_indices('/').map(|(at, _)| &folder[..at]).chain([folder]);
            for ancestor in segments {
                if CONVENTIONAL.contains(&split(ancestor).1) && !in_package(index, ancestor) {
                    folders.insert(ancestor);
                }
            }
        }
        let folders: Vec<String> = folders.into_iter().map(str::to_owned).collect();
        let mut by_name: HashMap<String, Vec<u32>> = HashMap::new();
        for (at, root) in folders.iter().enumerate() {
            for name in children(index, root) {
                by_name.entry(name.to_owned()).or_default().push(at as u32);
            }
        }
        Self { folders, by_name }
    }

    /// The roots that a file may import a name from, nearest first.
    pub(super) fn with(&self, name: &str, from: &str) -> Vec<&str> {
        let roots = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut roots: Vec<&str> =
            roots.iter().map(|at| self.folders[*at as usize].as_str()).collect();
        roots.retain(|root| is_visible(root, from));
        roots.sort_by_key(|root| std::cmp::Reverse(common(root, from)));
        roots
    }
}

/// The modules, packages and folders right in a folder.
fn children<'i>(index: &'i Index<'_>, folder: &str) -> BTreeSet<&'i str> {
    let Some(first) = index.folder(folder) else { return BTreeSet::new() };
    let skip = if folder.is_empty() { 0 } else { folder.len() + 1 };
    let below = index.paths[first.first.0 as usize..].iter().take_while(|path| {
        skip == 0 || path.starts_with(folder) && path.as_bytes()[skip - 1] == b'/'
    });
    below
        .filter_map(|path| path[skip..].split(['/', '.']).next())
        .filter(|name| is_identifier(name))
        .collect()
}

/// Whether a folder or one above it is a package.
pub(super) fn in_package(index: &Index<'_>, folder: &str) -> bool {
    let above = folder.match_indices('/').map(|(at, _)| &folder[..at]);
    above.chain([folder]).any(|it| index.is_package(it))
}

/// Whether a file may import from a root: from private folders only what lies in them as well.
fn is_visible(root: &str, from: &str) -> bool {
    let mut end = root.len();
    loop {
        let (parent, name) = split(&root[..end]);
        if PRIVATE.contains(&name) || name.ends_with("-stubs") {
            return from.starts_with(&join(&root[..end], ""));
        }
        if parent.is_empty() {
            return true;
        }
        end = parent.len();
    }
}

/// How many folders two paths share from the top.
fn common(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b && !a.is_empty()).count()
}

fn is_identifier(name: &str) -> bool {
    let begins = |c: char| c == '_' || c.is_alphabetic();
    name.starts_with(begins) && name.chars().all(|c| c == '_' || c.is_alphanumeric())
}
