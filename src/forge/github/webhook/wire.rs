//! What we read of GitHub's deliveries: as little as is needed, since more is there some day and less another.

use serde::Deserialize;
use serde_json::Value;

use crate::forge::Person;

#[derive(Deserialize)]
pub(super) struct PullRequestEvent {
    pub(super) number: Option<i64>,
    pub(super) pull_request: Numbered,
    pub(super) changes: Option<Changes>,
    pub(super) repository: Repository,
    pub(super) installation: Option<Id>,
}

#[derive(Deserialize)]
pub(super) struct Numbered {
    pub(super) number: i64,
}

#[derive(Deserialize)]
pub(super) struct Changes {
    pub(super) base: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct Repository {
    pub(super) id: i64,
    pub(super) full_name: String,
    pub(super) default_branch: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct PushEvent {
    #[serde(rename = "ref")]
    pub(super) name: String,
    pub(super) after: String,
    pub(super) repository: Repository,
    pub(super) installation: Option<Id>,
}

#[derive(Deserialize)]
pub(super) struct Id {
    pub(super) id: i64,
}

#[derive(Deserialize)]
pub(super) struct RerunEvent {
    #[serde(alias = "check_suite")]
    pub(super) check_run: Check,
    pub(super) repository: Repository,
    pub(super) installation: Option<Id>,
}

#[derive(Deserialize)]
pub(super) struct Check {
    #[serde(default)]
    pub(super) id: i64,
    pub(super) head_sha: String,
    pub(super) app: Option<Id>,
    #[serde(default)]
    pub(super) pull_requests: Vec<Numbered>,
}

#[derive(Deserialize)]
pub(super) struct CommentEvent {
    pub(super) comment: Comment,
    pub(super) issue: Option<Issue>,
    pub(super) pull_request: Option<Numbered>,
    pub(super) repository: Repository,
    pub(super) installation: Option<Id>,
}

#[derive(Deserialize)]
pub(super) struct Issue {
    pub(super) number: i64,
    pub(super) pull_request: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct Comment {
    pub(super) id: i64,
    pub(super) body: Option<String>,
    pub(super) user: Option<User>,
    pub(super) in_reply_to_id: Option<i64>,
}

#[derive(Deserialize)]
pub(super) struct MergeGroupEvent {
    pub(super) merge_group: MergeGroup,
    pub(super) repository: Repository,
    pub(super) installation: Option<Id>,
}

#[derive(Deserialize)]
pub(super) struct MergeGroup {
    pub(super) head_sha: String,
    pub(super) head_ref: String,
}

#[derive(Deserialize)]
pub(super) struct RepositoryEvent {
    pub(super) repository: Repository,
    pub(super) installation: Option<Id>,
}

#[derive(Deserialize)]
pub(super) struct SenderEvent {
    pub(super) sender: User,
}

#[derive(Deserialize)]
pub(super) struct User {
    pub(super) id: i64,
    pub(super) login: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

impl User {
    pub(super) fn person(self) -> Person {
        Person { id: self.id, login: self.login }
    }
}

#[derive(Deserialize)]
pub(super) struct InstallationEvent {
    pub(super) installation: InstallationWire,
    #[serde(default)]
    pub(super) repositories: Vec<Id>,
    #[serde(default)]
    pub(super) repositories_added: Vec<Id>,
    #[serde(default)]
    pub(super) repositories_removed: Vec<Id>,
}

#[derive(Deserialize)]
pub(super) struct OwnerEvent {
    pub(super) installation: Id,
    pub(super) account: Account,
}

#[derive(Deserialize)]
pub(super) struct InstallationWire {
    pub(super) id: i64,
    pub(super) account: Option<Account>,
}

#[derive(Deserialize)]
pub(super) struct Account {
    pub(super) login: Option<String>,
}
