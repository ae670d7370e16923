//! What a review sees of the repository around the change, and what reviews of a repository share.
//!
//! A review lists the repository and starts with the changed files. The analysis reads through [`RepositoryTree`]s, which
//! note what it asked for and did not get; that is fetched, within a budget, and the analysis is run again. What was read
//! once is known by its content: the next push asks the platform for what changed only.
//!
//! Everything is kept by repository. Content has the same name everywhere, but whoever knows a name need not have the
//! content: one tenant's files are no answer to another one's question.

mod known;
mod reader;
mod tree;

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;

use crate::change::{ContentId, is_python};
use crate::forge::{Forge, ForgeError, ForgeKind, Listing, RepositoryRef, Revision};
use crate::policy;
use crate::settings::ContextLimits;

pub(super) use known::{Known, shelf};
pub(super) use reader::Reader;
pub(super) use tree::{Contents, RepositoryTree};

/// Share of the memory for listings, beside that for contents.
const LISTINGS_SHARE: u64 = 8;
/// Share of the memory for what is known of files.
const KNOWN_SHARE: u64 = 2;
/// What an entry takes beside its text and bytes.
const ENTRY: usize = 96;

/// A repository, as far as caches tell one from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Scope(ForgeKind, i64);

impl Scope {
    pub(super) fn of(repository: &RepositoryRef) -> Self {
        Self(repository.forge, repository.external_id)
    }
}

/// A file of a commit: the commit's SHA and the path.
type AtCommit = (Scope, Arc<str>, String);

/// What the reviews of this process share.
pub struct Contexts {
    pub(super) limits: ContextLimits,
    contents: Cache<(Scope, ContentId), Arc<[u8]>>,
    listings: Cache<(Scope, String), Arc<Listing>>,
    /// What a file of a commit holds; `None` where it is not there.
    names: Cache<AtCommit, Option<ContentId>>,
    known: Cache<Scope, Arc<Known>>,
    /// Whether outlines are kept in the store, too.
    stored: bool,
}

impl Contexts {
    /// Nothing is known yet.
    pub fn new(limits: ContextLimits) -> Self {
        let weigh = |bytes: usize| u32::try_from(bytes + ENTRY).unwrap_or(u32::MAX);
        let of_listing = |listing: &Arc<Listing>| -> usize {
            listing.files.keys().map(|path| path.len() + ENTRY).sum()
        };
        let small = limits.memory / LISTINGS_SHARE;
        Self {
            limits,
            contents: Cache::builder()
                .max_capacity(limits.memory)
                .weigher(move |_, bytes: &Arc<[u8]>| weigh(bytes.len()))
                .build(),
            listings: Cache::builder()
                .max_capacity(small)
                .weigher(move |_, listing| weigh(of_listing(listing)))
                .build(),
            names: Cache::builder()
                .max_capacity(small / LISTINGS_SHARE)
                .weigher(move |(_, _, path): &AtCommit, _| weigh(path.len()))
                .build(),
            known: Cache::builder()
                .max_capacity(limits.memory / KNOWN_SHARE)
                .weigher(known::weight)
                .build(),
            stored: true,
        }
    }

    /// The same, with nothing kept in the store: what is known is found out again after each start.
    pub fn in_memory(self) -> Self {
        Self { stored: false, ..self }
    }

    /// The files at a revision's head. The time is bounded; a listing that has been read is not read again.
    pub(super) async fn listing(
        &self,
        forge: &dyn Forge,
        revision: &Revision,
    ) -> Result<Arc<Listing>, NoContext> {
        if self.limits.files == 0 {
            return Ok(Arc::default());
        }
        let key = (Scope::of(&revision.change.repository), revision.head_sha.clone());
        if let Some(known) = self.listings.get(&key) {
            return Ok(known);
        }
        let listing = forge.tree(revision, &revision.head_sha, is_context);
        let listing = Arc::new(in_time(self.limits.time, listing).await?);
        if listing.whole {
            self.listings.insert(key, listing.clone());
        }
        Ok(listing)
    }

    /// What a file of a commit holds, if that is known; the inner `None` is a file that is not there.
    pub(super) fn name(&self, scope: Scope, commit: &str, path: &str) -> Option<Option<ContentId>> {
        self.names.get(&(scope, commit.into(), path.to_owned()))
    }

    /// Notes what a file of a commit holds. Commits don't change.
    pub(super) fn know(&self, scope: Scope, commit: &str, path: &str, id: Option<ContentId>) {
        self.names.insert((scope, commit.into(), path.to_owned()), id);
    }
}

/// Whether the analysis may ask for a file.
pub(super) fn is_context(path: &str) -> bool {
    is_python(path) || path.ends_with(".pyi") || policy::FILES.contains(&path)
}

/// Why something around the change could not be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoContext {
    #[error(transparent)]
    Forge(#[from] ForgeError),
    #[error("it took longer than {} s", .0.as_secs_f32())]
    Late(Duration),
}

impl NoContext {
    /// The reason for people, without what only the log needs.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Late(_) => self.to_string(),
            Self::Forge(ForgeError::RateLimited { forge, .. }) => {
                format!("{} wants us to wait", forge.title())
            }
            Self::Forge(ForgeError::Status { forge, status, .. }) => {
                format!("{} answered with {status}", forge.title())
            }
            Self::Forge(_) => "no whole answer came".to_owned(),
        }
    }
}

async fn in_time<T>(
    time: Duration,
    work: impl Future<Output = Result<T, ForgeError>>,
) -> Result<T, NoContext> {
    match tokio::time::timeout(time, work).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(NoContext::Late(time)),
    }
}
