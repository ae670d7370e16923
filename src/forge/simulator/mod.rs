//! A simulated platform: GitHub's and GitLab's interfaces over loopback HTTP, on one state, for the demo and the tests.
//!
//! It refuses what the platforms refuse; its refusals are its value. What a client gets wrong without being refused is
//! kept as a violation ([`State::violations`]), what it asked is kept in [`State::requests`].
//!
//! ```text
//! model, git, diff, anchors   what there is: repositories, commits, change requests, threads
//! http, faults, limits        how it is served, and how it fails when a test wants it to
//! webhooks                    how it tells the service what happened
//! github/, gitlab/            the two interfaces: routes, wire shapes, refusals, payloads
//! oauth/                      sign-in with accounts of the platform
//! page                        what a person sees in a browser
//! ```
//!
//! ```no_run
//! # use asyncwarden::forge::simulator::{Simulator, NewChange};
//! # async fn demo() -> std::io::Result<()> {
//! let simulator = Simulator::new();
//! let number = {
//!     let mut state = simulator.state();
//!     let repository = state.add_repository("acme/shop", [("app.py", "import asyncio\n")]);
//!     state.push(repository, "feature", [("app.py", Some("import time\n"))]);
//!     state.open_change(repository, NewChange::from_branch("feature", "Wait a little"))
//! };
//! let server = simulator.start(0).await?;
//! println!("{}/acme/shop/pull/{number}", server.url());
//! server.stop().await;
//! # Ok(())
//! # }
//! ```

pub mod github;
pub mod gitlab;

mod anchors;
mod archive;
mod changes;
mod diff;
mod faults;
mod git;
mod http;
mod limits;
mod model;
pub mod oauth;
pub mod page;
mod renames;
#[cfg(test)]
mod tests;
mod webhooks;

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

pub use anchors::{Anchor, Side};
pub use changes::NewChange;
pub use diff::{FileDiff, FileStatus, Hunk, Line};
pub use faults::{Fault, FaultPlan};
pub use git::{Commit, Mode, blob_sha, fork_of};
pub use http::Running;
pub use model::{
    Change, ChangeState, Check, CommitStatus, Installation, Level, Note, Person, Repository,
    Request, Review, State, Thread, Version,
};
pub use webhooks::{
    Event, InstallationEvent, Payload, Receiver, Signing, body_signature, standard_signature,
};

/// The simulated App's number.
pub const APP_ID: i64 = 4711;
/// The simulated App's client id.
pub const APP_CLIENT_ID: &str = "Iv23simulatedapp4711";
/// The simulated App's name in addresses; its login is `asyncwarden[bot]`.
pub const APP_SLUG: &str = "asyncwarden";
/// The login under which comments of the App appear.
pub const APP_LOGIN: &str = "asyncwarden[bot]";
/// The simulated App's private key (PKCS#1), worth nothing anywhere else.
pub const APP_PRIVATE_KEY: &str = include_str!("demo-only-app-key.pem");
/// The installation through which the App reaches all repositories of a new simulator.
pub const INSTALLATION_ID: i64 = 90_001;
/// Login of the simulated GitLab's bot user.
pub const BOT_LOGIN: &str = "asyncwarden-bot";
/// Access token of the simulated GitLab's bot user.
pub const BOT_TOKEN: &str = "glpat-simulated-bot-token";
/// Secret with which deliveries are signed unless a test names another.
pub const WEBHOOK_SECRET: &str = "simulated-webhook-secret";

/// A simulated platform. Clones share the state.
#[derive(Clone)]
pub struct Simulator {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// Rings after every answered request.
    changed: Notify,
    /// Where it is served, once it is.
    url: OnceLock<String>,
}

impl Simulator {
    /// An empty platform: the App with one installation, the bot user, nobody else.
    #[allow(clippy::new_without_default, reason = "it is not a plain value")]
    pub fn new() -> Self {
        let shared = Shared {
            state: Mutex::new(State::new()),
            changed: Notify::new(),
            url: OnceLock::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The state, to look at or to change. Don't hold it over an `await`.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end; empty before the start.
    pub fn url(&self) -> &str {
        self.shared.url.get().map_or("", String::as_str)
    }

    /// Waits until the condition gives something; it is asked again after every request. `None` after the deadline.
    pub async fn wait_for<T>(
        &self,
        deadline: Duration,
        mut condition: impl FnMut(&State) -> Option<T>,
    ) -> Option<T> {
        let waiting = async {
            loop {
                let changed = self.shared.changed.notified();
                tokio::pin!(changed);
                // Listens before it looks, so that no change falls between.
                changed.as_mut().enable();
                if let Some(found) = condition(&self.state()) {
                    return found;
                }
                changed.await;
            }
        };
        tokio::time::timeout(deadline, waiting).await.ok()
    }
}
