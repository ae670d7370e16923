//! What is said over the seam.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::change::{ChangeSet, ContentId};
use crate::review::{Comment, Thread};

/// Which platform.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum ForgeKind {
    /// GitHub.com, GitHub Enterprise Server, or GitHub with data residency.
    GitHub,
    /// GitLab.com or a self-managed GitLab.
    GitLab,
}

impl ForgeKind {
    /// Both.
    pub const ALL: [ForgeKind; 2] = [ForgeKind::GitHub, ForgeKind::GitLab];

    /// The platform's name in columns, paths and output.
    pub fn as_str(self) -> &'static str {
        match self {
            ForgeKind::GitHub => "github",
            ForgeKind::GitLab => "gitlab",
        }
    }

    /// The platform's name as people write it.
    pub fn title(self) -> &'static str {
        match self {
            ForgeKind::GitHub => "GitHub",
            ForgeKind::GitLab => "GitLab",
        }
    }

    /// What people write before a change request's number.
    pub fn number_sign(self) -> char {
        match self {
            ForgeKind::GitHub => '#',
            ForgeKind::GitLab => '!',
        }
    }

    /// The platform of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Where a person reads a line of a file at a commit, told by the address of a change request in the same repository;
    /// `None` when that is no address of this platform.
    pub fn line_url(self, change: &str, commit: &str, path: &str, line: i64) -> Option<String> {
        let (before_number, before_commit) = match self {
            ForgeKind::GitHub => ("/pull/", "/blob/"),
            ForgeKind::GitLab => ("/-/merge_requests/", "/-/blob/"),
        };
        let (repository, _) = change.rsplit_once(before_number)?;
        let path = utf8_percent_encode(path, PATH);
        Some(format!("{repository}{before_commit}{commit}/{path}#L{line}"))
    }

    /// Where a person reads a comment on a change request, told by the change request's address; `None` for what is no number
    /// of a comment.
    pub fn comment_url(self, change: &str, comment_id: &str) -> Option<String> {
        let anchor = match self {
            ForgeKind::GitHub => "discussion_r",
            ForgeKind::GitLab => "note_",
        };
        let is_number = !comment_id.is_empty() && comment_id.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| format!("{change}#{anchor}{comment_id}"))
    }
}

/// What stays as it is in a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.');

/// An open change request, as a list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenChange {
    /// Its number in the repository.
    pub number: i64,
    /// Its newest commit.
    pub head_sha: String,
    /// When anything about it changed last.
    pub updated_at: DateTime<Utc>,
}

/// The name of an installation among the accounts that platforms' limits hold for.
pub fn account(forge: ForgeKind, installation: i64) -> String {
    format!("{}/{installation}", forge.as_str())
}

/// A repository on a platform.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RepositoryRef {
    /// Which platform.
    pub forge: ForgeKind,
    /// The platform's number for it; survives renames.
    pub external_id: i64,
    /// Full name as last heard: `owner/name`, `group/sub/project`.
    pub full_name: String,
    /// Through which installation we reach it, where the platform has installations.
    pub installation_id: Option<i64>,
}

/// A pull request or merge request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChangeRequest {
    /// The repository it wants to change.
    pub repository: RepositoryRef,
    /// Its number in that repository.
    pub number: i64,
}

/// A change request at one head and base: what a review is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The change request. Its repository has the names as the platform gave them just now.
    pub change: ChangeRequest,
    /// Commit at the head.
    pub head_sha: String,
    /// Commit that the diff starts from (the merge base).
    pub base_sha: String,
    /// Tip of the target branch as the platform last saw it.
    pub target_sha: String,
    /// Name of the target branch.
    pub target_branch: String,
    /// Title, for the dashboard.
    pub title: String,
    /// Its author's login.
    pub author: Option<String>,
    /// Whether it can be reviewed.
    pub state: RevisionState,
    /// Not ready for review by its author's word.
    pub draft: bool,
    /// Where a person reads it.
    pub web_url: String,
    /// What only the platform's client reads: its own names of this revision.
    pub token: serde_json::Value,
}

/// Whether a change request can be reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevisionState {
    /// It can.
    Open,
    /// It was merged.
    Merged,
    /// It was closed.
    Closed,
}

/// The files that a revision changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangedFiles {
    /// Files and hunks. A Python file whose diff the platform cut has hunks of our own and is not [`shown`].
    ///
    /// [`shown`]: crate::change::FileChange::shown
    pub change: ChangeSet,
    /// What could not be read, each a sentence for the summary; empty when everything was.
    pub omissions: Vec<String>,
}

/// The plain files of a repository at a commit: neither links nor other repositories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// By path.
    pub files: BTreeMap<String, ListedFile>,
    /// Whether the platform listed all there are.
    pub whole: bool,
}

/// A file as a repository's tree has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListedFile {
    /// Names its bytes.
    pub id: ContentId,
    /// How many bytes it has, where the platform says so.
    pub size: Option<u64>,
}

/// Whether a file at a path is of interest.
pub type PathFilter = fn(&str) -> bool;

/// Takes the bytes of a file as they come. `false` when no more are wanted.
pub type Sink = Arc<dyn Fn(ContentId, Arc<[u8]>) -> bool + Send + Sync>;

/// The platform's opaque name for a gate that was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateHandle(pub String);

/// What becomes of our approval of a change request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// It is taken back, since there is no verdict on the head yet, or none at all.
    Withdrawn,
    /// The gate passed.
    Given,
    /// It is taken back, since the gate failed.
    Refused,
}

/// A comment that somebody wrote to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentRef {
    /// The platform's id of it.
    pub id: String,
    /// The platform's name of what it is answered in: the first comment of its thread at the code (GitHub), its discussion
    /// (GitLab). `None` for a plain comment on GitHub.
    pub thread: Option<String>,
}

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The platform's number of the account.
    pub id: i64,
    /// Login.
    pub login: String,
}

/// What is shown below a comment that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// It was done.
    Done,
    /// It was not understood.
    NotUnderstood,
    /// Its author may not say so.
    NotAllowed,
}

/// What became of comments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// Each comment that stands now.
    pub posted: Vec<Posted>,
    /// What the platform refused.
    pub refused: Vec<Refused>,
}

/// A comment that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The finding that it speaks of first.
    pub fingerprint: crate::analysis::Fingerprint,
    /// The platform's name of its thread.
    pub thread_id: String,
    /// The platform's number of it.
    pub comment_id: String,
}

impl Posted {
    /// A comment that stands as this thread.
    pub fn of(comment: &Comment, thread: &Thread) -> Self {
        Self {
            fingerprint: comment.fingerprint.clone(),
            thread_id: thread.id.clone(),
            comment_id: thread.comment_id.clone(),
        }
    }
}

/// A comment that the platform refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Which.
    pub fingerprint: crate::analysis::Fingerprint,
    /// Why, for the log.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_s_address_follows_from_its_change_request_s() {
        let (github, gitlab) = (ForgeKind::GitHub, ForgeKind::GitLab);
        let line = |forge: ForgeKind, change: &str| forge.line_url(change, "abc", "a b/#1.py", 7);
        assert_eq!(
            line(github, "https://forge.example/octo/app/pull/3").as_deref(),
            Some("https://forge.example/octo/app/blob/abc/a%20b/%231.py#L7")
        );
        assert_eq!(
            line(gitlab, "https://forge.example/below/group/app/-/merge_requests/3").as_deref(),
            Some("https://forge.example/below/group/app/-/blob/abc/a%20b/%231.py#L7")
        );
        assert_eq!(line(github, "https://forge.example/group/app/-/merge_requests/3"), None);
        assert_eq!(line(gitlab, ""), None);
    }

    #[test]
    fn a_comment_s_address_follows_from_its_change_request_s() {
        let (github, gitlab) = (ForgeKind::GitHub, ForgeKind::GitLab);
        let comment = |forge: ForgeKind, id: &str| forge.comment_url("https://forge.example/3", id);
        assert_eq!(comment(github, "7").as_deref(), Some("https://forge.example/3#discussion_r7"));
        assert_eq!(comment(gitlab, "7").as_deref(), Some("https://forge.example/3#note_7"));
        for id in ["", "7\"", "x", "-1"] {
            assert_eq!(comment(github, id), None, "{id}");
        }
    }
}
