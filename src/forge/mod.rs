//! The seam to a platform: verbs of intent in the words of [`crate::change`] and [`crate::review`].
//!
//! A client finds positions, encodes bodies, pages, waits and retries by itself; who calls it knows nothing of that.
//!
//! ```text
//! types            what is said over the seam, which is the trait below
//! github, gitlab   the two clients
//! simulator        both platforms on loopback, for the demo and the tests
//! call             how a call is made: what is tried again, after which wait; connection: with what
//! ledger           what all processes that speak for one account keep in common
//! archive          many files in one answer; allowance: how many bytes are taken into memory
//! webhook          the other direction: what a platform tells us
//! identity         who somebody is, and what they may read
//! ```

mod allowance;
pub(crate) mod archive;
pub mod call;
mod connection;
mod error;
pub mod github;
pub mod gitlab;
pub mod identity;
pub mod ledger;
mod listed;
pub mod simulator;
mod types;
pub mod webhook;

pub use allowance::Allowance;
pub use archive::Wanted;
pub(crate) use connection::builder as http_client;
pub use connection::{Authorities, look_at};
pub use error::{ForgeError, Retry};
pub use types::{
    Approval, ChangeRequest, ChangedFiles, CommentRef, ForgeKind, GateHandle, ListedFile, Listing,
    OpenChange, PathFilter, Person, Posted, Published, Reaction, Refused, RepositoryRef, Revision,
    RevisionState, Sink, account,
};

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::examination::{Examined, unreachable};
use crate::review::{Comment, Conversation, Dialect, Gate, Thread};

/// What a platform is examined by.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// Where it has to call us, if we know.
    pub webhook_url: Option<&'a str>,
    /// What time it is.
    pub now: DateTime<Utc>,
}

/// A platform that hosts repositories and change requests.
#[async_trait]
pub trait Forge: Send + Sync {
    /// Which platform it is.
    fn kind(&self) -> ForgeKind;

    /// How it wants things written.
    fn dialect(&self) -> Dialect;

    /// The change request as it is now. Only reads.
    async fn look_up(&self, change: &ChangeRequest) -> Result<Revision, ForgeError>;

    /// A repository's open change requests, those that changed last first, at most `most` of them. Only reads.
    async fn open_changes(
        &self,
        repository: &RepositoryRef,
        most: usize,
    ) -> Result<Vec<OpenChange>, ForgeError>;

    /// The files that the revision changes, as the platform shows them. Only reads.
    ///
    /// # Errors
    /// [`ForgeError::HeadMoved`] when the change request has another head by now.
    async fn changed_files(&self, revision: &Revision) -> Result<ChangedFiles, ForgeError>;

    /// The bytes of files at a commit; files that are not there are missing in the answer. Only reads.
    async fn blobs(
        &self,
        revision: &Revision,
        commit: &str,
        paths: &[String],
    ) -> Result<BTreeMap<String, Arc<[u8]>>, ForgeError>;

    /// The plain files at a commit whose path is wanted, as far as the platform lists them. Only reads.
    async fn tree(
        &self,
        revision: &Revision,
        commit: &str,
        wanted: PathFilter,
    ) -> Result<Listing, ForgeError>;

    /// Hands over the bytes of files, in as few calls as the platform allows, each as soon as it is there; what the
    /// platform doesn't give is not handed over. Bytes are those that their id names. Only reads.
    async fn contents(
        &self,
        revision: &Revision,
        files: &[ListedFile],
        sink: &Sink,
    ) -> Result<(), ForgeError>;

    /// How many files [`Forge::contents`] gives for less than [`Forge::archive`] costs.
    fn few_contents(&self) -> usize;

    /// Hands over the bytes of wanted files from one archive of the whole repository at a commit, each as soon as it is
    /// there. Files that the archive holds in another form than the repository are left out. It is asked for once: a
    /// limit that is the archive's alone holds nothing else back. Only reads.
    async fn archive(
        &self,
        revision: &Revision,
        commit: &str,
        wanted: Wanted,
        sink: &Sink,
    ) -> Result<(), ForgeError>;

    /// What we have said so far. Only reads.
    async fn conversation(&self, revision: &Revision) -> Result<Conversation, ForgeError>;

    /// Posts new comments as one review. Comments that stand already (same marker) are not posted again, so the call
    /// may be repeated. A comment that the platform refuses is reported back and stops no other.
    async fn publish(
        &self,
        revision: &Revision,
        comments: &[Comment],
    ) -> Result<Published, ForgeError>;

    /// Marks a thread as settled, by the best means that the bot's permissions allow. It sets a value, so the call may
    /// be repeated.
    async fn resolve(&self, revision: &Revision, thread: &Thread) -> Result<(), ForgeError>;

    /// Sets the text of a thread's first comment, which is ours. A comment that is gone needs nothing. It sets a value, so
    /// the call may be repeated.
    async fn rewrite(
        &self,
        revision: &Revision,
        thread: &Thread,
        body: &str,
    ) -> Result<(), ForgeError>;

    /// Creates the summary comment, or changes the one with this id. A creation whose answer was lost is looked up
    /// (by the marker at the body's end) before it is repeated. Returns the comment's id.
    async fn write_summary(
        &self,
        revision: &Revision,
        id: Option<&str>,
        body: &str,
    ) -> Result<String, ForgeError>;

    /// Whether somebody may tell us what to do about a change request: those who can write to its repository. Only reads.
    async fn may_command(
        &self,
        change: &ChangeRequest,
        person: &Person,
    ) -> Result<bool, ForgeError>;

    /// Whether the account of that login can read the repository's code. Only reads.
    async fn may_read(&self, repository: &RepositoryRef, login: &str) -> Result<bool, ForgeError>;

    /// Shows below a comment what became of it. A comment that is gone needs nothing. The call may be repeated.
    async fn react(
        &self,
        change: &ChangeRequest,
        comment: &CommentRef,
        reaction: Reaction,
    ) -> Result<(), ForgeError>;

    /// Answers a comment in its thread. An answer that stands already (same marker) is not posted again, so the call may
    /// be repeated.
    async fn answer(
        &self,
        change: &ChangeRequest,
        comment: &CommentRef,
        body: &str,
    ) -> Result<(), ForgeError>;

    /// Shows the gate at the revision's head. `handle` is what an earlier call for the same review returned; `review_id`
    /// names the review, so that a gate whose creation's answer was lost is found again.
    async fn set_gate(
        &self,
        revision: &Revision,
        review_id: &str,
        handle: Option<&GateHandle>,
        gate: &Gate,
    ) -> Result<GateHandle, ForgeError>;

    /// Whether the platform shows this gate wherever it looks for it, which may be elsewhere than where it was set; if not,
    /// [`Forge::set_gate`] sets it there. Only reads.
    async fn is_gate_current(
        &self,
        _revision: &Revision,
        _handle: &GateHandle,
        _gate: &Gate,
    ) -> Result<bool, ForgeError> {
        Ok(true)
    }

    /// What an operator has to see to before it fails, each a sentence: an access token that soon expires. Only reads.
    async fn warnings(&self, _now: DateTime<Utc>) -> Result<Vec<String>, ForgeError> {
        Ok(Vec::new())
    }

    /// Gives our approval of the change request, or takes it back, for repositories that want that. What the platform
    /// doesn't let us do is no error; nothing happens where it has no approvals that we could give. It sets a value, so
    /// the call may be repeated.
    async fn approve(&self, _revision: &Revision, _approval: Approval) -> Result<(), ForgeError> {
        Ok(())
    }

    /// Looks at everything that has to be as the service needs it, and doesn't stop at what is not. Only reads.
    async fn examine(&self, circumstances: &Circumstances<'_>) -> Vec<Examined> {
        let about = self.kind().title();
        match self.warnings(circumstances.now).await {
            Ok(warnings) if warnings.is_empty() => vec![Examined::well(about, "it answers")],
            Ok(warnings) => {
                let advice = "see to it before it fails";
                warnings.into_iter().map(|said| Examined::warning(about, said, advice)).collect()
            }
            Err(error) => {
                let said = error.to_string();
                let advice = unreachable(&said);
                vec![Examined::failed(about, said, advice)]
            }
        }
    }

    /// Asks the platform to send again what it could not deliver to us since then. Returns for how many deliveries;
    /// always none where the platform can't be asked. The call may be repeated.
    async fn redeliver_failed(&self, _since: DateTime<Utc>) -> Result<usize, ForgeError> {
        Ok(0)
    }
}
