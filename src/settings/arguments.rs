//! What can be set, and how it is said: by flag, else by environment variable, else in the settings file.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::values;
use super::{LogSettings, Settings, SettingsError, StoreSettings, file};

pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
pub(super) const PUBLIC_URL: &str = "ASYNCWARDEN_PUBLIC_URL";
pub(super) const DEFAULT_WORKERS: usize = 4;
pub(super) const DEFAULT_LOG: &str = "info";

/// What the service can be told. Everything is text as it was given; [`Arguments::resolve`] checks it.
#[derive(Debug, Clone, Default, clap::Args, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Arguments {
    /// TOML file with any of these settings. A key is the variable's name in lower case without `asyncwarden_`: `listen`, `database_url`, `github_app_id`.
    #[arg(long, env = "ASYNCWARDEN_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Address and port to listen on; port 0 takes a free one. Default: `127.0.0.1:8080`.
    #[arg(long, env = "ASYNCWARDEN_LISTEN", value_name = "HOST:PORT")]
    pub listen: Option<String>,
    /// PostgreSQL to keep everything in (`postgres://…`). Without it the service runs on the embedded store.
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<SecretString>,
    /// File that holds `DATABASE_URL`.
    #[arg(long, env = "DATABASE_URL_FILE", value_name = "FILE")]
    pub database_url_file: Option<PathBuf>,
    /// Most connections to PostgreSQL, at least two more than jobs run at a time. Default: that number and 12.
    #[arg(long, env = "ASYNCWARDEN_DATABASE_CONNECTIONS", value_name = "N")]
    pub database_connections: Option<String>,
    /// PostgreSQL past a pooler in transaction mode, to be told of new jobs. Without it they are looked for twice a second there.
    #[arg(
        long,
        env = "ASYNCWARDEN_DATABASE_LISTEN_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_listen_url: Option<SecretString>,
    /// File that holds `ASYNCWARDEN_DATABASE_LISTEN_URL`.
    #[arg(long, env = "ASYNCWARDEN_DATABASE_LISTEN_URL_FILE", value_name = "FILE")]
    pub database_listen_url_file: Option<PathBuf>,
    /// Folder of the embedded store. Default: `asyncwarden` in the user's data folder (`$XDG_DATA_HOME` or `~/.local/share`).
    #[arg(long, env = "ASYNCWARDEN_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Where people reach the service's pages; comments and checks link there. Without it they have no such links.
    #[arg(long, env = "ASYNCWARDEN_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// How many jobs run at a time, 1 to 256. Default: `4`.
    #[arg(long, env = "ASYNCWARDEN_WORKERS", value_name = "N")]
    pub workers: Option<String>,
    /// How many unchanged files a review fetches at most, those nearest to the change first; 0: it looks at the changed files alone. Default: `20000`.
    #[arg(long, env = "ASYNCWARDEN_CONTEXT_FILES", value_name = "N")]
    pub context_files: Option<String>,
    /// How many MiB of unchanged files a review fetches at most. Default: `128`.
    #[arg(long, env = "ASYNCWARDEN_CONTEXT_MIB", value_name = "MIB")]
    pub context_mib: Option<String>,
    /// How many seconds a review spends at most on fetching unchanged files; then it goes on without the rest, and says so. Default: `30`.
    #[arg(long, env = "ASYNCWARDEN_CONTEXT_SECS", value_name = "SECONDS")]
    pub context_secs: Option<String>,
    /// How many MiB of repositories' files are kept in memory, so that the next review fetches only what changed. Default: `256`.
    #[arg(long, env = "ASYNCWARDEN_CONTEXT_MEMORY_MIB", value_name = "MIB")]
    pub context_memory_mib: Option<String>,
    /// How many seconds a review spends at most on analysing a change; then it goes on with what was found until then, and says so. Default: `180`.
    #[arg(long, env = "ASYNCWARDEN_ANALYSIS_SECS", value_name = "SECONDS")]
    pub analysis_secs: Option<String>,
    /// How many days the payloads of webhook calls are kept; 0: they are not stored. Default: `7`.
    #[arg(long, env = "ASYNCWARDEN_KEEP_PAYLOADS_DAYS", value_name = "DAYS")]
    pub keep_payloads_days: Option<String>,
    /// How many days a change request is kept after its end, with its reviews and findings; 0: for ever. Default: `730`.
    #[arg(long, env = "ASYNCWARDEN_KEEP_REVIEWS_DAYS", value_name = "DAYS")]
    pub keep_reviews_days: Option<String>,
    /// How many days the audit log is kept; 0: for ever. Default: `730`.
    #[arg(long, env = "ASYNCWARDEN_KEEP_AUDIT_DAYS", value_name = "DAYS")]
    pub keep_audit_days: Option<String>,
    /// How many days the data of a repository is kept after the service was uninstalled there; 0: it is deleted at once. Default: `30`.
    #[arg(long, env = "ASYNCWARDEN_UNINSTALL_GRACE_DAYS", value_name = "DAYS")]
    pub uninstall_grace_days: Option<String>,
    /// `no` to keep nothing of the repositories' code: of a finding only its rule and place, no payloads, no outlines of files. Default: `yes`.
    #[arg(long, env = "ASYNCWARDEN_KEEP_CODE", value_name = "yes|no")]
    pub keep_code: Option<String>,
    /// `no` to leave default branches alone. Otherwise their findings are counted after pushes to them, for the dashboard, once an hour at most and while no review waits. Default: `yes`.
    #[arg(long, env = "ASYNCWARDEN_BASELINE", value_name = "yes|no")]
    pub baseline: Option<String>,
    /// After how many seconds another process takes over the job of one that is gone; fractions are allowed. Default: `60`.
    #[arg(long, env = "ASYNCWARDEN_LEASE_SECS", value_name = "SECONDS")]
    pub lease_secs: Option<String>,
    /// How many seconds pass between two searches for what a process that is gone left behind; fractions are allowed. Default: `30`.
    #[arg(long, env = "ASYNCWARDEN_SWEEP_SECS", value_name = "SECONDS")]
    pub sweep_secs: Option<String>,
    /// How many seconds pass between two looks at the queue when nothing tells of new jobs; fractions are allowed. Default: `5`.
    #[arg(long, env = "ASYNCWARDEN_POLL_SECS", value_name = "SECONDS")]
    pub poll_secs: Option<String>,
    /// How many seconds a job waits after it failed, each further time twice as many; fractions are allowed. Default: `1`.
    #[arg(long, env = "ASYNCWARDEN_RETRY_SECS", value_name = "SECONDS")]
    pub retry_secs: Option<String>,
    /// How many seconds such a wait lasts at most, unless the platform asks for more; fractions are allowed. Default: `300`.
    #[arg(long, env = "ASYNCWARDEN_LONGEST_RETRY_SECS", value_name = "SECONDS")]
    pub longest_retry_secs: Option<String>,
    /// How often a job is tried before it goes to the dead letters. Default: `10`.
    #[arg(long, env = "ASYNCWARDEN_ATTEMPTS", value_name = "N")]
    pub attempts: Option<String>,
    /// How many seconds pass at least between two writes through one installation or token. Platforms ask for `1`, which is the default; one of your own may take more.
    #[arg(long, env = "ASYNCWARDEN_WRITE_SECS", value_name = "SECONDS")]
    pub write_secs: Option<String>,
    /// GitHub's REST API, for GitHub Enterprise Server `https://HOST/api/v3`. Default: `https://api.github.com`.
    #[arg(long, env = "ASYNCWARDEN_GITHUB_API_URL", value_name = "URL")]
    pub github_api_url: Option<String>,
    /// Folder with the credentials of the GitHub App, as `asyncwarden github create-app` and the page `/setup/github` write them; it takes the place of the App's number, key and secret. Default: `github-app` in the folder of the embedded store; none with PostgreSQL.
    #[arg(long, env = "ASYNCWARDEN_GITHUB_APP_DIR", value_name = "DIR")]
    pub github_app_dir: Option<PathBuf>,
    /// Number of the GitHub App.
    #[arg(long, env = "ASYNCWARDEN_GITHUB_APP_ID", value_name = "ID")]
    pub github_app_id: Option<String>,
    /// The App's private key: PEM text (line ends may be written `\n`) or the path of a PEM file.
    #[arg(
        long,
        env = "ASYNCWARDEN_GITHUB_PRIVATE_KEY",
        value_name = "PEM|FILE",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub github_private_key: Option<SecretString>,
    /// File that holds `ASYNCWARDEN_GITHUB_PRIVATE_KEY`.
    #[arg(long, env = "ASYNCWARDEN_GITHUB_PRIVATE_KEY_FILE", value_name = "FILE")]
    pub github_private_key_file: Option<PathBuf>,
    /// Secret that GitHub signs deliveries with; several, separated by commas, while one is replaced.
    #[arg(
        long,
        env = "ASYNCWARDEN_GITHUB_WEBHOOK_SECRET",
        value_name = "SECRET[,SECRET]",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub github_webhook_secret: Option<SecretString>,
    /// File that holds `ASYNCWARDEN_GITHUB_WEBHOOK_SECRET`.
    #[arg(long, env = "ASYNCWARDEN_GITHUB_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    pub github_webhook_secret_file: Option<PathBuf>,
    /// The GitLab instance, `https://gitlab.com` or your own.
    #[arg(long, env = "ASYNCWARDEN_GITLAB_URL", value_name = "URL")]
    pub gitlab_url: Option<String>,
    /// Access token of the bot's user, with scope `api`.
    #[arg(
        long,
        env = "ASYNCWARDEN_GITLAB_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub gitlab_token: Option<SecretString>,
    /// File that holds `ASYNCWARDEN_GITLAB_TOKEN`.
    #[arg(long, env = "ASYNCWARDEN_GITLAB_TOKEN_FILE", value_name = "FILE")]
    pub gitlab_token_file: Option<PathBuf>,
    /// Secret token of the webhook, which GitLab sends in clear text; several, separated by commas, while one is replaced.
    #[arg(
        long,
        env = "ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN",
        value_name = "TOKEN[,TOKEN]",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub gitlab_webhook_token: Option<SecretString>,
    /// File that holds `ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN`.
    #[arg(long, env = "ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN_FILE", value_name = "FILE")]
    pub gitlab_webhook_token_file: Option<PathBuf>,
    /// Signing token of the webhook (`whsec_…`, GitLab 19.0); several, separated by commas, while one is replaced. With it, deliveries without a valid signature are refused.
    #[arg(
        long,
        env = "ASYNCWARDEN_GITLAB_SIGNING_TOKEN",
        value_name = "TOKEN[,TOKEN]",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub gitlab_signing_token: Option<SecretString>,
    /// File that holds `ASYNCWARDEN_GITLAB_SIGNING_TOKEN`.
    #[arg(long, env = "ASYNCWARDEN_GITLAB_SIGNING_TOKEN_FILE", value_name = "FILE")]
    pub gitlab_signing_token_file: Option<PathBuf>,
    /// TOML file with secrets of webhooks for a project or group alone, as `asyncwarden gitlab install-webhook` writes it.
    #[arg(long, env = "ASYNCWARDEN_GITLAB_HOOKS_FILE", value_name = "FILE")]
    pub gitlab_hooks_file: Option<PathBuf>,
    /// Who may look at the dashboard: `sign-in`, which is the default, or `open` for whoever reaches it, behind a gate of your own.
    #[arg(long, env = "ASYNCWARDEN_DASHBOARD", value_name = "sign-in|open")]
    pub dashboard: Option<String>,
    /// Who sees everything and may change it, separated by commas: `github:LOGIN`, `gitlab:LOGIN`, `oidc:LOGIN`; a number or subject in place of the login never goes to somebody else.
    #[arg(long, env = "ASYNCWARDEN_ADMINS", value_name = "WHO[,WHO]")]
    pub admins: Option<String>,
    /// What sessions are signed with, at least 32 characters. Without it the service makes a key and keeps it in its store.
    #[arg(
        long,
        env = "ASYNCWARDEN_SESSION_KEY",
        value_name = "SECRET",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub session_key: Option<SecretString>,
    /// File that holds `ASYNCWARDEN_SESSION_KEY`.
    #[arg(long, env = "ASYNCWARDEN_SESSION_KEY_FILE", value_name = "FILE")]
    pub session_key_file: Option<PathBuf>,
    /// Client id of the GitHub App, for sign-in with GitHub. Default: that of the folder with its credentials.
    #[arg(long, env = "ASYNCWARDEN_GITHUB_CLIENT_ID", value_name = "ID")]
    pub github_client_id: Option<String>,
    /// Client secret of the GitHub App.
    #[arg(
        long,
        env = "ASYNCWARDEN_GITHUB_CLIENT_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub github_client_secret: Option<SecretString>,
    /// File that holds `ASYNCWARDEN_GITHUB_CLIENT_SECRET`.
    #[arg(long, env = "ASYNCWARDEN_GITHUB_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub github_client_secret_file: Option<PathBuf>,
    /// Id of an application of the GitLab instance with scope `read_api`, for sign-in with GitLab.
    #[arg(long, env = "ASYNCWARDEN_GITLAB_CLIENT_ID", value_name = "ID")]
    pub gitlab_client_id: Option<String>,
    /// Secret of that application.
    #[arg(
        long,
        env = "ASYNCWARDEN_GITLAB_CLIENT_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub gitlab_client_secret: Option<SecretString>,
    /// File that holds `ASYNCWARDEN_GITLAB_CLIENT_SECRET`.
    #[arg(long, env = "ASYNCWARDEN_GITLAB_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub gitlab_client_secret_file: Option<PathBuf>,
    /// Issuer of an OpenID provider, for sign-in with it.
    #[arg(long, env = "ASYNCWARDEN_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,
    /// Client id at the OpenID provider.
    #[arg(long, env = "ASYNCWARDEN_OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,
    /// Client secret at the OpenID provider.
    #[arg(
        long,
        env = "ASYNCWARDEN_OIDC_CLIENT_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub oidc_client_secret: Option<SecretString>,
    /// File that holds `ASYNCWARDEN_OIDC_CLIENT_SECRET`.
    #[arg(long, env = "ASYNCWARDEN_OIDC_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub oidc_client_secret_file: Option<PathBuf>,
    /// Claim that holds a person's login. The provider has to answer for it: people see what this login can read. Default: `preferred_username`.
    #[arg(long, env = "ASYNCWARDEN_OIDC_LOGIN_CLAIM", value_name = "CLAIM")]
    pub oidc_login_claim: Option<String>,
    /// Platform on which that login is one. Without it whoever signs in so sees nothing, unless they are an admin.
    #[arg(long, env = "ASYNCWARDEN_OIDC_PLATFORM", value_name = "github|gitlab")]
    pub oidc_platform: Option<String>,
    /// PEM file with certificates of authorities that are trusted beside the system's own, for a platform whose certificate a company's own authority signed.
    #[arg(long, env = "ASYNCWARDEN_CA_FILE", value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// What an operator types on the page `/setup/github` to make a GitHub App; at least 16 characters. Without it that page is
    /// there for this machine alone.
    #[arg(
        long,
        env = "ASYNCWARDEN_OPERATOR_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub operator_token: Option<SecretString>,
    /// File that holds `ASYNCWARDEN_OPERATOR_TOKEN`.
    #[arg(long, env = "ASYNCWARDEN_OPERATOR_TOKEN_FILE", value_name = "FILE")]
    pub operator_token_file: Option<PathBuf>,
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, also for single modules (`info,asyncwarden::forge=debug`). Default: `info`.
    #[arg(long, env = "ASYNCWARDEN_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// `text` for a person, `json` for a machine. Default: `text`.
    #[arg(long, env = "ASYNCWARDEN_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<String>,
    /// Host and port where `/metrics` is, instead of beside the pages. There nobody is asked who they are.
    #[arg(long, env = "ASYNCWARDEN_METRICS_LISTEN", value_name = "HOST:PORT")]
    pub metrics_listen: Option<String>,
    /// Collector that takes traces by OTLP over HTTP, such as `http://127.0.0.1:4318`. Without it no traces are sent.
    #[arg(long, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL")]
    pub otel_exporter_otlp_endpoint: Option<String>,
    /// Headers for that collector, `NAME=VALUE`, separated by commas; values are percent-encoded.
    #[arg(
        long,
        env = "OTEL_EXPORTER_OTLP_HEADERS",
        value_name = "NAME=VALUE[,NAME=VALUE]",
        hide_env_values = true
    )]
    pub otel_exporter_otlp_headers: Option<SecretString>,
    /// The service's name in traces. Default: `asyncwarden`.
    #[arg(long, env = "OTEL_SERVICE_NAME", value_name = "NAME")]
    pub otel_service_name: Option<String>,
}

/// Takes each field from the second where the first has none. Every field is named: a forgotten one doesn't compile.
macro_rules! fill {
    ($first:ident, $second:ident: $($field:ident),* $(,)?) => {{
        let Arguments { config: _, $($field),* } = $second;
        Arguments { config: $first.config, $($field: $first.$field.or($field)),* }
    }};
}

impl Arguments {
    /// Reads the files, fills in defaults and checks everything.
    ///
    /// # Errors
    /// One line that says what contradicts what, what is missing or which value can't be used.
    pub fn resolve(self) -> Result<Settings, SettingsError> {
        let given = self.with_file()?;
        let workers = values::workers(given.workers.as_deref())?.unwrap_or(DEFAULT_WORKERS);
        Ok(Settings {
            listen: given.listens()?,
            store: given.store_settings()?,
            pooling: given.pooling(workers)?,
            database_listen_url: given.listen_url()?,
            public_url: values::url(PUBLIC_URL, given.public_url.as_deref())?
                .map(|url| url.as_str().trim_end_matches('/').to_owned()),
            workers,
            github: given.github()?,
            github_app_folder: given.github_app_folder()?,
            gitlab: given.gitlab()?,
            baseline: values::yes_or_no("ASYNCWARDEN_BASELINE", given.baseline.as_deref())?
                .unwrap_or(true),
            authorities: given.authorities()?,
            operator_token: given.operator_token()?,
            sign_in: given.sign_in()?,
            log: given.log_settings()?,
            traces: given.traces()?,
            metrics_listen: values::address(
                "ASYNCWARDEN_METRICS_LISTEN",
                given.metrics_listen.as_deref(),
            )?,
            context: given.context()?,
            retention: given.retention()?,
            made_up: false,
            timings: given.timings()?,
        })
    }

    /// Only where everything is kept, and the log, for commands that speak with no platform.
    ///
    /// # Errors
    /// As [`Arguments::resolve`].
    pub fn resolve_store(self) -> Result<(StoreSettings, LogSettings), SettingsError> {
        let given = self.with_file()?;
        Ok((given.store_settings()?, given.log_settings()?))
    }

    /// Only the address that the service listens on, for who asks it something.
    ///
    /// # Errors
    /// As [`Arguments::resolve`].
    pub fn resolve_listen(self) -> Result<String, SettingsError> {
        self.with_file()?.listens()
    }

    fn listens(&self) -> Result<String, SettingsError> {
        let given = values::address("ASYNCWARDEN_LISTEN", self.listen.as_deref())?;
        Ok(given.unwrap_or_else(|| DEFAULT_LISTEN.to_owned()))
    }

    /// Fills what flags and environment left open from the settings file, and takes empty values for unset ones.
    pub(super) fn with_file(self) -> Result<Self, SettingsError> {
        let given = self.without_empty();
        let file = match &given.config {
            Some(path) => file::read(path)?.without_empty(),
            None => Self::default(),
        };
        Ok(given.or(file))
    }

    fn or(self, file: Self) -> Self {
        fill!(self, file: listen, database_url, database_url_file, database_connections, database_listen_url,
            database_listen_url_file, data_dir, public_url, workers, context_files, context_mib, context_secs,
            context_memory_mib, analysis_secs, keep_payloads_days, keep_reviews_days, keep_audit_days, uninstall_grace_days, keep_code,
            baseline,
            lease_secs, sweep_secs, poll_secs, retry_secs, longest_retry_secs, attempts, write_secs, github_api_url,
            github_app_dir, github_app_id, github_private_key, github_private_key_file, github_webhook_secret,
            github_webhook_secret_file, gitlab_url, gitlab_token, gitlab_token_file, gitlab_webhook_token,
            gitlab_webhook_token_file, gitlab_signing_token, gitlab_signing_token_file, gitlab_hooks_file, dashboard, admins, session_key, session_key_file, github_client_id, github_client_secret, github_client_secret_file, gitlab_client_id, gitlab_client_secret, gitlab_client_secret_file, oidc_issuer, oidc_client_id, oidc_client_secret, oidc_client_secret_file, oidc_login_claim, oidc_platform, ca_file, operator_token,
            operator_token_file, log, log_format, metrics_listen, otel_exporter_otlp_endpoint,
            otel_exporter_otlp_headers, otel_service_name)
    }

    /// A variable that is set to nothing, as container files do for optional ones, counts as not set.
    fn without_empty(mut self) -> Self {
        for text in [
            &mut self.listen,
            &mut self.public_url,
            &mut self.workers,
            &mut self.database_connections,
            &mut self.context_files,
            &mut self.context_mib,
            &mut self.context_secs,
            &mut self.context_memory_mib,
            &mut self.analysis_secs,
            &mut self.keep_payloads_days,
            &mut self.keep_reviews_days,
            &mut self.keep_audit_days,
            &mut self.uninstall_grace_days,
            &mut self.keep_code,
            &mut self.baseline,
            &mut self.lease_secs,
            &mut self.sweep_secs,
            &mut self.poll_secs,
            &mut self.retry_secs,
            &mut self.longest_retry_secs,
            &mut self.attempts,
            &mut self.write_secs,
            &mut self.github_api_url,
            &mut self.github_app_id,
            &mut self.gitlab_url,
            &mut self.dashboard,
            &mut self.admins,
            &mut self.github_client_id,
            &mut self.gitlab_client_id,
            &mut self.oidc_issuer,
            &mut self.oidc_client_id,
            &mut self.oidc_login_claim,
            &mut self.oidc_platform,
            &mut self.log,
            &mut self.log_format,
            &mut self.metrics_listen,
            &mut self.otel_exporter_otlp_endpoint,
            &mut self.otel_service_name,
        ] {
            text.take_if(|text| text.trim().is_empty());
        }
        for path in [
            &mut self.config,
            &mut self.data_dir,
            &mut self.database_url_file,
            &mut self.database_listen_url_file,
            &mut self.github_app_dir,
            &mut self.ca_file,
            &mut self.github_private_key_file,
            &mut self.github_webhook_secret_file,
            &mut self.gitlab_token_file,
            &mut self.gitlab_webhook_token_file,
            &mut self.gitlab_signing_token_file,
            &mut self.gitlab_hooks_file,
            &mut self.session_key_file,
            &mut self.github_client_secret_file,
            &mut self.gitlab_client_secret_file,
            &mut self.oidc_client_secret_file,
            &mut self.operator_token_file,
        ] {
            path.take_if(|path| path.as_os_str().is_empty());
        }
        for secret in [
            &mut self.database_url,
            &mut self.database_listen_url,
            &mut self.github_private_key,
            &mut self.github_webhook_secret,
            &mut self.gitlab_token,
            &mut self.gitlab_webhook_token,
            &mut self.gitlab_signing_token,
            &mut self.session_key,
            &mut self.github_client_secret,
            &mut self.gitlab_client_secret,
            &mut self.oidc_client_secret,
            &mut self.operator_token,
            &mut self.otel_exporter_otlp_headers,
        ] {
            secret.take_if(|secret| secret.expose_secret().trim().is_empty());
        }
        self
    }
}
