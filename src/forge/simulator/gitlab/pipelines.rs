//! Pipelines: what statuses of a commit hang on, and which of them decides whether a merge request may be merged.

use axum::response::Response;
use serde_json::{Value, json};

use super::super::Payload;
use super::super::model::{Change, CommitStatus, Repository, State};
use super::At;
use super::call::Call;
use super::reply::page;

/// A pipeline.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// Number of it.
    pub id: i64,
    /// The project.
    pub repository: i64,
    /// The commit.
    pub sha: String,
    /// The head whose merged result the commit is, if it is one.
    pub source_sha: Option<String>,
    /// The branch, or what else it is for.
    pub branch: String,
    /// `external`, `push`, `merge_request_event`.
    pub source: String,
}

impl Pipeline {
    fn json(&self, host: &str) -> Value {
        json!({
            "id": self.id,
            "iid": self.id,
            "project_id": self.repository,
            "sha": self.sha,
            "ref": self.branch,
            "status": "running",
            "source": self.source,
            "web_url": format!("{host}/-/pipelines/{}", self.id),
        })
    }

    fn is_of_merge_request(&self) -> bool {
        self.source == "merge_request_event"
    }
}

/// Of which kind a pipeline is that is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// For the branch, after a push.
    Branch,
    /// For the merge request.
    MergeRequest,
    /// For what merging the merge request would give.
    MergedResult,
}

/// Runs a pipeline at the head of a merge request. Returns its number.
pub fn run(state: &mut State, repository: i64, number: i64, kind: Run) -> Option<i64> {
    let change = state.change(repository, number)?;
    let (head, target) = (change.version().head.clone(), change.version().target.clone());
    let home = change.head_repository.filter(|_| kind == Run::Branch).unwrap_or(repository);
    let branch = match kind {
        Run::Branch => change.head_branch.clone(),
        Run::MergeRequest => format!("refs/merge-requests/{number}/head"),
        Run::MergedResult => format!("refs/merge-requests/{number}/merge"),
    };
    let (sha, source_sha) = match kind {
        Run::MergedResult => {
            let files = state.commits[&head].files.clone();
            let message = format!("Merge {head} into {target}");
            (state.commit(vec![target, head.clone()], &message, files), Some(head))
        }
        _ => (head, None),
    };
    let source = if kind == Run::Branch { "push" } else { "merge_request_event" };
    let id = state.next_id();
    let source = source.to_owned();
    state.gitlab.pipelines.push(Pipeline { id, repository: home, sha, source_sha, branch, source });
    Some(id)
}

/// Pipelines of a merge request: its own first, then those of its branch, each newest first.
fn of_change<'s>(state: &'s State, repository: i64, change: &Change) -> Vec<&'s Pipeline> {
    let is_version = |sha: &str| change.versions.iter().any(|version| version.head == sha);
    let own_branch = format!("refs/merge-requests/{}/", change.number);
    let is_own = |it: &Pipeline| match it.is_of_merge_request() {
        true => it.repository == repository && it.branch.starts_with(&own_branch),
        false => {
            Some(it.repository) == change.head_repository
                && it.branch == change.head_branch
                && is_version(&it.sha)
        }
    };
    let mut own: Vec<&Pipeline> = state.gitlab.pipelines.iter().filter(|it| is_own(it)).collect();
    own.sort_by_key(|it| (!it.is_of_merge_request(), -it.id));
    own
}

/// The pipeline by which a merge request is merged.
pub(super) fn head<'s>(state: &'s State, repository: i64, change: &Change) -> Option<&'s Pipeline> {
    let head = &change.version().head;
    let is_of_head = |it: &&Pipeline| it.sha == *head || it.source_sha.as_ref() == Some(head);
    of_change(state, repository, change).into_iter().find(is_of_head)
}

pub(super) fn json(state: &State, host: &str, repository: i64, change: &Change) -> Option<Value> {
    head(state, repository, change).map(|it| it.json(host))
}

/// The newest status of that name in the pipeline by which a merge request is merged.
pub fn counting_status<'s>(
    state: &'s State,
    repository: i64,
    number: i64,
    name: &str,
) -> Option<&'s CommitStatus> {
    let pipeline = head(state, repository, state.change(repository, number)?)?.id;
    let fits = |it: &&CommitStatus| it.pipeline == Some(pipeline) && it.name == name;
    state.statuses.iter().rev().find(fits)
}

/// `GET …/merge_requests/:iid/pipelines`
pub(super) fn list(state: &State, call: &Call<'_>, at: &At) -> Response {
    let change = &state.changes[&at.key()];
    let own = of_change(state, at.project.id, change);
    let all: Vec<Value> = own.into_iter().map(|it| it.json(&call.host)).collect();
    page(call, &all)
}

/// What a webhook is told of a pipeline.
pub fn pipeline_payload(state: &State, url: &str, id: i64) -> Option<Payload> {
    let pipeline = state.gitlab.pipelines.iter().find(|it| it.id == id)?;
    let project = state.repositories.get(&pipeline.repository)?;
    let number = pipeline.branch.strip_prefix("refs/merge-requests/");
    let number = number.and_then(|rest| rest.split('/').next()?.parse::<i64>().ok());
    let change = number.and_then(|number| state.change(project.id, number));
    let body = json!({
        "object_kind": "pipeline",
        "object_attributes": {
            "id": id,
            "iid": id,
            "ref": change.map_or(&pipeline.branch, |change| &change.head_branch),
            "tag": false,
            "sha": pipeline.sha,
            "source": pipeline.source,
            "status": "pending",
            "detailed_status": "pending",
            "stages": ["test"],
            "url": format!("{url}/{}/-/pipelines/{id}", project.full_name),
        },
        "merge_request": change.map(|change| merge_request(project, change)),
        "user": { "id": 1, "name": "ann", "username": "ann" },
        "project": {
            "id": project.id,
            "path_with_namespace": project.full_name,
            "default_branch": project.default_branch,
            "web_url": format!("{url}/{}", project.full_name),
        },
        "commit": { "id": pipeline.sha },
        "builds": [],
    });
    Some(Payload { event: "Pipeline Hook".to_owned(), body })
}

fn merge_request(project: &Repository, change: &Change) -> Value {
    json!({
        "id": change.id,
        "iid": change.number,
        "title": change.title,
        "source_branch": change.head_branch,
        "source_project_id": change.head_repository,
        "target_branch": change.base_branch,
        "target_project_id": project.id,
        "state": "opened",
        "merge_status": "can_be_merged",
        "detailed_merge_status": "mergeable",
    })
}
