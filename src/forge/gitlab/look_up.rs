//! A merge request as it is now.

use chrono::Utc;
use serde::{Deserialize, Serialize};

use super::wire::{MergeRequestWire, VersionWire};
use super::{GitLab, merge_request, shape};
use crate::forge::{
    ChangeRequest, ForgeError, ForgeKind, OpenChange, RepositoryRef, Revision, RevisionState,
};

/// GitLab's names of a revision; all three SHAs are from one version of the merge request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Names {
    /// Merge base.
    pub(super) base: String,
    /// Tip of the target branch.
    pub(super) start: String,
    /// The head.
    pub(super) head: String,
    /// The version's number; `None` of a merge request that is closed already.
    pub(super) version: Option<i64>,
    /// Number of changed files as announced: a text, and `1000+` is possible.
    pub(super) announced: Option<String>,
    /// Whether the version holds less than the change.
    pub(super) overflow: bool,
    pub(super) source_project: Option<i64>,
    pub(super) source_branch: Option<String>,
}

impl Names {
    pub(super) fn of(revision: &Revision) -> Result<Self, ForgeError> {
        serde_json::from_value(revision.token.clone())
            .map_err(|error| shape("read own names", error.to_string()))
    }
}

impl GitLab {
    pub(super) async fn read_revision(
        &self,
        change: &ChangeRequest,
    ) -> Result<Revision, ForgeError> {
        let mut waits = self.diff_waits.iter();
        loop {
            let wire = self.read_merge_request(change).await?;
            if state(&wire) != RevisionState::Open {
                return revision(change, wire, None);
            }
            // Both come some seconds after an opening or a push.
            if let Some(version) = self.version_of_head(change, &wire).await? {
                return revision(change, wire, Some(version));
            }
            let Some(wait) = waits.next() else {
                let what = "the merge request's diff";
                return Err(ForgeError::NotReady { forge: ForgeKind::GitLab, what });
            };
            tokio::time::sleep(*wait).await;
        }
    }

    /// The open merge requests of a project, those that changed last first.
    pub(super) async fn list_open(
        &self,
        repository: &RepositoryRef,
        most: usize,
    ) -> Result<Vec<OpenChange>, ForgeError> {
        let path = format!(
            "/projects/{}/merge_requests?state=opened&order_by=updated_at&sort=desc&per_page=100",
            repository.external_id
        );
        let pages = most.div_ceil(100);
        let (open, _) = self.list::<MergeRequestWire>("list merge requests", &path, pages).await?;
        let listed = open.into_iter().take(most).filter_map(|it| {
            Some(OpenChange {
                number: it.iid?,
                head_sha: it.sha?,
                updated_at: it.updated_at.unwrap_or_else(Utc::now),
            })
        });
        Ok(listed.collect())
    }

    async fn read_merge_request(
        &self,
        change: &ChangeRequest,
    ) -> Result<MergeRequestWire, ForgeError> {
        self.get("read merge request", &merge_request(change)).await
    }

    /// The newest version whose head is the merge request's head now.
    async fn version_of_head(
        &self,
        change: &ChangeRequest,
        wire: &MergeRequestWire,
    ) -> Result<Option<VersionWire>, ForgeError> {
        let (Some(head), Some(refs)) = (&wire.sha, &wire.diff_refs) else { return Ok(None) };
        if refs.head_sha.as_ref() != Some(head) {
            return Ok(None);
        }
        let path = format!("{}/versions?per_page=100", merge_request(change));
        // Newest first, so the first page has it.
        let (versions, _) = self.list::<VersionWire>("list versions", &path, 1).await?;
        Ok(versions.into_iter().find(|version| {
            version.head_commit_sha.as_ref() == Some(head)
                && version.base_commit_sha.is_some()
                && version.start_commit_sha.is_some()
        }))
    }

    /// Fails when the merge request has another head by now.
    pub(super) async fn require_head(&self, revision: &Revision) -> Result<(), ForgeError> {
        let found = self.read_merge_request(&revision.change).await?.sha.unwrap_or_default();
        if found != revision.head_sha {
            return Err(ForgeError::HeadMoved { expected: revision.head_sha.clone(), found });
        }
        Ok(())
    }
}

fn revision(
    change: &ChangeRequest,
    wire: MergeRequestWire,
    version: Option<VersionWire>,
) -> Result<Revision, ForgeError> {
    let state = state(&wire);
    let names = names(&wire, version);
    if names.head.is_empty() && state == RevisionState::Open {
        return Err(shape("read merge request", "it has no head"));
    }
    let full = wire.references.and_then(|references| references.full);
    let full_name = full.and_then(|full| full.split_once('!').map(|(name, _)| name.to_owned()));
    let known = &change.repository;
    let repository = RepositoryRef {
        external_id: wire.target_project_id.unwrap_or(known.external_id),
        full_name: full_name.unwrap_or_else(|| known.full_name.clone()),
        ..known.clone()
    };
    Ok(Revision {
        change: ChangeRequest { repository, number: change.number },
        head_sha: names.head.clone(),
        base_sha: names.base.clone(),
        target_sha: names.start.clone(),
        target_branch: wire.target_branch.unwrap_or_default(),
        title: wire.title.unwrap_or_default(),
        author: wire.author.and_then(|author| author.username),
        state,
        draft: wire.draft.or(wire.work_in_progress).unwrap_or(false),
        web_url: wire.web_url.unwrap_or_default(),
        token: serde_json::to_value(&names)
            .map_err(|error| shape("keep own names", error.to_string()))?,
    })
}

fn names(wire: &MergeRequestWire, version: Option<VersionWire>) -> Names {
    let head = wire.sha.clone().unwrap_or_default();
    let refs = wire.diff_refs.as_ref();
    let old = |sha: Option<&String>| sha.cloned().unwrap_or_default();
    let mut names = Names {
        base: old(refs.and_then(|refs| refs.base_sha.as_ref())),
        start: old(refs.and_then(|refs| refs.start_sha.as_ref())),
        head,
        announced: wire.changes_count.clone(),
        source_project: wire.source_project_id,
        source_branch: wire.source_branch.clone(),
        ..Names::default()
    };
    if let Some(version) = version {
        names.base = version.base_commit_sha.unwrap_or_default();
        names.start = version.start_commit_sha.unwrap_or_default();
        names.version = Some(version.id);
        names.announced = version.real_size.or(names.announced);
        names.overflow = version.state.as_deref() == Some("overflow");
    }
    names
}

fn state(wire: &MergeRequestWire) -> RevisionState {
    match wire.state.as_deref() {
        Some("merged") => RevisionState::Merged,
        Some("closed") => RevisionState::Closed,
        // `locked` is said while it is being merged.
        _ => RevisionState::Open,
    }
}
