//! Fetches what an analysis asked for in vain, within the review's budget.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;

use super::{Contents, NoContext};
use crate::forge::{Forge, ForgeError, ListedFile, Revision, Sink, Wanted};
use crate::settings::ContextLimits;

/// An archive is not read further than this, in bytes as sent; it holds everything that the repository has.
const MOST_PACKED: u64 = 512 << 20;
/// Nor further than this, in bytes as unpacked.
const MOST_UNPACKED: u64 = 4 << 30;
/// What a file of unknown size counts, in bytes.
const USUAL: u64 = 10_000;

/// Reads the unchanged files of one review.
pub(in crate::jobs) struct Reader<'a> {
    forge: &'a dyn Forge,
    revision: &'a Revision,
    contents: Arc<Contents>,
    /// Paths of the changed files.
    changed: Vec<String>,
    limits: ContextLimits,
    until: Instant,
    files: usize,
    bytes: Arc<AtomicU64>,
    archive_tried: bool,
    /// How many files were asked for and not read, as of the last fetch that changed nothing.
    unread: usize,
    trouble: Option<NoContext>,
}

impl<'a> Reader<'a> {
    pub(in crate::jobs) fn new(
        forge: &'a dyn Forge,
        revision: &'a Revision,
        contents: Arc<Contents>,
        changed: Vec<String>,
        limits: ContextLimits,
    ) -> Self {
        let (until, bytes) = (Instant::now() + limits.time, Arc::default());
        let (files, unread, archive_tried, trouble) = (0, 0, false, None);
        Self {
            forge,
            revision,
            contents,
            changed,
            limits,
            until,
            files,
            bytes,
            archive_tried,
            unread,
            trouble,
        }
    }

    /// Fetches what was asked for in vain, as far as the budget goes. Whether more is at hand now. Never an error: a
    /// review goes on with what there is.
    pub(in crate::jobs) async fn fetch(&mut self) -> bool {
        let wanted = self.contents.take_wanted();
        let all = wanted.len();
        let chosen = self.within_budget(wanted);
        if chosen.is_empty() || self.trouble.is_some() {
            self.unread = all;
            return false;
        }
        let had = self.missing(&chosen).len();
        let read = tokio::time::timeout_at(self.until, self.read(&chosen)).await;
        let left = self.missing(&chosen);
        self.files += had - left.len();
        match read {
            Ok(Ok(())) => left.values().for_each(|file| self.contents.give_up(file.id)),
            Ok(Err(error)) => self.trouble = Some(error.into()),
            Err(_) => self.trouble = Some(NoContext::Late(self.limits.time)),
        }
        if let Some(error) = &self.trouble {
            tracing::warn!(%error, files.missing = left.len(), "the review goes on with less of the repository");
        }
        // What is still missing after more came, the next analysis asks for again.
        let more = left.len() < had;
        let given_up = if self.trouble.is_none() { left.len() } else { 0 };
        self.unread = if more { 0 } else { all - given_up };
        more
    }

    /// What was not read although the last analysis asked for it, a sentence; and whether that may be another time
    /// otherwise.
    pub(in crate::jobs) fn note(&self) -> Option<(String, bool)> {
        let missing = self.unread + self.contents.take_wanted().len();
        let files = match missing {
            0 => return None,
            1 => "1 unchanged Python file was".to_owned(),
            _ => format!("{missing} unchanged Python files were"),
        };
        let ContextLimits { files: most, bytes, .. } = self.limits;
        Some(match &self.trouble {
            Some(why) => (format!("{files} not read for context: {}.", why.reason()), true),
            None => {
                let bytes = bytes >> 20;
                (
                    format!(
                        "{files} not read for context: a review reads at most {most} of them, or {bytes} MiB."
                    ),
                    false,
                )
            }
        })
    }

    /// The files that there is room for, those first that are nearest to a changed one.
    fn within_budget(&self, wanted: BTreeMap<String, ListedFile>) -> BTreeMap<String, ListedFile> {
        let near = |path: &str| self.changed.iter().map(|it| shared_folders(it, path)).max();
        let mut wanted: Vec<_> = wanted.into_iter().collect();
        wanted.sort_by_cached_key(|(path, _)| (Reverse(near(path)), path.clone()));
        let mut bytes = self.bytes.load(Ordering::Relaxed);
        let fits = |(_, file): &(String, ListedFile)| {
            bytes = bytes.saturating_add(file.size.unwrap_or(USUAL));
            bytes <= self.limits.bytes
        };
        let room = self.limits.files.saturating_sub(self.files);
        wanted.into_iter().take(room).take_while(fits).collect()
    }

    async fn read(&mut self, chosen: &BTreeMap<String, ListedFile>) -> Result<(), ForgeError> {
        let few = self.forge.few_contents();
        let mut left = self.missing(chosen);
        let mut refused = None;
        if left.len() > few && !self.archive_tried {
            self.archive_tried = true;
            let wanted = Wanted {
                files: Arc::new(left),
                most_packed: MOST_PACKED,
                most_unpacked: MOST_UNPACKED,
            };
            let head = &self.revision.head_sha;
            let read = self.forge.archive(self.revision, head, wanted, &self.sink()).await;
            refused = read.err();
            left = self.missing(chosen);
        }
        // Without an archive, what a few calls give is better than nothing.
        let some: Vec<ListedFile> = left.values().copied().take(few).collect();
        self.forge.contents(self.revision, &some, &self.sink()).await?;
        match refused {
            Some(error) if left.len() > few => Err(error),
            _ => Ok(()),
        }
    }

    fn missing(&self, files: &BTreeMap<String, ListedFile>) -> BTreeMap<String, ListedFile> {
        let missing = files.iter().filter(|(_, file)| self.contents.get(file.id).is_none());
        missing.map(|(path, file)| (path.clone(), *file)).collect()
    }

    fn sink(&self) -> Sink {
        let (contents, most) = (self.contents.clone(), self.limits.bytes);
        let bytes = self.bytes.clone();
        Arc::new(move |id, content| {
            let size = content.len() as u64;
            contents.put(id, content);
            bytes.fetch_add(size, Ordering::Relaxed) + size < most
        })
    }
}

/// How many folders two files share, counted from the root.
fn shared_folders(one: &str, other: &str) -> usize {
    let folders =
        |path: &'_ str| path.rsplit_once('/').map_or("", |(folders, _)| folders).to_owned();
    let (one, other) = (folders(one), folders(other));
    one.split('/').zip(other.split('/')).take_while(|(a, b)| a == b && !a.is_empty()).count()
}

#[cfg(test)]
mod tests {
    use super::shared_folders;

    #[test]
    fn files_are_near_by_the_folders_that_they_share() {
        for (one, other, near) in [
            ("a/b/c.py", "a/b/d.py", 2),
            ("a/b/c.py", "a/d.py", 1),
            ("a/b/c.py", "a/bc/d.py", 1),
            ("c.py", "d.py", 0),
            ("a/c.py", "d.py", 0),
        ] {
            assert_eq!(shared_folders(one, other), near, "{one} {other}");
        }
    }
}
