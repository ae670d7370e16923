//! The files that a pull request changes.

use super::wire::FileWire;
use super::{At, GitHub};
use crate::change::{ChangeSet, FileChange, FileChangeKind, Hunk, is_python, parse_patch};
use crate::forge::listed::{Blobs, Listed};
use crate::forge::{ChangedFiles, ForgeError, ForgeKind, Revision};

/// GitHub lists no more files of a pull request than these.
const MOST_FILES: usize = 3000;

impl GitHub {
    /// The files as GitHub shows them. They are those of the newest head, so the head is read before and after.
    pub(super) async fn read_changed_files(
        &self,
        revision: &Revision,
    ) -> Result<ChangedFiles, ForgeError> {
        let at = self.at(&revision.change.repository).await?;
        let announced = self.require_head(&at, revision).await?.changed_files;
        let files = self.list_files(&at, revision).await?;
        self.require_head(&at, revision).await?;
        let mut omissions = Vec::new();
        if let Some(announced) = announced.filter(|announced| *announced > files.len()) {
            omissions.push(format!(
                "GitHub lists {} of the {announced} changed files; the others were not analysed.",
                files.len()
            ));
        }
        let read: Vec<Listed> = files.into_iter().map(from_wire).collect();
        let contents = self.read_cut(&at, revision, &read).await?;
        Listed::complete_all(read, ForgeKind::GitHub, contents, omissions).await
    }

    /// The change as GitHub shows it at the newest head, for what can carry a comment.
    pub(super) async fn shown_files(
        &self,
        at: &At<'_>,
        revision: &Revision,
    ) -> Result<ChangeSet, ForgeError> {
        let files = self.list_files(at, revision).await?;
        Ok(ChangeSet { files: files.into_iter().map(|wire| from_wire(wire).change).collect() })
    }

    async fn list_files(
        &self,
        at: &At<'_>,
        revision: &Revision,
    ) -> Result<Vec<FileWire>, ForgeError> {
        let path = format!("/pulls/{}/files?per_page=100", revision.change.number);
        let url = self.repository_url(at.repository, &path)?;
        match self.list(at, "list changed files", url, MOST_FILES).await {
            // GitHub's word for a diff that it could not compute this time (REST API, "List pull requests files").
            Err(ForgeError::Status { status: 422, .. }) => {
                Err(ForgeError::NotReady { forge: ForgeKind::GitHub, what: "the diff" })
            }
            listed => listed,
        }
    }

    /// Both versions of the files whose diff GitHub left out.
    async fn read_cut(
        &self,
        at: &At<'_>,
        revision: &Revision,
        files: &[Listed],
    ) -> Result<(Blobs, Blobs), ForgeError> {
        let (old, new) = Listed::needed(files);
        Ok((
            self.read_blobs(at, &revision.base_sha, &old).await?,
            self.read_blobs(at, &revision.head_sha, &new).await?,
        ))
    }
}

fn from_wire(wire: FileWire) -> Listed {
    let (kind, old_path) = match (wire.status.as_deref(), wire.previous_filename) {
        (Some("added"), _) | (Some("copied"), None) => (FileChangeKind::Added, None),
        (Some("removed"), _) => (FileChangeKind::Deleted, Some(wire.filename.clone())),
        // A copy's diff starts from its original, as a renamed file's does.
        (Some("renamed" | "copied"), Some(old)) => (FileChangeKind::Renamed, Some(old)),
        _ => (FileChangeKind::Modified, Some(wire.filename.clone())),
    };
    let hunks = wire.patch.as_deref().and_then(read_patch);
    let changed = wire.changes != Some(0);
    let cut =
        hunks.is_none() && changed && kind != FileChangeKind::Deleted && is_python(&wire.filename);
    let change = FileChange {
        path: wire.filename,
        old_path,
        kind,
        hunks: hunks.unwrap_or_default(),
        shown: !cut,
    };
    Listed { change, cut }
}

/// The hunks that GitHub gives; `None` when they can't be read.
fn read_patch(patch: &str) -> Option<Vec<Hunk>> {
    parse_patch(patch).inspect_err(|why| tracing::warn!("unreadable patch: {why}")).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn files_are_told_apart() {
        use FileChangeKind::{Added, Deleted, Modified, Renamed};
        let patch = "@@ -1 +1 @@\n-x\n+y";
        for (fields, kind, old_path, cut) in [
            (
                json!({"status": "added", "changes": 1, "patch": "@@ -0,0 +1 @@\n+x"}),
                Added,
                None,
                false,
            ),
            (
                json!({"status": "modified", "changes": 2, "patch": patch}),
                Modified,
                Some("a.py"),
                false,
            ),
            // Only another mode, or bytes that are no text: there is no diff to have.
            (json!({"status": "modified", "changes": 0}), Modified, Some("a.py"), false),
            (json!({"status": "changed", "changes": 0}), Modified, Some("a.py"), false),
            // Too large to be shown.
            (json!({"status": "modified", "changes": 90_000}), Modified, Some("a.py"), true),
            (json!({"status": "added", "changes": 90_000}), Added, None, true),
            (json!({"status": "removed", "changes": 90_000}), Deleted, Some("a.py"), false),
            // Cut off in the middle.
            (
                json!({"status": "modified", "changes": 2, "patch": "@@ -1 +1 @@\n-x"}),
                Modified,
                Some("a.py"),
                true,
            ),
            (
                json!({"status": "renamed", "previous_filename": "b.py", "changes": 0}),
                Renamed,
                Some("b.py"),
                false,
            ),
            (
                json!({"status": "renamed", "previous_filename": "b.py", "changes": 2, "patch": patch}),
                Renamed,
                Some("b.py"),
                false,
            ),
            (
                json!({"status": "renamed", "previous_filename": "b.py", "changes": 9000}),
                Renamed,
                Some("b.py"),
                true,
            ),
            (
                json!({"status": "copied", "previous_filename": "b.py", "changes": 0}),
                Renamed,
                Some("b.py"),
                false,
            ),
            // A field that is not there may hide a diff.
            (json!({}), Modified, Some("a.py"), true),
        ] {
            let mut wire = fields.clone();
            wire["filename"] = json!("a.py");
            let read = from_wire(serde_json::from_value(wire).expect("a file"));
            let change = &read.change;
            assert_eq!((change.kind, change.old_path.as_deref()), (kind, old_path), "{fields}");
            assert_eq!((read.cut, change.shown), (cut, !cut), "{fields}");
        }
    }
}
