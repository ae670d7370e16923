//! What can be set, and how it is said: by flag, else by environment variable, else in the settings file.

use std::path::PathBuf;

use secrecy::SecretString;

use super::declare::declare;

pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
pub(super) const PUBLIC_URL: &str = "ASYNCWARDEN_PUBLIC_URL";
pub(super) const DEFAULT_WORKERS: usize = 4;
pub(super) const DEFAULT_LOG: &str = "info";

// Each with its help, its key in the settings file (which the flag is made of, too), how it is given, its variable and what
// the help calls its value. What stands for it when it is not set comes last in its help, after `Default: `.
declare! {
    /// Address and port to listen on; port 0 takes a free one. Default: `127.0.0.1:8080`.
    listen: String = "ASYNCWARDEN_LISTEN" "HOST:PORT",
    /// PostgreSQL to keep everything in (`postgres://…`). Without it the service runs on the embedded store.
    database_url: SecretString = "DATABASE_URL" "URL",
    /// File that holds `DATABASE_URL`.
    database_url_file: PathBuf = "DATABASE_URL_FILE" "FILE",
    /// Most connections to PostgreSQL, at least two more than jobs run at a time. Default: that number and 12.
    database_connections: String = "ASYNCWARDEN_DATABASE_CONNECTIONS" "N",
    /// PostgreSQL past a pooler in transaction mode, to be told of new jobs. Without it they are looked for twice a second there.
    database_listen_url: SecretString = "ASYNCWARDEN_DATABASE_LISTEN_URL" "URL",
    /// File that holds `ASYNCWARDEN_DATABASE_LISTEN_URL`.
    database_listen_url_file: PathBuf = "ASYNCWARDEN_DATABASE_LISTEN_URL_FILE" "FILE",
    /// Folder of the embedded store. Default: `asyncwarden` in the user's data folder (`$XDG_DATA_HOME` or `~/.local/share`).
    data_dir: PathBuf = "ASYNCWARDEN_DATA_DIR" "DIR",
    /// Where people reach the service's pages; comments and checks link there. Without it they have no such links.
    public_url: String = "ASYNCWARDEN_PUBLIC_URL" "URL",
    /// How many jobs run at a time, 1 to 256. Default: `4`.
    workers: String = "ASYNCWARDEN_WORKERS" "N",
    /// How many unchanged files a review fetches at most, those nearest to the change first; 0: it looks at the changed files alone. Default: `20000`.
    context_files: String = "ASYNCWARDEN_CONTEXT_FILES" "N",
    /// How many MiB of unchanged files a review fetches at most. Default: `128`.
    context_mib: String = "ASYNCWARDEN_CONTEXT_MIB" "MIB",
    /// How many seconds a review spends at most on fetching unchanged files; then it goes on without the rest, and says so. Default: `30`.
    context_secs: String = "ASYNCWARDEN_CONTEXT_SECS" "SECONDS",
    /// How many MiB of repositories' files are kept in memory, so that the next review fetches only what changed. Default: `256`.
    context_memory_mib: String = "ASYNCWARDEN_CONTEXT_MEMORY_MIB" "MIB",
    /// How many seconds a review spends at most on analysing a change; then it goes on with what was found until then, and says so. Default: `180`.
    analysis_secs: String = "ASYNCWARDEN_ANALYSIS_SECS" "SECONDS",
    /// How many days the payloads of webhook calls are kept; 0: they are not stored. Default: `7`.
    keep_payloads_days: String = "ASYNCWARDEN_KEEP_PAYLOADS_DAYS" "DAYS",
    /// How many days a change request is kept after its end, with its reviews and findings; 0: for ever. Default: `730`.
    keep_reviews_days: String = "ASYNCWARDEN_KEEP_REVIEWS_DAYS" "DAYS",
    /// How many days the audit log is kept; 0: for ever. Default: `730`.
    keep_audit_days: String = "ASYNCWARDEN_KEEP_AUDIT_DAYS" "DAYS",
    /// How many days the data of a repository is kept after the service was uninstalled there; 0: it is deleted at once. Default: `30`.
    uninstall_grace_days: String = "ASYNCWARDEN_UNINSTALL_GRACE_DAYS" "DAYS",
    /// `no` to keep nothing of the repositories' code: of a finding only its rule and place, no payloads, no outlines of files. Default: `yes`.
    keep_code: String = "ASYNCWARDEN_KEEP_CODE" "yes|no",
    /// `no` to leave default branches alone. Otherwise their findings are counted after pushes to them, for the dashboard, once an hour at most and while no review waits. Default: `yes`.
    baseline: String = "ASYNCWARDEN_BASELINE" "yes|no",
    /// After how many seconds another process takes over the job of one that is gone; fractions are allowed. Default: `60`.
    lease_secs: String = "ASYNCWARDEN_LEASE_SECS" "SECONDS",
    /// How many seconds pass between two searches for what a process that is gone left behind; fractions are allowed. Default: `30`.
    sweep_secs: String = "ASYNCWARDEN_SWEEP_SECS" "SECONDS",
    /// How many seconds pass between two looks at the queue when nothing tells of new jobs; fractions are allowed. Default: `5`.
    poll_secs: String = "ASYNCWARDEN_POLL_SECS" "SECONDS",
    /// How many seconds a job waits after it failed, each further time twice as many; fractions are allowed. Default: `1`.
    retry_secs: String = "ASYNCWARDEN_RETRY_SECS" "SECONDS",
    /// How many seconds such a wait lasts at most, unless the platform asks for more; fractions are allowed. Default: `300`.
    longest_retry_secs: String = "ASYNCWARDEN_LONGEST_RETRY_SECS" "SECONDS",
    /// How often a job is tried before it goes to the dead letters. Default: `10`.
    attempts: String = "ASYNCWARDEN_ATTEMPTS" "N",
    /// How many seconds pass at least between two writes through one installation or token. Platforms ask for `1`; one of your own may take more. Default: `1`.
    write_secs: String = "ASYNCWARDEN_WRITE_SECS" "SECONDS",
    /// GitHub's REST API, for GitHub Enterprise Server `https://HOST/api/v3`. Default: `https://api.github.com`.
    github_api_url: String = "ASYNCWARDEN_GITHUB_API_URL" "URL",
    /// Folder with the credentials of the GitHub App, as `asyncwarden github create-app` and the page `/setup/github` write them; it takes the place of the App's number, key and secret. Default: `github-app` in the folder of the embedded store; none with PostgreSQL.
    github_app_dir: PathBuf = "ASYNCWARDEN_GITHUB_APP_DIR" "DIR",
    /// Number of the GitHub App.
    github_app_id: String = "ASYNCWARDEN_GITHUB_APP_ID" "ID",
    /// The App's private key: PEM text (line ends may be written `\n`) or the path of a PEM file.
    github_private_key: SecretString = "ASYNCWARDEN_GITHUB_PRIVATE_KEY" "PEM|FILE",
    /// File that holds `ASYNCWARDEN_GITHUB_PRIVATE_KEY`.
    github_private_key_file: PathBuf = "ASYNCWARDEN_GITHUB_PRIVATE_KEY_FILE" "FILE",
    /// Secret that GitHub signs deliveries with; several, separated by commas, while one is replaced.
    github_webhook_secret: SecretString = "ASYNCWARDEN_GITHUB_WEBHOOK_SECRET" "SECRET[,SECRET]",
    /// File that holds `ASYNCWARDEN_GITHUB_WEBHOOK_SECRET`.
    github_webhook_secret_file: PathBuf = "ASYNCWARDEN_GITHUB_WEBHOOK_SECRET_FILE" "FILE",
    /// The GitLab instance, `https://gitlab.com` or your own.
    gitlab_url: String = "ASYNCWARDEN_GITLAB_URL" "URL",
    /// Access token of the bot's user, with scope `api`.
    gitlab_token: SecretString = "ASYNCWARDEN_GITLAB_TOKEN" "TOKEN",
    /// File that holds `ASYNCWARDEN_GITLAB_TOKEN`.
    gitlab_token_file: PathBuf = "ASYNCWARDEN_GITLAB_TOKEN_FILE" "FILE",
    /// Secret token of the webhook, which GitLab sends in clear text; several, separated by commas, while one is replaced.
    gitlab_webhook_token: SecretString = "ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN" "TOKEN[,TOKEN]",
    /// File that holds `ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN`.
    gitlab_webhook_token_file: PathBuf = "ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN_FILE" "FILE",
    /// Signing token of the webhook (`whsec_…`, GitLab 19.0); several, separated by commas, while one is replaced. With it, deliveries without a valid signature are refused.
    gitlab_signing_token: SecretString = "ASYNCWARDEN_GITLAB_SIGNING_TOKEN" "TOKEN[,TOKEN]",
    /// File that holds `ASYNCWARDEN_GITLAB_SIGNING_TOKEN`.
    gitlab_signing_token_file: PathBuf = "ASYNCWARDEN_GITLAB_SIGNING_TOKEN_FILE" "FILE",
    /// TOML file with secrets of webhooks for a project or group alone, as `asyncwarden gitlab install-webhook` writes it.
    gitlab_hooks_file: PathBuf = "ASYNCWARDEN_GITLAB_HOOKS_FILE" "FILE",
    /// Who may look at the dashboard: `sign-in`, or `open` for whoever reaches it, behind a gate of your own. Default: `sign-in`.
    dashboard: String = "ASYNCWARDEN_DASHBOARD" "sign-in|open",
    /// Who sees everything and may change it, separated by commas: `github:LOGIN`, `gitlab:LOGIN`, `oidc:LOGIN`; a number or subject in place of the login never goes to somebody else.
    admins: String = "ASYNCWARDEN_ADMINS" "WHO[,WHO]",
    /// What sessions are signed with, at least 32 characters. Without it the service makes a key and keeps it in its store.
    session_key: SecretString = "ASYNCWARDEN_SESSION_KEY" "SECRET",
    /// File that holds `ASYNCWARDEN_SESSION_KEY`.
    session_key_file: PathBuf = "ASYNCWARDEN_SESSION_KEY_FILE" "FILE",
    /// Client id of the GitHub App, for sign-in with GitHub. Default: that of the folder with its credentials.
    github_client_id: String = "ASYNCWARDEN_GITHUB_CLIENT_ID" "ID",
    /// Client secret of the GitHub App.
    github_client_secret: SecretString = "ASYNCWARDEN_GITHUB_CLIENT_SECRET" "SECRET",
    /// File that holds `ASYNCWARDEN_GITHUB_CLIENT_SECRET`.
    github_client_secret_file: PathBuf = "ASYNCWARDEN_GITHUB_CLIENT_SECRET_FILE" "FILE",
    /// Id of an application of the GitLab instance with scope `read_api`, for sign-in with GitLab.
    gitlab_client_id: String = "ASYNCWARDEN_GITLAB_CLIENT_ID" "ID",
    /// Secret of that application.
    gitlab_client_secret: SecretString = "ASYNCWARDEN_GITLAB_CLIENT_SECRET" "SECRET",
    /// File that holds `ASYNCWARDEN_GITLAB_CLIENT_SECRET`.
    gitlab_client_secret_file: PathBuf = "ASYNCWARDEN_GITLAB_CLIENT_SECRET_FILE" "FILE",
    /// Issuer of an OpenID provider, for sign-in with it.
    oidc_issuer: String = "ASYNCWARDEN_OIDC_ISSUER" "URL",
    /// Client id at the OpenID provider.
    oidc_client_id: String = "ASYNCWARDEN_OIDC_CLIENT_ID" "ID",
    /// Client secret at the OpenID provider.
    oidc_client_secret: SecretString = "ASYNCWARDEN_OIDC_CLIENT_SECRET" "SECRET",
    /// File that holds `ASYNCWARDEN_OIDC_CLIENT_SECRET`.
    oidc_client_secret_file: PathBuf = "ASYNCWARDEN_OIDC_CLIENT_SECRET_FILE" "FILE",
    /// Claim that holds a person's login. The provider has to answer for it: people see what this login can read. Default: `preferred_username`.
    oidc_login_claim: String = "ASYNCWARDEN_OIDC_LOGIN_CLAIM" "CLAIM",
    /// Platform on which that login is one. Without it whoever signs in so sees nothing, unless they are an admin.
    oidc_platform: String = "ASYNCWARDEN_OIDC_PLATFORM" "github|gitlab",
    /// PEM file with certificates of authorities that are trusted beside the system's own, for a platform whose certificate a company's own authority signed.
    ca_file: PathBuf = "ASYNCWARDEN_CA_FILE" "FILE",
    /// What an operator types on the page `/setup/github` to make a GitHub App; at least 16 characters. Without it that page is
    /// there for this machine alone. It opens the queue in the API as well and, once it is set, is asked for at `/metrics`.
    operator_token: SecretString = "ASYNCWARDEN_OPERATOR_TOKEN" "TOKEN",
    /// File that holds `ASYNCWARDEN_OPERATOR_TOKEN`.
    operator_token_file: PathBuf = "ASYNCWARDEN_OPERATOR_TOKEN_FILE" "FILE",
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, also for single modules (`info,asyncwarden::forge=debug`). Default: `info`.
    log: String = "ASYNCWARDEN_LOG" "FILTER",
    /// `text` for a person, `json` for a machine. Default: `text`.
    log_format: String = "ASYNCWARDEN_LOG_FORMAT" "FORMAT",
    /// Host and port where `/metrics` is, instead of beside the pages. There nobody is asked who they are.
    metrics_listen: String = "ASYNCWARDEN_METRICS_LISTEN" "HOST:PORT",
    /// Collector that takes traces by OTLP over HTTP, such as `http://127.0.0.1:4318`. Without it no traces are sent.
    otel_exporter_otlp_endpoint: String = "OTEL_EXPORTER_OTLP_ENDPOINT" "URL",
    /// Headers for that collector, `NAME=VALUE`, separated by commas; values are percent-encoded.
    otel_exporter_otlp_headers: SecretString = "OTEL_EXPORTER_OTLP_HEADERS" "NAME=VALUE[,NAME=VALUE]",
    /// The service's name in traces. Default: `asyncwarden`.
    otel_service_name: String = "OTEL_SERVICE_NAME" "NAME",
}
