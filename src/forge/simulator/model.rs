//! What there is on the simulated platform.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use super::anchors::Anchor;
use super::diff;
use super::git::{Commit, Mode};
use super::{APP_ID, APP_LOGIN, BOT_LOGIN, FaultPlan, INSTALLATION_ID, github, gitlab, oauth};

/// Everything on the platform. Ids are unique over all kinds of things.
pub struct State {
    /// Repositories by id.
    pub repositories: BTreeMap<i64, Repository>,
    /// Commits by SHA, of all repositories and forks.
    pub commits: BTreeMap<String, Commit>,
    /// Bytes of files by their SHA, of all commits.
    pub blobs: BTreeMap<String, Arc<[u8]>>,
    /// What is no plain file, by path, in all commits.
    pub modes: BTreeMap<String, Mode>,
    /// Change requests by repository id and number.
    pub changes: BTreeMap<(i64, i64), Change>,
    /// Check runs (GitHub), oldest first.
    pub checks: Vec<Check>,
    /// Commit statuses (both), oldest first.
    pub statuses: Vec<CommitStatus>,
    /// People and bots by login.
    pub people: BTreeMap<String, Person>,
    /// Installations of the App (GitHub) by id.
    pub installations: BTreeMap<i64, Installation>,
    /// What was asked, oldest first.
    pub requests: Vec<Request>,
    /// What a client did that the platform takes but that is wrong; each a sentence.
    pub violations: Vec<String>,
    /// How it shall fail.
    pub faults: FaultPlan,
    /// Whether it is a violation to send something before a wait is over.
    pub watches_waits: bool,
    /// Until when who is not to send anything.
    pub(super) held: BTreeMap<String, DateTime<Utc>>,
    /// Added to the machine's time; a test lets tokens expire with it.
    pub clock_offset: TimeDelta,
    /// What only the GitHub interface knows.
    pub github: github::Extra,
    /// What only the GitLab interface knows.
    pub gitlab: gitlab::Extra,
    /// What is known of sign-ins.
    pub oauth: oauth::Extra,
    /// Diffs between commits that somebody asked for.
    pub(super) diffs: Mutex<BTreeMap<(String, String), diff::Diff>>,
    last_id: i64,
}

/// A repository; a fork is one too.
#[derive(Debug, Clone)]
pub struct Repository {
    /// Number of it; survives renames.
    pub id: i64,
    /// `owner/name`, `group/sub/project`.
    pub full_name: String,
    /// Name of the default branch.
    pub default_branch: String,
    /// Branches with the SHA of their tip.
    pub branches: BTreeMap<String, String>,
    /// The repository that this one was forked from.
    pub fork_of: Option<i64>,
    /// Only seen by those with access.
    pub private: bool,
    /// Number of the newest change request.
    pub last_number: i64,
}

/// Somebody with an account, or a bot.
#[derive(Debug, Clone)]
pub struct Person {
    /// Number of the account.
    pub id: i64,
    /// Login.
    pub login: String,
    /// `true` for the App and the bot user.
    pub bot: bool,
    /// Access by repository id.
    pub access: BTreeMap<i64, Level>,
}

/// How much somebody may do in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Read (GitLab: Reporter).
    Read,
    /// Write (GitLab: Developer).
    Write,
    /// Administer (GitLab: Maintainer).
    Admin,
}

/// An installation of the App.
#[derive(Debug, Clone)]
pub struct Installation {
    /// Number of it.
    pub id: i64,
    /// The App's number.
    pub app_id: i64,
    /// Repositories that it reaches; `None` is all.
    pub repositories: Option<BTreeSet<i64>>,
    /// What it was granted: `pull_requests` → `write`.
    pub permissions: BTreeMap<String, String>,
    /// Suspended by the owner.
    pub suspended: bool,
}

/// A pull request or merge request.
#[derive(Debug, Clone)]
pub struct Change {
    /// Number of it over all repositories.
    pub id: i64,
    /// The repository that it wants to change.
    pub repository: i64,
    /// Its number there.
    pub number: i64,
    /// Title.
    pub title: String,
    /// Description.
    pub body: String,
    /// Login of the author.
    pub author: String,
    /// Not ready by the author's word.
    pub draft: bool,
    /// Open, merged or closed.
    pub state: ChangeState,
    /// Name of the target branch.
    pub base_branch: String,
    /// Name of the branch that it comes from.
    pub head_branch: String,
    /// The repository that it comes from; `None` when that fork was deleted.
    pub head_repository: Option<i64>,
    /// What it was at each push or retargeting, oldest first; never empty.
    pub versions: Vec<Version>,
    /// Threads at lines or files, oldest first.
    pub threads: Vec<Thread>,
    /// Plain comments, oldest first.
    pub comments: Vec<Note>,
    /// Submitted reviews (GitHub), oldest first.
    pub reviews: Vec<Review>,
    /// Paths whose diff the platform doesn't show (as if too large).
    pub cut: BTreeSet<String>,
    /// Conversation is locked.
    pub locked: bool,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
}

/// Whether a change request is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeState {
    /// It is.
    Open,
    /// It was merged.
    Merged,
    /// It was closed.
    Closed,
}

/// A change request between two events that change its diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Number of it over all change requests.
    pub id: i64,
    /// SHA at the head.
    pub head: String,
    /// SHA of the merge base, from which the diff starts.
    pub merge_base: String,
    /// SHA at the tip of the target branch.
    pub target: String,
    /// When it came to be.
    pub created_at: DateTime<Utc>,
}

/// Comments at a place of the diff.
#[derive(Debug, Clone)]
pub struct Thread {
    /// Number of it; the interfaces make their opaque ids from it.
    pub id: i64,
    /// Where it was posted.
    pub original: Anchor,
    /// SHA of the head for which it was posted.
    pub original_head: String,
    /// Where it hangs at the newest head; `None` when outdated.
    pub current: Option<Anchor>,
    /// The review (GitHub) that it was posted with.
    pub review: Option<i64>,
    /// The comment and its replies, oldest first; empty when all were deleted.
    pub notes: Vec<Note>,
    /// Login of who settled it.
    pub resolved_by: Option<String>,
    /// The position as the client sent it (GitLab), to give it back.
    pub sent: serde_json::Value,
}

/// One comment.
#[derive(Debug, Clone)]
pub struct Note {
    /// Number of it.
    pub id: i64,
    /// Login of the author; `None` when the account was deleted.
    pub author: Option<String>,
    /// Markdown.
    pub body: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// Why it is hidden (GitHub), if it is.
    pub minimized: Option<String>,
    /// Written by the platform (GitLab).
    pub system: bool,
}

/// A submitted review (GitHub).
#[derive(Debug, Clone)]
pub struct Review {
    /// Number of it.
    pub id: i64,
    /// Login of the author.
    pub author: String,
    /// `COMMENTED`, `APPROVED`, `PENDING`, …
    pub state: String,
    /// Markdown; may be empty.
    pub body: String,
    /// The commit that it is about.
    pub commit: String,
    /// When it was submitted.
    pub submitted_at: DateTime<Utc>,
}

/// A check run (GitHub).
#[derive(Debug, Clone)]
pub struct Check {
    /// Number of it.
    pub id: i64,
    /// The repository.
    pub repository: i64,
    /// The commit.
    pub head_sha: String,
    /// Its name.
    pub name: String,
    /// `queued`, `in_progress`, `completed`.
    pub status: String,
    /// Set with `completed`.
    pub conclusion: Option<String>,
    /// What the client calls it.
    pub external_id: String,
    /// Where its details are.
    pub details_url: Option<String>,
    /// Output title.
    pub title: Option<String>,
    /// Output summary, Markdown.
    pub summary: Option<String>,
    /// Output text, Markdown.
    pub text: Option<String>,
    /// Annotations as sent.
    pub annotations: Vec<serde_json::Value>,
    /// When it started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
    /// The App that made it.
    pub app_id: i64,
}

/// A commit status.
#[derive(Debug, Clone)]
pub struct CommitStatus {
    /// Number of it.
    pub id: i64,
    /// The repository.
    pub repository: i64,
    /// The commit.
    pub sha: String,
    /// Its name (GitLab) or context (GitHub).
    pub name: String,
    /// The platform's word for the state.
    pub state: String,
    /// One line.
    pub description: Option<String>,
    /// Where its details are.
    pub target_url: Option<String>,
    /// Branch (GitLab).
    pub branch: Option<String>,
    /// Pipeline (GitLab).
    pub pipeline: Option<i64>,
    /// Login of who set it.
    pub author: String,
    /// When it was set last.
    pub updated_at: DateTime<Utc>,
}

/// A request that was received, with its answer.
#[derive(Debug, Clone)]
pub struct Request {
    /// In upper case.
    pub method: String,
    /// Path as sent, percent-encoded.
    pub path: String,
    /// Query as sent, without `?`; empty without one.
    pub query: String,
    /// Header names in lower case with values.
    pub headers: BTreeMap<String, String>,
    /// Body as text.
    pub body: String,
    /// Status of the answer; 0 when the connection was cut instead.
    pub status: u16,
    /// Body of the answer, if it is JSON.
    pub answer: Bytes,
}

impl State {
    pub(super) fn new() -> Self {
        let mut state = Self {
            repositories: BTreeMap::new(),
            commits: BTreeMap::new(),
            blobs: BTreeMap::new(),
            modes: BTreeMap::new(),
            changes: BTreeMap::new(),
            checks: Vec::new(),
            statuses: Vec::new(),
            people: BTreeMap::new(),
            installations: BTreeMap::new(),
            requests: Vec::new(),
            violations: Vec::new(),
            faults: FaultPlan::default(),
            watches_waits: true,
            held: BTreeMap::new(),
            clock_offset: TimeDelta::zero(),
            github: github::Extra::default(),
            gitlab: gitlab::Extra::default(),
            oauth: oauth::Extra::default(),
            diffs: Mutex::default(),
            last_id: 1000,
        };
        state.add_person(APP_LOGIN, true);
        state.add_person(BOT_LOGIN, true);
        state.installations.insert(INSTALLATION_ID, Installation::granted(INSTALLATION_ID));
        state
    }

    /// An id that nothing has yet.
    pub fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }

    /// The platform's time.
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.clock_offset
    }

    /// How long it takes until nobody has to wait any more.
    pub fn longest_hold(&self) -> TimeDelta {
        let left = self.held.values().map(|until| *until - self.now());
        left.fold(TimeDelta::zero(), TimeDelta::max)
    }

    /// Notes that a client did something wrong which the platform takes.
    pub fn violation(&mut self, sentence: impl Into<String>) {
        self.violations.push(sentence.into());
    }

    /// Gives the App (GitHub) another name.
    pub fn name_app(&mut self, slug: &str) {
        slug.clone_into(&mut self.github.slug);
        self.add_person(&self.app_login(), true);
    }

    /// The login under which comments of the App appear.
    pub fn app_login(&self) -> String {
        format!("{}[bot]", self.github.slug)
    }

    /// Adds an account if there is none of that login.
    pub fn add_person(&mut self, login: &str, bot: bool) {
        let id = self.next_id();
        let person = Person { id, login: login.to_owned(), bot, access: BTreeMap::new() };
        self.people.entry(login.to_owned()).or_insert(person);
    }

    /// Gives somebody access to a repository; the account is made if there is none.
    pub fn grant(&mut self, login: &str, repository: i64, level: Level) {
        self.add_person(login, false);
        if let Some(person) = self.people.get_mut(login) {
            person.access.insert(repository, level);
        }
    }

    /// The repository of that full name.
    pub fn repository(&self, full_name: &str) -> Option<&Repository> {
        self.repositories.values().find(|repository| repository.full_name == full_name)
    }

    /// A change request.
    pub fn change(&self, repository: i64, number: i64) -> Option<&Change> {
        self.changes.get(&(repository, number))
    }

    /// A change request, to change it.
    pub fn change_mut(&mut self, repository: i64, number: i64) -> Option<&mut Change> {
        self.changes.get_mut(&(repository, number))
    }

    /// A comment as it is now; it is not put anywhere.
    pub fn note(&mut self, author: &str, body: &str) -> Note {
        let now = self.now();
        Note {
            id: self.next_id(),
            author: Some(author.to_owned()),
            body: body.to_owned(),
            created_at: now,
            updated_at: now,
            minimized: None,
            system: false,
        }
    }
}

impl Installation {
    /// An installation on all repositories with the permissions that the service asks for.
    pub fn granted(id: i64) -> Self {
        let permissions = [
            ("metadata", "read"),
            ("contents", "read"),
            ("pull_requests", "write"),
            ("checks", "write"),
            ("issues", "read"),
        ];
        Self {
            id,
            app_id: APP_ID,
            repositories: None,
            permissions: permissions.map(|(name, level)| (name.into(), level.into())).into(),
            suspended: false,
        }
    }

    /// Whether it reaches a repository.
    pub fn reaches(&self, repository: i64) -> bool {
        self.repositories.as_ref().is_none_or(|some| some.contains(&repository))
    }
}

impl Change {
    /// What it is now.
    pub fn version(&self) -> &Version {
        self.versions.last().expect("a change request starts with a version")
    }

    /// SHA at the head now.
    pub fn head(&self) -> &str {
        &self.version().head
    }

    /// The thread that holds the comment of this id.
    pub fn thread_of(&mut self, note: i64) -> Option<&mut Thread> {
        self.threads.iter_mut().find(|thread| thread.notes.iter().any(|own| own.id == note))
    }

    /// Whether it comes from another repository, or from one that is gone.
    pub fn from_fork(&self) -> bool {
        self.head_repository != Some(self.repository)
    }
}
