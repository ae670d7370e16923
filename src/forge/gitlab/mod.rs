//! GitLab.com and self-managed GitLab, as the user that an access token belongs to.
//!
//! Everything happens in the project that a merge request wants to change, also for one from a fork; only the gate
//! belongs to the project that the head comes from.

mod absent;
mod address;
mod approval;
mod archive;
mod blobs;
mod commands;
mod contents;
mod conversation;
mod drafts;
mod examination;
mod files;
mod gate;
pub mod hooks;
mod http;
mod look_up;
mod position;
mod publish;
mod resolve;
mod sign_in;
mod status_checks;
mod summary;
mod token;
mod tree;
mod warnings;
mod webhook;
mod wire;

pub use self::sign_in::GitLabIdentity;
pub use self::webhook::{GitLabReceiver, HookSecrets, SecretSource};

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use url::Url;

use self::absent::Absent;
use self::http::{Call, Transport, next_page, setup};
use self::wire::UserWire;
use super::call::{Answer, Lane, Repeatable, Terms, Waits};
use super::connection::Authorities;
use super::ledger::Ledger;
use super::{
    Approval, ChangeRequest, ChangedFiles, Circumstances, CommentRef, Forge, ForgeError, ForgeKind,
    GateHandle, ListedFile, Listing, OpenChange, PathFilter, Person, Published, Reaction,
    RepositoryRef, Revision, Sink, Wanted,
};
use crate::examination::Examined;
use crate::review::{Comment, Conversation, Dialect, Gate, SuggestionStyle, Thread};

/// How to reach GitLab, and as whom.
#[derive(Debug, Clone)]
pub struct GitLabConfig {
    /// `https://HOST`, perhaps with a path below which the instance is served.
    pub url: String,
    /// Access token of the bot's user, with scope `api`: a personal, project or group access token, or one of OAuth.
    pub token: SecretString,
    /// The file that it is from, which is read again when GitLab doesn't take it any more.
    pub token_file: Option<PathBuf>,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest silence while an answer is awaited.
    pub timeout: Duration,
    /// Waits between calls.
    pub waits: Waits,
    /// What all processes know of the token; `None` when this one is alone.
    pub ledger: Option<Arc<dyn Ledger>>,
    /// Waits for the diff of a merge request that was opened or pushed to just now.
    pub diff_waits: Vec<Duration>,
    /// Who vouches for its certificate, beside the usual ones.
    pub authorities: Authorities,
    /// Where it sends its events: external status checks with this address wait for us.
    pub webhook_url: Option<String>,
}

impl GitLabConfig {
    /// With the usual time-outs and waits.
    pub fn new(url: impl Into<String>, token: SecretString) -> Self {
        Self {
            url: url.into(),
            token,
            token_file: None,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            waits: Waits::default(),
            ledger: None,
            diff_waits: [1, 2, 4].map(Duration::from_secs).to_vec(),
            authorities: Authorities::default(),
            webhook_url: None,
        }
    }
}

/// The client of one GitLab.
pub struct GitLab {
    transport: Transport,
    waits: Waits,
    diff_waits: Vec<Duration>,
    lane: Lane,
    /// Who the token belongs to.
    me: OnceCell<i64>,
    /// Projects where comments can't be published together.
    draftless: Absent,
    /// Projects without external status checks.
    checkless: Absent,
    webhook_url: Option<String>,
}

impl GitLab {
    /// Makes the client; nothing is sent yet.
    ///
    /// # Errors
    /// [`ForgeError::Setup`] when the address or the token can't work.
    pub fn new(config: &GitLabConfig) -> Result<Self, ForgeError> {
        let terms = Terms {
            waits: config.waits,
            limit: http::wait_after,
            most_per_hour: None,
            ledger: config.ledger.clone(),
        };
        Ok(Self {
            transport: Transport::new(config)?,
            waits: config.waits,
            diff_waits: config.diff_waits.clone(),
            lane: Lane::new(ForgeKind::GitLab, "gitlab/token".to_owned(), terms),
            me: OnceCell::new(),
            draftless: Absent::default(),
            checkless: Absent::default(),
            webhook_url: config.webhook_url.clone(),
        })
    }

    /// The id of the token's user, asked once.
    async fn me(&self) -> Result<i64, ForgeError> {
        let ask = || async {
            let call = Call::get(self.transport.url("/user"));
            let answer = self.call("read own account", Repeatable::Yes, &call).await?;
            let user: UserWire = parse("read own account", &answer)?;
            Ok(user.id)
        };
        self.me.get_or_try_init(ask).await.copied()
    }

    async fn call(
        &self,
        operation: &'static str,
        repeatable: Repeatable,
        call: &Call,
    ) -> Result<Answer, ForgeError> {
        match self.permitted(operation, repeatable, call).await {
            // Nobody else's token is tried: GitLab blocks addresses that come with many bad ones.
            Err(ForgeError::Status { status: 401, message, .. }) => Err(setup(format!(
                "it does not take the access token, which may have expired or been taken back: {message}"
            ))),
            other => other,
        }
    }

    /// The same where 401 may be said to a good token, too: some things need a licence, or may not be done by everybody.
    async fn permitted(
        &self,
        operation: &'static str,
        repeatable: Repeatable,
        call: &Call,
    ) -> Result<Answer, ForgeError> {
        let send = || self.transport.send(call);
        match self.lane.call(operation, repeatable, send).await {
            Ok(answer) if answer.status >= 300 => Err(setup(format!(
                "it redirects ({}) to {:?}; its address has to be the final one",
                answer.status,
                answer.header("location").unwrap_or_default()
            ))),
            other => other,
        }
    }

    async fn get<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
    ) -> Result<T, ForgeError> {
        let call = Call::get(self.transport.url(path));
        parse(operation, &self.call(operation, Repeatable::Yes, &call).await?)
    }

    /// All items of a paged list, from at most `pages` pages, and whether that was all.
    async fn list<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &str,
        pages: usize,
    ) -> Result<(Vec<T>, bool), ForgeError> {
        let mut items: Vec<T> = Vec::new();
        let mut next: Option<Url> = Some(self.transport.url(path));
        for _ in 0..pages {
            let Some(url) = next.take() else { break };
            let answer = self.call(operation, Repeatable::Yes, &Call::get(url.clone())).await?;
            let page: Vec<T> = parse(operation, &answer)?;
            // A page without items leads nowhere, whatever it links to.
            next = next_page(&url, &answer).filter(|_| !page.is_empty());
            items.extend(page);
        }
        Ok((items, next.is_none()))
    }
}

/// The path of a merge request below the API.
fn merge_request(change: &ChangeRequest) -> String {
    format!("/projects/{}/merge_requests/{}", change.repository.external_id, change.number)
}

#[async_trait]
impl Forge for GitLab {
    fn kind(&self) -> ForgeKind {
        ForgeKind::GitLab
    }

    fn dialect(&self) -> Dialect {
        Dialect {
            suggestion: SuggestionStyle::Offsets,
            max_body: 900_000,
            slash_commands: true,
            comments_outside_hunks: true,
            file_comments: true,
            max_comments: 30,
        }
    }

    async fn look_up(&self, change: &ChangeRequest) -> Result<Revision, ForgeError> {
        self.read_revision(change).await
    }

    async fn open_changes(
        &self,
        repository: &RepositoryRef,
        most: usize,
    ) -> Result<Vec<OpenChange>, ForgeError> {
        self.list_open(repository, most).await
    }

    async fn changed_files(&self, revision: &Revision) -> Result<ChangedFiles, ForgeError> {
        self.require_head(revision).await?;
        self.read_changed_files(revision).await
    }

    async fn blobs(
        &self,
        revision: &Revision,
        commit: &str,
        paths: &[String],
    ) -> Result<BTreeMap<String, Arc<[u8]>>, ForgeError> {
        self.read_blobs(revision.change.repository.external_id, commit, paths).await
    }

    async fn tree(
        &self,
        revision: &Revision,
        commit: &str,
        wanted: PathFilter,
    ) -> Result<Listing, ForgeError> {
        self.read_tree(revision.change.repository.external_id, commit, wanted).await
    }

    async fn contents(
        &self,
        revision: &Revision,
        files: &[ListedFile],
        sink: &Sink,
    ) -> Result<(), ForgeError> {
        self.read_contents(revision.change.repository.external_id, files, sink).await
    }

    fn few_contents(&self) -> usize {
        contents::FEW
    }

    async fn archive(
        &self,
        revision: &Revision,
        commit: &str,
        wanted: Wanted,
        sink: &Sink,
    ) -> Result<(), ForgeError> {
        self.read_archive(revision.change.repository.external_id, commit, wanted, sink).await
    }

    async fn conversation(&self, revision: &Revision) -> Result<Conversation, ForgeError> {
        self.read_conversation(revision).await
    }

    async fn publish(
        &self,
        revision: &Revision,
        comments: &[Comment],
    ) -> Result<Published, ForgeError> {
        self.post_comments(revision, comments).await
    }

    async fn resolve(&self, revision: &Revision, thread: &Thread) -> Result<(), ForgeError> {
        self.settle(revision, thread).await
    }

    async fn rewrite(
        &self,
        revision: &Revision,
        thread: &Thread,
        body: &str,
    ) -> Result<(), ForgeError> {
        self.rewrite_comment(revision, thread, body).await
    }

    async fn write_summary(
        &self,
        revision: &Revision,
        id: Option<&str>,
        body: &str,
    ) -> Result<String, ForgeError> {
        self.post_summary(revision, id, body).await
    }

    async fn may_command(
        &self,
        change: &ChangeRequest,
        person: &Person,
    ) -> Result<bool, ForgeError> {
        self.may_write(change, person).await
    }

    async fn may_read(&self, repository: &RepositoryRef, login: &str) -> Result<bool, ForgeError> {
        self.reads(repository, login).await
    }

    async fn react(
        &self,
        change: &ChangeRequest,
        comment: &CommentRef,
        reaction: Reaction,
    ) -> Result<(), ForgeError> {
        self.award(change, comment, reaction).await
    }

    async fn answer(
        &self,
        change: &ChangeRequest,
        comment: &CommentRef,
        body: &str,
    ) -> Result<(), ForgeError> {
        self.post_answer(change, comment, body).await
    }

    async fn set_gate(
        &self,
        revision: &Revision,
        _review_id: &str,
        handle: Option<&GateHandle>,
        gate: &Gate,
    ) -> Result<GateHandle, ForgeError> {
        let handle = self.set_status(revision, handle, gate).await?;
        self.answer_checks(revision, gate.state).await?;
        Ok(handle)
    }

    async fn warnings(&self, now: DateTime<Utc>) -> Result<Vec<String>, ForgeError> {
        self.token_warnings(now).await
    }

    async fn examine(&self, circumstances: &Circumstances<'_>) -> Vec<Examined> {
        self.examine_all(circumstances).await
    }

    async fn is_gate_current(
        &self,
        revision: &Revision,
        handle: &GateHandle,
        gate: &Gate,
    ) -> Result<bool, ForgeError> {
        Ok(self.is_status_current(revision, handle).await?
            && !self.is_answer_awaited(revision, gate.state).await?)
    }

    async fn approve(&self, revision: &Revision, approval: Approval) -> Result<(), ForgeError> {
        self.set_approval(revision, approval).await
    }
}

/// An answer's JSON.
fn parse<T: DeserializeOwned>(operation: &'static str, answer: &Answer) -> Result<T, ForgeError> {
    serde_json::from_slice(&answer.body).map_err(|error| shape(operation, error.to_string()))
}

fn shape(operation: &'static str, message: impl Into<String>) -> ForgeError {
    ForgeError::Shape { forge: ForgeKind::GitLab, operation, message: message.into() }
}

/// What tells one body of ours from another: the hidden marker at its end; without one, the whole body.
fn identity_of(body: &str) -> &str {
    crate::review::raw_marker(body).unwrap_or_else(|| body.trim())
}
