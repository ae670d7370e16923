//! GitHub.com, GitHub Enterprise Server and GitHub with data residency, as a GitHub App.
//!
//! Octocrab carries the requests; what is sent, repeated, paged and held back is decided here, since a review must be
//! posted once and only once, also when answers are lost.

mod annotations;
pub mod app;
mod app_key;
mod archive;
mod blobs;
mod commands;
mod contents;
mod conversation;
mod examination;
mod files;
mod gate;
mod graphql;
mod http;
mod identity;
mod installations;
mod known;
mod limits;
mod look_up;
mod publish;
mod redeliver;
mod resolve;
mod review;
mod sign_in;
mod summary;
mod tree;
mod warnings;
mod webhook;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;
use url::Url;

use self::app_key::AppKey;
use self::http::{Call, Transport};
use self::identity::Identity;
use self::installations::{Installation, Installations, Scope};
use self::known::KnownAnswers;
pub use self::redeliver::heeds;
pub use self::sign_in::GitHubIdentity;
pub use self::webhook::GitHubReceiver;
use super::call::{Answer, Lane, Repeatable, Terms, Waits};
use super::connection::Authorities;
use super::ledger::Ledger;
use super::{
    ChangeRequest, ChangedFiles, Circumstances, CommentRef, Forge, ForgeError, ForgeKind,
    GateHandle, ListedFile, Listing, OpenChange, PathFilter, Person, Published, Reaction,
    RepositoryRef, Revision, Sink, Wanted,
};
use crate::examination::Examined;
use crate::forge::connection::segment;
use crate::review::{Comment, Conversation, Dialect, Gate, SuggestionStyle, Thread};

/// How to reach GitHub, and as whom.
#[derive(Debug, Clone)]
pub struct GitHubConfig {
    /// `https://api.github.com`, or `https://HOST/api/v3`.
    pub api_url: String,
    /// The App's number or client id.
    pub app_id: String,
    /// The App's private key, a PEM.
    pub private_key: SecretString,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for a whole answer.
    pub timeout: Duration,
    /// Waits between calls.
    pub waits: Waits,
    /// What all processes know of installations; `None` when this one is alone.
    pub ledger: Option<Arc<dyn Ledger>>,
    /// Who vouches for its certificate, beside the usual ones.
    pub authorities: Authorities,
    /// Most bytes of answers that are kept to be asked for again only if they changed, of all installations.
    pub kept_answers: u64,
}

impl GitHubConfig {
    /// With the usual time-outs and waits.
    pub fn new(
        api_url: impl Into<String>,
        app_id: impl Into<String>,
        private_key: SecretString,
    ) -> Self {
        Self {
            api_url: api_url.into(),
            app_id: app_id.into(),
            private_key,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            waits: Waits::default(),
            ledger: None,
            authorities: Authorities::default(),
            kept_answers: KEPT_ANSWERS,
        }
    }
}

/// As many kept answers as are of use, in bytes.
pub const KEPT_ANSWERS: u64 = 32 << 20;

/// The client of one GitHub.
pub struct GitHub {
    transport: Transport,
    key: AppKey,
    /// What an account has to keep to.
    terms: Terms,
    /// Calls as the App itself.
    app: Lane,
    installations: Installations,
    identity: OnceCell<Identity>,
    known: KnownAnswers,
}

impl GitHub {
    /// Makes the client; nothing is sent yet. Needs a running tokio runtime.
    ///
    /// # Errors
    /// [`ForgeError::Setup`] when the address or the key does not work.
    pub fn new(config: &GitHubConfig) -> Result<Self, ForgeError> {
        let terms = Terms {
            waits: config.waits,
            limit: limits::wait_after,
            most_per_hour: limits::most_per_hour(&config.api_url, config.waits.between_writes),
            ledger: config.ledger.clone(),
        };
        Ok(Self {
            transport: Transport::new(config)?,
            key: AppKey::from_pem(&config.app_id, &config.private_key)?,
            app: Lane::new(ForgeKind::GitHub, "github/app".to_owned(), terms.clone()),
            terms,
            installations: Installations::default(),
            identity: OnceCell::new(),
            known: KnownAnswers::up_to(config.kept_answers),
        })
    }

    /// A call as the App.
    async fn app_call(
        &self,
        operation: &'static str,
        repeatable: Repeatable,
        call: Call,
    ) -> Result<Answer, ForgeError> {
        let mut refused = false;
        loop {
            let token = self.key.token(Utc::now().timestamp())?;
            let authorization = format!("Bearer {token}");
            let send = || self.transport.send(&call, &authorization);
            match self.app.call(operation, repeatable, send).await {
                // Refused before it was acted on, so once more does no harm.
                Err(ForgeError::Status { status: 401, .. }) if !refused => refused = true,
                Err(ForgeError::Status { forge, status: 401, message, .. }) => {
                    let message = format!("it does not take the App's key: {message}");
                    return Err(ForgeError::Setup { forge, message });
                }
                other => return other,
            }
        }
    }

    /// A call as the installation, for a repository of it.
    async fn call(
        &self,
        at: &At<'_>,
        operation: &'static str,
        repeatable: Repeatable,
        call: &Call,
    ) -> Result<Answer, ForgeError> {
        self.call_as(at, Scope::Review, operation, repeatable, call).await
    }

    /// As [`GitHub::call`], with what a scope allows.
    async fn call_as(
        &self,
        at: &At<'_>,
        scope: Scope,
        operation: &'static str,
        repeatable: Repeatable,
        call: &Call,
    ) -> Result<Answer, ForgeError> {
        let installation = at.installation.id;
        let known = self.known.of(installation, call);
        let unless = known.as_ref().map(|known| known.tag.clone());
        let call = &Call { unless, ..call.clone() };
        let mut renewed = false;
        loop {
            // A token is nothing that is needed while nothing may be sent.
            at.installation.lane.wait_until_free(operation).await?;
            let token = self.token(&at.installation, at.repository, scope).await?;
            let authorization = token.bearer();
            let send = || self.transport.send(call, &authorization);
            match at.installation.lane.call(operation, repeatable, send).await {
                // Refused before it was acted on, so once more does no harm.
                Err(ForgeError::Status { status: 401, .. }) if !renewed => {
                    self.refused(&at.installation, &token).await;
                    renewed = true;
                }
                other => {
                    return other.map(|it| self.known.whole(installation, call, known, it));
                }
            }
        }
    }

    /// All items of a paged list, at most `limit` of them.
    async fn list<T: DeserializeOwned>(
        &self,
        at: &At<'_>,
        operation: &'static str,
        first: Url,
        limit: usize,
    ) -> Result<Vec<T>, ForgeError> {
        let mut items: Vec<T> = Vec::new();
        let mut next = Some(first);
        while let Some(url) = next.take().filter(|_| items.len() < limit) {
            let call = Call::get(url);
            let answer = self.call(at, operation, Repeatable::Yes, &call).await?;
            let page: Vec<T> = parse(operation, &answer)?;
            // A page without items leads nowhere, whatever it links to.
            next = self.transport.next_page(&answer).filter(|_| !page.is_empty());
            items.extend(page);
        }
        items.truncate(limit);
        Ok(items)
    }

    /// Where calls for a repository go.
    async fn at<'a>(&self, repository: &'a RepositoryRef) -> Result<At<'a>, ForgeError> {
        Ok(At { repository, installation: self.installation(repository).await? })
    }

    /// An address below the repository's; `rest` is encoded already.
    fn repository_url(&self, repository: &RepositoryRef, rest: &str) -> Result<Url, ForgeError> {
        let Some((owner, name)) = repository.full_name.split_once('/') else {
            let message = format!("{:?} is no owner/name", repository.full_name);
            return Err(shape("address of a repository", message));
        };
        let path = format!("/repos/{}/{}{rest}", segment(owner), segment(name));
        Ok(self.transport.url(&path))
    }
}

/// Where a call goes: a repository, through an installation.
struct At<'a> {
    repository: &'a RepositoryRef,
    installation: Arc<Installation>,
}

#[async_trait]
impl Forge for GitHub {
    fn kind(&self) -> ForgeKind {
        ForgeKind::GitHub
    }

    fn dialect(&self) -> Dialect {
        Dialect {
            suggestion: SuggestionStyle::CommentRange,
            max_body: 65_000,
            slash_commands: false,
            comments_outside_hunks: false,
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
        self.read_changed_files(revision).await
    }

    async fn blobs(
        &self,
        revision: &Revision,
        commit: &str,
        paths: &[String],
    ) -> Result<BTreeMap<String, Arc<[u8]>>, ForgeError> {
        let at = self.at(&revision.change.repository).await?;
        self.read_blobs(&at, commit, paths).await
    }

    async fn tree(
        &self,
        revision: &Revision,
        commit: &str,
        wanted: PathFilter,
    ) -> Result<Listing, ForgeError> {
        let at = self.at(&revision.change.repository).await?;
        self.read_tree(&at, commit, wanted).await
    }

    async fn contents(
        &self,
        revision: &Revision,
        files: &[ListedFile],
        sink: &Sink,
    ) -> Result<(), ForgeError> {
        let at = self.at(&revision.change.repository).await?;
        self.read_contents(&at, files, sink).await
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
        let at = self.at(&revision.change.repository).await?;
        self.read_archive(&at, commit, wanted, sink).await
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
        Ok(self.permission(repository, login).await?.is_some_and(|may| may != "none"))
    }

    async fn react(
        &self,
        change: &ChangeRequest,
        comment: &CommentRef,
        reaction: Reaction,
    ) -> Result<(), ForgeError> {
        self.add_reaction(change, comment, reaction).await
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
        review_id: &str,
        handle: Option<&GateHandle>,
        gate: &Gate,
    ) -> Result<GateHandle, ForgeError> {
        self.set_check_run(revision, review_id, handle, gate).await
    }

    async fn warnings(&self, _now: DateTime<Utc>) -> Result<Vec<String>, ForgeError> {
        self.app_warnings().await
    }

    async fn examine(&self, circumstances: &Circumstances<'_>) -> Vec<Examined> {
        self.examine_all(circumstances).await
    }

    async fn redeliver_failed(&self, since: DateTime<Utc>) -> Result<usize, ForgeError> {
        self.ask_for_failed(since).await
    }
}

/// An answer's JSON.
fn parse<T: DeserializeOwned>(operation: &'static str, answer: &Answer) -> Result<T, ForgeError> {
    serde_json::from_slice(&answer.body).map_err(|error| shape(operation, error.to_string()))
}

fn shape(operation: &'static str, message: impl Into<String>) -> ForgeError {
    ForgeError::Shape { forge: ForgeKind::GitHub, operation, message: message.into() }
}

/// The hidden marker at a body's end: its last HTML comment; without one, the whole body.
fn marker_of(body: &str) -> &str {
    let marker = body.rfind("<!--").and_then(|start| {
        let end = body[start..].find("-->")?;
        body.get(start..start + end + "-->".len())
    });
    marker.unwrap_or_else(|| body.trim())
}
