//! Sign-in with accounts of the platform: the pages for people and the tokens, as GitHub and GitLab have them.
//!
//! GitHub sends its refusals with status 200, GitLab with 400 and 401; both are strict about the address to come back to,
//! about PKCE, and about using a code or a refresh token twice.

mod authorize;
mod token;

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::{get, post};
use chrono::{DateTime, TimeDelta, Utc};

use super::model::State;
use super::{APP_CLIENT_ID, Simulator};

/// Secret of the App as a client.
pub const CLIENT_SECRET: &str = "simulated-client-secret";
/// The client's id on the simulated GitLab.
pub const APPLICATION_ID: &str = "simulated-application";

/// What is known of sign-ins.
#[derive(Debug)]
pub struct Extra {
    /// Addresses that browsers may be sent back to.
    pub callbacks: Vec<String>,
    /// Login of who sits at the browser; `None`: the page asks who it is.
    pub visitor: Option<String>,
    /// Whether whoever sits there says no.
    pub denies: bool,
    /// How long the next access tokens live.
    pub token_life: TimeDelta,
    /// Codes that were given out and not used.
    codes: BTreeMap<String, Code>,
    /// Access tokens of people.
    tokens: BTreeMap<String, Token>,
    /// Refresh tokens that were not used: whose they are.
    refresh: BTreeMap<String, String>,
    /// How many access tokens were given out.
    pub given: usize,
}

impl Default for Extra {
    fn default() -> Self {
        Self {
            callbacks: Vec::new(),
            visitor: None,
            denies: false,
            token_life: TimeDelta::hours(8),
            codes: BTreeMap::new(),
            tokens: BTreeMap::new(),
            refresh: BTreeMap::new(),
            given: 0,
        }
    }
}

#[derive(Debug, Clone)]
struct Code {
    login: String,
    redirect_uri: String,
    challenge: Option<String>,
    until: DateTime<Utc>,
}

#[derive(Debug, Clone)]
struct Token {
    login: String,
    until: DateTime<Utc>,
}

impl State {
    /// Whose access token this is, if it still is one.
    pub(super) fn signed_in(&self, token: &str) -> Option<&str> {
        let token = self.oauth.tokens.get(token)?;
        (token.until > self.now()).then_some(token.login.as_str())
    }

    /// Takes back all that somebody gave: tokens are no more.
    pub fn revoke_grants(&mut self, login: &str) {
        self.oauth.tokens.retain(|_, token| token.login != login);
        self.oauth.refresh.retain(|_, whose| whose != login);
    }
}

/// Which platform a page or token is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Like {
    GitHub,
    GitLab,
}

impl Like {
    fn client_id(self) -> &'static str {
        match self {
            Like::GitHub => APP_CLIENT_ID,
            Like::GitLab => APPLICATION_ID,
        }
    }
}

/// The routes of both.
pub(super) fn router() -> Router<Simulator> {
    Router::new()
        .route(
            "/login/oauth/authorize",
            get(|state, query| authorize::show(Like::GitHub, state, query)),
        )
        .route(
            "/login/oauth/access_token",
            post(|state, headers, body| token::give(Like::GitHub, state, headers, body)),
        )
        .route("/oauth/authorize", get(|state, query| authorize::show(Like::GitLab, state, query)))
        .route(
            "/oauth/token",
            post(|state, headers, body| token::give(Like::GitLab, state, headers, body)),
        )
}
