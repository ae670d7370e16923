//! The files that a merge request changes.

use super::look_up::Names;
use super::wire::{DiffWire, VersionWire};
use super::{GitLab, merge_request};
use crate::change::{FileChange, FileChangeKind, Hunk, is_python, parse_patch};
use crate::forge::listed::{Blobs, Listed};
use crate::forge::{ChangedFiles, ForgeError, ForgeKind, Revision};

/// Most pages of 100 files that are read where a version can't be had as a whole.
const FILE_PAGES: usize = 50;

impl GitLab {
    /// The files of exactly the version that was looked up.
    pub(super) async fn read_changed_files(
        &self,
        revision: &Revision,
    ) -> Result<ChangedFiles, ForgeError> {
        let names = Names::of(revision)?;
        let (diffs, whole) = self.read_diffs(revision, &names).await?;
        let mut omissions = Vec::new();
        if let Some(sentence) = cut_short(&names, diffs.len(), whole) {
            omissions.push(sentence);
        }
        let read: Vec<Listed> = diffs.into_iter().map(from_wire).collect();
        let contents = self.read_cut(revision, &read).await?;
        Listed::complete_all(read, ForgeKind::GitLab, contents, omissions).await
    }

    /// The diffs of the version, and whether these are all of them.
    async fn read_diffs(
        &self,
        revision: &Revision,
        names: &Names,
    ) -> Result<(Vec<DiffWire>, bool), ForgeError> {
        let merge_request = merge_request(&revision.change);
        if let Some(version) = names.version {
            let path = format!("{merge_request}/versions/{version}");
            match self.get::<VersionWire>("read version", &path).await {
                Ok(version) => return Ok((version.diffs, true)),
                // A whole version can be too much for GitLab, or for us; its pages are not.
                Err(
                    error @ (ForgeError::Status { status: 404 | 500.., .. }
                    | ForgeError::Transport { .. }
                    | ForgeError::Shape { .. }),
                ) => tracing::warn!(version, "the version can't be read as a whole: {error}"),
                Err(error) => return Err(error),
            }
        }
        let path = format!("{merge_request}/diffs?per_page=100");
        let diffs = self.list("list changed files", &path, FILE_PAGES).await?;
        // The pages are those of the newest head.
        self.require_head(revision).await?;
        Ok(diffs)
    }

    /// Both versions of the files whose diff GitLab left out.
    async fn read_cut(
        &self,
        revision: &Revision,
        files: &[Listed],
    ) -> Result<(Blobs, Blobs), ForgeError> {
        let project = revision.change.repository.external_id;
        let (old, new) = Listed::needed(files);
        Ok((
            self.read_blobs(project, &revision.base_sha, &old).await?,
            self.read_blobs(project, &revision.head_sha, &new).await?,
        ))
    }
}

/// What to say when there are fewer files than were changed.
fn cut_short(names: &Names, listed: usize, whole: bool) -> Option<String> {
    let announced = names.announced.as_deref().unwrap_or_default();
    let more = announced.ends_with('+')
        || announced.parse::<usize>().is_ok_and(|announced| announced > listed);
    (more || names.overflow || !whole).then(|| match announced {
        "" => format!(
            "GitLab lists only {listed} of the changed files; the others were not analysed."
        ),
        _ => format!(
            "GitLab lists {listed} of the {announced} changed files; the others were not analysed."
        ),
    })
}

fn from_wire(wire: DiffWire) -> Listed {
    let old_path = wire.old_path.unwrap_or_else(|| wire.new_path.clone());
    let (kind, old_path) = match () {
        () if wire.new_file => (FileChangeKind::Added, None),
        () if wire.deleted_file => (FileChangeKind::Deleted, Some(old_path)),
        () if wire.renamed_file => (FileChangeKind::Renamed, Some(old_path)),
        () => (FileChangeKind::Modified, Some(old_path)),
    };
    let hunks = wire.diff.as_deref().and_then(read_diff);
    let cut = hunks.is_none() && kind != FileChangeKind::Deleted && is_python(&wire.new_path);
    let change = FileChange {
        path: wire.new_path,
        old_path,
        kind,
        hunks: hunks.unwrap_or_default(),
        // A collapsed file can be unfolded, and its lines take comments.
        shown: wire.too_large != Some(true),
    };
    Listed { change, cut }
}

/// The hunks that GitLab gives; `None` when there are none, or when they can't be read.
fn read_diff(diff: &str) -> Option<Vec<Hunk>> {
    let hunks =
        parse_patch(diff).inspect_err(|why| tracing::debug!("no hunks can be read: {why}")).ok()?;
    (!hunks.is_empty()).then_some(hunks)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(fields: serde_json::Value) -> Listed {
        from_wire(serde_json::from_value(fields).expect("a diff"))
    }

    #[test]
    fn files_are_told_apart() {
        for (fields, kind, old_path, cut, shown) in [
            (
                json!({"old_path": "a.py", "new_path": "a.py", "new_file": true, "diff": "@@ -0,0 +1 @@\n+x\n"}),
                FileChangeKind::Added,
                None,
                false,
                true,
            ),
            (
                json!({"old_path": "a.py", "new_path": "a.py", "diff": "@@ -1 +1 @@\n-x\n+y\n"}),
                FileChangeKind::Modified,
                Some("a.py"),
                false,
                true,
            ),
            (
                json!({"old_path": "b.py", "new_path": "a.py", "renamed_file": true, "diff": ""}),
                FileChangeKind::Renamed,
                Some("b.py"),
                true,
                true,
            ),
            (
                json!({"old_path": "a.py", "new_path": "a.py", "deleted_file": true, "diff": ""}),
                FileChangeKind::Deleted,
                Some("a.py"),
                false,
                true,
            ),
            (
                json!({"old_path": "a.py", "new_path": "a.py", "diff": "", "collapsed": true}),
                FileChangeKind::Modified,
                Some("a.py"),
                true,
                true,
            ),
            (
                json!({"old_path": "a.py", "new_path": "a.py", "diff": "", "too_large": true}),
                FileChangeKind::Modified,
                Some("a.py"),
                true,
                false,
            ),
            (
                json!({"new_path": "a.png", "diff": null}),
                FileChangeKind::Modified,
                Some("a.png"),
                false,
                true,
            ),
        ] {
            let read = read(fields.clone());
            let change = &read.change;
            assert_eq!((change.kind, change.old_path.as_deref()), (kind, old_path), "{fields}");
            assert_eq!((read.cut, change.shown), (cut, shown), "{fields}");
        }
    }

    #[test]
    fn missing_files_are_named() {
        let says = |announced: Option<&str>, overflow, listed, whole| {
            let names =
                Names { announced: announced.map(str::to_owned), overflow, ..Names::default() };
            cut_short(&names, listed, whole).is_some()
        };
        assert!(!says(Some("3"), false, 3, true));
        assert!(!says(None, false, 3, true));
        assert!(says(Some("1000+"), false, 1000, true));
        assert!(says(Some("4"), false, 3, true));
        assert!(says(None, true, 3, true));
        assert!(says(None, false, 3, false));
    }
}
