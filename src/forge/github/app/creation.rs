//! The making of an App from a manifest: a person goes to GitHub with it and comes back with a code, which is exchanged
//! for the App's credentials.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use http::header;
use percent_encoding::utf8_percent_encode;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use subtle::ConstantTimeEq;
use url::Url;

use super::hosts::api_url;
use super::manifest::NewApp;
use crate::forge::call::{Answer, NoAnswer};
use crate::forge::connection::{self, Authorities, SEGMENT};
use crate::forge::github::{http as transport, parse};
use crate::forge::{ForgeError, ForgeKind};

/// All of it has to be done within this time.
///
/// Source: GitHub documentation, "Registering a GitHub App from a manifest".
const LONGEST: TimeDelta = TimeDelta::hours(1);
/// Longest wait for GitHub.
const TIMEOUT: Duration = Duration::from_secs(30);
const OPERATION: &str = "exchange the App's code";

/// An App that is being made.
#[derive(Debug)]
pub struct Creation {
    web: Url,
    organization: Option<String>,
    app: NewApp,
    /// What GitHub gives back, so that nobody else's App is taken for this one.
    state: SecretString,
    begun: DateTime<Utc>,
    authorities: Authorities,
}

/// The form that takes a person to GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where it is sent.
    pub action: String,
    /// What its field `manifest` holds.
    pub manifest: String,
}

/// An App with its credentials.
#[derive(Debug)]
pub struct CreatedApp {
    /// Its number.
    pub id: u64,
    /// Its name in addresses.
    pub slug: String,
    /// Its page.
    pub html_url: String,
    /// What signs people in.
    pub client_id: String,
    /// The secret that belongs to it.
    pub client_secret: SecretString,
    /// What signs deliveries, if GitHub made one.
    pub webhook_secret: Option<SecretString>,
    /// Its private key, a PEM.
    pub private_key: SecretString,
    /// Base of the REST API where it is.
    pub api_url: Url,
}

impl CreatedApp {
    /// Where it is installed.
    pub fn install_url(&self) -> String {
        format!("{}/installations/new", self.html_url.trim_end_matches('/'))
    }
}

#[derive(Deserialize)]
struct Converted {
    id: u64,
    slug: Option<String>,
    html_url: String,
    client_id: String,
    client_secret: SecretString,
    webhook_secret: Option<SecretString>,
    pem: SecretString,
}

impl Creation {
    /// Begins one at the GitHub that people reach at `web`.
    pub fn begin(
        web: Url,
        organization: Option<String>,
        app: NewApp,
        authorities: Authorities,
        now: DateTime<Utc>,
    ) -> Self {
        let state = SecretString::from(hex::encode(rand::random::<[u8; 32]>()));
        Self { web, organization, app, state, begun: now, authorities }
    }

    /// The App as it is asked for.
    pub fn app(&self) -> &NewApp {
        &self.app
    }

    /// The scheme, host and port of the form's address, for a content security policy.
    pub fn origin(&self) -> String {
        self.web.origin().ascii_serialization()
    }

    /// What takes a person to GitHub.
    pub fn form(&self) -> Form {
        let below = match &self.organization {
            Some(name) => format!("/organizations/{}", utf8_percent_encode(name, SEGMENT)),
            None => String::new(),
        };
        let mut action = self.web.clone();
        action.set_path(&format!(
            "{}{below}/settings/apps/new",
            self.web.path().trim_end_matches('/')
        ));
        action.set_query(Some(&format!("state={}", self.state.expose_secret())));
        Form { action: action.into(), manifest: self.app.manifest().to_string() }
    }

    /// Whether this is what GitHub gave back for it, in time. Takes the same time for all texts of the right length.
    pub fn is_meant_by(&self, state: &str, now: DateTime<Utc>) -> bool {
        let same = self.state.expose_secret().as_bytes().ct_eq(state.as_bytes());
        bool::from(same) && self.is_fresh(now)
    }

    /// Whether it can still be ended.
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        now - self.begun < LONGEST
    }

    /// Exchanges the code for the App's credentials, which works once.
    ///
    /// # Errors
    /// [`ForgeError::Status`] with 404 or 422 when the code was used already or is too old, [`ForgeError::Transport`] when
    /// there was no whole answer: the code may still be good then.
    ///
    /// Source: GitHub REST API, "Create a GitHub App from a manifest".
    pub async fn finish(&self, code: &str) -> Result<CreatedApp, ForgeError> {
        let api = api_url(&self.web);
        let answer = match self.convert(&api, code).await {
            Ok(answer) => answer,
            Err(NoAnswer(message)) => {
                let (forge, operation) = (ForgeKind::GitHub, OPERATION);
                return Err(ForgeError::Transport { forge, operation, message });
            }
        };
        if answer.status >= 300 {
            let (status, message) = (answer.status, answer.complaint());
            let (forge, operation) = (ForgeKind::GitHub, OPERATION);
            return Err(ForgeError::Status { forge, operation, status, message });
        }
        let app: Converted = parse(OPERATION, &answer)?;
        Ok(CreatedApp {
            id: app.id,
            html_url: page_of(&app.html_url, &self.web, app.slug.as_deref()),
            slug: app.slug.unwrap_or_default(),
            client_id: app.client_id,
            client_secret: app.client_secret,
            webhook_secret: app.webhook_secret.filter(|secret| !secret.expose_secret().is_empty()),
            private_key: app.pem,
            api_url: api,
        })
    }

    async fn convert(&self, api: &Url, code: &str) -> Result<Answer, NoAnswer> {
        let code = utf8_percent_encode(code, SEGMENT);
        let base = api.as_str().trim_end_matches('/');
        let http = connection::builder(api, TIMEOUT, TIMEOUT, &self.authorities);
        let http = http.build().map_err(|error| NoAnswer(error.to_string()))?;
        let request = http
            .post(format!("{base}/app-manifests/{code}/conversions"))
            .header(header::ACCEPT, transport::JSON)
            .header(header::USER_AGENT, transport::USER_AGENT)
            .header("x-github-api-version", transport::API_VERSION);
        // Its address holds the code.
        let response = request.send().await.map_err(|error| lost(&error.without_url()))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.map_err(|error| lost(&error.without_url()))?;
        Answer { status, headers, body }.with_whole_json()
    }
}

/// The App's page, which people are led to: an address that is none for people is not passed on.
fn page_of(given: &str, web: &Url, slug: Option<&str>) -> String {
    let given = Url::parse(given).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    given.map(String::from).unwrap_or_else(|| {
        let slug = utf8_percent_encode(slug.unwrap_or_default(), SEGMENT);
        format!("{}/apps/{slug}", web.as_str().trim_end_matches('/'))
    })
}

fn lost(error: &reqwest::Error) -> NoAnswer {
    transport::cause(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::github::app::manifest::Extent;

    fn begin(web: &str, organization: Option<&str>, now: DateTime<Utc>) -> Creation {
        let app = NewApp {
            public_url: "https://bot.example".parse().expect("a URL"),
            redirect_url: "http://127.0.0.1:1/created".to_owned(),
            name: None,
            public: false,
            extent: Extent::default(),
        };
        let (web, organization) = (web.parse().expect("a URL"), organization.map(str::to_owned));
        Creation::begin(web, organization, app, Authorities::default(), now)
    }

    #[test]
    fn the_form_goes_where_the_account_s_apps_are_made() {
        for (web, organization, path) in [
            ("https://github.com", None, "https://github.com/settings/apps/new?state="),
            (
                "https://git.example/",
                Some("acme/x"),
                "https://git.example/organizations/acme%2Fx/settings/apps/new?state=",
            ),
        ] {
            let creation = begin(web, organization, Utc::now());
            let action = creation.form().action;
            assert!(action.starts_with(path), "{action}");
            assert_eq!(action.len(), path.len() + 64, "256 bits by chance");
        }
        let (one, other) = (
            begin("https://github.com", None, Utc::now()).form(),
            begin("https://github.com", None, Utc::now()).form(),
        );
        assert_ne!(one.action, other.action);
    }

    #[test]
    fn only_its_own_state_and_only_for_an_hour() {
        let now = Utc::now();
        let creation = begin("https://github.com", None, now);
        let action = creation.form().action;
        let (_, state) = action.rsplit_once('=').expect("a state");
        assert!(creation.is_meant_by(state, now + TimeDelta::minutes(59)));
        assert!(!creation.is_meant_by(state, now + TimeDelta::minutes(60)));
        assert!(!creation.is_meant_by(&state[1..], now));
        assert!(!creation.is_meant_by("", now));
        assert!(!format!("{creation:?}").contains(state), "it is a secret");
    }
}
