//! Folders from which modules are imported by their plain names.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Index, hash, join, split};

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
    /// Hashes of the names of all modules and folders, sorted.
    names: Vec<u32>,
}

impl Roots {
    /// Finds the roots: the conventional folders, and the parents of top-level packages.
    pub(super) fn of(index: &Index<'_>) -> Self {
        let paths = index.paths.iter().map(|path| split(path));
        let packages: HashSet<&str> =
            paths.clone().filter(|it| !it.0.is_empty() && is_init(it.1)).map(|it| it.0).collect();
        let mut folders = BTreeSet::new();
        let mut names = Vec::new();
        let mut last = "";
        for (folder, name) in paths {
            names.push(hash(name.split('.').next().unwrap_or(name).as_bytes()));
            if folder == last {
                continue;
            }
            last = folder;
            names.extend(folder.split('/').map(|name| hash(name.as_bytes())));
            let (parent, package) = split(folder);
            if packages.contains(folder) && is_identifier(package) && !packages.contains(parent) {
                folders.insert(parent);
            }
            let mut in_package = false;
            for ancestor in ancestors(folder) {
                in_package |= packages.contains(ancestor);
                if CONVENTIONAL.contains(&split(ancestor).1) && !in_package {
                    folders.insert(ancestor);
                }
            }
        }
        names.sort_unstable();
        names.dedup();
        let folders: Vec<String> = folders.into_iter().map(str::to_owned).collect();
        let mut by_name: HashMap<String, Vec<u32>> = HashMap::new();
        for (at, root) in folders.iter().enumerate() {
            for name in children(index, root) {
                by_name.entry(name.to_owned()).or_default().push(at as u32);
            }
        }
        Self { folders, by_name, names }
    }

    /// Whether a module or a folder anywhere has a name.
    pub(super) fn have(&self, name: &str) -> bool {
        self.names.binary_search(&hash(name.as_bytes())).is_ok()
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
        .scan("", |last, name| Some((std::mem::replace(last, name) != name).then_some(name)))
        .flatten()
        .filter(|name| is_identifier(name))
        .collect()
}

/// Whether a folder or one above it is a package.
pub(super) fn in_package(index: &Index<'_>, folder: &str) -> bool {
    ancestors(folder).any(|it| index.is_package(it))
}

/// The folders in which a folder lies, outermost first, and itself.
fn ancestors(folder: &str) -> impl Iterator<Item = &str> {
    folder.match_indices('/').map(|(at, _)| &folder[..at]).chain([folder])
}

fn is_init(name: &str) -> bool {
    matches!(name, "__init__.py" | "__init__.pyi")
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
