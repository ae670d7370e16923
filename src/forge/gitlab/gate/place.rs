//! Where a status is: a commit's status belongs to a pipeline, and GitLab merges by the newest pipeline only.
//!
//! ```text
//! pipelines of the merge request itself, newest first     (also those of its merged result: another commit)
//! then those of its branch, newest first                  (also those that nothing but statuses made)
//! none: a status makes one for the branch
//! ```
//!
//! Source: GitLab documentation, "Merge request pipelines", "Merged results pipelines"; Commits API, "Set the pipeline
//! status of a commit".

use serde::{Deserialize, Serialize};

use super::super::look_up::Names;
use super::super::wire::{CommitWire, PipelineWire};
use super::super::{GitLab, merge_request};
use crate::forge::connection::segment;
use crate::forge::{ForgeError, Revision};

/// Most pipelines of a merge request's result whose commit is looked at.
const MOST_RESULTS: usize = 3;

/// Where a status is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) project: i64,
    /// The pipeline's commit; `None`: the head itself.
    #[serde(default)]
    pub(super) sha: Option<String>,
    /// The branch, or what else the pipeline is for.
    #[serde(rename = "ref")]
    pub(super) branch: Option<String>,
    /// Two pipelines would come to be if it were not named from the second call on.
    pub(super) pipeline: Option<i64>,
    /// The fork in which we may set none.
    #[serde(default)]
    pub(super) refused: Option<i64>,
}

impl Place {
    /// Where a status goes that makes its own pipeline: only the branch that the head comes from counts.
    pub(super) fn of_branch(names: &Names, target: i64, number: i64) -> Self {
        match names.source_project {
            Some(project) => {
                Self { project, branch: names.source_branch.clone(), ..Self::default() }
            }
            // The fork was deleted, and its branch with it.
            None => Self::of_head(target, number),
        }
    }

    /// The merge request's head, whatever branch it comes from.
    pub(super) fn of_head(project: i64, number: i64) -> Self {
        let branch = Some(format!("refs/merge-requests/{number}/head"));
        Self { project, branch, ..Self::default() }
    }

    /// Whether it may go there, if GitLab merges by that place.
    pub(super) fn may_move_to(&self, other: &Place) -> bool {
        self.refused != Some(other.project)
    }

    /// Whether a status there is one here.
    pub(super) fn is_of(&self, other: &Place) -> bool {
        (self.project, self.pipeline) == (other.project, other.pipeline)
    }
}

impl GitLab {
    /// The pipeline by which GitLab merges the head, as far as it tells; `None` while there is none.
    pub(super) async fn counting(&self, revision: &Revision) -> Result<Option<Place>, ForgeError> {
        let path = format!("{}/pipelines?per_page=100", merge_request(&revision.change));
        // Newest first, so the first page has it.
        let mut pipelines = match self.list::<PipelineWire>("list pipelines", &path, 1).await {
            // The project has no pipelines, or only its members see them.
            Err(ForgeError::Status { status: 403 | 404, message, .. }) => {
                tracing::debug!("pipelines can't be listed: {message}");
                return Ok(None);
            }
            listed => listed?.0,
        };
        pipelines.sort_by_key(|pipeline| (!pipeline.is_of_merge_request(), -pipeline.id));
        let mut results = 0;
        for pipeline in pipelines {
            let is_of_head = match pipeline.sha.as_deref() {
                Some(sha) if sha == revision.head_sha => true,
                Some(sha) if pipeline.is_of_result() && results < MOST_RESULTS => {
                    results += 1;
                    self.merges(revision, pipeline.project_id, sha).await?
                }
                _ => false,
            };
            if is_of_head {
                let target = revision.change.repository.external_id;
                return Ok(Some(Place {
                    project: pipeline.project_id.unwrap_or(target),
                    sha: pipeline.sha,
                    branch: pipeline.branch,
                    pipeline: Some(pipeline.id),
                    refused: None,
                }));
            }
        }
        Ok(None)
    }

    /// Whether a commit is the head merged into its target.
    async fn merges(
        &self,
        revision: &Revision,
        project: Option<i64>,
        sha: &str,
    ) -> Result<bool, ForgeError> {
        let project = project.unwrap_or(revision.change.repository.external_id);
        let path = format!("/projects/{project}/repository/commits/{}", segment(sha));
        match self.get::<CommitWire>("read commit", &path).await {
            Ok(commit) => Ok(commit.parent_ids.contains(&revision.head_sha)),
            // GitLab keeps such commits for a while only.
            Err(ForgeError::Status { status: 403 | 404, .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl PipelineWire {
    fn is_of_merge_request(&self) -> bool {
        self.source.as_deref() == Some("merge_request_event")
            || self.branch.as_deref().is_some_and(|name| name.starts_with("refs/merge-requests/"))
    }

    /// Whether it runs on what the merge request would give, alone or in a train.
    fn is_of_result(&self) -> bool {
        let name = self.branch.as_deref().unwrap_or_default();
        name.starts_with("refs/merge-requests/")
            && (name.ends_with("/merge") || name.ends_with("/train"))
    }
}
