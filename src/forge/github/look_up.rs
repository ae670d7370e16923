//! A pull request as it is now.

use chrono::Utc;
use serde_json::json;

use super::http::Call;
use super::wire::{CompareWire, PullWire};
use super::{At, GitHub, parse};
use crate::forge::call::Repeatable;
use crate::forge::connection::segment;
use crate::forge::{ChangeRequest, ForgeError, OpenChange, RepositoryRef, Revision, RevisionState};

impl GitHub {
    /// The pull request's fields.
    pub(super) async fn read_pull(&self, at: &At<'_>, number: i64) -> Result<PullWire, ForgeError> {
        let url = self.repository_url(at.repository, &format!("/pulls/{number}"))?;
        let answer = self.call(at, "read pull request", Repeatable::Yes, &Call::get(url)).await?;
        parse("read pull request", &answer)
    }

    /// Fails when the pull request has another head by now.
    pub(super) async fn require_head(
        &self,
        at: &At<'_>,
        revision: &Revision,
    ) -> Result<PullWire, ForgeError> {
        let pull = self.read_pull(at, revision.change.number).await?;
        if pull.head.sha != revision.head_sha {
            let expected = revision.head_sha.clone();
            return Err(ForgeError::HeadMoved { expected, found: pull.head.sha });
        }
        Ok(pull)
    }

    /// The open pull requests of a repository, those that changed last first.
    pub(super) async fn list_open(
        &self,
        repository: &RepositoryRef,
        most: usize,
    ) -> Result<Vec<OpenChange>, ForgeError> {
        let at = self.at(repository).await?;
        let path = "/pulls?state=open&sort=updated&direction=desc&per_page=100";
        let url = self.repository_url(repository, path)?;
        let open: Vec<PullWire> = self.list(&at, "list pull requests", url, most).await?;
        let listed = open.into_iter().map(|pull| OpenChange {
            number: pull.number,
            head_sha: pull.head.sha,
            updated_at: pull.updated_at.unwrap_or_else(Utc::now),
        });
        Ok(listed.collect())
    }

    pub(super) async fn read_revision(
        &self,
        change: &ChangeRequest,
    ) -> Result<Revision, ForgeError> {
        let at = self.at(&change.repository).await?;
        let pull = self.read_pull(&at, change.number).await?;
        let base_sha = self.merge_base(&at, &pull).await?;
        let known = &change.repository;
        let target = pull.base.repo.as_ref();
        let repository = RepositoryRef {
            external_id: target.and_then(|repo| repo.id).unwrap_or(known.external_id),
            full_name: target
                .and_then(|repo| repo.full_name.clone())
                .unwrap_or_else(|| known.full_name.clone()),
            ..known.clone()
        };
        Ok(Revision {
            change: ChangeRequest { repository, number: change.number },
            state: state(&pull),
            base_sha,
            token: json!({ "changed_files": pull.changed_files }),
            head_sha: pull.head.sha,
            target_sha: pull.base.sha,
            target_branch: pull.base.branch.unwrap_or_default(),
            title: pull.title.unwrap_or_default(),
            author: pull.user.and_then(|user| user.login),
            draft: pull.draft.unwrap_or(false),
            web_url: pull.html_url.unwrap_or_default(),
        })
    }

    /// The commit that the pull request's diff starts from. `base.sha` is the target branch's tip as last seen, which
    /// may be far beyond it.
    async fn merge_base(&self, at: &At<'_>, pull: &PullWire) -> Result<String, ForgeError> {
        let (base, head) = (segment(&pull.base.sha), segment(&pull.head.sha));
        let url =
            self.repository_url(at.repository, &format!("/compare/{base}...{head}?per_page=1"))?;
        let answer = self.call(at, "find merge base", Repeatable::Yes, &Call::get(url)).await;
        match answer {
            Ok(answer) => {
                let compared: CompareWire = parse("find merge base", &answer)?;
                Ok(compared
                    .merge_base_commit
                    .map_or_else(|| pull.base.sha.clone(), |base| base.sha))
            }
            // No common history, or a head that is gone with its fork.
            Err(ForgeError::Status { status: 404 | 410 | 422, message, .. }) => {
                tracing::warn!(change.number = pull.number, "no merge base: {message}");
                Ok(pull.base.sha.clone())
            }
            Err(error) => Err(error),
        }
    }
}

fn state(pull: &PullWire) -> RevisionState {
    if pull.merged == Some(true) || pull.merged_at.is_some() {
        return RevisionState::Merged;
    }
    match pull.state.as_deref() {
        Some("closed") => RevisionState::Closed,
        _ => RevisionState::Open,
    }
}
