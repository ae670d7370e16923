//! What is known of a repository's files without reading them: from the store before a review, into it afterwards, and
//! in memory between reviews.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, NaiveDate, Utc};

use super::{Contexts, Scope};
use crate::change::ContentId;
use crate::python::index::{Contents, Outline};
use crate::store::outlines::{self, Shelf};
use crate::store::{Store, StoreError};

/// What an outline takes in memory, more or less, in bytes.
const OUTLINE: usize = 4_000;

/// What this process knows of a repository's files.
#[derive(Default)]
pub(in crate::jobs) struct Known {
    /// For the analysis.
    pub(in crate::jobs) contents: Arc<Contents>,
    stored: Mutex<Stored>,
}

/// What was had from the store or put there.
#[derive(Default)]
struct Stored {
    ids: HashSet<ContentId>,
    /// When the store was told last what is in use.
    told: Option<NaiveDate>,
}

impl Known {
    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Contexts {
    /// What is known of files with these contents. What memory lacks comes from the store, with one query.
    pub(in crate::jobs) async fn known(
        &self,
        store: &Store,
        scope: Scope,
        shelf: Shelf,
        files: &[ContentId],
        now: DateTime<Utc>,
    ) -> Result<Arc<Known>, StoreError> {
        // Old versions of files go with all the rest, once they are the most.
        let current = |known: &Arc<Known>| known.stored().ids.len() <= 2 * files.len() + 1000;
        let known = self.known.get(&scope).filter(current).unwrap_or_default();
        if !self.stored {
            return Ok(known);
        }
        let (missing, tell) = {
            let stored = known.stored();
            let missing = files.iter().filter(|id| !stored.ids.contains(id)).copied();
            (missing.collect::<Vec<_>>(), stored.told != Some(now.date_naive()))
        };
        if missing.is_empty() && !tell {
            return Ok(known);
        }
        let found = {
            let mut tx = store.read().await?;
            outlines::find(&mut tx, shelf, &missing).await?
        };
        if tell {
            let mut tx = store.begin().await?;
            outlines::used(&mut tx, shelf, files, now).await?;
            tx.commit().await?;
        }
        let mut stored = known.stored();
        stored.told = Some(now.date_naive());
        for (id, outline) in found {
            known.contents.insert(id, outline);
            stored.ids.insert(id);
        }
        drop(stored);
        Ok(known)
    }

    /// Keeps what a review found out, in the store and for the next review.
    pub(in crate::jobs) async fn keep(
        &self,
        store: &Store,
        scope: Scope,
        shelf: Shelf,
        known: Arc<Known>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let found = known.contents.take_found();
        if !found.is_empty() {
            if self.stored {
                let mut tx = store.begin().await?;
                outlines::keep(&mut tx, shelf, &found, now).await?;
                tx.commit().await?;
            }
            known.stored().ids.extend(found.iter().map(|(id, _)| *id));
        }
        self.known.insert(scope, known);
        Ok(())
    }
}

/// Where the outlines of a repository are.
pub(in crate::jobs) fn shelf(repository_id: i64) -> Shelf {
    Shelf { repository_id, format: i32::from(Outline::FORMAT) }
}

/// What a repository's outlines take, for the cache that holds them.
pub(super) fn weight(_: &Scope, known: &Arc<Known>) -> u32 {
    u32::try_from(known.stored().ids.len().saturating_mul(OUTLINE)).unwrap_or(u32::MAX)
}
