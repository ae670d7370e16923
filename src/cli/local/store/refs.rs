//! From what a person writes to a commit.

use super::Store;
use super::object::{self, Id, Kind};

/// Where git looks a short name up, in this order.
const PLACES: [&str; 6] =
    ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/", "refs/remotes//HEAD"];

/// Longest chain of references to references, as in git.
const MAX_HOPS: usize = 5;

impl Store {
    /// The commit that a revision names, as far as it is written in the simple notations: a full name of an object, a
    /// reference, either with `^` and `~` behind.
    pub(in crate::cli) fn commit(&self, revision: &str) -> Option<Id> {
        let end = revision.find(['^', '~']).unwrap_or(revision.len());
        let (name, mut steps) = revision.split_at(end);
        let mut commit = self.peeled(&self.named(name)?)?;
        while let Some(sign) = steps.chars().next() {
            let digits = steps[1..].bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = steps[1..].split_at(digits);
            let number: usize = if number.is_empty() { 1 } else { number.parse().ok()? };
            commit = match sign {
                '~' => {
                    let mut at = commit;
                    for _ in 0..number {
                        at = *self.parents(&at)?.first()?;
                    }
                    at
                }
                '^' if rest.starts_with('{') => return None,
                '^' if number == 0 => commit,
                '^' => *self.parents(&commit)?.get(number - 1)?,
                _ => return None,
            };
            steps = rest;
        }
        Some(commit)
    }

    fn named(&self, name: &str) -> Option<Id> {
        if name.len() == 40
            && let Some(id) = object::id(name)
        {
            return Some(id);
        }
        // `@{…}`, `:path` and names of nothing are git's to explain.
        if name.is_empty() || !is_plain(name) {
            return None;
        }
        let name = if name == "@" { "HEAD" } else { name };
        PLACES.iter().find_map(|place| match place.split_once("//") {
            Some((before, after)) => self.reference(&format!("{before}/{name}/{after}")),
            None => self.reference(&format!("{place}{name}")),
        })
    }

    /// What a reference of this full name is at.
    pub(in crate::cli) fn reference(&self, name: &str) -> Option<Id> {
        let mut name = name.to_owned();
        for _ in 0..MAX_HOPS {
            let own = !name.starts_with("refs/");
            // Only a few words outside of `refs/` are references; other files there are not.
            if own && !name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_') {
                return None;
            }
            let folder =
                if own || name.starts_with("refs/bisect/") { &self.own } else { &self.common };
            let Ok(text) = std::fs::read_to_string(folder.join(&name)) else {
                return self.packed(&name);
            };
            match text.strip_prefix("ref:") {
                Some(target) if is_plain(target.trim()) => name = target.trim().to_owned(),
                Some(_) => return None,
                None => return object::id(text.trim_end().get(..40)?),
            }
        }
        None
    }

    fn packed(&self, name: &str) -> Option<Id> {
        let text = std::fs::read_to_string(self.common.join("packed-refs")).ok()?;
        let line = text.lines().find(|line| line.get(41..) == Some(name))?;
        object::id(&line[..40])
    }

    /// The commit itself, or the one that a tag is of.
    fn peeled(&self, id: &Id) -> Option<Id> {
        let mut id = *id;
        for _ in 0..MAX_HOPS {
            let object = self.object(&id)?;
            match object.kind {
                Kind::Commit => return Some(id),
                Kind::Tag => id = object::id(object::field(&object.bytes, "object")?)?,
                Kind::Tree | Kind::Blob => return None,
            }
        }
        None
    }
}

/// Whether a name can be looked up as a path below the repository.
fn is_plain(name: &str) -> bool {
    let odd =
        |c: char| c.is_control() || matches!(c, ' ' | ':' | '?' | '*' | '[' | '\\' | '{' | '}');
    !name.contains(odd)
        && !name.starts_with(['/', '-'])
        && name
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"))
}
