//! Who may look at the dashboard, and who vouches for them.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::arguments::PUBLIC_URL;
use super::values::{self, Secret};
use super::wrong::Wrong;
use super::{AppFolder, Arguments, SettingsError};
use crate::forge::ForgeKind;
use crate::forge::identity::ClientCredentials;

const SESSION_KEY: &str = "ASYNCWARDEN_SESSION_KEY";
/// Fewer characters can be guessed.
const SHORTEST_KEY: usize = 32;
const DEFAULT_LOGIN_CLAIM: &str = "preferred_username";

/// Who may look at the dashboard.
#[derive(Debug, Clone, Default)]
pub struct SignInSettings {
    /// Whether one has to sign in.
    pub access: DashboardAccess,
    /// Sign-in with GitHub.
    pub github: Option<ClientCredentials>,
    /// Sign-in with GitLab.
    pub gitlab: Option<ClientCredentials>,
    /// Sign-in with an OpenID provider.
    pub oidc: Option<OidcSettings>,
    /// Who sees everything and may change it: provider and login or subject, as in `github:octocat`.
    pub admins: Vec<String>,
    /// What sessions are signed with; `None`: a key in the store.
    pub session_key: Option<SecretString>,
}

/// Whether one has to sign in to look at the dashboard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DashboardAccess {
    /// Whoever reaches it may look and change: for settings made in code, and where the operator says so.
    #[default]
    Open,
    /// By a provider; where none is set up, by a link that the service prints at its start.
    SignIn,
}

/// An OpenID provider.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// What it calls itself.
    pub issuer: Url,
    /// What it knows us as.
    pub client: ClientCredentials,
    /// The claim that holds a person's login.
    pub login_claim: String,
    /// The platform on which the login is one.
    pub platform: Option<ForgeKind>,
}

impl Arguments {
    pub(super) fn sign_in(&self, wrong: &mut Wrong) -> SignInSettings {
        let github = client(
            "ASYNCWARDEN_GITHUB_CLIENT_ID",
            self.github_client_id.as_deref(),
            &Secret(
                "ASYNCWARDEN_GITHUB_CLIENT_SECRET",
                &self.github_client_secret,
                &self.github_client_secret_file,
            ),
        );
        let github = wrong.value(github).flatten();
        let gitlab = client(
            "ASYNCWARDEN_GITLAB_CLIENT_ID",
            self.gitlab_client_id.as_deref(),
            &Secret(
                "ASYNCWARDEN_GITLAB_CLIENT_SECRET",
                &self.gitlab_client_secret,
                &self.gitlab_client_secret_file,
            ),
        );
        let gitlab = wrong.value(gitlab).flatten();
        let public = self.public_url.is_some();
        let mut needs = |set, is: bool, missing, there: bool| {
            if is && !there {
                wrong.note(SettingsError::Missing { set, missing });
            }
        };
        const GITHUB: &str = "ASYNCWARDEN_GITHUB_CLIENT_ID";
        const GITLAB: &str = "ASYNCWARDEN_GITLAB_CLIENT_ID";
        needs(GITHUB, github.is_some(), PUBLIC_URL, public);
        needs(GITLAB, gitlab.is_some(), PUBLIC_URL, public);
        needs(GITLAB, gitlab.is_some(), "ASYNCWARDEN_GITLAB_URL", self.gitlab_url.is_some());
        let oidc = self.oidc(wrong);
        if oidc.is_some() && !public {
            let set = "ASYNCWARDEN_OIDC_ISSUER";
            wrong.note(SettingsError::Missing { set, missing: PUBLIC_URL });
        }
        // An App that the service made for itself has what sign-in needs.
        let own = match github.is_none() && public {
            true => wrong.value(self.github_app_folder()).flatten().filter(AppFolder::holds_app),
            false => None,
        };
        let admins = self.admins.as_deref().map(admins).transpose();
        SignInSettings {
            access: wrong.value(access(self.dashboard.as_deref())).unwrap_or_default(),
            github: github.or_else(|| own.and_then(|folder| folder.client())),
            gitlab,
            oidc,
            admins: wrong.or(admins, Vec::new()),
            session_key: wrong.value(self.session_key()).flatten(),
        }
    }

    fn oidc(&self, wrong: &mut Wrong) -> Option<OidcSettings> {
        const ISSUER: &str = "ASYNCWARDEN_OIDC_ISSUER";
        const ID: &str = "ASYNCWARDEN_OIDC_CLIENT_ID";
        const PLATFORM: &str = "ASYNCWARDEN_OIDC_PLATFORM";
        let secret = Secret(
            "ASYNCWARDEN_OIDC_CLIENT_SECRET",
            &self.oidc_client_secret,
            &self.oidc_client_secret_file,
        );
        let client = wrong.value(client(ID, self.oidc_client_id.as_deref(), &secret));
        let issuer = wrong.value(values::url(ISSUER, self.oidc_issuer.as_deref()));
        let platform = self.oidc_platform.as_deref().map(str::trim).map(|name| {
            let problem =
                || SettingsError::value(PLATFORM, format_args!("{name:?} is no platform"));
            ForgeKind::from_name(name).ok_or_else(problem)
        });
        let platform = wrong.value(platform.transpose()).flatten();
        let (issuer, client) = match (issuer?, client?) {
            (None, None) => return None,
            (Some(issuer), client) => (Some(issuer), wrong.needed(ISSUER, ID, Some(client))),
            (None, Some(client)) => (wrong.needed(ID, ISSUER, Some(None)), Some(client)),
        };
        let login_claim = self.oidc_login_claim.as_deref().unwrap_or(DEFAULT_LOGIN_CLAIM);
        Some(OidcSettings {
            issuer: issuer?,
            client: client?,
            login_claim: login_claim.trim().to_owned(),
            platform,
        })
    }

    fn session_key(&self) -> Result<Option<SecretString>, SettingsError> {
        match Secret(SESSION_KEY, &self.session_key, &self.session_key_file).read()? {
            Some(short) if short.expose_secret().len() < SHORTEST_KEY => {
                let problem = format_args!("is shorter than {SHORTEST_KEY} characters");
                Err(SettingsError::value(SESSION_KEY, problem))
            }
            key => Ok(key),
        }
    }
}

/// An id and its secret, or neither.
fn client(
    name: &'static str,
    id: Option<&str>,
    secret: &Secret<'_>,
) -> Result<Option<ClientCredentials>, SettingsError> {
    match (id, secret.read()?) {
        (Some(id), Some(secret)) => {
            Ok(Some(ClientCredentials { id: id.trim().to_owned(), secret }))
        }
        (Some(_), None) => Err(SettingsError::Missing { set: name, missing: secret.0 }),
        (None, Some(_)) => Err(SettingsError::Missing { set: secret.0, missing: name }),
        (None, None) => Ok(None),
    }
}

fn access(text: Option<&str>) -> Result<DashboardAccess, SettingsError> {
    match text.map(str::trim) {
        None | Some("sign-in") => Ok(DashboardAccess::SignIn),
        Some("open") => Ok(DashboardAccess::Open),
        Some(other) => Err(SettingsError::value(
            "ASYNCWARDEN_DASHBOARD",
            format_args!("{other:?} is neither sign-in nor open"),
        )),
    }
}

fn admins(text: &str) -> Result<Vec<String>, SettingsError> {
    let name = "ASYNCWARDEN_ADMINS";
    let one = |part: &str| {
        let part = part.trim();
        match part.split_once(':') {
            Some(("github" | "gitlab" | "oidc", who)) if !who.trim().is_empty() => {
                Ok(part.to_owned())
            }
            _ => Err(SettingsError::value(
                name,
                format_args!("{part:?} is not PROVIDER:LOGIN with github, gitlab or oidc"),
            )),
        }
    };
    text.split(',').map(one).collect()
}
