//! A changed file as a platform lists it, and what to do when the platform left its diff out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{ChangedFiles, ForgeError, ForgeKind};
use crate::change::{ChangeSet, FileChange, MOST_PAIRS, hunks_within};
use crate::review::code;

/// Contents of files at one commit, by path.
pub(super) type Blobs = BTreeMap<String, Arc<[u8]>>;

/// Most pairs of lines that are compared for all files of a change.
const MOST_PAIRS_OF_ALL: u64 = 5 * MOST_PAIRS;

/// A file as listed.
pub(super) struct Listed {
    pub(super) change: FileChange,
    /// Python that may have changed without a diff that says how: the contents tell.
    pub(super) cut: bool,
}

impl Listed {
    /// Paths whose contents are needed, before and after the change.
    pub(super) fn needed(files: &[Self]) -> (Vec<String>, Vec<String>) {
        let cut = || files.iter().filter(|file| file.cut).map(|file| &file.change);
        (
            cut().filter_map(|file| file.old_path.clone()).collect(),
            cut().map(|file| file.path.clone()).collect(),
        )
    }

    /// The files with hunks of our own where the platform gave none. Off the event loop: files of some MiB that differ
    /// everywhere take their time.
    pub(super) async fn complete_all(
        files: Vec<Self>,
        forge: ForgeKind,
        (old, new): (Blobs, Blobs),
        mut omissions: Vec<String>,
    ) -> Result<ChangedFiles, ForgeError> {
        let completing = tokio::task::spawn_blocking(move || {
            let mut pairs = MOST_PAIRS_OF_ALL;
            let complete =
                |file: Self| file.complete(forge, &old, &new, &mut pairs, &mut omissions);
            let files = files.into_iter().map(complete).collect();
            ChangedFiles { change: ChangeSet { files }, omissions }
        });
        completing.await.map_err(|_| ForgeError::Transport {
            forge,
            operation: "compare files",
            message: "comparing them crashed".to_owned(),
        })
    }

    /// The file with hunks of our own where the platform gave none. What can't be had is an omission.
    fn complete(
        mut self,
        forge: ForgeKind,
        old: &Blobs,
        new: &Blobs,
        pairs: &mut u64,
        omissions: &mut Vec<String>,
    ) -> FileChange {
        if !self.cut {
            return self.change;
        }
        let before = self.change.old_path.as_ref().map(|path| old.get(path));
        match (before, new.get(&self.change.path)) {
            (None, Some(new)) => self.change.hunks = hunks_within(pairs, &[], new),
            (Some(Some(old)), Some(new)) => self.change.hunks = hunks_within(pairs, old, new),
            _ => omissions.push(format!(
                "{} was not analysed: {} gives neither its diff nor its content.",
                code(&self.change.path),
                forge.title()
            )),
        }
        self.change
    }
}
