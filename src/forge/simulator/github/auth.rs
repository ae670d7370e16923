//! Who calls, and what they may do.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use chrono::{DateTime, Utc};

use super::super::model::{Repository, State};
use super::super::{APP_CLIENT_ID, APP_ID};
use super::jwt;
use super::reply::Refusal;

/// An installation's access token.
#[derive(Debug, Clone)]
pub struct Token {
    /// The installation that it acts for.
    pub installation: i64,
    /// From then on it opens nothing.
    pub expires_at: DateTime<Utc>,
    /// What it was cut down to; `None` is all that the installation reaches.
    pub repositories: Option<BTreeSet<i64>>,
    /// What it may do: `pull_requests` and `write`.
    pub permissions: BTreeMap<String, String>,
}

/// The value of the `Authorization` header behind its scheme.
pub(super) fn credential(headers: &HeaderMap) -> Option<&str> {
    let (scheme, value) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token"))
        .then_some(value.trim())
}

/// What holds for every request, whoever sends it.
pub(super) fn check_headers(headers: &HeaderMap) -> Result<(), Refusal> {
    if headers.get(header::USER_AGENT).is_none_or(HeaderValue::is_empty) {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
        ));
    }
    let version = headers.get("x-github-api-version").map(|value| value.to_str().unwrap_or(""));
    match version {
        None | Some("2022-11-28" | "2026-03-10") => Ok(()),
        Some(other) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            format!("'{other}' is not a supported version of the API."),
        )),
    }
}

/// Whether the App itself calls.
pub(super) fn app(state: &State, headers: &HeaderMap) -> Result<(), Refusal> {
    let jwt = credential(headers).unwrap_or_default();
    let names = [APP_CLIENT_ID.to_owned(), APP_ID.to_string()];
    jwt::verify(jwt, &names, state.now())
        .map_err(|text| Refusal::new(StatusCode::UNAUTHORIZED, text))
}

/// The installation that calls.
pub(super) fn installation(state: &State, headers: &HeaderMap) -> Result<Token, Refusal> {
    let Some(credential) = credential(headers) else {
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Requires authentication"));
    };
    let token = state.github.tokens.get(credential).ok_or_else(Refusal::bad_credentials)?;
    if token.expires_at <= state.now() {
        return Err(Refusal::bad_credentials());
    }
    let installation = state.installations.get(&token.installation);
    let installation = installation.ok_or_else(Refusal::bad_credentials)?;
    if installation.suspended {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "This installation has been suspended"));
    }
    Ok(token.clone())
}

impl Token {
    /// Whether it opens a repository.
    pub(super) fn reaches(&self, state: &State, repository: i64) -> bool {
        let installed = state.installations.get(&self.installation);
        installed.is_some_and(|installation| installation.reaches(repository))
            && self.repositories.as_ref().is_none_or(|some| some.contains(&repository))
    }

    /// Whether the permission was granted, at least at this level.
    pub(super) fn may(&self, permission: &str, level: &str) -> bool {
        self.permissions.get(permission).is_some_and(|has| has == "write" || has == level)
    }

    /// Refuses a call in a repository for which one of these permissions is needed.
    pub(super) fn require(
        &self,
        state: &State,
        repository: &Repository,
        permissions: &[&str],
        level: &str,
    ) -> Result<(), Refusal> {
        let reaches = self.reaches(state, repository.id);
        let granted = permissions.iter().any(|permission| self.may(permission, level));
        match (reaches, granted) {
            (true, true) => Ok(()),
            // What everybody may read needs no installation.
            (false, _) if !repository.private && level == "read" => Ok(()),
            _ if repository.private && (level == "read" || !reaches) => Err(Refusal::not_found()),
            _ => Err(Refusal::forbidden()),
        }
    }
}
