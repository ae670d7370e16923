//! What GitHub sends, as far as we read it. Everything that a real answer may lack is an `Option`.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
pub(super) struct AppWire {
    pub(super) id: i64,
    pub(super) slug: Option<String>,
    /// What it may do, by GitHub's names.
    pub(super) permissions: Option<std::collections::BTreeMap<String, String>>,
    /// What it is told of.
    pub(super) events: Option<Vec<String>>,
}

/// Where the App's events go. The secret is never shown, only that there is one.
#[derive(Deserialize)]
pub(super) struct HookWire {
    pub(super) url: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) secret: Option<String>,
    /// `"0"` or `0` where the certificate is looked at.
    pub(super) insecure_ssl: Option<serde_json::Value>,
}

/// Where the App is installed.
#[derive(Debug, Deserialize)]
pub(super) struct InstalledWire {
    pub(super) id: i64,
    pub(super) account: Option<UserWire>,
    pub(super) suspended_at: Option<DateTime<Utc>>,
    pub(super) permissions: Option<std::collections::BTreeMap<String, String>>,
}

/// An attempt to deliver something to the App's webhook.
#[derive(Debug, Deserialize)]
pub(super) struct AttemptWire {
    pub(super) id: i64,
    /// The same for all attempts.
    pub(super) guid: String,
    pub(super) delivered_at: DateTime<Utc>,
    /// Whether somebody asked for it.
    #[serde(default)]
    pub(super) redelivery: bool,
    /// 0 when there was no answer.
    #[serde(default)]
    pub(super) status_code: i64,
    pub(super) event: String,
    pub(super) action: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct InstallationWire {
    pub(super) id: i64,
}

#[derive(Deserialize)]
pub(super) struct TokenWire {
    pub(super) token: SecretString,
    pub(super) expires_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct UserWire {
    pub(super) login: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PullWire {
    pub(super) number: i64,
    pub(super) state: Option<String>,
    pub(super) draft: Option<bool>,
    pub(super) merged: Option<bool>,
    pub(super) merged_at: Option<String>,
    pub(super) title: Option<String>,
    pub(super) user: Option<UserWire>,
    pub(super) head: EndWire,
    pub(super) base: EndWire,
    pub(super) html_url: Option<String>,
    pub(super) changed_files: Option<usize>,
    pub(super) updated_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct EndWire {
    pub(super) sha: String,
    #[serde(rename = "ref")]
    pub(super) branch: Option<String>,
    /// Null when a fork was deleted.
    pub(super) repo: Option<RepositoryWire>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RepositoryWire {
    pub(super) id: Option<i64>,
    pub(super) full_name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CompareWire {
    pub(super) merge_base_commit: Option<CommitWire>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CommitWire {
    pub(super) sha: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct FileWire {
    pub(super) filename: String,
    pub(super) previous_filename: Option<String>,
    pub(super) status: Option<String>,
    pub(super) changes: Option<u64>,
    pub(super) patch: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TreeWire {
    #[serde(default)]
    pub(super) tree: Vec<EntryWire>,
    pub(super) truncated: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(super) struct EntryWire {
    pub(super) path: Option<String>,
    pub(super) mode: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) sha: Option<String>,
    pub(super) size: Option<u64>,
}

/// A file's content by GraphQL.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlobWire {
    /// Null when it is binary; cut when it is long.
    pub(super) text: Option<String>,
    pub(super) is_binary: Option<bool>,
}

/// A comment, of a review or of the conversation.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct CommentWire {
    pub(super) id: i64,
    pub(super) node_id: Option<String>,
    pub(super) body: Option<String>,
    /// Null when the account was deleted.
    pub(super) user: Option<UserWire>,
    pub(super) performed_via_github_app: Option<AppWire>,
    pub(super) path: Option<String>,
    /// Null when outdated.
    pub(super) line: Option<u32>,
    pub(super) start_line: Option<u32>,
    pub(super) side: Option<String>,
    pub(super) subject_type: Option<String>,
    pub(super) in_reply_to_id: Option<i64>,
    pub(super) original_commit_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ReviewWire {
    pub(super) id: i64,
    pub(super) state: Option<String>,
    pub(super) user: Option<UserWire>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CheckRunsWire {
    #[serde(default)]
    pub(super) check_runs: Vec<CheckRunWire>,
}

#[derive(Debug, Deserialize)]
pub(super) struct CheckRunWire {
    pub(super) id: i64,
    pub(super) status: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) output: Option<OutputWire>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OutputWire {
    pub(super) annotations_count: Option<usize>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AnnotationWire {
    pub(super) path: String,
    pub(super) start_line: u32,
    pub(super) title: Option<String>,
}

/// An answer of GraphQL. It comes with status 200 also when it failed.
#[derive(Debug, Deserialize)]
pub(super) struct GraphWire {
    pub(super) data: Option<serde_json::Value>,
    #[serde(default)]
    pub(super) errors: Option<Vec<GraphErrorWire>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct GraphErrorWire {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) message: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThreadsWire {
    pub(super) page_info: Option<PageWire>,
    #[serde(default)]
    pub(super) nodes: Vec<Option<ThreadWire>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageWire {
    pub(super) has_next_page: Option<bool>,
    pub(super) end_cursor: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThreadWire {
    pub(super) id: String,
    pub(super) is_resolved: Option<bool>,
    pub(super) resolved_by: Option<UserWire>,
    pub(super) comments: Option<ThreadCommentsWire>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct ThreadCommentsWire {
    #[serde(default)]
    pub(super) nodes: Vec<Option<ThreadCommentWire>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ThreadCommentWire {
    pub(super) database_id: Option<i64>,
    pub(super) is_minimized: Option<bool>,
}

/// What somebody may do in a repository.
#[derive(Debug, Deserialize)]
pub(super) struct PermissionWire {
    pub(super) permission: Option<String>,
}
