//! A changed file as a platform lists it, and what to do when the platform left its diff out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ForgeKind;
use crate::change::{FileChange, hunks_between};

/// Contents of files at one commit, by path.
pub(super) type Blobs = BTreeMap<String, Arc<[u8]>>;

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

    /// The file with hunks of our own where the platform gave none. What can't be had is an omission.
    pub(super) fn complete(
        mut self,
        forge: ForgeKind,
        old: &Blobs,
        new: &Blobs,
        omissions: &mut Vec<String>,
    ) -> FileChange {
        if !self.cut {
            return self.change;
        }
        let before = self.change.old_path.as_ref().map(|path| old.get(path));
        match (before, new.get(&self.change.path)) {
            (None, Some(new)) => self.change.hunks = hunks_between(&[], new),
            (Some(Some(old)), Some(new)) => self.change.hunks = hunks_between(old, new),
            _ => omissions.push(format!(
                "`{}` was not analysed: {} gives neither its diff nor its content.",
                self.change.path,
                forge.title()
            )),
        }
        self.change
    }
}
