//! From a dotted name to a file.

use super::roots::{CONVENTIONAL, in_package};
use super::stdlib::is_stdlib;
use super::{Index, Target, join, names, split};

/// What is tried for a module of a name, in the order in which Python looks; stubs last.
const SHAPES: [&str; 5] = ["/__init__.py", ".py", ".pyw", "/__init__.pyi", ".pyi"];

/// Names of files that are run as programs, so that their folder is where their imports are looked for.
const PROGRAMS: [&str; 6] =
    ["__main__.py", "app.py", "conftest.py", "main.py", "manage.py", "run.py"];

/// See [`Index::resolve`].
pub(super) fn resolve(index: &Index<'_>, from: &str, dotted: &str, level: u32) -> Option<Target> {
    let folder = split(from).0;
    if level == 0 {
        return absolute(index, from, dotted);
    }
    let mut base = folder;
    for _ in 1..level {
        if base.is_empty() {
            return None;
        }
        base = split(base).0;
    }
    if dotted.is_empty() { package(index, base) } else { below(index, base, dotted) }
}

fn absolute(index: &Index<'_>, from: &str, dotted: &str) -> Option<Target> {
    let first = dotted.split('.').next().filter(|first| !first.is_empty())?;
    if !index.roots().have(first) {
        return None;
    }
    let folder = split(from).0;
    if is_stdlib(first) {
        // Only a program's own folder comes before the standard library, and no folder without modules does.
        let hides = is_top_of_program(index, folder) && is_regular(index, folder, first);
        return if hides { below(index, folder, dotted) } else { None };
    }
    let mut best: Option<(u8, Target)> = None;
    let mut consider = |root: &str| {
        let Some(target) = below(index, root, dotted) else { return false };
        let rank = match target {
            Target::File(_) if is_regular(index, root, first) => 0,
            Target::File(_) => 1,
            Target::Folder(_) => 2,
        };
        if best.is_none_or(|(other, _)| rank < other) {
            best = Some((rank, target));
        }
        rank == 0
    };
    let mut at = folder;
    loop {
        if !index.is_package(at) {
            let found = consider(at)
                || CONVENTIONAL.iter().any(|name| {
                    let root = join(at, name);
                    !index.is_package(&root) && consider(&root)
                });
            if found {
                break;
            }
        }
        if at.is_empty() {
            index.roots().with(first, from).into_iter().any(consider);
            break;
        }
        at = split(at).0;
    }
    best.map(|(_, target)| target)
}

/// The module of a dotted name below a folder.
pub(super) fn below(index: &Index<'_>, folder: &str, dotted: &str) -> Option<Target> {
    if dotted.split('.').any(str::is_empty) {
        return None;
    }
    let mut path = join(folder, &dotted.replace('.', "/"));
    let plain = path.len();
    for shape in SHAPES {
        path.truncate(plain);
        path.push_str(shape);
        if let Some(file) = index.file(&path) {
            return Some(Target::File(file));
        }
    }
    path.truncate(plain);
    index.folder(&path).map(Target::Folder)
}

fn package(index: &Index<'_>, folder: &str) -> Option<Target> {
    let init = ["__init__.py", "__init__.pyi"].iter().find_map(|it| index.file(&join(folder, it)));
    init.map(Target::File).or_else(|| index.folder(folder).map(Target::Folder))
}

/// Whether a folder has a module or a package with `__init__` of a name.
fn is_regular(index: &Index<'_>, folder: &str, name: &str) -> bool {
    matches!(below(index, folder, name), Some(Target::File(_)))
}

/// Whether programs are run right from a folder.
fn is_top_of_program(index: &Index<'_>, folder: &str) -> bool {
    if in_package(index, folder) {
        return false;
    }
    let Some(first) = index.folder(folder) else { return false };
    let inside = index.paths[first.first.0 as usize..].iter();
    let inside = inside.take_while(|path| path.starts_with(folder));
    inside.filter(|path| split(path).0 == folder).any(|path| {
        let name = split(path).1;
        let runs = |id| index.bytes(id).is_some_and(|it| names::mentions(&it, "__main__"));
        PROGRAMS.contains(&name) || name.starts_with("test_") || index.file(path).is_some_and(runs)
    })
}
