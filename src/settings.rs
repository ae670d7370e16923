//! The process's settings: checked at start, and as a whole again when they are read anew ([`WatchedFiles`]).
//!
//! `arguments` declares each of them: its help, which is its line in the documentation too, its key, its variable. `resolve` makes
//! [`Settings`] of what was said, and all that is wrong is said at once. The other files are each about some of the settings.

mod app_folder;
mod arguments;
mod declare;
mod environment;
mod error;
pub(crate) mod file;
mod gitlab_hooks;
mod hooks;
mod limits;
mod overview;
mod platforms;
mod private_file;
mod resolve;
mod service;
mod setup;
mod sign_in;
mod table;
mod timings;
mod traces;
mod values;
mod warnings;
mod watched;
mod wrong;

pub use app_folder::AppFolder;
pub use arguments::Arguments;
pub use environment::unknown_variables;
pub use error::SettingsError;
pub(crate) use error::one_line;
pub(crate) use gitlab_hooks::parse as parse_hooks;
pub use gitlab_hooks::{FreshSecret, HooksFile, SecretKind, WatchedHooks};
pub use hooks::Hook;
pub use overview::{Overview, Row, Shown, Source, Sourced};
pub use setup::{GitLabSetup, Setup};
pub use sign_in::{DashboardAccess, OidcSettings, SignInSettings};
pub use table::markdown_table;
pub use traces::TraceSettings;
pub(crate) use values::parse_url as base_url;
pub use watched::WatchedFiles;

use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use url::Url;

use crate::forge::Authorities;
use crate::forge::call::Waits;
use crate::forge::gitlab::HookSecrets;
use crate::store::Pooling;

/// All that the service is told from outside. Made from [`Arguments`], or in code.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Host and port to listen on; port 0 takes a free one.
    pub listen: String,
    /// Where everything is kept.
    pub store: StoreSettings,
    /// How many connections to PostgreSQL there are.
    pub pooling: Pooling,
    /// PostgreSQL past a pooler, to hear of new jobs.
    pub database_listen_url: Option<SecretString>,
    /// Where people reach the service's pages, without a slash at the end.
    pub public_url: Option<String>,
    /// How many jobs run at a time.
    pub workers: usize,
    /// How to speak with GitHub; `None` when it isn't used.
    pub github: Option<GitHubSettings>,
    /// Where the credentials go of a GitHub App that is made on the page for it.
    pub github_app_folder: Option<AppFolder>,
    /// How to speak with GitLab; `None` when it isn't used.
    pub gitlab: Option<GitLabSettings>,
    /// Whether default branches are looked at after pushes to them.
    pub baseline: bool,
    /// Who vouches for the platforms' certificates, beside the usual ones.
    pub authorities: Authorities,
    /// What an operator proves to be one with.
    pub operator_token: Option<SecretString>,
    /// Who may look at the dashboard.
    pub sign_in: SignInSettings,
    /// What is logged, and how.
    pub log: LogSettings,
    /// Where traces are sent; `None`: nowhere.
    pub traces: Option<TraceSettings>,
    /// Host and port where metrics are told instead of beside the pages.
    pub metrics_listen: Option<String>,
    /// How much of a repository around a change a review reads.
    pub context: ContextLimits,
    /// What is kept, and for how long.
    pub retention: Retention,
    /// Whether the store's content is made up, which the pages say then.
    pub made_up: bool,
    /// Waits and limits. Data, so that a test passes short ones.
    pub timings: Timings,
}

/// Where everything is kept.
#[derive(Debug, Clone)]
pub enum StoreSettings {
    /// In PostgreSQL at this URL.
    Postgres(SecretString),
    /// In one file in this folder.
    Embedded(PathBuf),
}

/// How to speak with GitHub.
#[derive(Debug, Clone)]
pub struct GitHubSettings {
    /// Base of the REST API, without a slash at the end.
    pub api_url: Url,
    /// The App's number.
    pub app_id: u64,
    /// The App's private key, as PEM text.
    pub private_key: SecretString,
    /// Secrets that sign deliveries, at least one; any of them may have signed.
    pub webhook_secrets: Vec<SecretString>,
}

/// How to speak with GitLab.
#[derive(Debug, Clone)]
pub struct GitLabSettings {
    /// Base of the instance, without `/api/v4`.
    pub url: Url,
    /// Token of the bot's user.
    pub token: SecretString,
    /// The file that it is from, if it is from one.
    pub token_file: Option<PathBuf>,
    /// Secrets that webhook calls are made with, beside those of the file; at least one is here or there.
    pub hooks: Vec<HookSecrets>,
    /// More of them, by project and group.
    pub hooks_file: Option<HooksFile>,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// A filter in the syntax of `tracing-subscriber`.
    pub filter: String,
    /// The lines' form.
    pub format: LogFormat,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For a person.
    Text,
    /// One JSON object for each line.
    Json,
}

/// How much of a repository a review reads beside the changed files. What it has no room for is said in the summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContextLimits {
    /// Most unchanged files that a review fetches; 0: it knows of the changed files only.
    pub files: usize,
    /// Most bytes of unchanged files that a review fetches.
    pub bytes: u64,
    /// Longest time that a review fetches unchanged files.
    pub time: Duration,
    /// Most bytes of files that are kept in memory for later reviews.
    pub memory: u64,
    /// Most bytes of changed files, of both sides, that a review takes into memory. A change of people is far below; one
    /// that is made to take the worker down is not.
    pub changed: u64,
}

impl Default for ContextLimits {
    fn default() -> Self {
        Self {
            files: limits::DEFAULT_CONTEXT_FILES,
            bytes: limits::DEFAULT_CONTEXT_MIB << 20,
            time: Duration::from_secs(limits::DEFAULT_CONTEXT_SECS),
            memory: limits::DEFAULT_CONTEXT_MEMORY_MIB << 20,
            changed: limits::CHANGED_MIB << 20,
        }
    }
}

/// What is kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How long the payloads of webhook calls are kept; none: they are not stored at all.
    pub payloads: TimeDelta,
    /// How long change requests that ended are kept, with their reviews; `None`: for ever.
    pub reviews: Option<TimeDelta>,
    /// How long the data of a repository is kept that was taken out, or where the service was uninstalled.
    pub grace: TimeDelta,
    /// How long the audit log is kept; `None`: for ever.
    pub audit: Option<TimeDelta>,
    /// Whether anything of the repositories' code is kept.
    pub code: bool,
}

impl Retention {
    /// Whether payloads, which may quote code, are stored.
    pub fn keeps_payloads(&self) -> bool {
        self.code && !self.payloads.is_zero()
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            payloads: TimeDelta::days(limits::DEFAULT_PAYLOADS_DAYS),
            reviews: Some(TimeDelta::days(limits::DEFAULT_REVIEWS_DAYS)),
            grace: TimeDelta::days(limits::DEFAULT_GRACE_DAYS),
            audit: Some(TimeDelta::days(limits::DEFAULT_AUDIT_DAYS)),
            code: true,
        }
    }
}

/// Waits and limits of jobs.
#[derive(Debug, Clone, Copy)]
pub struct Timings {
    /// How long a worker holds a job before another may take it; extended while it works.
    pub lease: Duration,
    /// How long a job may run in one go.
    pub deadline: Duration,
    /// How long the analyses of a job may take together; the review goes on with what they have found until then.
    pub analysis: Duration,
    /// The wait after the first failure; doubles with each further one.
    pub backoff: Duration,
    /// The longest wait after a failure, unless the platform asks for more.
    pub longest_backoff: Duration,
    /// How often a job is tried before it goes to the dead letters.
    pub attempts: i32,
    /// From this failed attempt on the gate doesn't wait any more: it ends without a verdict until one succeeds.
    pub patience: i32,
    /// How long nobody may speak of an open change request before it is looked at again.
    pub reconcile: Duration,
    /// How often expired leases and forgotten gates are looked for.
    pub sweep: Duration,
    /// How often the queue is looked at when nothing wakes the worker.
    pub poll: Duration,
    /// How long running jobs may go on when the service stops, before they are handed back.
    pub grace: Duration,
    /// Waits between single calls to a platform.
    pub calls: Waits,
}

impl Default for Timings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(60),
            deadline: Duration::from_secs(600),
            analysis: Duration::from_secs(180),
            backoff: Duration::from_secs(1),
            longest_backoff: Duration::from_secs(300),
            attempts: 10,
            patience: 4,
            reconcile: Duration::from_secs(24 * 3600),
            sweep: Duration::from_secs(30),
            poll: Duration::from_secs(5),
            grace: Duration::from_secs(20),
            calls: Waits::default(),
        }
    }
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { filter: arguments::DEFAULT_LOG.to_owned(), format: LogFormat::Text }
    }
}

impl Settings {
    /// Settings with all defaults for a service on this store that speaks with no platform yet.
    pub fn on(store: StoreSettings) -> Self {
        Self {
            listen: arguments::DEFAULT_LISTEN.to_owned(),
            store,
            pooling: Pooling::default(),
            database_listen_url: None,
            public_url: None,
            workers: arguments::DEFAULT_WORKERS,
            github: None,
            github_app_folder: None,
            gitlab: None,
            baseline: true,
            authorities: Authorities::default(),
            operator_token: None,
            sign_in: SignInSettings::default(),
            log: LogSettings::default(),
            traces: None,
            metrics_listen: None,
            context: ContextLimits::default(),
            retention: Retention::default(),
            made_up: false,
            timings: Timings::default(),
        }
    }
}

/// What a key for markers is derived for; another text gives other keys.
const MARKER_CONTEXT: &[u8] = b"asyncwarden hidden marker v1";

impl GitHubSettings {
    /// Keys for hidden markers, one for each webhook secret: they survive the loss of the store, and rotation.
    pub fn marker_keys(&self) -> Vec<Vec<u8>> {
        self.webhook_secrets.iter().map(marker_key).collect()
    }
}

impl GitLabSettings {
    /// Keys for hidden markers, one for each secret of a hook: they survive the loss of the store, and rotation.
    pub fn marker_keys(&self) -> Vec<Vec<u8>> {
        let filed = self.hooks_file.iter().flat_map(HooksFile::secrets);
        let hooks: Vec<_> = self.hooks.iter().chain(filed).collect();
        let now = hooks.iter().flat_map(|hook| hook.signing_tokens.iter().chain(&hook.tokens));
        now.chain(hooks.iter().flat_map(|hook| &hook.former)).map(marker_key).collect()
    }
}

fn marker_key(secret: &SecretString) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(MARKER_CONTEXT);
    mac.finalize().into_bytes().to_vec()
}
