//! What can be used, and is likely not meant so, or not wise.

use std::net::IpAddr;
use std::path::Path;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::{Host, Url};

use super::overview::{Overview, Row, Shown, Source};
use super::{AppFolder, DashboardAccess, HooksFile, Settings, StoreSettings};

/// Fewer characters of a webhook's secret can be guessed.
const SHORTEST_HOOK_SECRET: usize = 16;

impl Overview {
    /// What somebody should look at, each a sentence that says what to do.
    pub fn warnings(&self, settings: &Settings) -> Vec<String> {
        let mut warnings = self.unknown.clone();
        warnings.extend(self.readable_secrets(settings));
        warnings.extend(self.secrets_on_the_command_line());
        warnings.extend(in_clear_text(settings));
        warnings.extend(platforms(settings, self.empty_app_folder(settings)));
        warnings.extend(open_metrics(settings));
        warnings.extend(dashboard(settings));
        warnings
    }

    /// Files with secrets that every user of this machine may read. A group may: that is how secrets are mounted.
    fn readable_secrets(&self, settings: &Settings) -> Vec<String> {
        let filed = self.rows.iter().filter_map(|row| match &row.shown {
            Shown::SecretIn(path) => Some(path.clone()),
            _ => None,
        });
        let given = &self.given;
        let key = given.github_private_key.as_ref().map(ExposeSecret::expose_secret);
        let key = key.filter(|key| !key.contains("-----BEGIN")).map(Into::into);
        let holds_secrets = |row: &Row| row.shown == Shown::Secret && row.source == Source::File;
        let config = self.rows.iter().any(holds_secrets).then(|| given.config.clone()).flatten();
        let hooks = settings.gitlab.as_ref().and_then(|gitlab| gitlab.hooks_file.as_ref());
        let app = settings.github_app_folder.as_ref().filter(|folder| folder.holds_app());
        let app = app.map(AppFolder::secret_files).into_iter().flatten();
        let all = filed.chain(key).chain(config).chain(app);
        let open = all.filter(|path| readable_by_all(path)).map(|path| {
            let path = path.display();
            format!("everybody on this machine may read the secret in {path}: chmod 600 {path}")
        });
        open.chain(hooks.and_then(HooksFile::warning)).collect()
    }

    /// A folder that is to hold an App and holds none is perhaps another one than meant.
    fn empty_app_folder(&self, settings: &Settings) -> Option<String> {
        let folder = self.given.github_app_dir.as_ref().filter(|_| settings.github.is_none())?;
        let folder = folder.display();
        Some(format!(
            "ASYNCWARDEN_GITHUB_APP_DIR: {folder} holds no App; `asyncwarden github create-app --output {folder}` makes one, as does the page /setup/github"
        ))
    }

    fn secrets_on_the_command_line(&self) -> Vec<String> {
        let is_shown = |row: &&Row| row.shown == Shown::Secret && row.source == Source::Flag;
        let warning = |row: &Row| {
            let name = row.variable;
            format!(
                "{name} is given by a flag, which every process of this machine can see; set {name}_FILE instead"
            )
        };
        self.rows.iter().filter(is_shown).map(warning).collect()
    }
}

/// What would go over the network for everybody to read.
fn in_clear_text(settings: &Settings) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut plain = |name: &str, url: &Url, what: &str| {
        if url.scheme() == "http" && !is_local(url.host()) {
            warnings
                .push(format!("{name} is an http URL: {what} could be read on the way; use https"));
        }
    };
    if let Some(url) = settings.public_url.as_deref().and_then(|url| Url::parse(url).ok()) {
        plain("ASYNCWARDEN_PUBLIC_URL", &url, "sessions and webhook calls");
    }
    if let Some(github) = &settings.github {
        plain("ASYNCWARDEN_GITHUB_API_URL", &github.api_url, "tokens");
    }
    if let Some(gitlab) = &settings.gitlab {
        plain("ASYNCWARDEN_GITLAB_URL", &gitlab.url, "the token");
    }
    if let Some(oidc) = &settings.sign_in.oidc {
        plain("ASYNCWARDEN_OIDC_ISSUER", &oidc.issuer, "who signs in");
    }
    if let StoreSettings::Postgres(url) = &settings.store
        && is_open(url)
    {
        warnings.push("DATABASE_URL says nothing of sslmode: the connection is not encrypted where the server doesn't ask for it; add sslmode=verify-full, or sslmode=disable if it is meant so".to_owned());
    }
    warnings
}

/// Whether a connection to another machine may be one without encryption that nobody asked for.
fn is_open(url: &SecretString) -> bool {
    let Ok(options) = PgConnectOptions::from_str(url.expose_secret()) else { return false };
    let unsaid = matches!(options.get_ssl_mode(), PgSslMode::Prefer | PgSslMode::Allow);
    let host = options.get_host();
    let local =
        options.get_socket().is_some() || host.starts_with('/') || is_local(Host::parse(host).ok());
    unsaid && !local
}

fn is_local(host: Option<Host<impl AsRef<str>>>) -> bool {
    match host {
        Some(Host::Domain(name)) => {
            name.as_ref() == "localhost" || name.as_ref().ends_with(".localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn platforms(settings: &Settings, empty_app_folder: Option<String>) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(said) = empty_app_folder {
        warnings.push(said);
    } else if settings.github.is_none() && settings.gitlab.is_none() {
        warnings.push("neither GitHub nor GitLab is set up: nothing would be reviewed; begin with `asyncwarden github create-app`, or with ASYNCWARDEN_GITLAB_URL".to_owned());
    } else if settings.public_url.is_none() {
        warnings.push("ASYNCWARDEN_PUBLIC_URL is not set: comments and checks would have no links to the service's pages, and nobody could sign in from elsewhere".to_owned());
    }
    let github = settings.github.iter().flat_map(|github| &github.webhook_secrets);
    let gitlab = settings.gitlab.iter().flat_map(|gitlab| &gitlab.hooks);
    let gitlab = gitlab.flat_map(|hook| &hook.tokens);
    let named = github
        .map(|secret| ("ASYNCWARDEN_GITHUB_WEBHOOK_SECRET", secret))
        .chain(gitlab.map(|secret| ("ASYNCWARDEN_GITLAB_WEBHOOK_TOKEN", secret)));
    let short = named.filter(|(_, it)| it.expose_secret().len() < SHORTEST_HOOK_SECRET);
    warnings.extend(short.map(|(name, _)| {
        format!("a secret in {name} is shorter than {SHORTEST_HOOK_SECRET} characters and could be guessed; make one with `openssl rand -hex 32`")
    }));
    warnings
}

fn open_metrics(settings: &Settings) -> Option<String> {
    let guarded = settings.metrics_listen.is_some() || settings.operator_token.is_some();
    (!guarded && !listens_here(&settings.listen)).then(|| {
        format!(
            "whoever reaches {} may read /metrics; set ASYNCWARDEN_METRICS_LISTEN, or ASYNCWARDEN_OPERATOR_TOKEN",
            settings.listen
        )
    })
}

fn dashboard(settings: &Settings) -> Vec<String> {
    let sign_in = &settings.sign_in;
    let providers = sign_in.github.is_some() || sign_in.gitlab.is_some() || sign_in.oidc.is_some();
    let mut warnings = Vec::new();
    match sign_in.access {
        DashboardAccess::Open if !listens_here(&settings.listen) => warnings.push(format!(
            "ASYNCWARDEN_DASHBOARD is open, and {} listens for other machines: whoever reaches it sees all findings and may operate the service; listen on 127.0.0.1 behind a gate of your own, or use sign-in",
            settings.listen
        )),
        DashboardAccess::Open => {}
        DashboardAccess::SignIn if !providers => warnings.push(
            "nobody vouches for people who sign in: the dashboard is open only by the link that the service prints at its start; set ASYNCWARDEN_GITHUB_CLIENT_ID, ASYNCWARDEN_GITLAB_CLIENT_ID or ASYNCWARDEN_OIDC_ISSUER".to_owned(),
        ),
        DashboardAccess::SignIn if sign_in.admins.is_empty() => warnings.push(
            "ASYNCWARDEN_ADMINS is not set: nobody who signs in may operate the service".to_owned(),
        ),
        DashboardAccess::SignIn => {}
    }
    warnings
}

fn listens_here(listen: &str) -> bool {
    let host = listen.rsplit_once(':').map_or(listen, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(unix)]
fn readable_by_all(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn readable_by_all(_: &Path) -> bool {
    false
}
