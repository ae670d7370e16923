//! What an analysis needs, fetched from the platform.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::change::{ChangeSet, FileChange, FileChangeKind, MemoryTree, is_python};
use crate::forge::{Forge, ForgeError, Revision};
use crate::policy::Policy;

/// Files that may hold a repository's settings, at its root.
const POLICY_FILES: [&str; 3] = [".asyncwarden.toml", "pyproject.toml", "setup.cfg"];

/// Everything that an analysis and a plan are made from.
pub(super) struct Material {
    pub(super) change: ChangeSet,
    pub(super) base: MemoryTree,
    pub(super) head: MemoryTree,
    pub(super) policy: Policy,
    /// What could not be read, each a sentence.
    pub(super) omissions: Vec<String>,
    /// What can't be used in the repository's settings, each a sentence.
    pub(super) complaints: Vec<String>,
}

/// Fetches a revision's changed Python files on both sides, and the repository's settings.
///
/// The settings are those of the base, so that a change can't loosen its own gate.
pub(super) async fn fetch(forge: &dyn Forge, revision: &Revision) -> Result<Material, ForgeError> {
    let changed = forge.changed_files(revision).await?;
    let python = || changed.change.files.iter().filter(|file| is_python(&file.path));
    let at_head: Vec<String> = python()
        .filter(|file| file.kind != FileChangeKind::Deleted)
        .map(|file| file.path.clone())
        .collect();
    // A file that the platform doesn't give is named by the analysis.
    let head = blobs(forge, revision, &revision.head_sha, &at_head).await?;
    let mut at_base: Vec<String> = python().filter_map(old_path).collect();
    if !at_head.is_empty() {
        at_base.extend(POLICY_FILES.map(str::to_owned));
    }
    let base = blobs(forge, revision, &revision.base_sha, &at_base).await?;
    let (policy, complaints) = Policy::from_files(|path| base.get(path).map(Arc::clone));
    Ok(Material {
        change: changed.change,
        base: base.into_iter().collect(),
        head: head.into_iter().collect(),
        policy,
        omissions: changed.omissions,
        complaints,
    })
}

async fn blobs(
    forge: &dyn Forge,
    revision: &Revision,
    commit: &str,
    paths: &[String],
) -> Result<BTreeMap<String, Arc<[u8]>>, ForgeError> {
    if paths.is_empty() {
        return Ok(BTreeMap::new());
    }
    forge.blobs(revision, commit, paths).await
}

fn old_path(file: &FileChange) -> Option<String> {
    match file.kind {
        FileChangeKind::Added => None,
        _ => Some(file.old_path.as_ref().unwrap_or(&file.path).clone()),
    }
}
