//! Webhooks: verify, store, answer. Nothing is reviewed here, since platforms wait ten seconds at most.

mod body;
mod github;
mod gitlab;
mod installation;

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use chrono::Utc;
use serde::Deserialize;

use self::installation::Installation;
use super::{Web, WebError};
use crate::forge::{ChangeRequest, ForgeKind, RepositoryRef};
use crate::settings::Settings;
use crate::store::commands::{self, Given};
use crate::store::deliveries::{self, Stored};
use crate::store::jobs::{self, Asked};
use crate::store::{
    StoreError, Transaction, baselines, change_requests, installations, merge_groups, repositories,
};

/// The routes that platforms call.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route("/webhooks/github", post(github::receive))
        .route("/webhooks/gitlab", post(gitlab::receive))
}

/// What a person needs to know to let a platform call us.
pub(super) struct Hook {
    /// The platform's name.
    pub(super) platform: &'static str,
    /// Whether calls are accepted.
    pub(super) configured: bool,
    /// What is to be called.
    pub(super) url: String,
    /// The setting to begin with when it is not configured.
    pub(super) setting: &'static str,
    /// The page on which it can be set up, where there is one.
    pub(super) setup: Option<&'static str>,
}

/// The hooks of all platforms.
pub(super) fn hooks(settings: &Settings) -> [Hook; 2] {
    let hook = |forge: ForgeKind, configured, setting, setup| Hook {
        platform: forge.title(),
        configured,
        url: format!(
            "{}/webhooks/{}",
            settings.public_url.as_deref().unwrap_or_default(),
            forge.as_str()
        ),
        setting,
        setup,
    };
    [
        hook(
            ForgeKind::GitHub,
            settings.github.is_some(),
            "ASYNCWARDEN_GITHUB_APP_ID",
            Some("/setup/github"),
        ),
        hook(ForgeKind::GitLab, settings.gitlab.is_some(), "ASYNCWARDEN_GITLAB_TOKEN", None),
    ]
}

/// What the sender is told: a status and a word why.
type Answer = (StatusCode, &'static str);

const QUEUED: Answer = (StatusCode::ACCEPTED, "queued\n");
const SEEN: Answer = (StatusCode::ACCEPTED, "seen before\n");
const NOTED: Answer = (StatusCode::ACCEPTED, "noted\n");
const IGNORED: Answer = (StatusCode::ACCEPTED, "ignored\n");

/// What an authentic call wants.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    /// Look at this change request.
    Look(ChangeRequest),
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
    /// Note what has become of an installation.
    Installation(Installation),
    /// Nothing, and why.
    Nothing(&'static str),
}

/// Which change requests a call is about.
#[derive(Debug, PartialEq, Eq)]
enum At {
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

impl At {
    fn repository(&self) -> i64 {
        match self {
            At::Change(change) => change.repository.external_id,
            At::Head { repository, .. } => *repository,
        }
    }

    async fn changes(
        &self,
        tx: &mut Transaction,
        forge: ForgeKind,
    ) -> Result<Vec<ChangeRequest>, StoreError> {
        match self {
            At::Change(change) => Ok(vec![change.clone()]),
            At::Head { repository, head_sha, named } => {
                let known = change_requests::by_head(tx, forge, *repository, head_sha).await?;
                Ok(if known.is_empty() { named.clone() } else { known })
            }
        }
    }
}

impl Wish {
    /// The platform's number of the repository that the call speaks of, where it speaks of one.
    fn repository(&self) -> Option<i64> {
        match self {
            Wish::Look(change) | Wish::MergeGroup { change, .. } => {
                Some(change.repository.external_id)
            }
            Wish::Repository { repository, .. } | Wish::Baseline { repository, .. } => {
                Some(repository.external_id)
            }
            Wish::Again(at) | Wish::Command { at, .. } => Some(at.repository()),
            Wish::Installation(_) | Wish::Nothing(_) => None,
        }
    }
}

/// How often a call is stored when others are in the way.
const TRIES: usize = 4;

/// A call whose sender is who it should be.
struct Call<'a> {
    forge: ForgeKind,
    /// The platform's key of the call; the same when it sends the call again.
    id: &'a str,
    event: &'a str,
    action: Option<&'a str>,
    payload: &'a [u8],
}

impl Call<'_> {
    /// Stores the call and what it wants in one transaction. A call that wants nothing is only logged.
    async fn accept(&self, web: &Web, wish: Wish) -> Result<Answer, WebError> {
        let (forge, event, action) = (self.forge.as_str(), self.event, self.action);
        if let Wish::Nothing(reason) = wish {
            tracing::info!(forge, event, action, delivery.id = self.id, reason, "delivery ignored");
            return Ok(IGNORED);
        }
        if matches!(wish, Wish::Baseline { .. }) && !web.settings.baseline {
            return Ok(IGNORED);
        }
        let mut tried = 1;
        loop {
            match self.store(web, &wish).await {
                Err(error) if tried < TRIES && error.is_conflict() => tried += 1,
                done => return Ok(done?),
            }
        }
    }

    async fn store(&self, web: &Web, wish: &Wish) -> Result<Answer, StoreError> {
        let (forge, event, action) = (self.forge.as_str(), self.event, self.action);
        let received_at = Utc::now();
        let mut tx = web.store.begin().await?;
        let delivery = deliveries::Delivery {
            forge: self.forge,
            id: self.id,
            event,
            action,
            repository: wish.repository(),
            payload: web.settings.retention.keeps_payloads().then_some(self.payload),
            received_at,
        };
        let stored = deliveries::store(&mut tx, &delivery).await?;
        if stored == Stored::SeenBefore {
            tracing::info!(forge, event, action, delivery.id = self.id, "delivery seen before");
            return Ok(SEEN);
        }
        let mut installation = None;
        let (changes, asked) = match wish {
            Wish::Nothing(_) => (Vec::new(), Asked::Changed),
            Wish::Look(change) => (vec![change.clone()], Asked::Changed),
            Wish::MergeGroup { change, head_sha, wanted } => {
                let id = change_requests::remember(&mut tx, change, received_at).await?;
                if *wanted {
                    merge_groups::ask(&mut tx, id, head_sha, received_at).await?;
                    (vec![change.clone()], Asked::Changed)
                } else {
                    merge_groups::give_up(&mut tx, id, head_sha, received_at).await?;
                    (Vec::new(), Asked::Changed)
                }
            }
            Wish::Repository { repository, there } => {
                repositories::remember(&mut tx, repository, received_at).await?;
                if !there {
                    let gone = [repository.external_id];
                    installations::take_out(&mut tx, self.forge, &gone, received_at).await?;
                }
                (Vec::new(), Asked::Changed)
            }
            Wish::Baseline { repository, branch, commit_sha } => {
                baselines::ask(&mut tx, repository, branch, commit_sha, received_at).await?;
                (Vec::new(), Asked::Changed)
            }
            Wish::Installation(told) => {
                let (row, changes) = told.note(&mut tx, self.forge, received_at).await?;
                installation = Some(row);
                (changes, Asked::Changed)
            }
            Wish::Again(at) => (at.changes(&mut tx, self.forge).await?, Asked::Again),
            Wish::Command { at, given } => {
                let changes = at.changes(&mut tx, self.forge).await?;
                for change in &changes {
                    let id = change_requests::remember(&mut tx, change, received_at).await?;
                    commands::give(&mut tx, id, given, received_at).await?;
                }
                (changes, Asked::Command)
            }
        };
        for change in &changes {
            jobs::enqueue(&mut tx, change, asked, received_at).await?;
        }
        if stored == Stored::Unplaced {
            deliveries::place(&mut tx, &delivery, installation).await?;
        }
        tx.commit().await?;
        let jobs = changes.len();
        tracing::info!(forge, event, action, delivery.id = self.id, jobs, "delivery queued");
        Ok(match wish {
            Wish::Installation(_) | Wish::Baseline { .. } | Wish::Repository { .. } => NOTED,
            _ if changes.is_empty() => IGNORED,
            _ => QUEUED,
        })
    }
}

/// The branch that a push's `ref` names, if that is the default branch and `after` a commit of it: all zeros stand for a
/// branch that was deleted.
fn pushed_default<'a>(name: &'a str, default_branch: Option<&str>, after: &str) -> Option<&'a str> {
    let branch = name.strip_prefix("refs/heads/")?;
    let there = !after.is_empty() && after.bytes().any(|digit| digit != b'0');
    (there && default_branch == Some(branch)).then_some(branch)
}

/// The body as the sender meant it.
fn parse(body: &[u8]) -> Result<serde_json::Value, WebError> {
    let value: serde_json::Value = serde_json::from_slice(body)
        .map_err(|error| WebError::Malformed(format!("the body is not JSON: {error}")))?;
    if value.is_object() {
        return Ok(value);
    }
    Err(WebError::Malformed("the body is not a JSON object".to_owned()))
}

/// The payload as `T`; `None` when the event's name and its body do not belong together.
fn shaped<T: for<'de> Deserialize<'de>>(payload: &serde_json::Value) -> Option<T> {
    T::deserialize(payload).ok()
}

/// The one value of a header; `None` when it is absent, repeated, empty or not text.
fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?.to_str().ok()?.trim();
    (!value.is_empty()).then_some(value)
}

/// Longest id of a call that we remember.
const LONGEST_ID: usize = 200;

/// The header's value as the id of a call.
fn id_header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    header(headers, name).filter(|id| id.len() <= LONGEST_ID)
}
