//! The other direction of the seam: what a platform tells us by itself.
//!
//! A receiver proves that a call is authentic and says what it wants. It keeps nothing and does nothing.

mod read;

pub(super) use read::{header, id_header, parse, pushed_default, shaped};

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use http::HeaderMap;

use super::{ChangeRequest, CommentRef, ForgeError, ForgeKind, Person, RepositoryRef};

/// Understands what one platform sends.
#[async_trait]
pub trait Receiver: Send + Sync {
    /// Which platform.
    fn kind(&self) -> ForgeKind;

    /// Reads a call. `now` is the time against which signatures are held.
    ///
    /// # Errors
    /// [`Refusal`] when the call is not authentic, or not one at all.
    fn receive(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Call, Refusal>;

    /// Reads the body of a call that was proven when it came, and kept: what it wants. `event` is the event's name.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] when it is not what it should be.
    fn reread(&self, event: &str, body: &[u8]) -> Result<Wish, Refusal>;

    /// Looks whether the secrets that calls are held against have changed. Called before each call is read.
    async fn refresh(&self) {}

    /// How the platform itself names a repository; `None` when there is none of that number, as far as we see.
    ///
    /// # Errors
    /// When it can't be asked.
    async fn name_of(&self, _repository: i64) -> Result<Option<String>, ForgeError> {
        Ok(None)
    }
}

/// Which repositories a call may be about, since its sender knows a secret for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entitled {
    /// All.
    All,
    /// Those with one of these paths, or below one.
    Below(Vec<String>),
}

impl Entitled {
    /// Whether a repository of this name is one of them; the platforms don't mind letters' case.
    pub fn covers(&self, full_name: &str) -> bool {
        match self {
            Entitled::All => true,
            Entitled::Below(paths) => paths.iter().any(|path| is_below(full_name, path)),
        }
    }
}

/// Whether a name is a path, or stands below it.
pub(super) fn is_below(name: &str, path: &str) -> bool {
    let (name, path) = (name.as_bytes(), path.as_bytes());
    let ends = name.get(path.len()).is_none_or(|next| *next == b'/');
    name.get(..path.len()).is_some_and(|start| start.eq_ignore_ascii_case(path)) && ends
}

/// The receivers of the platforms that are set up.
pub type Receivers = Vec<Arc<dyn Receiver>>;

/// An authentic call.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    /// The platform's key of the call; the same when it sends the call again.
    pub id: String,
    /// The event's name.
    pub event: String,
    /// What happened to what the event is about.
    pub action: Option<String>,
    /// What the call wants.
    pub wish: Wish,
    /// What it may be about. Who stores the call looks whether its repository is one of them: a number proves nothing.
    pub entitled: Entitled,
}

/// Why a call is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The sender did not prove who it is.
    #[error("not authenticated: {0}")]
    Unauthenticated(&'static str),
    /// The call is authentic, but not what it should be.
    #[error("{0}")]
    Malformed(String),
}

/// What an authentic call wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing but an answer: somebody tries the hook out.
    Greeting,
    /// Look at these change requests.
    Look(At),
    /// Review them again.
    Again(At),
    /// Do what somebody says about these change requests.
    Command {
        /// Which.
        at: At,
        /// What they say.
        given: Given,
    },
    /// Show the verdict of a change request on a commit of the merge queue, or not any more.
    MergeGroup {
        /// What is to be merged.
        change: ChangeRequest,
        /// The commit.
        head_sha: String,
        /// Whether the commit is still of interest.
        wanted: bool,
    },
    /// Note the name of a repository, or that it is gone.
    Repository {
        /// The repository.
        repository: RepositoryRef,
        /// Whether it is there.
        there: bool,
    },
    /// Look at what a repository's default branch holds.
    Baseline {
        /// The repository.
        repository: RepositoryRef,
        /// The default branch.
        branch: String,
        /// The commit that was pushed to it.
        commit_sha: String,
    },
    /// Ask for nothing more in the name of an account, by the platform's number of it: its owner took that back.
    Revoked(i64),
    /// Note what has become of an installation.
    Installation(Installation),
    /// Nothing, and why.
    Nothing(&'static str),
}

impl Wish {
    /// A word for it, to count by.
    pub fn word(&self) -> &'static str {
        match self {
            Wish::Greeting => "greeting",
            Wish::Nothing(_) => "nothing",
            Wish::Look(_) => "change",
            Wish::Again(_) => "again",
            Wish::Command { .. } => "command",
            Wish::MergeGroup { .. } => "merge_group",
            Wish::Baseline { .. } => "push",
            Wish::Repository { .. } => "repository",
            Wish::Installation(_) => "installation",
            Wish::Revoked(_) => "revoked",
        }
    }

    /// The platform's number of the repository that the call speaks of, where it speaks of one.
    pub fn repository(&self) -> Option<i64> {
        match self {
            Wish::MergeGroup { change, .. } => Some(change.repository.external_id),
            Wish::Repository { repository, .. } | Wish::Baseline { repository, .. } => {
                Some(repository.external_id)
            }
            Wish::Look(at) | Wish::Again(at) | Wish::Command { at, .. } => Some(at.repository()),
            Wish::Installation(_) | Wish::Revoked(_) | Wish::Greeting | Wish::Nothing(_) => None,
        }
    }
}

impl Wish {
    /// Whether the call speaks of this repository and of no other one.
    pub fn is_only_about(&self, repository: i64) -> bool {
        let named = match self {
            Wish::Again(At::Head { named, .. })
            | Wish::Command { at: At::Head { named, .. }, .. } => named.as_slice(),
            _ => &[],
        };
        self.repository() == Some(repository)
            && named.iter().all(|change| change.repository.external_id == repository)
    }
}

/// Which change requests a call is about.
#[derive(Debug, PartialEq, Eq)]
pub enum At {
    /// This one.
    Change(ChangeRequest),
    /// Those that have this head.
    Head {
        /// The repository's number.
        repository: i64,
        /// The commit.
        head_sha: String,
        /// What the call itself knows of change requests with this head.
        named: Vec<ChangeRequest>,
    },
}

impl From<ChangeRequest> for At {
    fn from(change: ChangeRequest) -> Self {
        At::Change(change)
    }
}

impl At {
    fn repository(&self) -> i64 {
        match self {
            At::Change(change) => change.repository.external_id,
            At::Head { repository, .. } => *repository,
        }
    }
}

/// A command as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Who gave it.
    pub by: Person,
    /// The comment that it is in. A button that was pressed has a name too, and can't be answered.
    pub comment: CommentRef,
    /// Whether it is a comment.
    pub is_comment: bool,
    /// The comment's text.
    pub text: String,
}

/// What a call says of an installation.
#[derive(Debug, PartialEq, Eq)]
pub struct Installation {
    /// The platform's number of it.
    pub id: i64,
    /// Login of the account that it is on.
    pub account: Option<String>,
    /// What has become of it.
    pub told: Told,
}

/// What has become of an installation. Repositories are the platform's numbers.
#[derive(Debug, PartialEq, Eq)]
pub enum Told {
    /// It reaches these repositories, as far as the call names them.
    Present(Vec<i64>),
    /// Its account has another name.
    Renamed,
    /// Nothing is reached while its owner suspends it.
    Suspended,
    /// It was uninstalled.
    Removed,
    /// These were added to it.
    Added(Vec<i64>),
    /// These were taken out of it.
    TakenOut(Vec<i64>),
}
