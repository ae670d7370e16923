//! Trees: what is in one, and what differs between two.

use std::sync::Arc;

use super::Store;
use super::object::{Entry, Id};

/// Deepest nesting of folders.
const MAX_DEPTH: usize = 200;

/// A file that differs between two trees.
pub(in crate::cli) struct Delta {
    pub(in crate::cli) path: String,
    /// Its content in the first tree.
    pub(in crate::cli) old: Option<Id>,
    /// Its content in the second tree.
    pub(in crate::cli) new: Option<Id>,
}

impl Store {
    /// Calls for each file of a tree, in the order of paths. `None` when a part can't be read.
    pub(in crate::cli) fn files(&self, tree: &Id, visit: &mut dyn FnMut(&str, &Id)) -> Option<()> {
        self.files_below(tree, &mut String::new(), 0, visit)
    }

    fn files_below(
        &self,
        tree: &Id,
        path: &mut String,
        depth: usize,
        visit: &mut dyn FnMut(&str, &Id),
    ) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        let folder = path.len();
        for entry in self.tree(tree)?.iter() {
            path.push_str(&String::from_utf8_lossy(&entry.name));
            if entry.is_folder() {
                path.push('/');
                self.files_below(&entry.id, path, depth + 1, visit)?;
            } else if entry.is_file() {
                visit(path, &entry.id);
            }
            path.truncate(folder);
        }
        Some(())
    }

    /// The file at a path of a tree; `Some(None)` when there is none.
    pub(in crate::cli) fn file(&self, tree: &Id, path: &str) -> Option<Option<Id>> {
        let mut at = *tree;
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let tree = self.tree(&at)?;
            let Some(entry) =
                tree.iter().find(|entry| String::from_utf8_lossy(&entry.name) == part)
            else {
                return Some(None);
            };
            match (parts.peek(), entry) {
                (None, entry) if entry.is_file() => return Some(Some(entry.id)),
                (Some(_), entry) if entry.is_folder() => at = entry.id,
                _ => return Some(None),
            }
        }
        Some(None)
    }

    /// The files that differ and whose paths are `wanted`, in the order of paths. `None` when a part can't be read.
    pub(in crate::cli) fn differences(
        &self,
        old: &Id,
        new: &Id,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Option<Vec<Delta>> {
        let mut deltas = Vec::new();
        self.differences_below(Some(old), Some(new), &mut String::new(), 0, &mut deltas, wanted)?;
        Some(deltas)
    }

    fn differences_below(
        &self,
        old: Option<&Id>,
        new: Option<&Id>,
        path: &mut String,
        depth: usize,
        deltas: &mut Vec<Delta>,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        let read = |id: Option<&Id>| match id {
            Some(id) => self.tree(id),
            None => Some(Arc::default()),
        };
        let (old, new) = (read(old)?, read(new)?);
        let folder = path.len();
        for (old, new) in pairs(&old, &new) {
            if old.map(|it| (it.mode, it.id)) == new.map(|it| (it.mode, it.id)) {
                continue;
            }
            let name = old.or(new).map(|it| String::from_utf8_lossy(&it.name)).unwrap_or_default();
            path.push_str(&name);
            let file = |it: Option<&Entry>| it.filter(|it| it.is_file()).map(|it| it.id);
            let (was, is) = (file(old), file(new));
            if (was.is_some() || is.is_some()) && wanted(path) {
                deltas.push(Delta { path: path.clone(), old: was, new: is });
            }
            let inner = |it: Option<&Entry>| it.filter(|it| it.is_folder()).map(|it| it.id);
            let (was, is) = (inner(old), inner(new));
            if was.is_some() || is.is_some() {
                path.push('/');
                self.differences_below(was.as_ref(), is.as_ref(), path, depth + 1, deltas, wanted)?;
            }
            path.truncate(folder);
        }
        Some(())
    }
}

/// The entries of two folders, those of one name side by side.
fn pairs<'e>(
    old: &'e [Entry],
    new: &'e [Entry],
) -> impl Iterator<Item = (Option<&'e Entry>, Option<&'e Entry>)> {
    // A folder's name counts as if a slash stood behind it.
    let key = |entry: &'e Entry| (entry.name.iter().copied(), entry.is_folder());
    let order = move |a: &'e Entry, b: &'e Entry| {
        let ((a, a_folder), (b, b_folder)) = (key(a), key(b));
        let slash = |folder: bool| folder.then_some(b'/');
        a.chain(slash(a_folder)).cmp(b.chain(slash(b_folder)))
    };
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    std::iter::from_fn(move || match (old.peek(), new.peek()) {
        (None, None) => None,
        (Some(_), None) => Some((old.next(), None)),
        (None, Some(_)) => Some((None, new.next())),
        (Some(a), Some(b)) => Some(match order(a, b) {
            std::cmp::Ordering::Less => (old.next(), None),
            std::cmp::Ordering::Greater => (None, new.next()),
            std::cmp::Ordering::Equal => (old.next(), new.next()),
        }),
    })
}
